"""Hop: one move of ServiceNow's state, allowed by the change model, asked for first, read back after."""

from datetime import datetime

from bot.change.errors import Refusal
from bot.change.lifecycle import move
from bot.change.model import Change, Projection, State
from bot.ports import Declined
from bot.story.look import look
from bot.story.tools import NotYet, Tools

TAKEN = "hop"
"""The projection that stands for a move ServiceNow took, and since when it may show it."""


class CannotHop(Refusal):
    sentence = "ServiceNow does not let {} go from {} to {}: {}."


def hop(tools: Tools, change: Change, to: State, **fields: str) -> Change:
    """The change as ServiceNow has it afterwards. Elsewhere meanwhile is fine too: the next look decides anew.

    fields: written in the same request, in ServiceNow's names.
    Raises: CannotHop when ServiceNow keeps it where it is, with its reason."""
    assert change.state is not None, "opened before moved"
    move(change.state, to)
    why = "its conditions are not met, see its form"
    taken = change.projection(TAKEN, f"{change.state} {to}").shown
    if taken and tools.now() < datetime.fromisoformat(taken) + tools.patience.approvers:
        return _shown(tools, change, to)
    if to in tools.records.next_states(change.sys_id):
        try:
            tools.records.move(change.sys_id, to, **fields)
            if not taken:
                return _shown(tools, change, to)
        except Declined as declined:
            why = declined.what
    after = look(tools, change)
    if after.state is change.state:
        raise CannotHop(change.number, change.state, to, why)
    return after


def _shown(tools: Tools, change: Change, to: State) -> Change:
    """ServiceNow took the move: a read that is a moment behind may not show it yet. Raises: NotYet."""
    after = look(tools, change)
    if after.state is not change.state:
        return after
    projection = Projection(kind=TAKEN, target=f"{change.state} {to}", shown=tools.now().isoformat())
    if not change.projection(projection.kind, projection.target).shown:
        with tools.ledger.begin() as tx:
            tx.project(change.id, projection)
    raise NotYet("it took the move and does not show it yet")
