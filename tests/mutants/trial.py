"""A test on trial against a mutant, or against Cabbie as it is; and how to read what became of it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.mutants.mutant import Mutant
from tests.mutants.village import MIGRATED, ONE_TEST_ONLY
from tests.mutants.workshop import copy_of, with_edits

LONGEST = 90.0
"""Seconds for one test."""
CONTROL_PATIENCE, MUTANT_PATIENCE = "60", "5"
"""Seconds that a story waits: long for what comes, short for what a mutant keeps from coming."""
FAR_AWAY = "Asia/Kathmandu"
"""A zone 5:45 hours from UTC, so that whoever takes local time for UTC is seen."""
NOTICED = re.compile(r"builtins\.(AssertionError|Failed)|bot\..*")
"""How a story fails: it saw something else than it was told to expect, or was refused."""
MISSED = re.compile(r"builtins\.(KeyError|IndexError|StopIteration|ValueError)")
"""The same, where the test itself looks for what is not there."""
BROKEN = re.compile(r"\b(?:Name|Type|Attribute|Import|ModuleNotFound|UnboundLocal|Syntax|Indentation)Error\b.*")
"""How a mutant fails that is not wrong but broken: nobody would ever ship it."""


@dataclass(frozen=True)
class Outcome:
    """What became of one test."""

    in_time: bool
    code: int
    phases: list[dict[str, str]]
    strangers: list[str]
    seconds: float
    busy: float
    """Seconds of a processor's time."""

    @property
    def failures(self) -> list[dict[str, str]]:
        return [phase for phase in self.phases if phase["outcome"] == "failed"]

    @property
    def story(self) -> str:
        return "\n".join(f"{phase['when']}: {phase['text']}\n{phase['printed']}" for phase in self.phases)


@dataclass
class Court:
    """A copy of Cabbie, and a hatchery in it."""

    copy: Path
    reports: Path
    hatchery: "subprocess.Popen[str]"
    count: int = 0

    def control(self, test: str) -> Outcome:
        """The test on Cabbie as it is."""
        return self._run(test, STORY_PATIENCE=CONTROL_PATIENCE)

    def against(self, mutant: Mutant) -> Outcome:
        """The test on Cabbie with this bug. Raises: DoesNotApply."""
        with with_edits(self.copy, mutant.edits):
            return self._run(mutant.test, STORY_PATIENCE=MUTANT_PATIENCE, PYTHONDONTWRITEBYTECODE="1")

    def _run(self, test: str, **environment: str) -> Outcome:
        self.count += 1
        report = self.reports / f"{self.count}.json"
        self._tell({"test": test, "environment": environment, "report": str(report), "seconds": LONGEST})
        in_time = self._hear()["in_time"]
        found = json.loads(report.read_text()) if report.exists() else {}
        return Outcome(
            in_time=in_time,
            code=found.get("code", -1),
            phases=found.get("phases", []),
            strangers=found.get("strangers", []),
            seconds=found.get("seconds", LONGEST),
            busy=found.get("busy", 0.0),
        )

    def _tell(self, order: dict[str, Any]) -> None:
        assert self.hatchery.stdin
        self.hatchery.stdin.write(json.dumps(order) + "\n")
        self.hatchery.stdin.flush()

    def _hear(self) -> dict[str, Any]:
        assert self.hatchery.stdout
        line = self.hatchery.stdout.readline()
        assert line, f"the hatchery ended: {(self.reports / 'hatchery').read_text()[-3000:]}"
        heard: dict[str, Any] = json.loads(line)
        return heard


@contextmanager
def opened_court(root: Path, directory: Path) -> Iterator[Court]:
    copy, reports = directory / "copy", directory / "reports"
    copy.mkdir()
    reports.mkdir()
    copy_of(root, copy)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "PYTHON"))},
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "TZ": FAR_AWAY,
        ONE_TEST_ONLY: "1",
        MIGRATED: str(directory / "migrated.db"),
    }
    _make_database(copy, environment)
    with open(reports / "hatchery", "w") as log:
        hatchery = subprocess.Popen(
            [sys.executable, "-m", "tests.mutants.hatchery"],
            cwd=copy,
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
        )
    here = Court(copy, reports, hatchery)
    assert here._hear()["ready"]
    yield here
    hatchery.terminate()
    hatchery.wait(timeout=10)


def _make_database(copy: Path, environment: dict[str, str]) -> None:
    """Made by the copy itself, before any harm is done to it."""
    code = "import os, pathlib, tests.mutants.village as v; v.make_database(pathlib.Path(os.environ[v.MIGRATED]))"
    subprocess.run([sys.executable, "-c", code], cwd=copy, env=environment, check=True, timeout=60)


def why_no_control(outcome: Outcome) -> str:
    """Why the test says nothing about a mutant: it fails on Cabbie as it is; empty when it passes."""
    if outcome.strangers:
        return f"not the copy was tested, but {outcome.strangers}"
    is_told = len(outcome.phases) >= 3 and {phase["outcome"] for phase in outcome.phases} == {"passed"}
    if outcome.in_time and outcome.code == 0 and is_told:
        return ""
    return f"the test does not pass on Cabbie as it is:\n{outcome.story}"


def why_not_killed(outcome: Outcome) -> str:
    """Why this mutant does not count as noticed; empty when it does."""
    if outcome.strangers:
        return f"not the mutant was tested, but {outcome.strangers}"
    if not outcome.in_time:
        return f"the test came to no end:\n{outcome.story}"
    if outcome.code == 0:
        return "the mutant survives: the test passes all the same"
    if [phase["when"] for phase in outcome.failures] != ["call"]:
        return f"the test could not be told:\n{outcome.story}"
    failure = outcome.failures[0]
    if broken := BROKEN.search(f"{failure['text']}\n{failure['printed']}"):
        return f"the mutant is not wrong but broken: {broken[0]}\n{outcome.story}"
    is_missed = MISSED.fullmatch(failure["error"]) and failure["is_in_test"] == "True"
    if not is_missed and not NOTICED.fullmatch(failure["error"]):
        return f"the test fails of something else than what it looks for ({failure['error']}):\n{outcome.story}"
    return ""
