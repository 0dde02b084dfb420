"""Killed while somebody speaks to it: who saw an error speaks again, and the three systems cannot tell."""

from functools import partial
from pathlib import Path

import pytest

from tests.crash.case import difference, telling
from tests.crash.cases import parametrize_moments
from tests.crash.conftest import Unkilled
from tests.crash.door import Moment, killed_at_the_door
from tests.crash.stories import STORIES


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    parametrize_moments(metafunc)


def test_a_kill_at_the_door_changes_nothing(
    request: pytest.FixtureRequest,
    unkilled: Unkilled,
    tmp_path: Path,
    shelf: str,
    story: str,
    act: str,
    moment: Moment,
) -> None:
    memories = request.getfixturevalue(f"{shelf}_shelf")
    disturb = partial(killed_at_the_door, act=act, moment=moment)

    killed = telling(memories, tmp_path, STORIES[story], disturb)

    expected = unkilled(story).state
    assert killed.state == expected, difference(expected, killed.state)
