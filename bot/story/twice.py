"""Twice: what was sent again because its answer was lost may show up after all; the oldest stays, the others say so."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from bot.change.model import Change, Projection
from bot.ledger.ledger import Transaction
from bot.ports import Declined, Message, NotThere, Outage
from bot.story.tools import Move, Tools

TWICE = "twice"
"""The projection that stands for the second one, which a lost answer may have left behind."""
CARD = "card"
COMMENT = "comment"
PAINTED = ("repaint", "relink")
"""In place of a kind: what was shown may be overtaken by what was sent before it, and is shown once more."""
NOTE = "Sent twice, for an answer was lost: the other one counts, and there is nothing to do here."
NOT_POSSIBLE = "not possible"
AGAIN = "again"
"""In place of the fingerprint of what is shown: whatever is wanted now differs from it."""
PARTS = " "
"""Between the words of where it is to be looked for; none of them holds a blank."""


def expect(tx: Transaction, tools: Tools, change: Change, of: Projection, *where: str) -> None:
    """It is about to be sent again. where: channel, marker and thread of a message; issue and marker of a comment."""
    twin = Projection(kind=TWICE, target=f"{of.kind}:{of.target}", ref=PARTS.join(where), sent_at=tools.now())
    tx.project(change.id, twin)


def expect_late(tools: Tools, change: Change, of: Projection, outage: Outage) -> None:
    """An edit's answer was lost: it may take effect when a newer one has. Whoever was told to wait did nothing."""
    if outage.retry_after is not None:
        return
    name = PAINTED[0] if of.kind == CARD else PAINTED[1]
    with tools.ledger.begin() as tx:
        tx.project(change.id, Projection(kind=TWICE, target=f"{name}:{of.target}", ref=of.kind, sent_at=tools.now()))


def appointments(tools: Tools, change: Change) -> Iterator[datetime]:
    """When it is looked for, the time of a lost create having passed: longer than anything is on its way."""
    for twin in change.projections.values():
        if twin.kind == TWICE and twin.sent_at:
            yield twin.sent_at + 2 * tools.patience.record


def _is_due(tools: Tools, change: Change, now: datetime) -> bool:
    return any(time <= now for time in appointments(tools, change))


def settle(tools: Tools, change: Change) -> None:
    """Cancel what came twice, each with a note."""
    for twin in change.projections.values():
        if twin.kind != TWICE or not twin.sent_at or tools.now() < twin.sent_at + 2 * tools.patience.record:
            continue
        kind, _, target = twin.target.partition(":")
        if kind in PAINTED:
            _show_once_more(tools, change, twin, target)
            continue
        channel, marker, *thread = twin.ref.split(PARTS)
        if kind == COMMENT:
            kept = settle_comments(tools, channel, marker)
        else:
            kept = settle_messages(tools, channel, marker, thread=thread[0])
        with tools.ledger.begin() as tx:
            now = tx.change(change.id)
            tx.project(change.id, replace(twin, sent_at=None, shown="looked"))
            shown = now.projection(kind, target)
            if kind == CARD and kept and shown.ref != kept:
                tx.project(change.id, replace(shown, ref=kept, shown=""))  # painted anew where it stays


def _show_once_more(tools: Tools, change: Change, twin: Projection, target: str) -> None:
    with tools.ledger.begin() as tx:
        shown = tx.change(change.id).projection(twin.ref, target)
        tx.project(change.id, replace(twin, sent_at=None, shown="looked"))
        if shown.shown != NOT_POSSIBLE:
            tx.project(change.id, replace(shown, shown=AGAIN))


def settle_messages(tools: Tools, channel: str, marker: str, *, thread: str = "", since: datetime | None = None) -> str:
    """The "channel/ts" of the oldest, which stays; empty when there is none."""
    found = tools.room.find_all(channel, marker, thread=thread, since=since)
    for ref in found[1:]:
        try:
            tools.room.edit(ref, Message(NOTE, marker=marker))
        except NotThere:
            continue  # somebody deleted it
    return found[0] if found else ""


def settle_comments(tools: Tools, key: str, marker: str) -> str:
    """The id of the oldest, which stays; empty when there is none."""
    found: Sequence[str] = tools.tracker.find_comments(key, marker)
    for one in found[1:]:
        try:
            tools.tracker.rewrite_comment(key, one, NOTE)
        except (Declined, NotThere):
            continue  # we may not edit, or it is gone: both say the same
    return found[0] if found else ""


TWINS = Move("twice", _is_due, settle, even_when_stopped=True, is_beside=True)
