"""Two workers with one change in their hands, one of them slow: each effect is still there once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.change.announcement import Announcement, Press, Report, ReportWord
from bot.change.model import Change, RowState, State, Verdict
from bot.ledger.ledger import Overtaken
from bot.story.advance import MOVES
from bot.story.tools import Move, Tools
from tests.builders import ADA, LINUS
from tests.story.world import A_MOMENT, World


class Meanwhile:
    """A system whose next call of one name is slow enough for somebody else to act first."""

    def __init__(self, system: Any, call: str, then: Callable[[], None]) -> None:
        self._system, self._call, self._then = system, call, then

    def __getattr__(self, name: str) -> Any:
        if name == self._call:
            self._call = ""
            self._then()
        return getattr(self._system, name)


def due(world: World, change_id: str, name: str) -> tuple[Move, Change]:
    """Advance the change until the move of this name is the next one."""
    for _ in range(50):
        change = world.ledger.change(change_id)
        move = next((move for move in MOVES if move.is_due(world.tools, change, world.clock())), None)
        if move and move.name == name:
            return move, change
        world.clock.move(timedelta(seconds=world.advance(change_id) or 0))
    raise AssertionError(f"{name} never fell due")


def both_make(world: World, change_id: str, name: str, *, slow: str, call: str) -> None:
    """Two workers read the same change; while one of them makes its call, the other one makes the move."""
    move, change = due(world, change_id, name)

    def other() -> None:
        with pytest.raises(Overtaken):
            move.make(world.tools, change)

    tools: Tools = replace(world.tools, **{slow: Meanwhile(getattr(world.tools, slow), call, other)})
    move.make(tools, change)


def asked(world: World) -> str:
    return world.hear(LINUS, Announcement("payments", "2.4.1")).change_id


def test_one_change_is_opened(world: World) -> None:
    both_make(world, asked(world), "open", slow="records", call="create")

    assert len(world.servicenow.changes) == 1


def test_one_card_is_posted(world: World) -> None:
    both_make(world, asked(world), "show", slow="room", call="post")

    assert len(world.slack.marked("card")) == 1


def test_each_comment_is_written_once(world: World) -> None:
    number = world.asks().number
    answer = world.hear(LINUS, Report(number, ReportWord.CANCEL, "not today"))
    both_make(world, answer.change_id, "comment", slow="tracker", call="comment")

    assert {key: len(comments) for key, comments in world.jira.comments.items()} == {"PAY-101": 1, "PAY-103": 1}


def test_one_press_is_one_decision_and_one_answer(world: World) -> None:
    number = world.asks().number
    answer = world.hear(ADA, Press(number, Verdict.APPROVED))
    both_make(world, answer.change_id, "record", slow="approvals", call="record")
    world.settle()
    world.wait(A_MOMENT)

    assert [decision.name for decision in world.change(number).decisions] == [ADA.name]
    assert [text for user, text in world.slack.whispers if user == ADA.slack_id] == [
        f"Recorded in ServiceNow: you approved {number}."
    ]
    (row,) = (r for r in world.servicenow.numbered(number).rows if r.approver.sys_id == ADA.sys_user)
    assert (row.state, row.mod_count) == (RowState.APPROVED, 1)
    assert world.change(number).state is State.AUTHORIZE
