"""What the judge of a world of kills lets pass, and what it does not."""

from copy import deepcopy
from typing import Any

import pytest

from bot.story.twice import NOTE
from tests.crash.worlds import Lived, judge_by
from tests.faults.verdict import OPENED_TWICE

Change = dict[str, Any]


def state_of(*changes: Change, told: tuple[str, ...] = ("Deployed",), number: str = "CHG0000001") -> dict[str, Any]:
    cards = [{"text": f"{number} {words}", "replies": []} for words in told]
    return {"slack": {"C0PAYMENTS": cards}, "jira": [], "servicenow": list(changes)}


def a_change(number: str = "CHG0000001", **more: str) -> Change:
    return {"number": number, "state": "closed", "description": "", **more}


DUPLICATE = a_change("CHG0000002", state="canceled", description=OPENED_TWICE)
CALM = Lived(states=[state_of(a_change())])


def test_the_same_passes_whatever_number_the_change_has() -> None:
    judge_by(CALM, is_late=False)(1, deepcopy(CALM.states[0]))
    judge_by(CALM, is_late=False)(1, state_of(a_change("CHG0000007"), number="CHG0000007"))


@pytest.mark.parametrize(
    "state",
    [
        state_of(a_change(), a_change("CHG0000002")),
        state_of(a_change(), told=("Deployed", "Deployed")),
        state_of(a_change(state="review")),
        state_of(a_change(), number="CHG0000009"),
    ],
    ids=["a second change", "a second card", "another state", "a card of a change that is not there"],
)
@pytest.mark.parametrize("is_late", [False, True])
def test_what_differs_does_not(state: dict[str, Any], is_late: bool) -> None:
    with pytest.raises(AssertionError):
        judge_by(CALM, is_late=is_late)(1, state)


def test_what_came_late_may_leave_what_was_canceled_with_a_note_and_nothing_else_may() -> None:
    state = state_of(a_change(), DUPLICATE)
    state["slack"]["C0PAYMENTS"].append({"text": NOTE, "replies": []})

    judge_by(CALM, is_late=True)(1, state)
    with pytest.raises(AssertionError):
        judge_by(CALM, is_late=False)(1, state)
