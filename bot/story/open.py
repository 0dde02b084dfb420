"""Open: one complete change in ServiceNow, and its first hop."""

from datetime import datetime

from bot.change.errors import FourEyesNotProven, NobodyLeft, Refusal
from bot.change.model import Change, Hands, Plan, Projection, State, Want
from bot.ledger.ledger import Overtaken
from bot.ports import Record, Unknown
from bot.story.hop import hop
from bot.story.look import see
from bot.story.tools import Move, Tools

RECORD = "record"
"""The projection that stands for the ServiceNow record itself."""
LATE = "late record"
"""The projection that stands for a second record, which a lost answer may have left behind."""


class NotKept(Refusal):
    sentence = (
        "ServiceNow did not keep what Cabbie wrote on {}: {}. An admin has to give the change account those fields."
    )


def _is_open_due(_: Tools, change: Change, __: datetime) -> bool:
    return bool(change.key) and not change.sys_id and change.want is Want.DEPLOY


def open_change(tools: Tools, change: Change) -> None:
    """Find the change by its key, or create it; read it back and compare."""
    plan, hands = _must(change)
    record = find_ours(tools, change) or _create(tools, change, plan, hands)  # either way read, not what was sent
    if lost := tools.records.differences(record, plan, change, hands.requester):
        raise NotKept(record.number, ", ".join(lost))
    take(tools, change, record)


def take(tools: Tools, change: Change, record: Record) -> None:
    """Write down that this record is the change's own. Raises: Overtaken."""
    with tools.ledger.begin() as tx:
        now = tx.change(change.id)
        if now.sys_id and now.sys_id != record.sys_id:
            raise Overtaken(change.id)  # somebody who took over opened another one: this one is the late one
        tx.update(now, number=record.number, sys_id=record.sys_id)
        tx.project(change.id, Projection(kind=RECORD, target="", ref=record.sys_id, shown=change.fingerprint))
        # Whoever was thought dead may send its create yet, and a proxy may send ours again: looked for once more later.
        tx.project(change.id, Projection(kind=LATE, target="", sent_at=tools.now()))
        see(tx, tools, tx.change(change.id), record, ())
        tx.enter(
            "opened",
            change_id=change.id,
            actor=change.requested_by.id,
            number=record.number,
            sys_id=record.sys_id,
            correlation_id=change.correlation_id,
            sentence=f"Opened {record.number} in ServiceNow",
        )


def find_ours(tools: Tools, change: Change) -> Record | None:
    """Ours, if it is there already. A second one of the same key is canceled: the oldest stays.

    Once people are deciding on one, that one stays, however old the other is."""
    found = [record for record in tools.records.find(change.correlation_id) if record.state is not State.CANCELED]
    ours = next((record for record in found if record.sys_id == change.sys_id), None)
    if ours is None and not change.sys_id and found:
        ours = found[0]
    stays = change.number or (ours.number if ours else "")
    for late in found:
        if ours is None or late.sys_id != ours.sys_id:
            note = f"Opened twice for one deploy; {stays} stays."
            tools.records.move(late.sys_id, State.CANCELED, work_notes=note)
    return ours


def _create(tools: Tools, change: Change, plan: Plan, hands: Hands) -> Record:
    """A create whose answer was lost is not repeated before it had time to show."""
    sent = change.projection(RECORD)
    if sent.sent_at and tools.now() < sent.sent_at + tools.patience.record:
        raise Unknown("ServiceNow", "the answer to opening the change was lost; I look for it before I try again")
    with tools.ledger.begin() as tx:
        tx.update(change)  # of two who found nothing only one goes on
        tx.project(change.id, Projection(kind=RECORD, target="", sent_at=tools.now()))
    try:
        return tools.records.create(plan, change, hands.requester)
    except Unknown:
        with tools.ledger.begin() as tx:
            tx.project(change.id, Projection(kind=LATE, target="", sent_at=tools.now()))
        raise
    except Exception:
        with tools.ledger.begin() as tx:  # refused or never sent: certainly not there
            tx.project(change.id, Projection(kind=RECORD, target=""))
        raise


def _is_late_due(tools: Tools, change: Change, now: datetime) -> bool:
    sent_at = change.projection(LATE).sent_at
    return bool(change.sys_id) and sent_at is not None and now >= sent_at + 2 * tools.patience.record


def cancel_late(tools: Tools, change: Change) -> None:
    """A create that was lost, held up or sent twice may have shown up after we opened another one."""
    find_ours(tools, change)
    with tools.ledger.begin() as tx:
        tx.project(change.id, Projection(kind=LATE, target="", shown="looked"))


def _is_submit_due(_: Tools, change: Change, __: datetime) -> bool:
    return (
        change.state is State.NEW
        and change.want is Want.DEPLOY
        and change.outcome is None
        and not change.on_hold
        and change.approval != "rejected"
    )


def submit(tools: Tools, change: Change) -> None:
    """New → Assess, once somebody is there who may approve."""
    check_somebody_may_approve(tools, change)
    hop(tools, change, State.ASSESS)


def check_somebody_may_approve(tools: Tools, change: Change) -> None:
    """Raises: NobodyLeft, FourEyesNotProven."""
    plan, hands = _must(change)[0], change.excluded
    if hands.unresolved and tools.approval(change).unresolved_author == "stop":
        raise FourEyesNotProven(change.title, ", ".join(hands.unresolved))
    members = tools.records.group_members(plan.assignment_group)
    if not members:
        raise NobodyLeft(change.title, f"{plan.assignment_group} has no members")
    if all(hands.excludes(member.sys_id) for member in members):
        raise NobodyLeft(change.title, f"everybody in {plan.assignment_group} requested it or wrote part of it")


def _must(change: Change) -> tuple[Plan, Hands]:
    assert change.plan is not None and change.hands is not None, "listened before opened"
    return change.plan, change.hands


OPEN = Move("open", _is_open_due, open_change)
CANCEL_LATE = Move("cancel late", _is_late_due, cancel_late, even_when_stopped=True)
SUBMIT = Move("submit", _is_submit_due, submit)
