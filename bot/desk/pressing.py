"""A button on a card: a claim, which the story judges."""

from bot.change.announcement import Answer, Press
from bot.change.model import Claim, Verdict
from bot.desk.hearing import LONGEST_WHY, Hearing
from bot.ledger.ledger import new_id

BUTTONS = {
    Verdict.APPROVED: "Approve",
    Verdict.REJECTED: "Reject",
    Verdict.HELD: "Hold",
    Verdict.RELEASED: "Release",
    Verdict.WITHDRAWN: "Withdraw",
}


def press(hearing: Hearing, said: Press) -> Answer:
    """Who pressed what, on which card. Raises: UnknownChange."""
    change, speaker = hearing.numbered(said.number)
    heard, tx = hearing.heard, hearing.tx
    claim = Claim(
        id=new_id(),
        change_id=change.id,
        by=speaker,
        verdict=said.verdict,
        at=heard.at,
        reason=said.reason[:LONGEST_WHY],
        fingerprint=said.fingerprint,
        card=said.card,
        channel=said.channel,
        message_ts=said.message_ts,
        action_ts=said.action_ts,
        delivery=heard.once,
        transport=heard.by.transport,
        response_url=said.response_url,
    )
    tx.add_claim(claim)
    tx.nudge(change.id)
    tx.enter(
        "claimed",
        change_id=change.id,
        actor=speaker.id,
        claim=claim.id,
        verdict=said.verdict.value,
        card=said.card,
        content=said.fingerprint,
        transport=heard.by.transport.value,
        sentence=f"{speaker.name or 'Somebody'} pressed {BUTTONS[said.verdict]}",
    )
    hearing.have_looked_at(change.id)
    return Answer(f"Got it: checking whether you may, and recording it for {change.number}.", change.id, change.number)
