"""Tickets: what a link on the Home tab carries to say for whom it is. Good for a while, and to begin once."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from bot.accounts.seal import Seal
from bot.change.errors import Refusal
from bot.ledger.ledger import new_id
from bot.ports import BadCredentials

LASTS = timedelta(minutes=15)
PURPOSE = "ticket"


class StaleTicket(Refusal):
    sentence = "This link is not good any more: open Cabbie's Home tab in Slack again, and press the button there."


@dataclass(frozen=True)
class Ticket:
    """Whom a link was shown to."""

    id: str
    slack_team: str
    slack_id: str


def issue(seal: Seal, slack_team: str, slack_id: str, now: datetime) -> str:
    ticket = asdict(Ticket(new_id(), slack_team, slack_id)) | {"until": (now + LASTS).timestamp()}
    return seal.close(json.dumps(ticket), PURPOSE)


def read(seal: Seal, text: str, now: datetime) -> Ticket:
    """Raises: StaleTicket, whatever is wrong with it."""
    try:
        told = json.loads(seal.open(text, PURPOSE))
    except (BadCredentials, UnicodeEncodeError):
        raise StaleTicket from None
    if now.timestamp() >= told.pop("until"):
        raise StaleTicket
    return Ticket(**told)
