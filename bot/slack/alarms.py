"""An alarm as a message: what was found, on which change."""

from bot.change.model import Change, Finding
from bot.ports import Message
from bot.slack.blocks import context, link, section
from bot.slack.cards import message as message_of
from bot.slack.text import said
from bot.slack.words import name_of, what


def message(finding: Finding, change: Change | None, *, marker: str, page: str = "") -> Message:
    """page: where a person sees the change in ServiceNow."""
    text = f"🚨 *{said(finding.kind.capitalize(), 80)}*\n{said(finding.sentence, 600)}"
    where = [f"{link(page, said(name_of(change)))} · {what(change)}"] if change else []
    return message_of(text, [section(text), *([context(where)] if where else [])], marker=marker)
