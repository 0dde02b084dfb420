"""Runs the git binary so that neither a name nor a repository can make it do anything but read."""

import subprocess
from dataclasses import dataclass
from datetime import timedelta
from os import environ
from pathlib import Path

from bot.ports import NotThere, Outage

SYSTEM = "git"
# A clone's own configuration is not ours: it may name programs to run and hosts to ask (git-scm.com/docs/git-config).
_HARDENED = (
    "-c core.hooksPath=/dev/null",
    "-c core.fsmonitor=false",
    "-c protocol.allow=never",
    "-c protocol.file.allow=never",
    "-c i18n.logOutputEncoding=UTF-8",
)
_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_PROTOCOL_FROM_USER": "0",
    # Replacements and grafts would let a repository tell another story than its commits do.
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": "/dev/null",
    "LC_ALL": "C",
}


@dataclass(frozen=True)
class Said:
    """What git printed, and how it ended."""

    status: int
    out: str
    complaint: str


def git(directory: Path, *words: str, timeout: timedelta) -> Said:
    """Run one git command on one repository. Raises: Outage when git does not come back, or is not there at all."""
    # --git-dir: git neither looks further up for a repository, nor minds who owns this one (safe.directory).
    hardened = [word for pair in _HARDENED for word in pair.split(" ", 1)]
    command = ("git", "--no-pager", *hardened, "--git-dir", str(directory), *words)
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=_environment(),
            timeout=timeout.total_seconds(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Outage(SYSTEM, f"no answer within {timeout.total_seconds():g} seconds") from None
    except OSError as error:
        raise Outage(SYSTEM, f"git cannot be run: {error.strerror}") from None
    out = done.stdout.decode("utf-8", "replace")
    return Said(done.returncode, out, done.stderr.decode("utf-8", "replace").strip())


def directory_of(root: Path, repository: str) -> Path:
    """Where git keeps this repository: a bare clone or a working copy, below the root and nowhere else.

    Raises: NotThere."""
    if not repository or repository.startswith("-") or any(ord(c) < 32 or ord(c) == 127 for c in repository):
        raise NotThere(SYSTEM, "that is no name of a repository")
    if ".." in Path(repository).parts:
        raise NotThere(SYSTEM, f"{repository} is not below the folder of the repositories")
    try:
        directory = _below(root.resolve(), repository)
        is_one = (directory / "HEAD").is_file() and (directory / "objects").is_dir()
    except (OSError, ValueError):  # too long for any file, or not in characters that files are named with
        raise NotThere(SYSTEM, "that is no name of a repository") from None
    if not is_one:
        raise NotThere(SYSTEM, f"there is no repository {repository}")
    return directory


def _below(base: Path, repository: str) -> Path:
    place = (base / repository).resolve()
    directory = (place / ".git").resolve() if (place / ".git").is_dir() else place
    if base not in directory.parents:
        raise NotThere(SYSTEM, f"{repository} is not below the folder of the repositories")
    return directory


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in environ.items() if not name.startswith("GIT_")}
    return kept | _ENVIRONMENT
