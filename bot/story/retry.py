"""Retry: somebody mended what was wrong; take the change up where it stopped."""

from bot.change.errors import NotStopped, UnknownChange
from bot.change.model import Change, Progress
from bot.engine import Queue
from bot.ledger.ledger import Ledger, Overtaken, Transaction
from bot.story.progress import resumed_progress

AGAIN = 10
"""So often it is tried once more when a worker moved the change since it was read."""


def retry(ledger: Ledger, queue: Queue, number_or_id: str) -> str:
    """What was done about it, in a sentence. Raises: UnknownChange, NotStopped."""
    for _ in range(AGAIN):
        try:
            return _retry(ledger, queue, number_or_id)
        except Overtaken:
            continue
    return _retry(ledger, queue, number_or_id)


def _retry(ledger: Ledger, queue: Queue, number_or_id: str) -> str:
    with ledger.begin() as tx:
        change = tx.change_numbered(number_or_id) or tx.change_by_id(number_or_id)
        if change is None:
            raise UnknownChange(number_or_id)
        name = change.number or change.id
        if change.progress in (Progress.STOPPED, Progress.STUCK):
            take_up(tx, queue, change)
            return f"{name} was {change.progress}: {change.stopped_because} It is taken up again."
        troubled = sorted(move for move, trouble in change.troubles.items() if trouble.what)
        if not troubled:
            raise NotStopped(name, change.progress)
        _try_now(tx, queue, change)
        return f"{name} is {change.progress}; tried again at once, instead of later: {', '.join(troubled)}."


def _try_now(tx: Transaction, queue: Queue, change: Change) -> None:
    """What goes on beside a change may be in trouble although the change is not."""
    tx.update(change, troubles={}, trouble="")
    tx.enter("retried", change_id=change.id, sentence="Tried again before its time")
    queue.look_at(tx.session, change.id)


def take_up(tx: Transaction, queue: Queue, change: Change, *, actor: str = "") -> None:
    """Go on where it stopped, on what ServiceNow says now."""
    tx.update(
        change,
        progress=resumed_progress(change),
        stopped_because="",
        troubles={},
        trouble="",
        look_at=tx.now if change.sys_id else None,
    )
    tx.enter("retried", change_id=change.id, actor=actor, sentence="Taken up again")
    queue.look_at(tx.session, change.id)
