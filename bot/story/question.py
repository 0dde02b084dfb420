"""A question below a tool's post: asked once, and told there what became of it."""

from collections.abc import Callable
from datetime import datetime

from bot.change.announcement import UNPOSTED, Question
from bot.ports import Message, Outage
from bot.story.send_once import send_once
from bot.story.tools import Tools

JOB = "question"
Show = Callable[[Question, str], Message]
"""Question and marker → the message: the room's affair."""


def send_question(tools: Tools, channel: str, ts: str, *, show: Show) -> None:
    """The errand. Raises: what ``send_once`` raises."""

    def write(marker: str) -> tuple[Message, datetime] | None:
        with tools.ledger.reading() as tx:
            question = tx.question(channel, ts)
        return (show(question, marker), tools.now()) if question else None

    send_once(tools, JOB, channel, ts, write=write, what="a question", thread="" if ts.startswith(UNPOSTED) else ts)


def settle_question(tools: Tools, channel: str, ts: str, sentence: str, *, show: Callable[[str, str], Message]) -> None:
    """What was asked needs no answer any more. Raises: whatever the room raises, Outage while it is being asked."""
    with tools.ledger.reading() as tx:
        asked = tx.occasion_if_any(JOB, channel, ts)
    if asked is None or asked.done_at is None:
        raise Outage("Slack", "the question is about to be asked")
    if asked.ref:
        tools.room.edit(asked.ref, show(sentence, f"{JOB}:{channel}:{ts}"))
