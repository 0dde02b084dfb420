"""Killed at any boundary, restarted on its SQLite file: the three systems cannot tell."""

from functools import partial
from pathlib import Path

import pytest

from tests.crash.boundaries import LATE_PATIENCE, Boundary, killed_at
from tests.crash.case import Told, difference, telling
from tests.crash.cases import parametrize
from tests.crash.effects import LIST, Effect, known
from tests.crash.memory import SqliteShelf


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    parametrize(metafunc, slice(0, None, 2))


def test_every_effect_of_the_story_has_its_kill_cases(unkilled: Told) -> None:
    told = "\n".join(unkilled.effects)

    assert sorted(known()) == sorted(unkilled.effects), f"{LIST.name} should be:\n{told}"


def test_a_kill_changes_nothing(
    unkilled: Told, sqlite_shelf: SqliteShelf, tmp_path: Path, effect: Effect, boundary: Boundary
) -> None:
    patience = LATE_PATIENCE if boundary is Boundary.LATE else {}

    killed = telling(sqlite_shelf, tmp_path, partial(killed_at, effect=effect, boundary=boundary), **patience)

    assert killed.state == unkilled.state, difference(unkilled.state, killed.state)
