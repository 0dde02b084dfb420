"""What must not happen: a gate that opens by mistake, an approval that counts and should not, news that is missed."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from bot.change.announcement import ReportWord
from bot.change.approval import is_anybody_behind
from bot.change.gate import gate
from bot.change.model import Kind, Outcome, Progress, Projection, State, Status, Verdict
from bot.change.policy import WindowPolicy
from bot.ledger.tables import PersonRow
from bot.story.go import GONE
from bot.story.look import look
from tests.builders import ADA, BARBARA, GRACE, LINUS, NOW
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


def test_a_rollback_opens_the_gate_for_a_version_that_was_deployed_before(world: World) -> None:
    deployed = world.asks().number
    world.approves(ADA, deployed)
    world.approves(GRACE, deployed)
    world.reports(LINUS, ReportWord.DONE, deployed)

    rollback = world.asks(kind=Kind.ROLLBACK, why="errors")
    world.approves(ADA, rollback.number)
    world.approves(GRACE, rollback.number)

    found = world.reads.named("payments", "production", ["version:2.4.1"])
    assert found is not None and found.number == rollback.number
    now = world.clock()
    assert gate(found, sha="", now=now, asked_at=now, patience=timedelta(minutes=1)).is_open


def test_what_starts_while_it_is_held_is_found(world: World) -> None:
    number = world.asks().number
    world.approves(ADA, number)
    world.approves(GRACE, number)
    world.presses(GRACE, Verdict.HELD, number, reason="wait")

    answer = world.hears_pipeline(Status.STARTED)

    assert "is on hold" in answer.sentence
    assert [finding.kind for finding in world.change(number).findings] == ["deployed without clearance"]


def test_what_starts_after_its_window_is_found(world: World) -> None:
    number = world.asks().number
    world.approves(ADA, number)
    world.approves(GRACE, number)
    world.wait(timedelta(hours=12, minutes=1))

    world.hears_pipeline(Status.STARTED)

    assert [finding.kind for finding in world.change(number).findings] == ["deployed without clearance"]


def test_a_pipeline_that_names_nobody_is_the_same_one_each_time(world: World) -> None:
    for version in ("1.0", "1.1", "1.2"):
        world.hears_pipeline(Status.REQUESTED, version=version)

    with world.ledger.reading() as tx:
        assert len(tx.session.scalars(select(PersonRow).where(PersonRow.name == "ci")).all()) == 1


def test_whom_a_pipeline_names_by_slack_id_is_who_presses_later(world: World) -> None:
    world.hears_pipeline(Status.REQUESTED, requested_by=f"<@{LINUS.slack_id}>")
    (change,) = world.reads.queue()

    answer = world.reports(LINUS, ReportWord.CANCEL, change.number, "not today")

    assert not answer.is_refusal
    with world.ledger.reading() as tx:
        assert len(tx.session.scalars(select(PersonRow).where(PersonRow.slack_id == LINUS.slack_id)).all()) == 1


def test_an_email_that_went_to_somebody_else_is_not_bound_anew_in_silence(world: World) -> None:
    del world.slack.members[LINUS.slack_id]
    world.hears_pipeline(Status.REQUESTED, requested_by=LINUS.email)
    users = world.servicenow.users
    users["sys-new"] = replace(users.pop(LINUS.sys_user), sys_id="sys-new")

    answer = world.hears_pipeline(Status.REQUESTED, version="2.4.0", why="again", requested_by=LINUS.email)

    assert not answer.is_refusal
    findings = world.reads.findings(NOW - timedelta(hours=1))
    assert "binding changed" in [finding.kind for finding in findings]


def test_what_a_broken_rule_holds_cannot_be_released(world: World) -> None:
    number = world.asks().number
    world.servicenow.decide(number, LINUS.sys_user, Verdict.APPROVED)
    world.wait(timedelta(minutes=1))

    world.presses(ADA, Verdict.RELEASED, number)

    assert world.change(number).on_hold
    assert "it cannot be released" in world.told(ADA)


def test_whoever_asked_and_stands_in_for_an_approver_is_no_second_pair_of_eyes(world: World) -> None:
    number = world.asks().number
    world.approves(ADA, number)
    held = world.servicenow.numbered(number)
    row = next(row for row in held.rows if row.approver.sys_id == GRACE.sys_user)

    world.servicenow.write(held, row, Verdict.APPROVED, by=LINUS.sys_user)  # ServiceNow lets a delegate do so
    world.wait(timedelta(minutes=2))

    change = world.change(number)
    assert (change.on_hold, change.cleared_until, held.states.count(State.IMPLEMENT)) == (True, None, 0)
    [finding] = change.findings
    assert finding.sentence.startswith(f"Linus Torres approved {number} in Grace Hopper's place and requested it")
    assert not [d for d in change.decisions if d.name == GRACE.name and d.is_valid]


def test_anybody_else_may_stand_in(world: World) -> None:
    number = world.asks().number
    world.approves(ADA, number)
    held = world.servicenow.numbered(number)
    row = next(row for row in held.rows if row.approver.sys_id == GRACE.sys_user)

    world.servicenow.write(held, row, Verdict.APPROVED, by=BARBARA.sys_user)
    world.wait(timedelta(minutes=2))

    assert world.change(number).state is State.IMPLEMENT
