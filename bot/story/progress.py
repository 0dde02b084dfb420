"""What we are doing about a change, told from where ServiceNow has it."""

from bot.change.lifecycle import ENDED, WAITING
from bot.change.model import Change, Progress, State


def settle_progress(change: Change) -> Progress:
    """The progress of a change that ServiceNow holds in this state. A stop outlives it."""
    if change.progress in (Progress.STOPPED, Progress.STUCK, Progress.DONE):
        return Progress.DONE if change.state in ENDED else change.progress
    return resumed_progress(change)


def resumed_progress(change: Change) -> Progress:
    """Where a change goes on, whatever stopped it."""
    if not change.key:
        return Progress.LISTENING
    if change.state in ENDED:
        return Progress.DONE
    if change.state in WAITING:
        return Progress.WAITING
    return {
        State.SCHEDULED: Progress.APPROVED,
        State.IMPLEMENT: Progress.CLEARED,
        State.REVIEW: Progress.CLOSING,
    }.get(change.state or State.NEW, Progress.OPENING)
