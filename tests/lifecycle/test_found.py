"""What the machine found once, told plainly."""

import shutil
from pathlib import Path

import pytest

from bot.change.errors import FourEyesNotProven
from bot.change.model import Commit, Kind, Progress, State
from tests.builders import LINUS, MARGARET
from tests.story.world import COMMITS, SERVICE, TAGS, World, sha


@pytest.fixture
def world(migrated: Path, tmp_path: Path) -> World:
    return World(Path(shutil.copy(migrated, tmp_path / "cabbie.db")))


def release_by(world: World, name: str, email: str) -> str:
    """A release newer than what runs, with a commit by this author."""
    commit = Commit(sha("e"), "PAY-101 again", author_name=name, author_email=email)
    world.git.add(SERVICE.repository, (*COMMITS, commit), {**TAGS, "v2.5.0": commit.sha})
    return "2.5.0"


def test_what_is_called_a_rollback_and_brings_something_has_authors(world: World) -> None:
    change = world.asks(LINUS, release_by(world, "Margaret Hale", MARGARET.email), kind=Kind.ROLLBACK)

    assert change.hands is not None and change.hands.excludes(MARGARET.sys_user)


def test_a_rollback_that_brings_what_somebody_unknown_wrote_stops(world: World) -> None:
    change = world.asks(LINUS, release_by(world, "Some Body", "some@body.example"), kind=Kind.ROLLBACK)

    assert (change.progress, change.state) == (Progress.STOPPED, State.NEW)
    assert change.stopped_because == str(FourEyesNotProven(change.title, "some@body.example"))
