"""Linking: from a button on the Home tab to ServiceNow's own sign-in and back."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import IntegrityError

from bot.accounts import tickets, words
from bot.accounts.offer import end_link
from bot.accounts.seal import Seal
from bot.accounts.tickets import StaleTicket, Ticket
from bot.accounts.tokens import sealed
from bot.change.errors import NotAPerson, Refusal
from bot.change.linking import ALARMING, OWN_SIGN_IN, AccountTaken, Owner, check_may_link
from bot.change.model import Person
from bot.engine import Queue
from bot.ledger.ledger import Ledger, Transaction
from bot.ledger.links import Visit
from bot.ports import BadCredentials, Failure, LinkEnded, Member, NotThere, OwnAccounts, OwnTokens, Room

VISIT_LASTS = timedelta(minutes=15)
"""Time enough to find one's second factor."""


class NotBegunHere(Refusal):
    sentence = "This sign-in was not begun here, or was used already: begin it again on Cabbie's Home tab in Slack."


class AnotherBrowser(Refusal):
    sentence = "This sign-in was begun in another browser: nothing was linked. Begin it again on Cabbie's Home tab."


class Denied(Refusal):
    sentence = "You did not allow it in ServiceNow: nothing was linked."


class CodeRefused(Refusal):
    sentence = "ServiceNow does not accept this sign-in any more: begin it again on Cabbie's Home tab in Slack."


@dataclass(frozen=True)
class Linked:
    """Whom ServiceNow named."""

    slack_id: str
    owner: Owner


class Linking:
    """The browser's way: one transaction before each answer, none held across a call to anybody."""

    def __init__(
        self,
        ledger: Ledger,
        queue: Queue,
        room: Room,
        accounts: OwnAccounts,
        seal: Seal,
        *,
        team: Callable[[], str],
    ) -> None:
        """team: the workspace whose members may link."""
        self._ledger = ledger
        self._queue = queue
        self._room = room
        self._accounts = accounts
        self._seal = seal
        self._team = team

    def look_at(self, ticket: str) -> Member:
        """Whom a ticket is for. Nothing is written: whatever previews a link may do that. Raises: Refusal, Failure."""
        return self._member(self._read(ticket).slack_id)

    def begin(self, ticket: str, browser: str) -> str:
        """Use a ticket; where the browser goes to sign in. browser: its cookie. Raises: StaleTicket."""
        told = self._read(ticket)
        state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        visit = Visit(
            ticket=told.id,
            state=_fingerprint(state),
            browser=_fingerprint(browser),
            slack_team=told.slack_team,
            slack_id=told.slack_id,
            verifier=self._seal.close(verifier, f"verifier of {told.id}"),
            begun_at=self._ledger.now(),
        )
        try:
            with self._ledger.begin() as tx:
                is_first = tx.begin_visit(visit)
        except IntegrityError:
            is_first = False
        if not is_first:
            raise StaleTicket
        return self._accounts.sign_in_page(state=state, challenge=_challenge(verifier))

    def finish(self, *, state: str, code: str, error: str, browser: str) -> Linked:
        """The browser is back from ServiceNow. Raises: Refusal, Failure; nothing is linked then."""
        with self._ledger.begin() as tx:
            visit = tx.end_visit(_fingerprint(state))
        # Of what was never begun nothing is written down: anybody may send that.
        if visit is None:
            raise NotBegunHere
        try:
            return self._finish(visit, code=code, error=error, browser=browser)
        except (Refusal, Failure) as refusal:
            self._note(visit, refusal)
            raise

    def _finish(self, visit: Visit, *, code: str, error: str, browser: str) -> Linked:
        if not hmac.compare_digest(visit.browser, _fingerprint(browser)):
            raise AnotherBrowser
        if self._ledger.now() >= visit.begun_at + VISIT_LASTS:
            raise StaleTicket
        if error or not code:
            raise Denied
        member = self._member(visit.slack_id)
        verifier = self._seal.open(visit.verifier, f"verifier of {visit.ticket}")
        try:
            tokens = self._accounts.exchange(code, verifier)
        except LinkEnded:
            raise CodeRefused from None
        try:
            owner = self._accounts.owner(tokens.access)
            return self._link(member, owner, tokens)
        except (Refusal, Failure):
            self._revoke_now(tokens)
            raise

    def _link(self, member: Member, owner: Owner, tokens: OwnTokens) -> Linked:
        """Raises: CannotBeLinked."""
        holder = self._room.member_by_email(owner.email) if owner.email else None
        try:
            with self._ledger.begin() as tx:
                person = tx.person(
                    slack_team=member.team, slack_id=member.slack_id, email=member.email, name=member.name
                )
                check_may_link(
                    person,
                    owner,
                    held_by=tx.bound_to(owner.sys_user, but=person),
                    slack_id_of_email=holder.slack_id if holder else "",
                )
                self._write(tx, person, member, owner, tokens)
        except IntegrityError:  # somebody else linked that user at the same moment
            raise AccountTaken(owner.name or owner.user_name) from None
        return Linked(member.slack_id, owner)

    def _write(self, tx: Transaction, person: Person, member: Member, owner: Owner, tokens: OwnTokens) -> None:
        former = tx.last_link(person)
        if former is not None and former.ended_at is None:
            end_link(tx, self._queue, former, "you linked it again")
        tx.bind(person, sys_user=owner.sys_user, email=member.email, name=member.name, by=OWN_SIGN_IN)
        link = tx.add_link(person, owner, sealed(self._seal, person.id, tokens, tx.now))
        tx.enter(
            "linked",
            actor=person.id,
            by=OWN_SIGN_IN,
            sys_user=owner.sys_user,
            slack_id=member.slack_id,
            link=link.id,
            sentence=f"{member.name} linked the ServiceNow account {owner.user_name} by signing in there",
        )
        told = words.linked(owner.name, owner.user_name)
        self._queue.errand(tx.session, words.WORD, member.slack_id, f"linked-{link.id}", told)

    def _note(self, visit: Visit, refusal: Refusal | Failure) -> None:
        with self._ledger.begin() as tx:
            person = tx.person(slack_team=visit.slack_team, slack_id=visit.slack_id)
            tx.enter("link refused", actor=person.id, slack_id=visit.slack_id, sentence=str(refusal))
            if isinstance(refusal, ALARMING):
                who, whom = person.name or visit.slack_id, refusal.args[0]
                sentence = f"{who} signed in to ServiceNow as {whom}, who is somebody else: nothing was linked."
                tx.find_out("binding changed", sentence, once=f"link:{person.id}:{whom}:{tx.now.date()}")
            if isinstance(refusal, BadCredentials):
                sentence = f"Nobody can link their ServiceNow account: {refusal.what}."
                tx.find_out("credentials refused", sentence, once=f"credentials:link:{tx.now.date()}")

    def _revoke_now(self, tokens: OwnTokens) -> None:
        """What was given for nothing; if ServiceNow does not hear it, nobody has them any more all the same."""
        for token in (tokens.refresh, tokens.access):
            try:
                self._accounts.revoke(token)
            except Failure:
                return

    def _read(self, ticket: str) -> Ticket:
        told = tickets.read(self._seal, ticket, self._ledger.now())
        if told.slack_team != self._team():
            raise StaleTicket
        return told

    def _member(self, slack_id: str) -> Member:
        """Raises: NotAPerson."""
        try:
            member = self._room.member(slack_id)
        except NotThere:
            raise NotAPerson("unknown to Slack") from None
        if member.objection or member.team != self._team():
            raise NotAPerson(member.objection or "of another workspace")
        return member


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _challenge(verifier: str) -> str:
    """RFC 7636, 4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
