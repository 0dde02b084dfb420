"""Anchor: the head of the ledger's chain is left where those who run Cabbie cannot rewrite it."""

from datetime import timedelta

import structlog

from bot.ports import Failure
from bot.story.tools import Tools

ANCHORED = "anchored"
"""The watermark: how many entries the chain had when its head was last left outside."""
ALARM_AFTER = timedelta(hours=1)

log = structlog.get_logger("cabbie.anchor")


def anchor_ledger(tools: Tools) -> None:
    """Leave the head outside when the chain has grown; when nobody takes it for long, managers are told.

    Left and not written down that it was, it is left again: a head is a fact, and twice is harmless."""
    if tools.anchor is None:
        return
    with tools.ledger.reading() as tx:
        head, last = tx.head(), tx.watermark(ANCHORED)
    if str(head.seq) == last:
        return
    try:
        tools.anchor.leave(head)
    except Failure as failure:
        log.warning("anchor.not_taken", what=str(failure))
        _tell_if_long(tools, failure)
        return
    with tools.ledger.begin() as tx:
        tx.set_watermark(ANCHORED, str(head.seq))


def _tell_if_long(tools: Tools, failure: Failure) -> None:
    with tools.ledger.begin() as tx:
        since = tx.entered_after(int(tx.watermark(ANCHORED) or 0))
        if since is None or tools.now() < since + ALARM_AFTER:
            return
        tx.find_out(
            "ledger not anchored",
            f"Nobody outside has taken the ledger's head since {since:%Y-%m-%d %H:%M} UTC: {failure}",
            once=f"anchor:{tools.now():%Y-%m-%d}",
        )
