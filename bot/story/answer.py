"""Answer: tell the person who pressed what became of it, only them."""

from datetime import datetime

from bot.change.model import Change
from bot.story.tools import Move, Tools
from bot.story.word import whisper

SETTLED = ("recorded", "refused")


def _is_due(_: Tools, change: Change, __: datetime) -> bool:
    return any(claim.progress in SETTLED for claim in change.claims)


def answer(tools: Tools, change: Change) -> None:
    """Said at most once: an ephemeral word may get lost, the card and the ledger do not."""
    claim = next(claim for claim in change.claims if claim.progress in SETTLED)
    with tools.ledger.begin() as tx:
        tx.settle(claim, progress=f"{claim.progress}, told")
    channel = claim.channel or change.channel
    whisper(tools, claim.response_url, channel, claim.by.slack_id, claim.sentence, slot=f"claim-{claim.id}")


ANSWER = Move("answer", _is_due, answer, even_when_stopped=True)
