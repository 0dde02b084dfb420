"""By hand: what somebody did to the change in ServiceNow that is not ours to undo, nor to push on against."""

from typing import Any

from bot.change.lifecycle import WAITING
from bot.change.model import Change, Progress, State, Want
from bot.ledger.ledger import Transaction

GONE = "go"
"""The projection that stands for our own move to Implement."""
MOVED = "moved by hand"

CLEARED_BY_NOBODY = (
    "{} was moved to Implement in ServiceNow, not by Cabbie: nothing is cleared, the gate stays shut. "
    "Report the outcome when it ran all the same, or cancel it and ask again."
)
SENT_BACK = (
    "{} was sent back to New in ServiceNow: ask there why. Then cancel it and ask again, "
    "or have `cabbie retry {}` put it before the approvers once more."
)


def stop_when_sent_back(before: Change, after: Change) -> dict[str, Any]:
    """Facts that stop a change which somebody took back from its approvers without rejecting it."""
    is_wanted = after.want is Want.DEPLOY and after.outcome is None
    if not is_wanted or before.state not in (*WAITING, State.SCHEDULED) or after.state is not State.NEW:
        return {}
    return {"progress": Progress.STOPPED, "stopped_because": SENT_BACK.format(after.number, after.number)}


def report(tx: Transaction, before: Change, after: Change) -> None:
    """A finding for what was done by hand."""
    if after.state is State.NEW and stop_when_sent_back(before, after):
        _find(tx, after, SENT_BACK.format(after.number, after.number))
    if _is_moved_on(before, after):
        _find(tx, after, CLEARED_BY_NOBODY.format(after.number))


def _is_moved_on(before: Change, after: Change) -> bool:
    ours = before.projection(GONE)
    is_ours = ours.is_in_doubt or bool(ours.shown)
    return after.state is State.IMPLEMENT and before.state is not State.IMPLEMENT and not is_ours


def _find(tx: Transaction, change: Change, sentence: str) -> None:
    once = f"{MOVED}:{change.id}:{change.state}:{tx.now:%Y-%m-%dT%H:%M}"
    tx.find_out(MOVED, sentence, once=once, change_id=change.id, service=change.service)
