"""What goes wrong beside a change does not stop it, and what is over is not shown for ever."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.change.announcement import Announcement
from bot.change.model import Change, Progress, State
from bot.ports import Message, Outage
from bot.story import advance
from tests.builders import ADA, GRACE, LINUS
from tests.doubles.room import RoomDouble
from tests.story.world import World, until


class Unpaintable(RoomDouble):
    """A room with a bug."""

    def card(self, change: Change, *, now: datetime) -> Message:
        broken: Mapping[str, Message] = {}
        return broken[change.number]


def test_a_jira_that_is_away_for_two_hours_does_not_stop_a_deploy(world: World) -> None:
    change_id = world.hear(LINUS, Announcement("payments", "2.4.1")).change_id
    world.advance(change_id)  # it has listened
    world.jira.faults.down = Outage("Jira", "503")
    world.settle()
    for _ in range(24):
        world.wait(timedelta(minutes=5))

    number = world.ledger.change(change_id).number
    world.approves(ADA, number)
    world.approves(GRACE, number)

    assert world.change(number).progress is Progress.CLEARED
    assert [finding.kind for finding in world.change(number).findings] == ["stuck"]


def test_a_card_that_cannot_be_painted_does_not_stop_the_other_moves(world: World) -> None:
    room = Unpaintable(world.slack, lambda: world.policy, world.servicenow.page)
    world.tools = replace(world.tools, room=room)

    change = world.asks()

    assert change.state is State.ASSESS
    assert change.troubles["show"].tries >= 1
    assert world.jira.links["PAY-101"]
    assert advance(world.tools, change.id) != 0.0


def test_a_trouble_of_a_move_that_is_not_due_any_more_is_forgotten(world: World) -> None:
    number = world.asks().number
    world.servicenow.faults.refuse("group_members", *[Outage("ServiceNow", "503")] * 3)
    second = world.asks(version="2.4.0", why="once more")
    until(world, lambda: world.ledger.change(second.id).trouble != "" or world.ledger.change(second.id).number != "")
    world.servicenow.move(world.ledger.change(second.id).sys_id, State.CANCELED)

    until(world, lambda: world.ledger.change(second.id).progress is Progress.DONE)

    assert (world.ledger.change(second.id).trouble, dict(world.ledger.change(second.id).troubles)) == ("", {})
    assert world.change(number).state is State.ASSESS
