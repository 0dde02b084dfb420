"""Look: what does ServiceNow say now? The only way its state gets into our rows."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from bot.change.approval import BEING_WRITTEN, news_of
from bot.change.errors import UnknownService
from bot.change.lifecycle import UNDECIDED, WAITING
from bot.change.model import (
    ApprovalRow,
    Change,
    Decision,
    Hands,
    Outcome,
    Progress,
    Recorded,
    RowState,
    State,
    Verdict,
)
from bot.ledger.ledger import Transaction, new_id
from bot.ports import Record, User
from bot.story.by_hand import report, stop_when_sent_back
from bot.story.observe import observe
from bot.story.progress import settle_progress
from bot.story.tools import Move, Tools

FIRST_LOOK = timedelta(seconds=0.3)
LONGEST_LOOK = timedelta(seconds=15)


def _is_due(_: Tools, change: Change, now: datetime) -> bool:
    if _is_verdict_in_doubt(change):
        return False
    return bool(change.sys_id) and change.look_at is not None and change.look_at <= now


def _is_verdict_in_doubt(change: Change) -> bool:
    """A verdict of ours was sent and its answer is lost: known first whose it was, and in which stage it was given.

    Else the next stage would be seen with a row approved by nobody we know of."""
    is_stopped = change.progress in (Progress.STOPPED, Progress.STUCK)
    return not is_stopped and any(claim.progress == BEING_WRITTEN for claim in change.claims)


def look(tools: Tools, change: Change) -> Change:
    """Read the change and its approver rows, and write down what is new."""
    record, rows = observe(tools, change)
    writers = _writers(tools, replace(change, rows=rows))
    with tools.ledger.begin() as tx:
        current = tx.change(change.id)
        see(tx, tools, current, record, rows, writers)
        if current.look_at and current.look_at != change.look_at:
            tx.nudge(change.id, look_at=current.look_at)  # what was heard while we read may be newer than what we read
        return tx.change(change.id)


def _writers(tools: Tools, change: Change) -> dict[str, User]:
    """Who answered in somebody else's place, by the row: ServiceNow lets delegates do so."""
    stood_in = [row for row in news_of(change) if row.is_by_another]
    found = tools.side_by_side(tools.records.user_named, [row.updated_by for row in stood_in])
    return {row.sys_id: user for row, user in zip(stood_in, found, strict=True) if user}


def see(
    tx: Transaction,
    tools: Tools,
    change: Change,
    record: Record,
    rows: tuple[ApprovalRow, ...],
    writers: Mapping[str, User] = MappingProxyType({}),
) -> None:
    """Write down one observation: state, rows, decisions given in ServiceNow's own screen.

    writers: who answered in somebody else's place, by the row's sys_id."""
    now = tools.now()
    seen = {"state": record.state, "approval": record.approval, "on_hold": record.on_hold, "rows": rows}
    is_new = any(getattr(change, name) != value for name, value in seen.items())
    facts: dict[str, Any] = {**seen, "seen_at": now, "look_at": None}
    if is_new:
        facts["stage_at"] = now
    after = _after(change, facts)
    if after.state is State.SCHEDULED and change.approved_at is None:
        facts["approved_at"] = now
    if ending := _ending(change, record, rows):
        facts |= ending | {"finished_at": now}
    facts["progress"] = settle_progress(_after(change, facts))
    facts |= stop_when_sent_back(change, _after(change, facts))
    if is_unsettled(after):
        facts["look_at"] = now + _patience(now - (facts.get("stage_at") or change.stage_at or now))
    tx.update(change, **facts)
    if change.state is not record.state:
        tx.enter(
            "state",
            change_id=change.id,
            state=record.state.value,
            sentence=f"{change.number or record.number} is in {record.state.capitalize()}",
        )
    _write_news(tx, tools, change, after, writers)
    report(tx, change, _after(change, facts))


def is_unsettled(change: Change) -> bool:
    """ServiceNow's flow is about to do something: make rows, or move on."""
    if change.state is State.NEW and change.approval == "requested":
        return True
    if change.state not in WAITING or change.on_hold:
        return False
    return not any(row.state is RowState.REQUESTED for row in change.rows)


def _ending(change: Change, record: Record, rows: tuple[ApprovalRow, ...]) -> dict[str, Any]:
    """What ended it, when ServiceNow says so and nobody told us."""
    if change.outcome is not None:
        return {}
    was_asked = change.state in WAITING
    if record.state is State.NEW and (record.approval == "rejected" or (was_asked and _is_rejected(rows))):
        return {"outcome": Outcome.REJECTED, "outcome_source": "ServiceNow"}
    if record.state is State.CANCELED:
        return {"outcome": Outcome.CANCELED, "outcome_source": "ServiceNow", "outcome_why": "canceled in ServiceNow"}
    if record.state is State.CLOSED:
        code = record.fields.get("close_code", "")
        outcome = {"successful": Outcome.SUCCEEDED, "successful_issues": Outcome.SUCCEEDED}.get(code, Outcome.FAILED)
        return {"outcome": outcome, "outcome_source": "ServiceNow", "outcome_why": "closed in ServiceNow"}
    return {}


