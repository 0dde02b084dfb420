"""What must not happen: a gate that opens by mistake, an approval that counts and should not, news that is missed."""

from dataclasses import replace
from datetime import timedelta

from bot.change.approval import is_anybody_behind
from bot.change.model import Outcome, Progress, Projection, State, Verdict
from bot.change.policy import WindowPolicy
from bot.story.go import GONE
from bot.story.look import look
from tests.builders import ADA, GRACE, NOW
from tests.doubles.records import CAB
from tests.story.test_two_workers import Meanwhile
from tests.story.world import POLICY, SERVICE, World, with_approval


def test_an_approval_that_was_taken_back_is_nobody_behind_it(world: World) -> None:
    world.servicenow.quorum[CAB] = 2
    number = world.asks().number
    world.servicenow.decide(number, ADA.sys_user, Verdict.APPROVED)
    world.wait(timedelta(minutes=1))
    world.approves(GRACE, number)
    world.presses(GRACE, Verdict.WITHDRAWN, number)

    change = world.change(number)
    by_grace = replace(change, decisions=tuple(d for d in change.decisions if d.name == GRACE.name))

    assert [d.verdict for d in by_grace.decisions] == [Verdict.APPROVED, Verdict.WITHDRAWN]
    assert not is_anybody_behind(by_grace)


def test_what_servicenow_tells_while_we_read_it_is_read_again(world: World) -> None:
    number = world.asks().number
    change = world.change(number)

    def somebody_approves() -> None:
        world.servicenow.decide(number, ADA.sys_user, Verdict.APPROVED)
        with world.ledger.begin() as tx:
            tx.nudge(change.id, look_at=world.clock())

    rows = world.servicenow.approvals([change.sys_id])  # read before, answered after
    slow = Meanwhile(world.servicenow, "read", somebody_approves)
    slow.approvals = lambda _: rows  # type: ignore[attr-defined]
    look(replace(world.tools, records=slow), change)  # type: ignore[arg-type]

    after = world.change(number)
    assert after.look_at is not None and after.look_at <= world.clock()


def test_what_is_held_while_a_go_was_interrupted_is_not_cleared_and_rests(world: World) -> None:
    world.policy = replace(POLICY, window=WindowPolicy(timedelta(hours=1), timedelta(hours=4)))
    number = world.asks().number
    world.approves(ADA, number)
    world.approves(GRACE, number)
    change = world.change(number)
    with world.ledger.begin() as tx:
        tx.project(change.id, Projection(kind=GONE, target="", sent_at=world.clock()))
    world.servicenow.move(change.sys_id, State.IMPLEMENT)
    world.servicenow.amend(change.sys_id, on_hold="true", on_hold_reason="wait")

    world.wait(timedelta(minutes=5))

    change = world.change(number)
    assert (change.state, change.on_hold, change.cleared_until) == (State.IMPLEMENT, True, None)


def test_a_service_that_left_the_policy_is_still_watched(world: World) -> None:
    number = world.asks().number
    world.policy = replace(POLICY, services=(replace(SERVICE, service="other"),))

    world.servicenow.decide(number, ADA.sys_user, Verdict.APPROVED)
    world.wait(timedelta(minutes=1))
    world.servicenow.cancel(number)
    world.wait(timedelta(minutes=1))

    change = world.change(number)
    assert (change.outcome, change.progress) == (Outcome.CANCELED, Progress.DONE)
    assert [d.name for d in change.decisions] == [ADA.name]
    assert change.finished_at is not None and change.finished_at > NOW


def test_where_an_email_proves_nobody_it_is_decided_in_servicenow(world: World) -> None:
    world.policy = with_approval(bind_by_email=False)
    number = world.asks().number

    world.approves(ADA, number)

    assert "approved in ServiceNow itself" in world.told(ADA)
    assert world.change(number).decisions == ()
