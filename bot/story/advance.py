"""Make the first move that is due; say whether to look again, and when."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.change.errors import Refusal
from bot.change.lifecycle import UNDECIDED, WAITING
from bot.change.model import Change, Progress, State
from bot.engine import NEVER, NOW, Again
from bot.ledger.ledger import Overtaken
from bot.ports import Failure, NotOurTurn, Outage
from bot.story.answer import ANSWER
from bot.story.askers import ASKERS, VOID
from bot.story.attempt import Attempt, Ended
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
from bot.story.trouble import forget, forget_what_is_over, remember, stop, wait
from bot.story.twice import TWINS, appointments

MOVES: tuple[Move, ...] = (
    LISTEN,
    OPEN,
    CANCEL_LATE,
    EXPIRE,
    CANCEL,
    ASKERS,
    VOID,
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
    TWINS,
)

SOON = timedelta(seconds=5)
"""Shorter waits are the engine's; longer ones are written down for the clock."""


def advance(tools: Tools, change_id: str) -> Again:
    """Make the first move that is due. A move that failed waits for its time without holding up the others."""
    change = tools.ledger.change(change_id)
    now = tools.now()
    waiting: dict[str, datetime] = {}
    is_stopped = change.progress in (Progress.STOPPED, Progress.STUCK)
    for move in MOVES:
        if is_stopped and not move.even_when_stopped:
            continue
        trouble = change.troubles.get(move.name)
        try:
            if not _is_due(tools, change, move, now):
                continue
            if trouble and now < trouble.retry_at:
                waiting[move.name] = trouble.retry_at
                continue
            _make(tools, change, move)
        except Overtaken:
            pass  # read it again
        return NOW
    if not is_stopped and change.troubles.keys() - waiting.keys():
        return forget_what_is_over(tools, change, waiting)
    return _rest(tools, change, now, waiting.values())


def _is_due(tools: Tools, change: Change, move: Move, now: datetime) -> bool:
    """A move that cannot even tell fails as if it had been made: it waits, and the others go on."""
    try:
        return move.is_due(tools, change, now)
    except Exception:
        trouble = change.troubles.get(move.name)
        if trouble is None or now >= trouble.retry_at:
            Attempt(change, move).ended(Ended.BROKE, exc_info=True)
            remember(tools, change.id, move, Outage("cabbie", "an internal error, see the log"))
            raise Overtaken(change.id) from None  # it was just written upon: read it again
        return True


def _make(tools: Tools, change: Change, move: Move) -> None:
    """The move, and what becomes of it when it cannot be made. Raises: Overtaken."""
    attempt = Attempt(change, move)
    try:
        move.make(tools, change)
    except Overtaken:
        attempt.ended(Ended.OVERTAKEN)
        raise
    except NotYet as early:
        attempt.ended(Ended.NOT_YET, what=str(early))
        wait(tools, change.id, move)
        return
    except NotOurTurn as early:
        attempt.ended(Ended.NOT_YET, what=str(early))
        wait(tools, change.id, move, early.retry_after)
        return
    except Refusal as refusal:
        attempt.ended(Ended.REFUSED, because=str(refusal))
        stop(tools, change.id, move, str(refusal))
        return
    except Failure as failure:
        attempt.ended(Ended.FAILED, failure=type(failure).__name__, what=str(failure))
        remember(tools, change.id, move, failure)
        return
    except Exception:
        # A bug of ours: said, kept, tried again, never lost.
        attempt.ended(Ended.BROKE, exc_info=True)
        remember(tools, change.id, move, Outage("cabbie", "an internal error, see the log"))
        return
    attempt.ended(Ended.MADE)
    if change.troubles.get(move.name):
        forget(tools, change.id, move)


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
    sent_again = [*([late + 2 * tools.patience.record] if late else []), *appointments(tools, change)]
    if change.progress is Progress.DONE:
        return sent_again
    times = [
        *sent_again,
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
