"""Whatever is lost on the way, and wherever the process is killed: one change, one card, one comment, one verdict."""

from datetime import timedelta

import pytest

from bot.change.announcement import Announcement, ReportWord
from bot.change.model import Outcome, Progress, RowState, State, Verdict
from bot.ports import Outage, Unknown
from tests.builders import ADA, GRACE, LINUS
from tests.doubles.faults import Faults, Killed
from tests.story.world import World, until

EFFECTS = (
    ("servicenow", "create"),
    ("servicenow", "move"),
    ("servicenow", "amend"),
    ("approvals", "record"),
    ("slack", "post"),
    ("slack", "edit"),
    ("jira", "link"),
    ("jira", "comment"),
)
MOST = 3
"""Of each effect so many are spoilt, one after the other."""


def faults_of(world: World, system: str) -> Faults:
    found: Faults = getattr(world, system).faults
    return found


def walk(world: World) -> str:
    """From the request to closed, however long it takes."""
    change = world.asks()
    until(world, lambda: world.ledger.change(change.id).state is State.ASSESS)
    until(world, lambda: bool(world.slack.marked("card")))
    number = world.ledger.change(change.id).number
    world.approves(ADA, number)
    until(world, lambda: world.change(number).state is State.AUTHORIZE)
    world.approves(GRACE, number)
    until(world, lambda: world.change(number).progress is Progress.CLEARED)
    world.reports(LINUS, ReportWord.DONE, number)
    until(world, lambda: world.change(number).progress is Progress.DONE)
    world.wait(timedelta(minutes=15))
    return number


def check_everything_is_there_once(world: World, number: str) -> None:
    """The judge is what the systems hold, never our own tables."""
    (held,) = world.servicenow.changes.values()
    assert (held.number, held.state, held.fields["close_code"]) == (number, State.CLOSED, "successful")
    assert held.states == list(dict.fromkeys(held.states))
    assert [row.approver.name for row in held.rows if row.state is RowState.APPROVED] == [ADA.name, GRACE.name]
    assert all(row.mod_count <= 1 for row in held.rows)
    said = [posted.message.marker for posted in world.slack.messages.values()]
    assert sorted(said) == sorted(set(said))
    (card,) = world.slack.marked("card")
    assert "Deployed" in card.message.text
    assert {key: len(links) for key, links in world.jira.links.items()} == {"PAY-101": 1, "PAY-103": 1}
    assert {key: len(comments) for key, comments in world.jira.comments.items()} == {"PAY-101": 1, "PAY-103": 1}
    assert world.reads.verify()[1] is None


@pytest.mark.parametrize(("system", "call"), EFFECTS)
def test_a_lost_answer_ends_in_exactly_one(world: World, system: str, call: str) -> None:
    faults_of(world, system).lose_answer(call, *[Unknown(system, "the connection broke")] * MOST)

    number = walk(world)

    check_everything_is_there_once(world, number)


@pytest.mark.parametrize(("system", "call"), EFFECTS)
def test_an_outage_ends_in_exactly_one(world: World, system: str, call: str) -> None:
    faults_of(world, system).refuse(call, *[Outage(system, "503")] * MOST)

    number = walk(world)

    check_everything_is_there_once(world, number)


@pytest.mark.parametrize(("system", "call"), EFFECTS)
def test_killed_before_it_was_sent(world: World, system: str, call: str) -> None:
    faults_of(world, system).refuse(call, *[Killed()] * MOST)

    number = walk(world)

    check_everything_is_there_once(world, number)


@pytest.mark.parametrize(("system", "call"), EFFECTS)
def test_killed_before_the_answer_was_heard(world: World, system: str, call: str) -> None:
    faults_of(world, system).lose_answer(call, *[Killed()] * MOST)

    number = walk(world)

    check_everything_is_there_once(world, number)


@pytest.mark.parametrize("fault", [Unknown("ServiceNow", "the connection broke"), Killed()])
def test_a_failed_deploy_has_one_task(world: World, fault: BaseException) -> None:
    number = world.asks().number
    world.approves(ADA, number)
    world.approves(GRACE, number)
    world.servicenow.faults.lose_answer("create_task", fault)

    world.reports(LINUS, ReportWord.FAILED, number)
    until(world, lambda: world.change(number).progress is Progress.DONE)

    assert world.change(number).outcome is Outcome.FAILED
    assert len(world.servicenow.numbered(number).tasks) == 1


@pytest.mark.parametrize("fault", [Unknown("ServiceNow", "the connection broke"), Killed()])
def test_a_rejection_is_recorded_once(world: World, fault: BaseException) -> None:
    number = world.asks().number
    world.approvals.faults.lose_answer("record", fault)

    world.presses(ADA, Verdict.REJECTED, number, reason="not before the sale")
    until(world, lambda: world.change(number).progress is Progress.DONE)

    held = world.servicenow.numbered(number)
    assert [row.state for row in held.rows].count(RowState.REJECTED) == 1
    assert len([d for d in world.change(number).decisions if d.verdict is Verdict.REJECTED]) == 1
    assert len([p for p in world.slack.marked("thread") if "rejected" in p.message.text]) == 1


def test_of_two_changes_with_one_key_the_oldest_stays(world: World) -> None:
    world.servicenow.faults.lose_answer("create", Killed())
    world.hear(LINUS, Announcement("payments", "2.4.1"))
    change_id = world.queue.waiting[0]
    while not world.servicenow.changes:
        world.advance(change_id)
    (first,) = world.servicenow.changes.values()
    world.servicenow.open_twice(first.number)

    world.settle()

    _, second = world.servicenow.changes.values()
    assert world.ledger.change(change_id).number == first.number
    assert (first.state, second.state) == (State.ASSESS, State.CANCELED)
    assert first.number in second.notes[0]
