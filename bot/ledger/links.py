"""People's links with their own ServiceNow accounts: begun, renewed by one at a time, ended."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from bot.change.linking import Link, Owner
from bot.change.model import Person
from bot.ledger.entries import new_id
from bot.ledger.people import People
from bot.ledger.tables import LinkRow, VisitRow

VISITS_ARE_KEPT = timedelta(days=1)
"""Far longer than a ticket is good: a used one stays used."""


@dataclass(frozen=True)
class SealedTokens:
    """What only a holder of the key can read."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    access_until: datetime


@dataclass(frozen=True)
class Kept:
    """A link with its tokens, as it was when it was read."""

    link: Link
    tokens: SealedTokens
    revision: int
    renewing_until: datetime | None


@dataclass(frozen=True)
class Visit:
    """A way to ServiceNow's sign-in and back. state, browser: fingerprints. verifier: sealed."""

    ticket: str
    state: str
    browser: str
    slack_team: str
    slack_id: str
    verifier: str = field(repr=False)
    begun_at: datetime


class Links(People):
    """Reads and writes links and visits."""

    def add_link(self, person: Person, owner: Owner, tokens: SealedTokens) -> Link:
        """In place of the person's former one, which is over. Raises: IntegrityError when that user is linked."""
        row = LinkRow(
            id=new_id(),
            person=person.id,
            sys_user=owner.sys_user,
            user_name=owner.user_name,
            account_name=owner.name,
            linked_at=self.now,
            renewed_at=self.now,
            access=tokens.access,
            refresh=tokens.refresh,
            access_until=tokens.access_until,
        )
        self.session.add(row)
        self.session.flush()
        return _link_of(row)

    def last_link(self, person: Person) -> Link | None:
        """The person's living link, or the one that ended last."""
        mine = select(LinkRow).where(LinkRow.person == person.id)
        row = self.session.scalars(mine.order_by(LinkRow.ended_at.is_(None).desc(), LinkRow.ended_at.desc())).first()
        return _link_of(row) if row else None

    def living_link(self, person: Person) -> Kept | None:
        row = self.session.scalars(
            select(LinkRow).where(LinkRow.person == person.id, LinkRow.ended_at.is_(None))
        ).first()
        return _kept(row) if row else None

    def link(self, link_id: str) -> Kept:
        return _kept(self.session.get_one(LinkRow, link_id, populate_existing=True))

    def links_with_tokens(self) -> tuple[Kept, ...]:
        return tuple(_kept(row) for row in self.session.scalars(select(LinkRow).where(LinkRow.refresh != "")))

    def about_to_renew(self, kept: Kept, *, until: datetime) -> bool:
        """True for the one who may renew these tokens now."""
        if kept.renewing_until is not None and self.now < kept.renewing_until:
            return False
        return self._write(kept, renewing_until=until)

    def keep_tokens(self, kept: Kept, tokens: SealedTokens, *, renewed_at: datetime) -> bool:
        """False when somebody else has written since: the link was ended, say."""
        return self._write(
            kept,
            access=tokens.access,
            refresh=tokens.refresh,
            access_until=tokens.access_until,
            renewed_at=renewed_at,
            renewing_until=None,
        )

    def was_not_renewed(self, kept: Kept) -> None:
        self._write(kept, renewing_until=None)

    def end_link(self, link_id: str, because: str, *, keep_tokens: bool = False) -> bool:
        """True for the one who ends it. keep_tokens: until they are revoked."""
        nothing = {} if keep_tokens else {"access": "", "refresh": ""}
        done = self.session.execute(
            update(LinkRow)
            .where(LinkRow.id == link_id, LinkRow.ended_at.is_(None))
            .values(ended_at=self.now, ended_because=because, revision=LinkRow.revision + 1, **nothing)
        )
        return bool(done.rowcount == 1)  # type: ignore[attr-defined]  # an UPDATE always gives a CursorResult

    def reseal(self, kept: Kept, *, access: str, refresh: str) -> None:
        """The same tokens, sealed anew; unless they were renewed since, and so sealed just now."""
        same = (
            LinkRow.id == kept.link.id,
            LinkRow.refresh == kept.tokens.refresh,
            LinkRow.access == kept.tokens.access,
        )
        self.session.execute(update(LinkRow).where(*same).values(access=access, refresh=refresh))

    def erase_tokens(self, link_id: str) -> None:
        self.session.execute(update(LinkRow).where(LinkRow.id == link_id).values(access="", refresh=""))

    def begin_visit(self, visit: Visit) -> bool:
        """False when its ticket was used before; two at one moment: the key lets only one commit."""
        self.session.execute(delete(VisitRow).where(VisitRow.begun_at < self.now - VISITS_ARE_KEPT))
        if self.session.get(VisitRow, visit.ticket) is not None:
            return False
        self.session.add(VisitRow(**vars(visit)))
        self.session.flush()
        return True

    def end_visit(self, state: str) -> Visit | None:
        """The visit that was begun with this state, for the one who ends it first."""
        done = self.session.execute(
            update(VisitRow).where(VisitRow.state == state, VisitRow.ended_at.is_(None)).values(ended_at=self.now)
        )
        if done.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE always gives a CursorResult
            return None
        row = self.session.scalars(select(VisitRow).where(VisitRow.state == state)).one()
        visit = Visit(
            ticket=row.ticket,
            state=row.state,
            browser=row.browser,
            slack_team=row.slack_team,
            slack_id=row.slack_id,
            verifier=row.verifier,
            begun_at=row.begun_at,
        )
        row.verifier = ""
        return visit

    def _write(self, kept: Kept, **columns: object) -> bool:
        """Onto the revision that was read, while it lives."""
        is_it = (LinkRow.id == kept.link.id, LinkRow.revision == kept.revision, LinkRow.ended_at.is_(None))
        done = self.session.execute(update(LinkRow).where(*is_it).values(revision=kept.revision + 1, **columns))
        return bool(done.rowcount == 1)  # type: ignore[attr-defined]  # an UPDATE always gives a CursorResult


def _link_of(row: LinkRow) -> Link:
    return Link(
        id=row.id,
        person=row.person,
        sys_user=row.sys_user,
        user_name=row.user_name,
        account_name=row.account_name,
        linked_at=row.linked_at,
        renewed_at=row.renewed_at,
        ended_at=row.ended_at,
        ended_because=row.ended_because,
    )


def _kept(row: LinkRow) -> Kept:
    tokens = SealedTokens(row.access, row.refresh, row.access_until)
    return Kept(_link_of(row), tokens, row.revision, row.renewing_until)
