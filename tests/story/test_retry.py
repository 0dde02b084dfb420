"""``cabbie retry``: what was stopped goes on where it stopped; what it did is said, and what it did not do too."""

from datetime import timedelta
from typing import Any

import pytest

from bot.change.announcement import Announcement
from bot.change.errors import NotStopped, UnknownChange
from bot.change.model import Progress, State
from bot.ledger.ledger import Ledger, Overtaken
from bot.ports import Outage
from bot.story.retry import retry
from tests.builders import ADA, LINUS
from tests.story.world import World, until


def tried(world: World, number: str) -> str:
    return retry(world.ledger, world.queue, number)  # type: ignore[arg-type]  # the engine's, without an engine


def stuck_before_it_is_opened(world: World) -> str:
    """The id of a change that has no number yet."""
    change_id = world.hear(LINUS, Announcement("payments", "2.4.1")).change_id
    world.advance(change_id)  # it has listened
    world.servicenow.faults.down = Outage("ServiceNow", "it answered 503")
    world.settle()
    until(world, lambda: world.ledger.change(change_id).progress is Progress.STUCK, at_most=timedelta(hours=3))
    return change_id


def test_a_stuck_change_goes_on_where_it_stopped_and_nothing_is_done_twice(world: World) -> None:
    change_id = stuck_before_it_is_opened(world)
    world.servicenow.faults.down = None

    said = tried(world, change_id)
    world.settle()

    assert said.startswith(f"{change_id} was stuck: ServiceNow: it answered 503. I tried") and "taken up again" in said
    change = world.ledger.change(change_id)
    assert (change.progress, change.state, change.stopped_because) == (Progress.WAITING, State.ASSESS, "")
    assert len(world.servicenow.changes) == 1
    assert world.entries(change.number).count("retried") == 1
    assert world.approves(ADA, change.number).is_refusal is False


def test_its_number_may_be_written_in_small_letters(world: World) -> None:
    number = world.asks().number
    with world.ledger.begin() as tx:
        tx.update(tx.change_numbered(number), progress=Progress.STUCK, stopped_because="Somebody has to look.")

    assert tried(world, number.lower()).startswith(f"{number} was stuck: Somebody has to look.")
    assert world.change(number).progress is Progress.WAITING


def test_what_goes_wrong_beside_a_change_is_tried_at_once(world: World) -> None:
    """The alarm tells people to retry it, although the change itself goes its way."""
    change_id = world.hear(LINUS, Announcement("payments", "2.4.1")).change_id
    world.advance(change_id)
    world.jira.faults.down = Outage("Jira", "it answered 503")
    world.settle()
    until(world, lambda: bool(world.ledger.change(change_id).findings), at_most=timedelta(hours=3))
    number = world.ledger.change(change_id).number
    assert f"`cabbie retry {number}`" in world.change(number).findings[0].sentence
    world.jira.faults.down = None

    said = tried(world, number)
    world.settle()

    assert said == f"{number} is waiting for approval; tried again at once, instead of later: link."
    assert world.jira.links["PAY-101"]
    assert (world.change(number).progress, dict(world.change(number).troubles)) == (Progress.WAITING, {})


def test_what_is_not_stopped_is_left_alone(world: World) -> None:
    number = world.asks().number
    before = world.change(number)

    with pytest.raises(NotStopped, match=f"{number} is not stopped.*waiting for approval"):
        tried(world, number)

    assert world.change(number) == before


def test_an_unknown_number_is_said_to_be_unknown(world: World) -> None:
    with pytest.raises(UnknownChange, match="CHG0099999"):
        tried(world, "CHG0099999")


def test_a_worker_that_was_quicker_is_no_reason_to_fail(world: World) -> None:
    number = world.asks().number
    with world.ledger.begin() as tx:
        tx.update(tx.change_numbered(number), progress=Progress.STUCK, stopped_because="x")

    class Hasty(Ledger):
        left = 2

        def begin(self) -> Any:
            if self.left:
                self.left -= 1
                raise Overtaken(number)
            return super().begin()

    hasty = Hasty(world.ledger.database, world.ledger.now)

    assert retry(hasty, world.queue, number).startswith(f"{number} was stuck")  # type: ignore[arg-type]
