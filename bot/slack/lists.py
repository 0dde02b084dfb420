"""Changes as lists: the queue, one's own deploys, one change with its history."""

from collections.abc import Sequence
from datetime import datetime

from bot.change.model import Change
from bot.ports import Message
from bot.slack.blocks import Block, context, link, section
from bot.slack.cards import message
from bot.slack.details import history_lines
from bot.slack.reads import HistoryLine
from bot.slack.remarks import remarks
from bot.slack.verdicts import approvals
from bot.slack.words import line

MOST = 15
MOST_HISTORY = 60
LINES_IN_A_SECTION = 5


def queue(changes: Sequence[Change], now: datetime) -> Message:
    """Everything under way, oldest first."""
    count = len(changes)
    title = f"{count} {'change' if count == 1 else 'changes'} under way" if changes else "Nothing is under way."
    return _listed(title, [(title if changes else "", changes)], now)


def status(mine: Sequence[Change], service: str, queued: Sequence[Change], now: datetime) -> Message:
    """One's own open deploys, and those of a service when one was named."""
    title = f"Your open deploys: {len(mine)}" if mine else "You have no open deploys."
    parts = [(title, mine)]
    if service:
        there = f"Under way for {service}: {len(queued)}" if queued else f"Nothing is under way for {service}."
        parts.append((there, queued))
    return _listed(title, parts, now)


def one(change: Change, history: Sequence[HistoryLine], *, now: datetime, page: str = "") -> Message:
    """Where it stands and what happened to it."""
    where = [link(page, "Open it in ServiceNow")] if page else []
    small = [*remarks(change), *where]
    blocks = [section(line(change, now)), *_sections(approvals(change)), *([context(small)] if small else [])]
    blocks += _sections(history_lines(history, most=MOST_HISTORY))
    return message(line(change, now), blocks, marker="")


def _listed(title: str, parts: Sequence[tuple[str, Sequence[Change]]], now: datetime) -> Message:
    blocks: list[Block] = []
    for heading, changes in parts:
        lines = [f"*{heading}*"] if heading else []
        lines += [line(change, now) for change in changes[:MOST]]
        if len(changes) > MOST:
            lines.append(f"and {len(changes) - MOST} more")
        blocks += _sections(lines)
    return message(title, blocks or [section(title)], marker="")


def _sections(lines: Sequence[str]) -> list[Block]:
    groups = [lines[start : start + LINES_IN_A_SECTION] for start in range(0, len(lines), LINES_IN_A_SECTION)]
    return [section("\n".join(group)) for group in groups]
