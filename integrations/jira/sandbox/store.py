"""The memory of a Jira site: every issue by its id and by each key it ever had."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from integrations.jira.sandbox.models import Comment, Issue, Project
from integrations.standin.world import Human

KEY = re.compile(r"([A-Z][A-Z0-9_]+)-([1-9][0-9]*)")
ALWAYS = float("-inf")


class Store:
    """Projects and issues, and what the search index has seen of them so far."""

    def __init__(self, people: dict[str, Human]) -> None:
        self.people = people
        self.projects: dict[str, Project] = {}
        self.issues: dict[int, Issue] = {}
        self._ids_by_key: dict[str, int] = {}
        self._indexed: dict[int, list[tuple[float, Issue]]] = {}
        self._issue_ids = itertools.count(10001)
        self.link_ids = itertools.count(10000)
        self.comment_ids = itertools.count(10000)

    def add(self, key: str, *, at: datetime | None = None, **facts: Any) -> Issue:
        """A new issue; given a time it is part of the seed, and searchable from the beginning."""
        project = self.projects[key.rpartition("-")[0]]
        moment = at or datetime.now(UTC)
        issue = Issue(id=next(self._issue_ids), key=key, project=project, created=moment, updated=moment, **facts)
        self.issues[issue.id] = issue
        self._ids_by_key[key] = issue.id
        self._indexed[issue.id] = [(ALWAYS if at else monotonic(), replace(issue))]
        return issue

    def changed(self, issue: Issue) -> None:
        """Note a change of the issue itself; search sees it once its lag is over."""
        issue.updated = datetime.now(UTC)
        self._indexed[issue.id].append((monotonic(), replace(issue)))

    def also_known_as(self, issue: Issue, old_key: str) -> None:
        self._ids_by_key[old_key] = issue.id

    def move(self, issue: Issue, key: str) -> None:
        """Give the issue another key; the old one keeps leading to it."""
        issue.project = self.projects[key.rpartition("-")[0]]
        issue.key = key
        self._ids_by_key[key] = issue.id
        self.changed(issue)

    def find(self, id_or_key: str) -> Issue | None:
        """By id, key or former key, in any case of letters."""
        if re.fullmatch(r"[0-9]{1,18}", id_or_key):
            return self.issues.get(int(id_or_key))
        found = self._ids_by_key.get(id_or_key.upper())
        return self.issues[found] if found else None

    def former_keys(self, issue: Issue) -> list[str]:
        return sorted(key for key, of in self._ids_by_key.items() if of == issue.id and key != issue.key)

    def comment(self, comment_id: str) -> tuple[Issue, Comment] | None:
        for issue in self.issues.values():
            for comment in issue.comments:
                if str(comment.id) == comment_id:
                    return issue, comment
        return None

    def as_indexed(self, lag_seconds: float, fresh: frozenset[int] = frozenset()) -> Iterator[Issue]:
        """Every issue as the search index knows it: late by the lag, but for the ids to reconcile."""
        horizon = monotonic() - lag_seconds
        for issue_id, versions in self._indexed.items():
            known = [issue for at, issue in versions if at <= horizon or issue_id in fresh]
            if known:
                yield known[-1]
