"""Make the first move that is due; say whether to look again, and when."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog

from bot.change.errors import Refusal
from bot.change.lifecycle import UNDECIDED, WAITING
from bot.change.model import Change, Progress, State, Trouble
from bot.engine import NEVER, NOW, Again
from bot.ledger.ledger import Overtaken
from bot.ports import BadCredentials, Failure, Outage, Unknown
from bot.story.answer import ANSWER
from bot.story.cancel import CANCEL, EXPIRE, HOLD_EXCEPTION
from bot.story.close import CLOSE, FINISH, FOLLOW_UP
from bot.story.go import GO
from bot.story.judge import JUDGE
from bot.story.link import COMMENT, DESCRIBE, LINK
from bot.story.listen import LISTEN
from bot.story.look import LOOK
from bot.story.meet import MEET
from bot.story.open import CANCEL_LATE, LATE, OPEN, SUBMIT
from bot.story.record import RECORD
from bot.story.show import SHOW, TELL
from bot.story.tools import Move, NotYet, Tools

MOVES: tuple[Move, ...] = (
    LISTEN,
    OPEN,
    CANCEL_LATE,
    EXPIRE,
    CANCEL,
    JUDGE,
    RECORD,
    ANSWER,
    LOOK,
    HOLD_EXCEPTION,
    SUBMIT,
    MEET,
    SHOW,
    TELL,
    LINK,
    DESCRIBE,
    GO,
    FINISH,
    CLOSE,
    FOLLOW_UP,
    COMMENT,
)

SOON = timedelta(seconds=5)
"""Shorter waits are the engine's; longer ones are written down for the clock."""

log = structlog.get_logger("cabbie.story")


def advance(tools: Tools, change_id: str) -> Again:
    """Make the first move that is due. A move that failed waits for its time without holding up the others."""
    change = tools.ledger.change(change_id)
    now = tools.now()
    waits: list[datetime] = []
    for move in MOVES:
        if change.progress in (Progress.STOPPED, Progress.STUCK) and not move.even_when_stopped:
            continue
        if not move.is_due(tools, change, now):
            continue
        trouble = change.troubles.get(move.name)
        if trouble and now < trouble.retry_at:
            waits.append(trouble.retry_at)
            continue
        try:
            _make(tools, change, move)
        except Overtaken:
            log.debug("change.overtaken", move=move.name, number=change.number, change=change.id)
        return NOW
    return _rest(tools, change, now, waits)


def _make(tools: Tools, change: Change, move: Move) -> None:
    """The move, and what becomes of it when it cannot be made. Raises: Overtaken."""
    started = tools.now()
    words = {"number": change.number, "change": change.id, "service": change.service, "move": move.name}
    try:
        move.make(tools, change)
    except Overtaken:
        raise
    except NotYet as early:
        log.debug("change.not_yet", what=str(early), **words)
        _wait(tools, change.id, move)
        return
    except Refusal as refusal:
        log.info("change.stopped", because=str(refusal), **words)
        stop(tools, change.id, move, str(refusal))
        return
    except Failure as failure:
        log.warning("change.trouble", failure=type(failure).__name__, what=str(failure), **words)
        _remember(tools, change.id, move, failure)
        return
    except Exception:
        # A bug of ours: said, kept, tried again, never lost.
        log.exception("change.broke", **words)
        _remember(tools, change.id, move, Outage("cabbie", "an internal error, see the log"))
        return
    if change.troubles.get(move.name):
        _forget(tools, change.id, move)
    log.info("change.moved", seconds=round((tools.now() - started).total_seconds(), 3), **words)


def stop(tools: Tools, change_id: str, move: Move, sentence: str) -> None:
    """A person has to do something first; the gate stays shut."""
    with tools.ledger.begin() as tx:
        change = tx.change(change_id)
        # Before anything exists outside there is nothing to mend: said, and over; asking again starts anew.
        progress = Progress.STOPPED if change.key else Progress.DONE
        facts: dict[str, object] = {"progress": progress, "stopped_because": sentence}
        if move.even_when_stopped:  # it stays due: without a wait it would be refused again at once, for ever
            facts["troubles"] = _put_off(change, move, sentence, tx.now + tools.patience.longest_retry)
        tx.update(change, **facts)
        if (change.progress, change.stopped_because) != (progress, sentence):
            tx.enter("stopped", change_id=change_id, sentence=sentence)


