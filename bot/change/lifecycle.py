"""Which way a normal change goes, one hop at a time, and what may be done to it where."""

from bot.change.announcement import ReportWord
from bot.change.errors import IllegalMove
from bot.change.model import Change, Outcome, Progress, State

# ServiceNow, "Normal, standard and emergency change states" and "State model and transitions".
MOVES: dict[State, frozenset[State]] = {
    State.NEW: frozenset({State.ASSESS, State.CANCELED}),
    State.ASSESS: frozenset({State.AUTHORIZE, State.NEW, State.CANCELED}),
    State.AUTHORIZE: frozenset({State.SCHEDULED, State.NEW, State.CANCELED}),
    State.SCHEDULED: frozenset({State.IMPLEMENT, State.CANCELED}),
    State.IMPLEMENT: frozenset({State.REVIEW, State.CANCELED}),
    State.REVIEW: frozenset({State.CLOSED}),
    State.CLOSED: frozenset(),
    State.CANCELED: frozenset(),
}
CANCELABLE = frozenset(state for state, targets in MOVES.items() if State.CANCELED in targets)
UNDECIDED = frozenset({State.NEW, State.ASSESS, State.AUTHORIZE})
WAITING = frozenset({State.ASSESS, State.AUTHORIZE})
ENDED = frozenset({State.CLOSED, State.CANCELED})

DEPLOYED = frozenset({Outcome.SUCCEEDED, Outcome.FAILED, Outcome.ROLLED_BACK})
"""Outcomes of a deploy that ran."""
REFUSED = frozenset({Outcome.REJECTED, Outcome.EXPIRED, Outcome.CANCELED})
"""Outcomes of one that did not."""

BLOCKING = ("own approval", "deployed without clearance")
"""Findings that a rule was broken: such a change is held, and can only be canceled and asked for again."""

OUTCOMES: dict[ReportWord, Outcome] = {
    ReportWord.DONE: Outcome.SUCCEEDED,
    ReportWord.FAILED: Outcome.FAILED,
    ReportWord.ROLLED_BACK: Outcome.ROLLED_BACK,
    ReportWord.CANCEL: Outcome.CANCELED,
}


def move(state: State, to: State) -> State:
    """Return ``to`` when the change model allows it from ``state``."""
    if to not in MOVES[state]:
        raise IllegalMove(state, to)
    return to


def is_cleared(change: Change) -> bool:
    """ServiceNow has it in Implement, by our move, and nothing has stopped it since."""
    return change.state is State.IMPLEMENT and change.cleared_until is not None and change.outcome is None


def where_it_stands(change: Change) -> str:
    """One phrase for people: "waiting for approval by the CAB"."""
    if change.outcome:
        return str(change.outcome)
    if change.progress in (Progress.STOPPED, Progress.STUCK):
        return str(change.progress)
    if change.on_hold:
        return "on hold"
    if change.state is State.IMPLEMENT and change.cleared_until is None:
        return "in Implement, but not cleared"
    return {
        None: "being opened",
        State.NEW: "being opened",
        State.ASSESS: "waiting for technical approval",
        State.AUTHORIZE: "waiting for the CAB",
        State.SCHEDULED: "approved, waiting for its window",
        State.IMPLEMENT: "cleared to deploy",
        State.REVIEW: "in review",
        State.CLOSED: "closed",
        State.CANCELED: "canceled",
    }[change.state]
