"""While a system is away people are told so, in one sentence; when it is back the sentence is gone."""

import json
from datetime import timedelta

import pytest

from bot.change.announcement import Announcement, ReportWord
from bot.change.model import Progress, State
from bot.ports import Outage
from tests.builders import ADA, GRACE, LINUS
from tests.story.world import World, until

MARK = "⏱️"
A_WHILE = timedelta(minutes=10)


def shown(world: World) -> str:
    (card,) = world.slack.marked("card")
    return json.dumps(card.message.blocks, ensure_ascii=False)


def test_servicenow_is_away_while_somebody_approves(world: World) -> None:
    number = world.asks().number
    world.servicenow.faults.down = Outage("ServiceNow", "it answered 503")
    world.approves(ADA, number)
    world.wait(A_WHILE)

    assert shown(world).count("ServiceNow does not answer as it should; I keep trying") == 1
    assert "Approved" not in shown(world)

    world.servicenow.faults.down = None
    until(world, lambda: world.change(number).state is State.AUTHORIZE)
    until(world, lambda: MARK not in shown(world), at_most=A_WHILE)


def test_servicenow_is_away_before_there_is_a_card(world: World) -> None:
    world.servicenow.faults.down = Outage("ServiceNow", "it answered 503")
    change_id = world.hear(LINUS, Announcement("payments", "2.4.1")).change_id
    world.settle()
    world.wait(A_WHILE)

    assert len([said for said in world.dms(LINUS) if MARK in said]) == 1

    world.servicenow.faults.down = None
    until(world, lambda: world.ledger.change(change_id).state is State.ASSESS)
    assert MARK not in shown(world)


@pytest.mark.parametrize("system", ["jira", "slack"])
def test_another_system_is_away_while_somebody_approves(world: World, system: str) -> None:
    """Where Slack itself is away nobody can be told in it; what is shown afterwards is what is."""
    number = world.asks().number
    double = getattr(world, system)
    double.faults.down = Outage(system.capitalize(), "it answered 503")
    if system == "slack":
        double.faults.down = None
        double.faults.refuse("edit", *[Outage("Slack", "it answered 503")] * 4)
    world.approves(ADA, number)
    world.approves(GRACE, number)
    world.wait(A_WHILE)

    if system == "jira":
        assert shown(world).count("Jira does not answer as it should; I keep trying") == 1
    assert world.change(number).progress is Progress.CLEARED

    double.faults.down = None
    world.reports(LINUS, ReportWord.DONE, number)
    until(world, lambda: world.change(number).progress is Progress.DONE)
    world.wait(timedelta(minutes=15))
    assert MARK not in shown(world)
    assert "Deployed" in shown(world)
    assert len(world.jira.comments["PAY-101"]) == 1


def test_a_refusal_that_slack_wants_a_pause_before_comes_as_a_message(world: World) -> None:
    number = world.asks().number
    world.slack.wants_a_pause = True

    world.approves(LINUS, number)

    [(_, whom, slot, sentence)] = [errand for errand in world.queue.errands if errand[0] == "word"]
    assert (whom, slot.startswith("claim-"), "requested" in sentence) == (LINUS.slack_id, True, True), sentence
    assert world.slack.whispers == []
