"""Send once: one message per occasion, however many replicas, lost answers or kills."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.ports import Declined, Message, NotThere, Outage, Unknown
from bot.story.tools import Tools
from bot.story.twice import settle_messages

SKEW = timedelta(minutes=15)
"""Slack's clock and ours may differ by so much when a message is looked for."""
GIVE_UP_AFTER = timedelta(days=1)
"""A channel that refuses so long (archived, left) will not take it."""


def send_once(
    tools: Tools,
    job: str,
    channel: str,
    slot: str,
    *,
    write: Callable[[str], tuple[Message, datetime] | None],
    what: str,
    thread: str = "",
) -> None:
    """When its answer is lost the message is looked for before it is sent again.

    write: marker → the message, and until when it tells what happened; None when there is nothing to be said.
    what: names it in the ledger. Raises: whatever the room raises; Unknown while it may be there and cannot be seen
    yet. To be called again then."""
    taken_at, sent_at, is_done = _taken(tools, job, channel, slot)
    if is_done:
        return
    marker = f"{job}:{channel}:{slot}"
    if sent_at and (ref := settle_messages(tools, channel, marker, thread=thread, since=sent_at - SKEW)):
        _finish(tools, job, channel, slot, ref, f"Sent {what} to {channel}")
        return
    if sent_at and tools.now() < sent_at + tools.patience.message:
        raise Unknown("Slack", f"the answer to {what} was lost; I look for it before I send it again")
    written = write(marker)
    if written is None:
        _finish(
            tools, job, channel, slot, "", f"Did not send {what} to {channel}: the policy does not ask for it any more"
        )
        return
    message, at = written
    with tools.ledger.begin() as tx:
        is_ours = tx.about_to_send(job, channel, slot, seen=sent_at, at=at)
    if not is_ours:
        raise Unknown("Slack", f"another replica is sending {what}; I look for it later")
    try:
        ref = _post(tools, job, channel, slot, message, thread)
    except (Declined, NotThere) as refused:
        if tools.now() < taken_at + GIVE_UP_AFTER:
            raise
        _finish(tools, job, channel, slot, "", f"Gave up sending {what} to {channel}: {refused}")
        return
    if sent_at:
        wait = str(2 * tools.patience.record.total_seconds())
        raise Outage("Slack", f"{what} was sent again; I look whether the first one comes after all", wait)
    _finish(tools, job, channel, slot, ref, f"Sent {what} to {channel}")


def _taken(tools: Tools, job: str, channel: str, slot: str) -> tuple[datetime, datetime | None, bool]:
    """(since when it is due, when it was last about to be sent, whether it was).

    The clock took the occasion already, a person did not."""
    with tools.ledger.begin() as tx:
        tx.take_occasion(job, channel, slot)
        occasion = tx.occasion(job, channel, slot)
        return occasion.taken_at, occasion.sent_at, occasion.done_at is not None


def _post(tools: Tools, job: str, channel: str, slot: str, message: Message, thread: str) -> str:
    try:
        return tools.room.post(channel, message, thread=thread)
    except Unknown:
        raise
    except Exception:
        with tools.ledger.begin() as tx:
            tx.was_not_sent(job, channel, slot)
        raise


def _finish(tools: Tools, job: str, channel: str, slot: str, ref: str, sentence: str) -> None:
    with tools.ledger.begin() as tx:
        if tx.finish_occasion(job, channel, slot, ref=ref):
            tx.enter(job, channel=channel, slot=slot, ref=ref, sentence=sentence)
