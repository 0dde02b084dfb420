"""Repositories and services of a story's own, beside those of the sandbox's seed."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.stories.processes import ROOT

SERVICE = {
    "channel": "C0PLATFORM",
    "configuration_item": "Search",
    "assignment_group": "Platform Engineering",
    "projects": ["PAY", "OPS"],
    "affected": "Nobody outside.",
}


@dataclass
class Repository:
    """A repository that is written to commit by commit."""

    path: Path

    @classmethod
    def create(cls, folder: Path, name: str) -> "Repository":
        folder.mkdir(parents=True, exist_ok=True)
        made = cls(folder / f"{name}.git")
        made._git("init", "--quiet", "--bare", "--template=", "--initial-branch=main", str(made.path))
        return made

    def commit(
        self, message: str, *, tag: str = "", name: str = "Margaret Hale", email: str = "margaret@acme.example"
    ) -> str:
        """Its sha."""
        tree = self._git("mktree")
        parent = self._git("rev-parse", "--verify", "--quiet", "refs/heads/main", may_fail=True)
        person = {
            "GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": email, "GIT_COMMITTER_NAME": name, "GIT_COMMITTER_EMAIL": email
        }  # fmt: skip
        sha = self._git("commit-tree", tree, *(["-p", parent] if parent else []), said=message, **person)
        self._git("update-ref", "refs/heads/main", sha)
        if tag:
            self.tag(tag, sha)
        return sha

    def tag(self, name: str, sha: str) -> None:
        self._git("update-ref", f"refs/tags/{name}", sha)

    def _git(self, *words: str, said: str = "", may_fail: bool = False, **environment: str) -> str:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        where = () if words[0] == "init" else ("--git-dir", str(self.path))
        done = subprocess.run(
            ("git", *where, *words), input=said.encode(), capture_output=True, env={**clean, **environment}, check=False
        )
        assert done.returncode == 0 or may_fail, done.stderr
        return done.stdout.decode().strip()


def policy_with(path: Path, *services: dict[str, Any], **rules: Any) -> str:
    """The sandbox's policy with further services, written to a file; where. A service needs a name and a repository."""
    policy = yaml.safe_load((ROOT / "config/policy.yaml").read_text())
    policy["services"] += [SERVICE | service for service in services]
    path.write_text(yaml.safe_dump(policy | rules))
    return str(path)
