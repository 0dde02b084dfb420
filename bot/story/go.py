"""Go: the move comes first. Only when ServiceNow has it in Implement is anything cleared."""

from datetime import datetime

from bot.change.announcement import names_of
from bot.change.approval import is_anybody_behind
from bot.change.errors import Refusal
from bot.change.lifecycle import BLOCKING
from bot.change.model import Change, Kind, Outcome, Projection, State, Want
from bot.change.window import is_inside
from bot.ledger.ledger import Transaction
from bot.ports import NotThere
from bot.story.askers import are_known
from bot.story.by_hand import GONE
from bot.story.hop import CannotHop, hop
from bot.story.look import look
from bot.story.tools import Move, Tools


class NobodyBehind(Refusal):
    sentence = (
        "ServiceNow moved {} on with nobody asked; the policy keeps its gate shut. "
        "Ask the change manager, or set approval.not_asked in the policy."
    )


def _is_due(_: Tools, change: Change, now: datetime) -> bool:
    return _was_interrupted(change) or _may_go(change, now)


def _was_interrupted(change: Change) -> bool:
    """We were about to move it, and it has moved: what is missing is only our word for it."""
    is_there = change.state is State.IMPLEMENT and change.cleared_until is None
    return is_there and change.projection(GONE).is_in_doubt and not _is_kept_back(change)


def _may_go(change: Change, now: datetime) -> bool:
    return (
        change.state is State.SCHEDULED
        and change.plan is not None
        and is_inside(now, change.plan.window)
        and not _is_kept_back(change)
        and are_known(change)
    )


def _is_kept_back(change: Change) -> bool:
    """Over, held, or a rule was broken."""
    is_wanted = change.want is Want.DEPLOY and change.outcome is None and not change.on_hold
    return not is_wanted or any(finding.kind in BLOCKING for finding in change.findings)


def go(tools: Tools, change: Change) -> None:
    """Scheduled → Implement, for the sha that was approved."""
    assert change.plan is not None and change.release is not None
    if _was_interrupted(change):
        _clear(tools, look(tools, change))
        return
    if moved_to := _moved_sha(tools, change):
        _ask_anew(tools, change, moved_to)
        return
    fresh = look(tools, change)
    if not _may_go(fresh, tools.now()):
        return
    if not is_anybody_behind(fresh) and tools.approval(change).not_asked != "open":
        raise NobodyBehind(change.number)
    _note(tools, change, Projection(kind=GONE, target="", sent_at=tools.now()))
    try:
        _clear(tools, hop(tools, fresh, State.IMPLEMENT))
    except CannotHop:
        _note(tools, change, Projection(kind=GONE, target=""))  # if somebody moves it by hand now, it was not us
        raise


def _note(tools: Tools, change: Change, projection: Projection) -> None:
    with tools.ledger.begin() as tx:
        tx.project(change.id, projection)


def _clear(tools: Tools, change: Change) -> None:
    """Said only after ServiceNow was read back in Implement."""
    assert change.plan is not None and change.release is not None
    if change.state is not State.IMPLEMENT or _is_kept_back(change):
        return
    with tools.ledger.begin() as tx:
        tx.update(tx.change(change.id), cleared_until=change.plan.window.end)
        tx.project(change.id, Projection(kind=GONE, target="", shown=change.release.sha))
        tx.enter(
            "cleared",
            change_id=change.id,
            sha=change.release.sha,
            until=change.plan.window.end.isoformat(),
            content=change.fingerprint,
            sentence=f"Cleared {change.version} until {change.plan.window.end:%Y-%m-%d %H:%M} UTC",
        )


def _moved_sha(tools: Tools, change: Change) -> str:
    """Where the version points now, when that is not what was approved."""
    assert change.release is not None
    if change.announced_sha:
        return ""
    try:
        sha = tools.history.resolve(tools.service(change).repository, change.version)
    except NotThere:
        sha = "nowhere"
    return "" if sha == change.release.sha else sha


def _ask_anew(tools: Tools, change: Change, sha: str) -> None:
    """What was approved is what may go: another sha is another change, and this one is canceled."""
    with tools.ledger.begin() as tx:
        why = f"{change.version} now points at {sha[:12]}, not at what was approved"
        tx.update(
            change,
            want=Want.CANCEL,
            outcome=Outcome.CANCELED,
            outcome_source="Cabbie",
            outcome_why=why,
        )
        tx.enter("shut", change_id=change.id, sentence=why, sha=sha)
        if sha != "nowhere":
            tools.queue.look_at(tx.session, next_attempt(tx, change, tools.now()))


def next_attempt(tx: Transaction, change: Change, now: datetime) -> str:
    """The same request once more; the id of the new change."""
    new = tx.add_change(
        change.requested_by,
        service=change.service,
        environment=change.environment,
        kind=Kind(change.kind),
        version=change.version,
        attempt=change.attempt + 1,
        requested_at=now,
        why=change.why,
        source=change.source,
        channel=change.channel,
        url=change.url,
        want=Want.DEPLOY,
        progress=type(change.progress).LISTENING,
    )
    for alias in names_of(change.version):  # whoever asks for that version from now on means the new one
        tx.name(new, service=change.service, environment=change.environment, kind=change.kind, alias=alias)
    tx.enter(
        "requested", change_id=new, actor=change.requested_by.id, sentence=f"Asked anew in place of {change.number}"
    )
    return new


GO = Move("go", _is_due, go)
