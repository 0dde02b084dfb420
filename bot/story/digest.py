"""The digest: what each audience has to know, sent once per occasion."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from bot.change.digest import Facts, facts_of, last_told
from bot.change.model import State
from bot.change.policy import Digest
from bot.ledger.reads import Reads
from bot.ports import Message
from bot.story.send_once import send_once
from bot.story.tools import Tools

JOB = "digest"


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
    """The errand. Raises: what ``send_once`` raises."""

    def write(marker: str) -> tuple[Message, datetime] | None:
        digest = next((digest for digest in tools.policy().digests if digest.channel == channel), None)
        if digest is None:
            return None  # the policy does not ask for it any more
        facts, message = compose(tools, digest, show=show, marker=marker)
        return message, facts.as_of

    send_once(tools, JOB, channel, slot, write=write, what=f"the digest of {slot}")