def _is_rejected(rows: tuple[ApprovalRow, ...]) -> bool:
    return any(row.state is RowState.REJECTED for row in rows)


def _write_news(tx: Transaction, tools: Tools, before: Change, change: Change, writers: Mapping[str, User]) -> None:
    """Decisions given in ServiceNow, judged by the same rules as a click."""
    hands = change.excluded
    for row in news_of(change):
        person = tx.person(sys_user=row.approver, name=row.approver_name)
        if not person.sys_user:
            person = tx.bind(person, sys_user=row.approver, email=row.approver_email, name=row.approver_name)
        verdict = Verdict.APPROVED if row.state is RowState.APPROVED else Verdict.REJECTED
        unclean = _unclean(row, writers.get(row.sys_id), hands, change.number)
        is_valid = verdict is Verdict.REJECTED or not unclean
        decision = Decision(
            id=new_id(),
            by=person,
            name=person.name,
            verdict=verdict,
            at=tools.now(),
            stage=_stage_of(row, before, change),
            recorded=_how_recorded(tools, change),
            row=row.sys_id,
            mod_count=row.mod_count,
            is_valid=is_valid,
        )
        tx.add_decision(change.id, decision)
        tx.enter("decided", change_id=change.id, actor=person.id, **_words(decision, row, before))
        if not is_valid:
            _report_own_approval(tx, change, unclean, row)


def _unclean(row: ApprovalRow, writer: User | None, hands: Hands, number: str) -> str:
    """Whose hands were on the deploy and on this answer; empty when nobody's were."""
    if hands.excludes(row.approver):
        return f"{row.approver_name} approved {number} in ServiceNow and {_part(row.approver, hands)}"
    if writer is not None and hands.excludes(writer.sys_id):
        return f"{writer.name} approved {number} in {row.approver_name}'s place and {_part(writer.sys_id, hands)}"
    return ""


def _part(sys_user: str, hands: Hands) -> str:
    return "requested it" if hands.requested(sys_user) else "wrote part of it"


def _how_recorded(tools: Tools, change: Change) -> Recorded:
    try:
        is_deep_link = tools.approval(change).record is Recorded.DEEP_LINK
    except UnknownService:  # it left the policy while its change was under way, which is watched all the same
        is_deep_link = False
    return Recorded.DEEP_LINK if is_deep_link else Recorded.IN_SERVICENOW


def _stage_of(row: ApprovalRow, before: Change, change: Change) -> State:
    """The stage in which a row was open: with its answer the flow may have moved on already."""
    was_open = any(one.sys_id == row.sys_id and one.state is RowState.REQUESTED for one in before.rows)
    state = before.state if was_open else change.state
    return state if state in UNDECIDED else State.AUTHORIZE


def _report_own_approval(tx: Transaction, change: Change, unclean: str, row: ApprovalRow) -> None:
    tx.find_out(
        "own approval",
        f"{unclean}: the gate is shut, the change is on hold.",
        once=f"own:{row.sys_id}:{row.mod_count}",
        change_id=change.id,
        service=change.service,
    )


def _words(decision: Decision, row: ApprovalRow, before: Change) -> dict[str, Any]:
    """What is known of a verdict that did not come through Slack."""
    was = next((one.state.value for one in before.rows if one.sys_id == row.sys_id), "")
    return {
        "verdict": decision.verdict.value,
        "recorded": decision.recorded.value,
        "stage": decision.stage.value,
        "valid": decision.is_valid,
        "content": before.fingerprint,
        "sha": before.release.sha if before.release else "",
        "row": row.sys_id,
        "row_before": was,
        "row_after": row.state.value,
        "written_by": row.updated_by,
        "written_at": row.updated_at,
        "sentence": f"{decision.name} {decision.verdict} it ({decision.recorded})",
    }


def _after(change: Change, facts: dict[str, Any]) -> Change:
    return replace(change, **facts)


def _patience(elapsed: timedelta) -> timedelta:
    """Soon at first, then ever more rarely: the flow mostly needs a moment, seldom minutes."""
    return max(FIRST_LOOK, min(elapsed / 2, LONGEST_LOOK))


LOOK = Move("look", _is_due, look, even_when_stopped=True)
