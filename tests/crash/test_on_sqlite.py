"""Killed at any boundary, restarted on its SQLite file: the three systems cannot tell."""

from functools import partial
from pathlib import Path

import pytest

from tests.crash.boundaries import LATE_PATIENCE, Boundary, killed_at
from tests.crash.case import difference, telling
from tests.crash.cases import parametrize, parametrize_stories
from tests.crash.conftest import Unkilled
from tests.crash.effects import Effect, known, list_of
from tests.crash.memory import SqliteShelf
from tests.crash.stories import STORIES


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "boundary" in metafunc.fixturenames:
        parametrize(metafunc, slice(0, None, 2))
    else:
        parametrize_stories(metafunc)


def test_every_effect_of_the_story_has_its_kill_cases(unkilled: Unkilled, story: str) -> None:
    effects = unkilled(story).effects
    told = "\n".join(effects)

    assert sorted(known(story)) == sorted(effects), f"{list_of(story).name} should be:\n{told}"


def test_a_kill_changes_nothing(
    unkilled: Unkilled, sqlite_shelf: SqliteShelf, tmp_path: Path, story: str, effect: Effect, boundary: Boundary
) -> None:
    patience = LATE_PATIENCE if boundary is Boundary.LATE else {}
    disturb = partial(killed_at, effect=effect, boundary=boundary)

    killed = telling(sqlite_shelf, tmp_path, STORIES[story], disturb, **patience)

    expected = unkilled(story).state
    assert killed.state == expected, difference(expected, killed.state)