def _wait(tools: Tools, change_id: str, move: Move) -> None:
    """A system has still to do its part: nobody's trouble."""
    with tools.ledger.begin() as tx:
        change = tx.change(change_id)
        delay = tools.patience.first_retry * min(_tries(change, move), 5)
        tx.update(change, troubles=_put_off(change, move, "", tx.now + delay))


def _put_off(change: Change, move: Move, what: str, until: datetime) -> dict[str, Trouble]:
    return {**change.troubles, move.name: Trouble(what=what, tries=_tries(change, move), retry_at=until)}


def _tries(change: Change, move: Move) -> int:
    return (change.troubles[move.name].tries if move.name in change.troubles else 0) + 1


def _remember(tools: Tools, change_id: str, move: Move, failure: Failure) -> None:
    """Trouble: when to try again, and what people are told meanwhile."""
    now = tools.now()
    with tools.ledger.begin() as tx:
        change = tx.change(change_id)
        tries = _tries(change, move)
        troubles = _put_off(change, move, str(failure), now + _delay(tools, failure, tries))
        facts: dict[str, object] = {"troubles": troubles, "trouble": _sentence(failure, tries)}
        if tries >= tools.patience.tries or (not _is_repeatable(failure) and tries >= 3):
            sentence = (
                f"{failure} I tried {tries} times; when it is mended: `cabbie retry {change.number or change.id}`."
            )
            facts |= {"progress": Progress.STUCK, "stopped_because": sentence}
            tx.find_out(
                "stuck",
                sentence,
                once=f"stuck:{change_id}:{move.name}:{now.date()}",
                change_id=change_id,
                service=change.service,
            )
        tx.update(change, **facts)
        if isinstance(failure, BadCredentials):
            tx.find_out(
                "credentials refused",
                f"{failure.system} does not accept Cabbie's credentials: {failure.what}. Until they are renewed, "
                "what needs it waits.",
                once=f"credentials:{failure.system}:{now.date()}",
            )
        if tries == 1:
            tx.enter(
                "trouble", change_id=change_id, move=move.name, failure=type(failure).__name__, sentence=str(failure)
            )


def _forget(tools: Tools, change_id: str, move: Move) -> None:
    with tools.ledger.begin() as tx:
        change = tx.change(change_id)
        troubles = {name: trouble for name, trouble in change.troubles.items() if name != move.name}
        tx.update(change, troubles=troubles, trouble=next((t.what for t in troubles.values() if t.tries > 1), ""))


def _is_repeatable(failure: Failure) -> bool:
    return isinstance(failure, Outage | Unknown | BadCredentials)


def _delay(tools: Tools, failure: Failure, tries: int) -> timedelta:
    backoff: timedelta = min(tools.patience.first_retry * 2.0 ** min(tries - 1, 12), tools.patience.longest_retry)
    asked = failure.retry_after if isinstance(failure, Outage) and failure.retry_after else timedelta(0)
    return max(backoff, asked)


def _sentence(failure: Failure, tries: int) -> str:
    """For the card. A first hiccup is nobody's business."""
    if tries == 1 and isinstance(failure, Outage | Unknown):
        return ""
    if isinstance(failure, BadCredentials):
        return f"{failure.system} does not accept Cabbie's credentials; an admin has to renew them."
    if isinstance(failure, Outage | Unknown):
        return f"{failure.system} does not answer as it should; I keep trying."
    return f"{failure}"


def _rest(tools: Tools, change: Change, now: datetime, waits: Iterable[datetime]) -> Again:
    """Nothing is due: when might something be?"""
    times = [time for time in (*waits, *_appointments(tools, change)) if time > now]
    if not times:
        return NEVER
    first = min(times)
    if first - now <= SOON:
        return max((first - now).total_seconds(), 0.05)
    with tools.ledger.begin() as tx:
        tx.sleep(change, first)
    return NEVER


def _appointments(tools: Tools, change: Change) -> list[datetime]:
    """When something falls due by itself."""
    late = change.projection(LATE).sent_at
    if change.progress is Progress.DONE:
        return [late + 2 * tools.patience.record] if late else []
    times = [
        late and late + 2 * tools.patience.record,
        change.look_at,
        *(p.sent_at and p.sent_at + SOON for p in change.projections.values()),
    ]
    if change.state in UNDECIDED and change.outcome is None:
        times.append(change.expires_at)
    if change.state in WAITING and change.stage_at:
        times.append(change.stage_at + tools.patience.approvers + timedelta(seconds=1))
    if change.state is State.SCHEDULED and change.plan:
        times += [change.plan.window.start, change.plan.window.end]
    return [time for time in times if time]
