"""Repositories in memory: each a straight line of commits, some of them tagged."""

from collections.abc import Sequence

from bot.change.model import Commit
from bot.ports import Check, NotThere
from tests.doubles.faults import Faults


class HistoryDouble:
    def __init__(self, diary: list[str] | None = None) -> None:
        self.diary = [] if diary is None else diary
        self.faults = Faults()
        self.tags: dict[str, dict[str, str]] = {}
        """By repository: tag → sha. A test may move one."""
        self._commits: dict[str, list[Commit]] = {}

    def add(self, repository: str, commits: Sequence[Commit], tags: dict[str, str]) -> None:
        """commits: oldest first. tags: tag → sha."""
        self._commits[repository], self.tags[repository] = list(commits), dict(tags)

    def resolve(self, repository: str, version: str) -> str:
        with self.faults.around("resolve"):
            line, tags = self._line(repository), self.tags[repository]
            found = {tags[tag] for tag in (version, f"v{version}") if tag in tags}
            found |= {commit.sha for commit in line if len(version) >= 7 and commit.sha.startswith(version)}
            if len(found) != 1:
                raise NotThere("git", f"there is no tag {version} or v{version}, and no such commit")
            return found.pop()

    def commits(self, repository: str, base: str, head: str) -> tuple[Commit, ...]:
        with self.faults.around("commits"):
            first = self._place(repository, base) + 1 if base else 0
            return tuple(reversed(self._line(repository)[first : self._place(repository, head) + 1]))

    def tag_before(self, repository: str, sha: str) -> tuple[str, str]:
        with self.faults.around("tag_before"):
            tagged = {commit: tag for tag, commit in self.tags[repository].items()}
            older = reversed(self._line(repository)[: self._place(repository, sha)])
            return next(((tagged[c.sha], c.sha) for c in older if c.sha in tagged), ("", ""))

    def is_ancestor(self, repository: str, older: str, newer: str) -> bool:
        with self.faults.around("is_ancestor"):
            return self._place(repository, older) <= self._place(repository, newer)

    def check(self, repository: str) -> Check:
        with self.faults.around("check"):
            if repository not in self._commits:
                return Check(f"git {repository}", "wrong", "it is not there", "clone it")
            return Check(f"git {repository}", "good", "it opens")

    def _line(self, repository: str) -> list[Commit]:
        if repository not in self._commits:
            raise NotThere("git", f"there is no repository {repository}")
        return self._commits[repository]

    def _place(self, repository: str, sha: str) -> int:
        for place, commit in enumerate(self._line(repository)):
            if commit.sha == sha:
                return place
        raise NotThere("git", f"there is no commit {sha[:12]}")
