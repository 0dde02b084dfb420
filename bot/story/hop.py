"""Hop: one move of ServiceNow's state, allowed by the change model, asked for first, read back after."""

from bot.change.errors import Refusal
from bot.change.lifecycle import move
from bot.change.model import Change, State
from bot.ports import Declined
from bot.story.look import look
from bot.story.tools import Tools


class CannotHop(Refusal):
    sentence = "ServiceNow does not let {} go from {} to {}: {}."


def hop(tools: Tools, change: Change, to: State, **fields: str) -> Change:
    """The change as ServiceNow has it afterwards. Elsewhere meanwhile is fine too: the next look decides anew.

    fields: written in the same request, in ServiceNow's names.
    Raises: CannotHop when ServiceNow keeps it where it is, with its reason."""
    assert change.state is not None, "opened before moved"
    move(change.state, to)
    why = "its conditions are not met, see its form"
    if to in tools.records.next_states(change.sys_id):
        try:
            tools.records.move(change.sys_id, to, **fields)
        except Declined as declined:
            why = declined.what
    after = look(tools, change)
    if after.state is change.state:
        raise CannotHop(change.number, change.state, to, why)
    return after
