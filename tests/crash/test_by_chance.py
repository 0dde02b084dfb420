"""Killed by chance, again and again, while calls fail beside: the three systems cannot tell."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crash.conftest import Chance, chance_of
from tests.crash.plan import CALM, World
from tests.crash.worlds import Lived, WentWrong, judge_by, live

Record = Callable[[str, object], None]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    worlds = chance_of(metafunc.config).worlds
    if "world" in metafunc.fixturenames:
        names = [f"world-{world.number}-{world.shelf}-{world.kills}-kills" for world in worlds]
        metafunc.parametrize("world", worlds, ids=names)


@pytest.fixture(scope="session")
def calm(sqlite_shelf: object, tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """The same deploys when nothing happens."""
    return live(CALM, sqlite_shelf, Path(tmp_path_factory.mktemp("calm")))  # type: ignore[arg-type]


def test_a_world_of_kills_ends_like_a_calm_one(
    request: pytest.FixtureRequest, calm: Lived, tmp_path: Path, record_property: Record, world: World
) -> None:
    chance: Chance = chance_of(request.config)
    shelf = request.getfixturevalue(f"{world.shelf}_shelf")

    try:
        lived = live(world, shelf, tmp_path, judge_by(calm, is_late=world.is_late))
    except WentWrong as wrong:
        pytest.fail(f"World {world.number} went wrong at {wrong}\nOnce more: {chance.again(world.number, wrong.step)}")

    record_property("lived", [lived.kills, lived.at_rest, lived.faults, lived.seconds])
