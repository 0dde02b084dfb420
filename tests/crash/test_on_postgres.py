"""Killed at any boundary, restarted on PostgreSQL: the three systems cannot tell."""

from functools import partial
from pathlib import Path

import pytest

from tests.crash.boundaries import LATE_PATIENCE, Boundary, killed_at
from tests.crash.case import difference, telling
from tests.crash.cases import parametrize
from tests.crash.conftest import Unkilled
from tests.crash.effects import Effect
from tests.crash.memory import PostgresShelf
from tests.crash.stories import STORIES


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    parametrize(metafunc, slice(1, None, 2))


def test_a_kill_changes_nothing(
    unkilled: Unkilled, postgres_shelf: PostgresShelf, tmp_path: Path, story: str, effect: Effect, boundary: Boundary
) -> None:
    patience = LATE_PATIENCE if boundary is Boundary.LATE else {}
    disturb = partial(killed_at, effect=effect, boundary=boundary)

    killed = telling(postgres_shelf, tmp_path, STORIES[story], disturb, **patience)

    expected = unkilled(story).state
    assert killed.state == expected, difference(expected, killed.state)
