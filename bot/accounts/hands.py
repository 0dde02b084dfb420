"""A verdict by the person's own hand: written with the tokens of their own sign-in, renewed by one at a time."""

from datetime import timedelta

from bot.accounts.seal import Seal
from bot.accounts.tokens import access_of, refresh_of, sealed
from bot.accounts.words import LINK_ENDED, WORD
from bot.change.linking import Link
from bot.change.model import Person, Verdict
from bot.engine import Queue
from bot.ledger.ledger import Ledger
from bot.ledger.links import Kept
from bot.ports import Check, Failure, LinkEnded, Outage, OwnAccounts, OwnTokens

SYSTEM = "ServiceNow"
RENEWED_WITHIN = timedelta(minutes=1)
"""Longer than a renewal may take: after that whoever began it is dead."""
NOT_ACCEPTED = "ServiceNow does not accept it any more"


class OwnHands:
    """What people's links are used for. Tokens are open in memory only, for one call."""

    def __init__(self, ledger: Ledger, queue: Queue, accounts: OwnAccounts, seal: Seal) -> None:
        self._ledger = ledger
        self._queue = queue
        self._accounts = accounts
        self._seal = seal

    def last_link(self, person: Person) -> Link | None:
        """The living one, or the one that ended last."""
        with self._ledger.reading() as tx:
            return tx.last_link(person)

    def is_linked(self, person: Person) -> bool:
        link = self.last_link(person)
        return link is not None and link.ended_at is None

    def write(self, person: Person, row: str, verdict: Verdict, comment: str) -> None:
        """Write a verdict into the person's own row, as them.

        Raises: LinkEnded once the link is over and the person is being told; Declined, Outage, Unknown."""
        kept = self._living(person)
        access = access_of(self._seal, kept)
        if self._ledger.now() >= kept.tokens.access_until:
            access = self._renewed(person, kept)
        try:
            self._accounts.write(access, row, verdict, comment)
        except LinkEnded:  # refused at the door: nothing was written
            access = self._renewed(person, self._living(person))
            self._write_again(person, access, row, verdict, comment)

    def revoke(self, link_id: str) -> None:
        """End an unlinked person's tokens in ServiceNow too, then forget them. Raises: Outage, BadCredentials."""
        with self._ledger.reading() as tx:
            kept = tx.link(link_id)
        if kept.tokens.refresh:
            self._accounts.revoke(refresh_of(self._seal, kept))
            self._accounts.revoke(access_of(self._seal, kept))
        with self._ledger.begin() as tx:
            tx.erase_tokens(link_id)

    def check(self) -> tuple[Check, ...]:
        return self._accounts.check()

    def _write_again(self, person: Person, access: str, row: str, verdict: Verdict, comment: str) -> None:
        try:
            self._accounts.write(access, row, verdict, comment)
        except LinkEnded:
            self._end(person, self._living(person).link)
            raise

    def _living(self, person: Person) -> Kept:
        with self._ledger.reading() as tx:
            kept = tx.living_link(person)
        if kept is None:
            raise LinkEnded(SYSTEM, "the link with this person's account is over")
        return kept

    def _renewed(self, person: Person, kept: Kept) -> str:
        """A fresh access token; what renews it next time is written down before anybody uses it.

        Whoever is killed in between has lost it where each refresh token is good for one renewal: the link ends then,
        and is told as ended. Raises: LinkEnded, Outage."""
        now = self._ledger.now()
        with self._ledger.begin() as tx:
            if not tx.about_to_renew(kept, until=now + RENEWED_WITHIN):
                raise Outage(SYSTEM, "another one of us is renewing this person's sign-in", "1")
            kept = tx.link(kept.link.id)
        tokens = self._ask_to_renew(person, kept)
        renewed_at = kept.link.renewed_at if tokens.refresh == refresh_of(self._seal, kept) else now
        with self._ledger.begin() as tx:
            is_kept = tx.keep_tokens(kept, sealed(self._seal, kept.link.person, tokens, now), renewed_at=renewed_at)
        if not is_kept:  # unlinked meanwhile: nobody else knows these
            self._accounts.revoke(tokens.refresh)
            self._accounts.revoke(tokens.access)
            raise LinkEnded(SYSTEM, "the link with this person's account is over")
        return tokens.access

    def _ask_to_renew(self, person: Person, kept: Kept) -> OwnTokens:
        try:
            return self._accounts.renew(refresh_of(self._seal, kept))
        except LinkEnded:
            self._end(person, kept.link)
            raise
        except Failure:
            with self._ledger.begin() as tx:
                tx.was_not_renewed(kept)
            raise

    def _end(self, person: Person, link: Link) -> None:
        """It is over: written down, and the person told."""
        with self._ledger.begin() as tx:
            if tx.end_link(link.id, NOT_ACCEPTED):
                sentence = (
                    f"The link of {person.name} with the ServiceNow account {link.user_name} ended: {NOT_ACCEPTED}"
                )
                tx.enter("link ended", actor=person.id, sys_user=link.sys_user, link=link.id, sentence=sentence)
                self._queue.errand(tx.session, WORD, person.slack_id, f"ended-{link.id}", LINK_ENDED)
