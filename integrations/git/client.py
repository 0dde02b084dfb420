"""What happened in the source: versions, commits and their order, read from clones on this machine.

It only reads: bringing the clones up to date is the machine's affair (a mirror, a cron job, a volume)."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from bot.change.model import Commit
from bot.ports import Check, Failure, NotThere, Outage
from integrations.git.binary import SYSTEM, Said, directory_of, git

_FULL_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_SHA = re.compile(r"[0-9A-Fa-f]{7,64}")
# What git itself refuses in a ref name (git-scm.com/docs/git-check-ref-format), and what it reads as an expression.
_HOSTILE = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|^[-/.]|[/.]$|\.lock(?:/|$)|/\.")
_LONGEST_NAME = 250
_FIELDS = "%H%x00%an%x00%ae%x00%s%x00%b%x00"
# Anywhere in the body, not only in its last paragraph: squash merges leave them in the middle.
_CO_AUTHOR = re.compile(r"^co-authored-by:[^<\n]*<([^<>\s]+)>", re.IGNORECASE | re.MULTILINE)
_NO_SUCH_OBJECT = ("bad object", "unknown revision", "not a valid commit", "not a valid object", "bad revision")


class GitHistory:
    """The repositories below one folder. Holds nothing open; threads may share it."""

    def __init__(self, root: Path, timeout: timedelta = timedelta(seconds=20)) -> None:
        self._root = root
        self._timeout = timeout

    def resolve(self, repository: str, version: str) -> str:
        """The full sha of a version (tag ``2.4.1`` or ``v2.4.1``), a sha of seven digits or more, or a full ref name.

        Raises: NotThere, when there is none or more than one."""
        directory = directory_of(self._root, repository)
        if not version or len(version) > _LONGEST_NAME or _HOSTILE.search(version):
            raise NotThere(SYSTEM, "that is no name of a version")
        if version.startswith("refs/"):
            found = {self._peeled(directory, version): version}
        else:
            found = dict(self._meanings(directory, version))
        found.pop("", None)
        if not found:
            raise NotThere(SYSTEM, f"there is no tag {version} or v{version.removeprefix('v')}, and no such commit")
        if len(found) > 1:
            raise NotThere(SYSTEM, f"{version} could be {' or '.join(sorted(found.values()))}")
        return next(iter(found))

    def _meanings(self, directory: Path, version: str) -> Iterator[tuple[str, str]]:
        """Everything that this word may mean: the sha, and what it was found as."""
        for tag in dict.fromkeys((version, f"v{version}", version.removeprefix("v"))):
            if tag:
                yield self._peeled(directory, f"refs/tags/{tag}"), f"tag {tag}"
        if _SHA.fullmatch(version):
            # Not plain rev-parse: it would prefer a branch that is called like a sha.
            for sha in self._git(directory, "rev-parse", f"--disambiguate={version.lower()}").out.split():
                yield self._peeled(directory, sha), f"commit {sha}"

    def _peeled(self, directory: Path, name: str) -> str:
        """The commit behind a ref or an annotated tag; empty when there is none."""
        asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        return self._git(directory, *asked).out.strip()

    def commits(self, repository: str, base: str, head: str) -> tuple[Commit, ...]:
        """Reachable from head and not from base, newest first, children before parents. No base: everything."""
        directory = directory_of(self._root, repository)
        revisions = [self._full(repository, head)]
        if base:
            revisions.append(f"^{self._full(repository, base)}")
        said = self._git(
            directory,
            *("rev-list", "--date-order", "--no-commit-header", f"--format={_FIELDS}", "--end-of-options"),
            *revisions,
        )
        return tuple(_commits_in(_good(said)))

    def tag_before(self, repository: str, sha: str) -> tuple[str, str]:
        """(tag, sha) of the nearest tagged ancestor, or two empty strings. Tags on the commit itself do not count."""
        directory = directory_of(self._root, repository)
        commit = self._full(repository, sha)
        own = _good(
            self._git(directory, "for-each-ref", f"--points-at={commit}", "--format=%(refname:strip=2)", "refs/tags")
        )
        others = [f"--exclude={tag}" for tag in own.splitlines()]
        said = self._git(directory, "describe", "--tags", "--abbrev=0", *others, "--end-of-options", commit)
        if said.status and ("No names found" in said.complaint or "can describe" in said.complaint):
            return "", ""
        tag = _good(said).strip()
        return tag, self._peeled(directory, f"refs/tags/{tag}")

    def is_ancestor(self, repository: str, older: str, newer: str) -> bool:
        """A commit counts as its own ancestor."""
        directory = directory_of(self._root, repository)
        shas = self._full(repository, older), self._full(repository, newer)
        said = self._git(directory, "merge-base", "--is-ancestor", "--end-of-options", *shas)
        return said.status == 0 if said.status in (0, 1) else bool(_good(said))

    def check(self, repository: str) -> Check:
        """Whether it can be read, and in full."""
        about = f"git {repository}"
        fix = f"clone it, bare and with all its history, to {repository} below the folder of the repositories"
        try:
            directory = directory_of(self._root, repository)
            is_shallow = _good(self._git(directory, "rev-parse", "--is-shallow-repository")).strip() == "true"
            tags = _good(self._git(directory, "for-each-ref", "--format=x", "refs/tags")).count("x")
        except Failure as failure:
            return Check(about, "wrong", failure.what, fix)
        if is_shallow:
            return Check(
                about, "wrong", "its history is cut off: stories would be missed", "git fetch --unshallow --tags"
            )
        if not tags:
            return Check(about, "warning", "it has no tags: versions can only be named by sha", "git fetch --tags")
        return Check(about, "good", f"{tags} tag{'' if tags == 1 else 's'}, whole history")

    def _full(self, repository: str, name: str) -> str:
        return name if _FULL_SHA.fullmatch(name) else self.resolve(repository, name)

    def _git(self, directory: Path, *words: str) -> Said:
        return git(directory, *words, timeout=self._timeout)


def _good(said: Said) -> str:
    """What git printed. Raises: NotThere when it does not know the commit, Outage when anything else is wrong."""
    if said.status == 0:
        return said.out
    reason = next(iter(said.complaint.splitlines()), f"it ended with {said.status}").removeprefix("fatal: ")
    if any(words in said.complaint.lower() for words in _NO_SUCH_OBJECT):
        raise NotThere(SYSTEM, reason)
    raise Outage(SYSTEM, reason)


def _commits_in(printed: str) -> Iterator[Commit]:
    """NUL separates the fields: no commit can contain one."""
    parts = printed.split("\0")
    for start in range(0, len(parts) - 5, 5):
        sha, name, email, subject, body = parts[start : start + 5]
        yield Commit(
            sha=sha.strip(),
            subject=subject,
            body=body.strip("\n"),
            author_name=name,
            author_email=email,
            co_author_emails=tuple(dict.fromkeys(_CO_AUTHOR.findall(body))),
        )
