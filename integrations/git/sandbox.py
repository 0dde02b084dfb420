"""The sandbox's git repositories, built from the seed: the same commits at every start, down to the sha."""

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from os import environ
from pathlib import Path
from typing import IO, Any

from integrations.standin.world import Human, World

FIRST_COMMIT = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)
BETWEEN_COMMITS = timedelta(minutes=45)
BRANCH = "refs/heads/main"
TAG = re.compile(r"[A-Za-z0-9][\w.+-]*")


@dataclass(frozen=True)
class Commit:
    """One commit as the seed tells it; ``entry`` is its place in the repository's list there."""

    entry: int
    by: str
    message: str
    tag: str | None = None
    reverts: int | None = None


def build_repositories(world: World, directory: Path) -> dict[str, Path]:
    """Make ``<directory>/<name>.git`` for each repository of the seed; building again changes nothing."""
    directory.mkdir(parents=True, exist_ok=True)
    return {name: _build(world, directory / f"{name}.git", list(commits_of(log))) for name, log in world["git"].items()}


def sha_of(repository: Path, tag: str) -> str:
    """Of the commit that carries this tag; empty when there is none."""
    if not repository.is_dir() or not TAG.fullmatch(tag):
        return ""
    words = ("git", "-C", str(repository), "rev-parse", "--verify", "--quiet", f"refs/tags/{tag}^{{commit}}")
    return subprocess.run(words, capture_output=True, text=True, env=_environment(), check=False).stdout.strip()


def commits_of(log: list[dict[str, Any]]) -> Iterator[Commit]:
    """The seed's list with ``repeat`` written out.

    >>> [c.message for c in commits_of([{"repeat": 3, "by": "ada", "message": "B-{story}: {n}", "stories": 2}])]
    ['B-1: 1', 'B-2: 2', 'B-1: 3']
    """
    for entry, told in enumerate(log):
        if "repeat" not in told:
            yield Commit(entry, told["by"], told["message"], told.get("tag"), told.get("reverts"))
            continue
        for n in range(1, told["repeat"] + 1):
            story = (n - 1) % told["stories"] + 1
            yield Commit(entry, told["by"], told["message"].format(n=n, story=story))


def _build(world: World, path: Path, commits: list[Commit]) -> Path:
    _git("init", "--quiet", "--bare", "--template=", "--initial-branch=main", str(path))
    command = ("git", "-C", str(path), "fast-import", "--quiet", "--force", "--done")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_environment()) as importer:
        assert importer.stdin and importer.stdout
        _tell(importer.stdin, importer.stdout, world.people, commits)
        importer.stdin.close()
    if importer.returncode:
        raise RuntimeError(f"git fast-import refused the seed of {path.name}")
    return path


def _tell(to: IO[bytes], answers: IO[bytes], people: Mapping[str, Human], commits: list[Commit]) -> None:
    """Speak fast-import's language: git-scm.com/docs/git-fast-import."""
    marks: dict[int, int] = {}  # the last commit of each entry
    files: dict[int, bytes] = {}
    to.write(b"reset %s\n\n" % BRANCH.encode())  # building again starts from nothing, so the shas stay
    for mark, commit in enumerate(commits, start=1):
        message = commit.message
        if commit.reverts is not None:
            message += f"\n\nThis reverts commit {_sha(to, answers, marks[commit.reverts])}."
        who = _signature(people[commit.by], FIRST_COMMIT + mark * BETWEEN_COMMITS)
        to.write(b"commit %s\nmark :%d\nauthor %s\ncommitter %s\n" % (BRANCH.encode(), mark, who, who))
        to.write(_data(message + "\n"))
        if commit.reverts is not None:
            to.write(b"D %s\n" % files[commit.reverts])
        else:
            files[commit.entry] = b"src/%04d.txt" % mark
            to.write(b"M 100644 inline %s\n%s" % (files[commit.entry], _data(message + "\n")))
        if commit.tag:
            to.write(b"tag %s\nfrom :%d\ntagger %s\n%s" % (commit.tag.encode(), mark, who, _data(f"{commit.tag}\n")))
        marks[commit.entry] = mark
    to.write(b"done\n")


def _sha(to: IO[bytes], answers: IO[bytes], mark: int) -> str:
    to.write(b"get-mark :%d\n" % mark)
    to.flush()
    return answers.readline().decode().strip()


def _signature(human: Human, at: datetime) -> bytes:
    return f"{human.name} <{human.email}> {int(at.timestamp())} +0000".encode()


def _data(text: str) -> bytes:
    raw = text.encode()
    return b"data %d\n%s\n" % (len(raw), raw)


def _git(*words: str) -> None:
    subprocess.run(("git", *words), check=True, env=_environment())


def _environment() -> dict[str, str]:
    """The machine's own git settings (signing, hooks, templates) must not change the shas."""
    kept = {name: value for name, value in environ.items() if not name.startswith("GIT_")}
    return kept | {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"}
