"""Close: how it went, with times, code and notes; what went wrong stays open with an owner."""

from datetime import UTC, datetime

from bot.change.errors import UnknownService
from bot.change.lifecycle import DEPLOYED
from bot.change.model import Change, Outcome, Progress, Projection, State
from bot.ports import Unknown, outcome_close_code
from bot.story.hop import CannotHop, hop
from bot.story.tools import Move, NotYet, Tools
from bot.story.vouch import is_in_doubt

TASK = "task"
"""The projection that stands for the review task."""


def _is_finish_due(_: Tools, change: Change, __: datetime) -> bool:
    return change.outcome in DEPLOYED and change.state is State.IMPLEMENT and not is_in_doubt(change)


def finish(tools: Tools, change: Change) -> None:
    """Implement → Review, with the actual times."""
    start = change.started_at or change.approved_at or change.finished_at
    end = max(change.finished_at, start) if change.finished_at and start else change.finished_at  # two clocks told them
    fields = {"work_start": _stamp(start), "work_end": _stamp(end)}
    hop(tools, change, State.REVIEW, **fields)


def _is_close_due(_: Tools, change: Change, __: datetime) -> bool:
    return change.outcome is Outcome.SUCCEEDED and change.state is State.REVIEW


def close(tools: Tools, change: Change) -> None:
    """Review → Closed. Only a clean success closes by itself."""
    code, notes = outcome_close_code(Outcome.SUCCEEDED), notes_of(change)
    try:
        hop(tools, change, State.CLOSED, close_code=code, close_notes=notes)
    except CannotHop:
        # ServiceNow's flow settles the change's tasks a moment after Review; until then it cannot be closed.
        if tools.now() - (change.stage_at or tools.now()) > tools.patience.approvers:
            raise
        raise NotYet("its flow settles the change's tasks") from None


def _is_follow_up_due(_: Tools, change: Change, __: datetime) -> bool:
    went_wrong = change.outcome in (Outcome.FAILED, Outcome.ROLLED_BACK)
    return went_wrong and change.state is State.REVIEW and change.progress is not Progress.DONE


def follow_up(tools: Tools, change: Change) -> None:
    """A failed deploy stays in Review: somebody owns finding out why."""
    owner = _owner(tools, change)
    known = {task.get("correlation_id"): task.get("number", "") for task in tools.records.tasks(change.sys_id)}
    number = known.get(_correlation(change)) or _create_task(tools, change, owner)
    with tools.ledger.begin() as tx:
        tx.update(tx.change(change.id), progress=Progress.DONE)
        tx.project(change.id, Projection(kind=TASK, target="", ref=number, shown=owner))
        sentence = f"{change.title} {change.outcome}: {number} for {owner}"
        tx.find_out("went wrong", sentence, once=f"outcome:{change.id}", change_id=change.id, service=change.service)


def _create_task(tools: Tools, change: Change, owner: str) -> str:
    """Its number. A create whose answer was lost is not repeated before it had time to show."""
    sent_at = change.projection(TASK).sent_at
    if sent_at and tools.now() < sent_at + tools.patience.record:
        raise Unknown("ServiceNow", "the answer to creating the review task was lost; I look for it before I try again")
    _note(tools, change, Projection(kind=TASK, target="", sent_at=tools.now()))
    try:
        return tools.records.create_task(
            change.sys_id,
            short_description=f"Review why {change.title} {change.outcome}"[:160],
            description=notes_of(change),
            group=owner,
            correlation_id=_correlation(change),
        )
    except Unknown:
        raise
    except Exception:
        _note(tools, tools.ledger.change(change.id), Projection(kind=TASK, target=""))  # certainly not there
        raise


def _note(tools: Tools, change: Change, projection: Projection) -> None:
    with tools.ledger.begin() as tx:
        tx.update(change)  # of two who found no task only one goes on
        tx.project(change.id, projection)


def _correlation(change: Change) -> str:
    return f"{change.correlation_id}-review"


def _owner(tools: Tools, change: Change) -> str:
    try:
        service = tools.service(change)
    except UnknownService:  # it left the policy while its change was under way
        return change.plan.assignment_group if change.plan else ""
    return service.owner or service.assignment_group


def notes_of(change: Change) -> str:
    """The close notes: what was reported, by whom, from where."""
    by = change.outcome_by.name if change.outcome_by and change.outcome_by.name else change.outcome_source
    why = f" {change.outcome_why}" if change.outcome_why else ""
    source = f"{by} ({change.outcome_source})"
    return (
        f"{change.title}: {change.outcome}, reported by {source} at {_stamp(change.finished_at)} UTC."
        f"{why}\nCommit: {change.release.sha if change.release else 'unknown'}"
    )[:4000]


def _stamp(time: datetime | None) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if time else ""


FINISH = Move("finish", _is_finish_due, finish, even_when_stopped=True)
CLOSE = Move("close", _is_close_due, close, even_when_stopped=True)
FOLLOW_UP = Move("follow up", _is_follow_up_due, follow_up, even_when_stopped=True)
