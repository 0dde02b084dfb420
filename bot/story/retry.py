"""Retry: somebody mended what was wrong; take the change up where it stopped."""

from bot.change.model import Change, Progress
from bot.engine import Queue
from bot.ledger.ledger import Ledger, Transaction
from bot.story.progress import resumed_progress


def retry(ledger: Ledger, queue: Queue, number_or_id: str) -> str:
    """Why not, or an empty string."""
    with ledger.begin() as tx:
        change = tx.change_numbered(number_or_id) or tx.change_by_id(number_or_id)
        if change is None:
            return f"There is no change {number_or_id}."
        if change.progress not in (Progress.STOPPED, Progress.STUCK):
            return f"{number_or_id} is not stopped: it is {change.progress}."
        take_up(tx, queue, change)
    return ""


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
