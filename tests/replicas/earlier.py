"""Cabbie as it was at an earlier commit, run with the libraries of today."""

import os
import subprocess
import sys
import tarfile
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pytest

from tests.stories.processes import ROOT, Bot, Process

ROAD_DONE = "33084e65002afa7280b463f0bc19cddc21cec2fc"
"""The first one that goes the whole road: a schema that had no links with own accounts."""
LATER = "8bb56b06f5a4d189689fc9947f59ffa2b7fe0904"
"""One with today's schema."""


def unpack(commit: str, directory: Path) -> Path:
    """Its files. Skips the test where the history does not reach back so far."""
    if not (ROOT / ".git").exists() or _git("cat-file", "-e", f"{commit}^{{commit}}").returncode:
        pytest.skip(f"this clone does not hold commit {commit[:10]} to release from: `git fetch --unshallow` gets it")
    with tarfile.open(fileobj=BytesIO(_git("archive", commit, "bot", "integrations", "config").stdout)) as files:
        files.extractall(directory, filter="data")
    return directory


def _git(*words: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(("git", *words), cwd=ROOT, capture_output=True, check=False)


@dataclass
class EarlierBot(Bot):
    """``python -m bot`` of that commit."""

    code: Path = field(default=ROOT)

    def launch(self) -> Process:
        # Neither the folder we are in nor the installed package: that code alone.
        variables = {**self.environment, "PYTHONPATH": os.fspath(self.code)}
        command = [sys.executable, "-P", "-m", "bot", *self.arguments]
        with self.log.open("ab") as log:
            return subprocess.Popen(command, env=variables, cwd=self.code, stdout=log, stderr=log)
