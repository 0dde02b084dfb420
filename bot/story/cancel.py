"""Cancel: nobody decided in time, somebody said no, or somebody wants it gone. And hold, when a rule was broken."""

from datetime import datetime

from bot.change.lifecycle import BLOCKING, CANCELABLE, REFUSED, UNDECIDED
from bot.change.model import Change, Outcome, Progress, State, Verdict, Want
from bot.change.rfc import decided_by
from bot.ports import Unknown
from bot.story.hop import hop
from bot.story.look import look
from bot.story.open import RECORD, find_ours, take
from bot.story.tools import Move, Tools
from bot.story.vouch import is_in_doubt


def _is_expiry_due(_: Tools, change: Change, now: datetime) -> bool:
    if change.outcome is not None or change.want is Want.CANCEL:
        return False
    if change.state in UNDECIDED:
        return decided_by(now, change)
    return change.state is State.SCHEDULED and change.plan is not None and now >= change.plan.window.end


def expire(tools: Tools, change: Change) -> None:
    """Silence is an answer, and never a yes. A last look first: perhaps somebody just decided in ServiceNow."""
    fresh = look(tools, change)
    if not _is_expiry_due(tools, fresh, tools.now()):
        return
    why = "nobody decided in time" if fresh.state in UNDECIDED else "its window is over and it was never cleared"
    with tools.ledger.begin() as tx:
        tx.update(fresh, want=Want.CANCEL, outcome=Outcome.EXPIRED, outcome_source="Cabbie", outcome_why=why)
        tx.enter("expired", change_id=change.id, sentence=f"Expired: {why}")


def _is_cancel_due(_: Tools, change: Change, __: datetime) -> bool:
    is_unwanted = change.want is Want.CANCEL or change.outcome is Outcome.REJECTED
    return (
        is_unwanted
        and not is_in_doubt(change)
        and (change.state in CANCELABLE if change.sys_id else change.progress is not Progress.DONE)
    )


def cancel(tools: Tools, change: Change) -> None:
    """Canceled in ServiceNow, with the reason as a work note. Read back: the state tells whether it happened."""
    if not change.sys_id:
        _end_unopened(tools, change)
        return
    fresh = look(tools, change)
    if fresh.state not in CANCELABLE:
        return
    hop(tools, fresh, State.CANCELED, work_notes=note_of(fresh))


def _end_unopened(tools: Tools, change: Change) -> None:
    """Over before anything was opened; what a create whose answer was lost did open is canceled like any other."""
    sent_at = change.projection(RECORD).sent_at
    if sent_at and (record := find_ours(tools, change)):
        take(tools, change, record)
        return
    if sent_at and tools.now() < sent_at + tools.patience.record:
        raise Unknown("ServiceNow", "the answer to opening the change was lost; I look for it before I call it over")
    with tools.ledger.begin() as tx:
        tx.update(tx.change(change.id), progress=Progress.DONE, outcome=change.outcome or Outcome.CANCELED)


def note_of(change: Change) -> str:
    """Why it is canceled, for ServiceNow's work notes."""
    rejected = next((d for d in reversed(change.decisions) if d.verdict is Verdict.REJECTED), None)
    if change.outcome is Outcome.REJECTED and rejected:
        why = rejected.reason or "no reason given"
        return f"Rejected by {rejected.name}: {why}. Ask again with /deploy for another attempt."[:4000]
    by = f" by {change.outcome_by.name}" if change.outcome_by else ""
    outcome = change.outcome if change.outcome in REFUSED else Outcome.CANCELED
    return f"Cabbie: {outcome}{by}: {change.outcome_why or 'no reason given'}. The gate is shut."[:4000]


def _is_hold_due(_: Tools, change: Change, __: datetime) -> bool:
    is_stoppable = change.state in (State.ASSESS, State.AUTHORIZE, State.SCHEDULED)
    is_broken = any(finding.kind in BLOCKING for finding in change.findings)
    return is_broken and is_stoppable and not change.on_hold and change.outcome is None


def hold_exception(tools: Tools, change: Change) -> None:
    """A rule was broken: on hold for good; it can be canceled and asked for again."""
    finding = next(finding for finding in change.findings if finding.kind in BLOCKING)
    reason = f"Cabbie: {finding.sentence} Cancel it and ask again."[:4000]
    tools.records.amend(change.sys_id, on_hold="true", on_hold_reason=reason)
    look(tools, change)


EXPIRE = Move("expire", _is_expiry_due, expire, even_when_stopped=True)
CANCEL = Move("cancel", _is_cancel_due, cancel, even_when_stopped=True)
HOLD_EXCEPTION = Move("hold", _is_hold_due, hold_exception, even_when_stopped=True)
