"""Send the digest: one message per audience and occasion, however many replicas or kills."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from bot.change.digest import Facts, facts_of, last_told
from bot.change.model import State
from bot.change.policy import Digest
from bot.ledger.reads import Reads
from bot.ports import Message, Unknown
from bot.story.tools import Tools

JOB = "digest"
SKEW = timedelta(minutes=5)
"""Slack's clock and ours may differ by so much when a message is looked for."""


class Show(Protocol):
    """How a digest is shown: the room's affair."""

    def __call__(
        self, facts: Facts, *, marker: str, page: Callable[[str], str], page_of_query: Callable[[str], str]
    ) -> Message: ...


def compose(tools: Tools, digest: Digest, *, show: Show, marker: str = "") -> tuple[Facts, Message]:
    """What this audience has to know now, and how it is shown. Reads what we remember; calls no vendor."""
    now = tools.now()
    reads = Reads(tools.ledger)
    with tools.ledger.reading() as tx:
        since = tx.last_sent(JOB, digest.channel) or last_told(digest, now)
        changes = {change.id: change for change in (*tx.under_way(), *tx.left_in(State.REVIEW))}
    changes |= {change.id: change for change in reads.ended_since(since)}
    facts = facts_of(digest, tools.policy(), changes.values(), reads.findings(since), since=since, now=now)
    return facts, show(facts, marker=marker, page=tools.records.page, page_of_query=tools.records.page_of_query)


def send_digest(tools: Tools, channel: str, slot: str, *, show: Show) -> None:
    """The errand. When its answer is lost the message is looked for before it is sent again.

    Raises: whatever the room raises; Unknown while it may be there and cannot be seen yet. To be called again then."""
    sent_at, is_done = _taken(tools, channel, slot)
    if is_done:
        return
    marker = f"digest:{channel}:{slot}"
    if sent_at and (ref := tools.room.find(channel, marker, since=sent_at - SKEW)):
        _finish(tools, channel, slot, ref)
        return
    if sent_at and tools.now() < sent_at + tools.patience.message:
        raise Unknown("Slack", "the answer to a digest was lost; I look for it before I send it again")
    digest = next((digest for digest in tools.policy().digests if digest.channel == channel), None)
    if digest is None:
        _finish(tools, channel, slot, "", f"No digest for {channel}: the policy does not ask for it any more")
        return
    facts, message = compose(tools, digest, show=show, marker=marker)
    _post(tools, channel, slot, message, sent_at, facts.as_of)


def _taken(tools: Tools, channel: str, slot: str) -> tuple[datetime | None, bool]:
    """(when it was last about to be sent, whether it was). The clock took the occasion already, a person did not."""
    with tools.ledger.begin() as tx:
        tx.take_occasion(JOB, channel, slot)
        occasion = tx.occasion(JOB, channel, slot)
        return occasion.sent_at, occasion.done_at is not None


def _post(tools: Tools, channel: str, slot: str, message: Message, seen: datetime | None, at: datetime) -> None:
    """at: what the message says happened until then; the next one begins there."""
    with tools.ledger.begin() as tx:
        is_ours = tx.about_to_send(JOB, channel, slot, seen=seen, at=at)
    if not is_ours:
        raise Unknown("Slack", "another replica is sending this digest; I look for it later")
    try:
        ref = tools.room.post(channel, message)
    except Unknown:
        raise
    except Exception:
        with tools.ledger.begin() as tx:
            tx.was_not_sent(JOB, channel, slot)
        raise
    _finish(tools, channel, slot, ref)


def _finish(tools: Tools, channel: str, slot: str, ref: str, sentence: str = "") -> None:
    with tools.ledger.begin() as tx:
        if tx.finish_occasion(JOB, channel, slot, ref=ref):
            sentence = sentence or f"Sent the digest of {slot} to {channel}"
            tx.enter("digest", channel=channel, slot=slot, ref=ref, sentence=sentence)
