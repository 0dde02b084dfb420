"""A person's tokens, sealed and opened."""

from datetime import datetime, timedelta

from bot.accounts.seal import Seal
from bot.ledger.ledger import Ledger
from bot.ledger.links import Kept, SealedTokens
from bot.ports import OwnTokens

RENEW_EARLY = timedelta(seconds=60)


def sealed(seal: Seal, person_id: str, tokens: OwnTokens, now: datetime) -> SealedTokens:
    return SealedTokens(
        access=seal.close(tokens.access, _access(person_id)),
        refresh=seal.close(tokens.refresh, _refresh(person_id)),
        # ServiceNow may hand out the token it has, with little time left: a tenth keeps us from asking on each use.
        access_until=now + tokens.lives - min(RENEW_EARLY, tokens.lives / 10),
    )


def access_of(seal: Seal, kept: Kept) -> str:
    """Raises: BadCredentials."""
    return seal.open(kept.tokens.access, _access(kept.link.person))


def refresh_of(seal: Seal, kept: Kept) -> str:
    """Raises: BadCredentials."""
    return seal.open(kept.tokens.refresh, _refresh(kept.link.person))


def reseal(ledger: Ledger, seal: Seal) -> int:
    """Close every token with the newest key; of how many links. All or nothing. Raises: BadCredentials."""
    with ledger.begin() as tx:
        links = tx.links_with_tokens()
        for kept in links:
            tx.reseal(kept, access=seal.renew(kept.tokens.access), refresh=seal.renew(kept.tokens.refresh))
    return len(links)


def _access(person_id: str) -> str:
    return f"access token of {person_id}"


def _refresh(person_id: str) -> str:
    return f"refresh token of {person_id}"
