"""The memory of a Jira site: every issue by its id and by each key it ever had."""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from time import monotonic
from typing import Any

from integrations.jira.sandbox.models import Comment, Issue, Project, RemoteLink, Version
from integrations.standin.clock import Clock
from integrations.standin.world import Human

KEY = re.compile(r"([A-Z][A-Z0-9_]+)-([1-9][0-9]*)")
ALWAYS = float("-inf")


class Store:
    """Projects and issues, and what the search index has seen of them so far."""

    def __init__(self, people: dict[str, Human], clock: Clock | None = None) -> None:
        self.people = people
        self.clock = clock or Clock()
        self.projects: dict[str, Project] = {}
        self.issues: dict[int, Issue] = {}
        self._ids_by_key: dict[str, int] = {}
        self._former_keys: dict[int, set[str]] = defaultdict(set)
        self._indexed: dict[int, list[tuple[float, Issue]]] = {}
        self._ever_in: dict[str, set[int]] = defaultdict(set)
        self._last_number: dict[str, int] = defaultdict(int)
        self._comments: dict[int, tuple[Issue, Comment]] = {}
        self._links: dict[int, tuple[Issue, RemoteLink]] = {}
        self._issue_ids = itertools.count(10001)
        self._comment_ids = itertools.count(10000)
        self._link_ids = itertools.count(10000)
        self.version_ids = itertools.count(10000)
        self.change_ids = itertools.count(10000)

    def add(self, key: str, *, at: datetime | None = None, **facts: Any) -> Issue:
        """A new issue; given a time it is part of the seed, and searchable from the beginning."""
        project = self.projects[key.rpartition("-")[0]]
        moment = at or self.clock.now()
        issue = Issue(id=next(self._issue_ids), key=key, project=project, created=moment, updated=moment, **facts)
        if issue.resolution:
            issue.resolved = moment
        self.issues[issue.id] = issue
        self._take(issue)
        self._indexed[issue.id] = [(ALWAYS if at else monotonic(), replace(issue))]
        return issue

    def next_key(self, project: Project) -> str:
        return f"{project.key}-{self._last_number[project.key] + 1}"

    def changed(self, issue: Issue) -> None:
        """Note a change of the issue itself; search sees it once its lag is over."""
        issue.updated = self.clock.now()
        self._indexed[issue.id].append((monotonic(), replace(issue)))

    def also_known_as(self, issue: Issue, old_key: str) -> None:
        self._ids_by_key[old_key] = issue.id
        self._former_keys[issue.id].add(old_key)

    def move(self, issue: Issue, key: str) -> None:
        """Give the issue another key; the old one keeps leading to it. Versions stay behind."""
        self._former_keys[issue.id].add(issue.key)
        issue.project = self.projects[key.rpartition("-")[0]]
        issue.key = key
        names = {version.name for version in issue.project.versions}
        issue.fix_versions = [name for name in issue.fix_versions if name in names]
        self._take(issue)

    def _take(self, issue: Issue) -> None:
        self._ids_by_key[issue.key] = issue.id
        self._ever_in[issue.project.key].add(issue.id)
        self._last_number[issue.project.key] = max(self._last_number[issue.project.key], issue.number)

    def forget(self, issue: Issue) -> None:
        """Delete an issue with all its keys."""
        del self.issues[issue.id], self._indexed[issue.id]
        for ids in self._ever_in.values():
            ids.discard(issue.id)
        for key in [issue.key, *self._former_keys.pop(issue.id, ())]:
            self._ids_by_key.pop(key, None)
        for comment in issue.comments:
            del self._comments[comment.id]
        for link in issue.links:
            del self._links[link.id]

    def find(self, id_or_key: str) -> Issue | None:
        """By id, key or former key, in any case of letters."""
        if re.fullmatch(r"[0-9]{1,18}", id_or_key):
            return self.issues.get(int(id_or_key))
        found = self._ids_by_key.get(id_or_key.upper())
        return self.issues[found] if found else None

    def former_keys(self, issue: Issue) -> list[str]:
        return sorted(self._former_keys.get(issue.id, set()) - {issue.key})

    def ever_in(self, project: Project) -> set[int]:
        """Ids of the issues that are or were in the project."""
        return self._ever_in[project.key]

    def comment_on(self, issue: Issue, author: Human, body: Any, **facts: Any) -> Comment:
        now = self.clock.now()
        comment = Comment(next(self._comment_ids), author, body, now, now, **facts)
        issue.comments.append(comment)
        self._comments[comment.id] = (issue, comment)
        return comment

    def comment(self, comment_id: str) -> tuple[Issue, Comment] | None:
        return self._comments.get(int(comment_id)) if re.fullmatch(r"[0-9]{1,18}", comment_id) else None

    def uncomment(self, issue: Issue, comment: Comment) -> None:
        issue.comments.remove(comment)
        del self._comments[comment.id]

    def link_from(self, issue: Issue, facts: dict[str, Any]) -> RemoteLink:
        link = RemoteLink(id=next(self._link_ids), **facts)
        issue.links.append(link)
        self._links[link.id] = (issue, link)
        return link

    def link(self, link_id: str) -> tuple[Issue, RemoteLink] | None:
        return self._links.get(int(link_id)) if re.fullmatch(r"[0-9]{1,18}", link_id) else None

    def unlink(self, issue: Issue, link: RemoteLink) -> None:
        issue.links.remove(link)
        del self._links[link.id]

    def version(self, version_id: str) -> tuple[Project, Version] | None:
        every = ((project, version) for project in self.projects.values() for version in project.versions)
        return next((found for found in every if str(found[1].id) == version_id), None)

    def as_indexed(
        self, lag_seconds: float, fresh: frozenset[int] = frozenset(), among: Iterable[int] | None = None
    ) -> Iterator[Issue]:
        """Every issue as the search index knows it: late by the lag, but for the ids to reconcile."""
        horizon = monotonic() - lag_seconds
        for issue_id in self._indexed if among is None else sorted(among):
            for at, issue in reversed(self._indexed.get(issue_id, [])):
                if at <= horizon or issue_id in fresh:
                    yield issue
                    break
