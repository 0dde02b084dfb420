"""A create whose answer was lost and that shows up late: one live change in the end."""

from datetime import timedelta

import pytest

from bot.change.announcement import ReportWord
from bot.change.model import State
from bot.ledger.ledger import Overtaken
from bot.ports import Unknown
from bot.story.open import take
from tests.builders import LINUS
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


def test_one_that_nobody_knew_of_is_canceled_too_even_when_ours_is_over(world: World) -> None:
    asked = world.asks()
    world.reports(LINUS, ReportWord.CANCEL, asked.number, "not today")

    world.servicenow.arrives_late(world.ledger.change(asked.id))
    world.wait(timedelta(minutes=15))

    assert {held.state for held in world.servicenow.changes.values()} == {State.CANCELED}
    assert len(world.servicenow.changes) == 2


def test_whoever_was_thought_dead_does_not_take_the_place_of_what_was_opened_meanwhile(world: World) -> None:
    asked = world.asks()
    ours = world.ledger.change(asked.id)
    late = world.servicenow.arrives_late(ours)

    with pytest.raises(Overtaken):
        take(world.tools, ours, late)
    world.wait(timedelta(minutes=15))

    live = [held.number for held in world.servicenow.changes.values() if held.state is not State.CANCELED]
    assert live == [ours.number]
