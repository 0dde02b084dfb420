"""What is asked below a tool's post: what it left out, or whether it is a deploy at all; and what became of that."""

import re

from bot.change.announcement import Question
from bot.change.model import Kind, Status
from bot.change.settling import listed
from bot.ports import Message
from bot.slack.blocks import actions, button, section
from bot.slack.cards import message as message_of
from bot.slack.text import said
from bot.slack.text import sentence as safe

COMPLETE, DISMISS = "announcement.complete", "announcement.dismiss"
WHO = re.compile(r"<@[UW][A-Z0-9]+> ")
NEWS = {
    Status.REQUESTED: "is asked for",
    Status.STARTED: "has started",
    Status.SUCCEEDED: "succeeded",
    Status.FAILED: "failed",
    Status.CANCELED: "was canceled",
}


def question(asked: Question, marker: str) -> Message:
    """The buttons carry the post's place, which says nothing of who may press them."""
    told = asked.told
    place = f"{told.channel}:{told.place}"
    if told.is_guess:
        text = f"❓ Is this a {described(asked)}? I don't know this format, so I act on it only when somebody says so."
        yes = button("Yes, it is", action_id=COMPLETE, value=place, style="primary")
        return _message(text, [yes, button("No", action_id=DISMISS, value=place)], marker)
    text = f"❓ I heard from {said(told.source, 80)} that a {described(asked)} {NEWS[told.reading.status]}."
    text += f" It does not tell {listed(asked.missing)}: until somebody does, there is no change for it."
    return _message(text, [button("Complete it", action_id=COMPLETE, value=place, style="primary")], marker)


def settled(sentence: str, marker: str) -> Message:
    """A sentence of ours that may hold a tool's words, or what somebody typed: only whoever settled it is named."""
    who, _, rest = sentence.partition(" ") if WHO.match(sentence) else ("", "", sentence)
    text = " ".join(part for part in ("✅", who, safe(rest)) if part)
    return message_of(text, [section(text)], marker=marker)


def described(asked: Question) -> str:
    """ "deploy of payments 2.4.1 to production", as far as it is known."""
    reading = asked.told.reading
    service, environment = asked.service or reading.service, asked.environment or reading.environment
    name = " ".join(part for part in (service, reading.version or reading.sha[:12]) if part)
    words = ["rollback" if reading.kind is Kind.ROLLBACK else "deploy"]
    words += [f"of {said(name, 80)}"] if name else []
    words += [f"{'in' if reading.kind is Kind.ROLLBACK else 'to'} {said(environment, 60)}"] if environment else []
    return " ".join(words)


def _message(text: str, buttons: list[dict[str, object]], marker: str) -> Message:
    return message_of(text, [section(text), actions(buttons, block_id="announcement")], marker=marker)
