"""An alarm as a message: what was found, on which change, and what to do about it."""

from collections.abc import Mapping

from bot.change.model import Change, Finding
from bot.change.runbook import Advice
from bot.ports import Message
from bot.slack.blocks import Block, context, link, section
from bot.slack.cards import message as message_of
from bot.slack.text import escape, said
from bot.slack.words import name_of, what

NO_ADVICE: Mapping[str, Advice] = {}


def message(
    finding: Finding,
    change: Change | None,
    *,
    marker: str,
    page: str = "",
    advice: Mapping[str, Advice] = NO_ADVICE,
) -> Message:
    """page: where a person sees the change in ServiceNow. advice: of the runbook, by the kind of finding."""
    text = f"🚨 *{said(finding.kind.capitalize(), 80)}*\n{said(finding.sentence, 600)}"
    where = [context([f"{link(page, said(name_of(change)))} · {what(change)}"])] if change else []
    known = advice.get(finding.kind)
    return message_of(text, [section(text), *(_advice(known, change) if known else ()), *where], marker=marker)


def _advice(advice: Advice, change: Change | None) -> list[Block]:
    """Our own words, formatted as they stand."""
    name = said(change.number or change.id) if change else "CHG…"
    steps = "\n".join(f"{n}. {escape(step).replace('{change}', name)}" for n, step in enumerate(advice.do, 1))
    return [context([escape(advice.means)]), section(f"*What to do*\n{steps}")]
