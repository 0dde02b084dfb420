"""The living card of a change: what an approver needs to decide in a minute, in about eight lines."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.change.model import Change, State
from bot.ports import Message
from bot.slack import asked, times
from bot.slack.blocks import Block, context, fields, section
from bot.slack.buttons import buttons
from bot.slack.remarks import remarks
from bot.slack.stories import story_lines
from bot.slack.text import cut, said
from bot.slack.verdicts import approvals
from bot.slack.words import may_be_decided, name_of, standing, what

STAMP = "card-"
SHOWN_OF_FINGERPRINT = 24
LONGEST_TEXT = 3500
"""chat.update refuses texts above 4,000 characters (msg_too_long)."""


def card(change: Change, *, now: datetime, page: str = "", people: Mapping[str, str] | None = None) -> Message:
    """What the channel sees.

    page: ServiceNow's, where decisions are taken there. people: sys_user → Slack id, of those who may be mentioned."""
    blocks = [
        section(first_line(change, now)),
        *_facts(change, people or {}),
        *_contents(change),
        *_notes(change),
        *buttons(change, page=page),
    ]
    shown = message(summary(change, now, page), blocks, marker=f"card:{change.id}")
    return replace(shown, blocks=(stamped(blocks[0], shown.fingerprint), *blocks[1:]))


def stamped(block: Block, fingerprint: str) -> Block:
    """The card's first block, saying which card it is.

    Not the buttons': a click on a block that was renamed by a repaint meanwhile would come to nothing."""
    return {**block, "block_id": f"{STAMP}{fingerprint[:SHOWN_OF_FINGERPRINT]}"}


def read_stamp(body: Mapping[str, Any]) -> str:
    """The beginning of the fingerprint of the card that was clicked; empty on any other surface."""
    blocks = (body.get("message") or {}).get("blocks") or [{}]
    block_id = str(blocks[0].get("block_id") or "")
    return block_id.removeprefix(STAMP) if block_id.startswith(STAMP) else ""


def message(text: str, blocks: list[Block], *, marker: str) -> Message:
    """A message whose fingerprint is that of everything it shows."""
    text = cut(text, LONGEST_TEXT)
    shown = json.dumps([text, blocks], sort_keys=True, ensure_ascii=False)
    fingerprint = hashlib.sha256(shown.encode("utf-8", "surrogatepass")).hexdigest()
    return Message(text=text, blocks=tuple(blocks), marker=marker, fingerprint=fingerprint)


def first_line(change: Change, now: datetime) -> str:
    here = standing(change, now)
    title = f"{here.emoji} *{said(name_of(change))} · {here.words}*"
    return f"{title}\n{what(change)}{_window(change)}{_until(change, now)}"


def summary(change: Change, now: datetime, page: str = "") -> str:
    """The whole card in one breath: what a phone's notification and a screen reader give."""
    here = standing(change, now)
    parts = [f"{here.emoji} {said(name_of(change))} {here.words}: {what(change)}"]
    if change.plan:
        parts.append(f"window {times.window_utc(change.plan.window)}")
        parts.append(f"risk {change.plan.risk.level}")
    if change.stopped_because and not change.is_over:
        parts.append(said(change.stopped_because, 300))
    if may_be_decided(change):
        parts.append("approve or reject it " + ("in ServiceNow" if page else "here"))
    return ", ".join(parts)


def _window(change: Change) -> str:
    return f" · window {times.window_utc(change.plan.window)}" if change.plan else ""


def _until(change: Change, now: datetime) -> str:
    """How long the answer holds."""
    is_cleared = change.state is State.IMPLEMENT and change.outcome is None and not change.on_hold
    if not is_cleared or change.cleared_until is None:
        return ""
    word = "Cleared until" if now < change.cleared_until else "Clearance ended"
    return f"\n{word} {times.moment(change.cleared_until)} ({times.utc(change.cleared_until)})"


def _facts(change: Change, people: Mapping[str, str]) -> list[Block]:
    plan = change.plan
    found = []
    if plan:
        reasons = ": " + said("; ".join(plan.risk.reasons), 300) if plan.risk.reasons else ""
        found += [f"*Risk* {plan.risk.level}{reasons}", f"*Window* {times.window(plan.window)}"]
    return [fields([*found, _approvals(change, people), _requester(change)])]


def _approvals(change: Change, people: Mapping[str, str]) -> str:
    lines = approvals(change)
    if may_be_decided(change) and (waiting := asked.names(change)):
        # An edit notifies nobody: whoever is asked at a later stage is called in the thread.
        called = asked.mentions(change, people) if change.state is State.ASSESS else ""
        lines.append(f"Waiting for {waiting} {called}".rstrip())
    return "*Approvals* " + ("\n".join(lines) if lines else "none yet")


def _requester(change: Change) -> str:
    name = said(change.requested_by.name or change.requested_by.email or "nobody we know", 80)
    source = "Slack" if change.source == "slack" else f"says the {said(change.source, 60)}"
    return f"*Requested by* {name} · {times.moment(change.requested_at)} · {source}"


def _contents(change: Change) -> list[Block]:
    lines = []
    if change.why:
        lines.append(f"*Why* {said(change.why, 300)}")
    if change.plan:
        lines.append(f"*Affects* {said(change.plan.affected, 200)}")
    lines += story_lines(change.release, most=6)
    return [section("\n".join(lines))] if lines else []


def _notes(change: Change) -> list[Block]:
    found = remarks(change)
    return [context(found)] if found else []
