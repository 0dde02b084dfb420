"""A create whose answer was lost and that shows up late: one live change in the end."""

from datetime import timedelta

from bot.change.model import State
from bot.ports import Unknown
from tests.story.world import World, until


def test_a_change_that_shows_up_late_is_canceled_and_the_one_being_decided_stays(world: World) -> None:
    world.servicenow.faults.refuse("create", Unknown("ServiceNow", "the answer was lost"))
    asked = world.asks()
    until(world, lambda: world.ledger.change(asked.id).state is State.ASSESS)
    ours = world.ledger.change(asked.id)

    world.servicenow.arrives_late(ours)
    world.wait(timedelta(minutes=15))

    live = [held.number for held in world.servicenow.changes.values() if held.state is not State.CANCELED]
    assert live == [ours.number]
    assert len(world.servicenow.changes) == 2
