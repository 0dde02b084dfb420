"""The one place that writes what we remember, and loads a change with everything known about it."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, delete, select, text, update
from sqlalchemy.orm import Session

from bot.change.model import Change, Claim, Decision, Finding, Outcome, Person, Progress, Projection, State, Story
from bot.ledger import chain
from bot.ledger.database import is_sqlite
from bot.ledger.rows import (
    STORY,
    change_of,
    claim_of,
    columns_of,
    decision_of,
    finding_of,
    person_of,
    projection_of,
)
from bot.ledger.tables import (
    AliasRow,
    ChangeRow,
    ClaimRow,
    FindingRow,
    HeardRow,
    OccasionRow,
    PersonRow,
    ProjectionRow,
    StoryRow,
    VerdictRow,
    WatermarkRow,
)

UNANSWERED = ("heard", "accepted", "being written", "recorded", "refused")


class Overtaken(Exception):
    """Somebody else moved this change since we read it: read again."""


@dataclass(frozen=True)
class LastGood:
    """The last successful deploy of a service in an environment."""

    sha: str
    version: str
    number: str


def new_id() -> str:
    return uuid.uuid4().hex


class Ledger:
    """Reads changes; hands out transactions. Never holds one across a vendor call: the caller owns it."""

    def __init__(self, database: Engine, now: Callable[[], datetime]) -> None:
        self.database = database
        self.now = now

    @contextmanager
    def begin(self) -> Iterator["Transaction"]:
        """One transaction: all of it, or nothing."""
        with Session(self.database, expire_on_commit=False) as session, session.begin():
            if is_sqlite(self.database):
                # The write lock first: what is read below is then what is written upon.
                session.connection().exec_driver_sql("BEGIN IMMEDIATE")
            transaction = Transaction(session, self.now)
            yield transaction
            transaction.write_entries()

    @contextmanager
    def reading(self) -> Iterator["Transaction"]:
        with Session(self.database, expire_on_commit=False) as session:
            if is_sqlite(self.database):
                session.connection().exec_driver_sql("BEGIN")
            yield Transaction(session, self.now)

    def change(self, change_id: str) -> Change:
        with self.reading() as tx:
            return tx.change(change_id)

    def update(
        self, change: Change, *, kind: str = "", actor: str = "", body: dict[str, Any] | None = None, **facts: Any
    ) -> Change:
        """One update in a transaction of its own, with its ledger entry when it has a kind. Raises: Overtaken."""
        with self.begin() as tx:
            tx.update(change, **facts)
            if kind:
                tx.enter(kind, change_id=change.id, actor=actor, **(body or {}))
            return tx.change(change.id)


class Transaction:
    """What can be written and read together."""

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self.session = session
        self.now = now()
        self._entries: list[dict[str, Any]] = []

    # ------------------------------------------------------------------------------------------------------- ledger

    def enter(self, kind: str, *, change_id: str = "", actor: str = "", **body: Any) -> None:
        """An entry at the end of the chain, written when the transaction commits.

        All writers lock the chain's head, so it comes last: rows first, head last, and nobody waits in a circle."""
        plain = {name: value for name, value in body.items() if value not in (None, "")}
        self._entries.append({"kind": kind, "change_id": change_id, "actor": actor, "body": plain})

    def write_entries(self) -> None:
        for entry in self._entries:
            chain.append(self.session, **entry, now=self.now)
        self._entries.clear()

    # ------------------------------------------------------------------------------------------------------- people

    def person(
        self, *, slack_team: str = "", slack_id: str = "", email: str = "", sys_user: str = "", name: str = ""
    ) -> Person:
        """Find somebody by the strongest thing known, or write them down."""
        row = self._find_person(slack_team, slack_id, sys_user, email.lower(), name)
        if row is None:
            row = PersonRow(
                id=new_id(), name=name, email=email.lower(), slack_team=slack_team or None, slack_id=slack_id or None
            )
            row.sys_user = None
            self.session.add(row)
        row.name = row.name or name
        row.email = row.email or email.lower()
        if slack_id and not row.slack_id:
            row.slack_team, row.slack_id = slack_team, slack_id
        self.session.flush()
        return person_of(row)

    def bind(self, person: Person, *, sys_user: str, email: str, name: str) -> Person:
        """This person is that ServiceNow user, from now on."""
        row = self.session.get_one(PersonRow, person.id)
        row.sys_user, row.email, row.name, row.bound_at = sys_user, email.lower(), name or row.name, self.now
        self.session.flush()
        return person_of(row)

    def people(self, ids: set[str]) -> dict[str, Person]:
        rows = self.session.scalars(select(PersonRow).where(PersonRow.id.in_(ids)))
        return {row.id: person_of(row) for row in rows}

    def _find_person(self, slack_team: str, slack_id: str, sys_user: str, email: str, name: str) -> PersonRow | None:
        if slack_id:
            found = select(PersonRow).where(PersonRow.slack_id == slack_id)
            found = found.where(PersonRow.slack_team == slack_team) if slack_team else found
            if row := self.session.scalars(found).first():
                return row
        known = select(PersonRow).where(PersonRow.sys_user == sys_user)
        if sys_user and (row := self.session.scalars(known).first()):
            return row
        if email:
            # An e-mail alone identifies only somebody of whom nothing stronger is known that contradicts it.
            same = (
                select(PersonRow).where(PersonRow.email == email).order_by(PersonRow.slack_id.is_(None), PersonRow.id)
            )
            for row in self.session.scalars(same):
                if not (slack_id and row.slack_id) and not (sys_user and row.sys_user):
                    return row
        if name and not (slack_id or sys_user or email):
            # A pipeline, of which only a name is known: the same one each time.
            nothing_more = (PersonRow.email == "", PersonRow.slack_id.is_(None), PersonRow.sys_user.is_(None))
            return self.session.scalars(select(PersonRow).where(PersonRow.name == name, *nothing_more)).first()
        return None

    # ------------------------------------------------------------------------------------------------------ changes

    def add_change(self, requested_by: Person, **facts: Any) -> str:
        """A new change with nothing but its own id; the id."""
        row = ChangeRow(id=new_id(), requested_by=requested_by.id, **columns_of(facts))
        self.session.add(row)
        self.session.flush()
        return row.id

    def change(self, change_id: str) -> Change:
        return self._load(self.session.get_one(ChangeRow, change_id, populate_existing=True))

    def change_by_id(self, change_id: str) -> Change | None:
        row = self.session.get(ChangeRow, change_id)
        return self._load(row) if row else None

    def change_numbered(self, number: str) -> Change | None:
        row = self.session.scalars(select(ChangeRow).where(ChangeRow.number == number.upper())).first()
        return self._load(row) if row else None

    def change_keyed(self, key: str) -> Change | None:
        row = self.session.scalars(select(ChangeRow).where(ChangeRow.key == key)).first()
        return self._load(row) if row else None

    def update(self, change: Change, **facts: Any) -> None:
        """Write facts onto the revision that was read. Raises: Overtaken."""
        done = self.session.execute(
            update(ChangeRow)
            .where(ChangeRow.id == change.id, ChangeRow.revision == change.revision)
            .values(revision=change.revision + 1, **columns_of(facts))
        )
        if done.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE always gives a CursorResult
            raise Overtaken(change.id)
        if release := facts.get("release"):
            self._write_stories(change.id, release.stories)

    def nudge(self, change_id: str, **facts: Any) -> None:
        """Write facts that come from outside and hold whatever else happens to the change (something was heard)."""
        self.session.execute(
            update(ChangeRow)
            .where(ChangeRow.id == change_id)
            .values(revision=ChangeRow.revision + 1, **columns_of(facts))
        )

    def name(self, change_id: str, *, service: str, environment: str, kind: str, alias: str) -> None:
        """Give a change another name; the newest holder keeps it."""
        self.session.merge(
            AliasRow(service=service, environment=environment, kind=kind, alias=alias, change_id=change_id)
        )
        self.session.flush()

    def named(self, *, service: str, environment: str, kind: str, alias: str) -> Change | None:
        """The change of that name. A sha may be cut short, as long as only one begins like that."""
        mine = (AliasRow.service == service, AliasRow.environment == environment, AliasRow.kind == kind)
        is_it = (
            AliasRow.alias.startswith(alias, autoescape=True) if alias.startswith("sha:") else AliasRow.alias == alias
        )
        rows = self.session.scalars(select(AliasRow).where(*mine, is_it)).all()
        longest = [row for row in rows if len(row.alias) == max(len(row.alias) for row in rows)]
        return self.change(longest[0].change_id) if len(longest) == 1 else None

    def last_good(self, service: str, environment: str) -> LastGood | None:
        row = self.session.scalars(
            select(ChangeRow)
            .where(
                ChangeRow.service == service,
                ChangeRow.environment == environment,
                ChangeRow.outcome == Outcome.SUCCEEDED.value,
            )
            .order_by(ChangeRow.finished_at.desc().nulls_last())  # PostgreSQL puts them first otherwise
            .limit(1)
        ).first()
        return LastGood(sha=row.sha, version=row.version, number=row.number or "") if row else None

    def last_attempt(self, service: str, environment: str, kind: str, sha: str) -> int:
        """The highest attempt made at this deploy, 0 for none."""
        found = self.session.scalars(
            select(ChangeRow.attempt)
            .where(
                ChangeRow.service == service,
                ChangeRow.environment == environment,
                ChangeRow.kind == kind,
                ChangeRow.sha == sha,
                ChangeRow.key.is_not(None),
            )
            .order_by(ChangeRow.attempt.desc())
            .limit(1)
        ).first()
        return found or 0

    def under_way(self) -> tuple[Change, ...]:
        """Every change that is not over, oldest first."""
        rows = self.session.scalars(
            select(ChangeRow)
            .where(ChangeRow.progress != Progress.DONE.value)
            .order_by(ChangeRow.requested_at, ChangeRow.id)
        )
        return tuple(self._load(row) for row in rows)

    def left_in(self, state: State) -> tuple[Change, ...]:
        """Changes that are over for us and that ServiceNow held in this state when it was last read, oldest first."""
        over = (ChangeRow.progress == Progress.DONE.value, ChangeRow.state == state.value)
        rows = self.session.scalars(select(ChangeRow).where(*over).order_by(ChangeRow.requested_at, ChangeRow.id))
        return tuple(self._load(row) for row in rows)

    def asleep_until(self, now: datetime) -> tuple[str, ...]:
        """Ids of the changes whose time to be looked at has come; they are awake from now on."""
        due = self.session.scalars(select(ChangeRow.id).where(ChangeRow.wake_at <= now)).all()
        self.session.execute(update(ChangeRow).where(ChangeRow.id.in_(due)).values(wake_at=None))
        return tuple(due)

    def sleep(self, change: Change, until: datetime) -> None:
        """Look at it again then. Not a fact about the change, so no new revision."""
        self.session.execute(update(ChangeRow).where(ChangeRow.id == change.id).values(wake_at=until))

    def _load(self, row: ChangeRow) -> Change:
        claims = self._of(ClaimRow, row.id, ClaimRow.progress.in_(UNANSWERED), order=ClaimRow.at)
        verdicts = self._of(VerdictRow, row.id, order=VerdictRow.at)
        ids = {row.requested_by, row.outcome_by or "", *(c.person for c in claims), *(v.person for v in verdicts)}
        people = self.people(ids)
        stories = (STORY.validate_python(s.facts) for s in self._of(StoryRow, row.id, order=StoryRow.place))
        shown = (projection_of(p) for p in self._of(ProjectionRow, row.id, order=ProjectionRow.kind))
        change = change_of(row, people[row.requested_by], people.get(row.outcome_by or ""), stories)
        return replace(
            change,
            claims=tuple(claim_of(c, people[c.person]) for c in claims),
            decisions=tuple(decision_of(v, people[v.person]) for v in verdicts),
            projections={(p.kind, p.target): p for p in shown},
            findings=tuple(
                finding_of(f) for f in self._of(FindingRow, row.id, FindingRow.is_open.is_(True), order=FindingRow.at)
            ),
            slack_ids=self._slack_ids([r.approver for r in change.rows]),
        )

    def _of(self, table: Any, change_id: str, *further: Any, order: Any) -> Sequence[Any]:
        return self.session.scalars(select(table).where(table.change_id == change_id, *further).order_by(order)).all()

    def _slack_ids(self, sys_users: list[str]) -> dict[str, str]:
        if not sys_users:
            return {}
        rows = self.session.scalars(
            select(PersonRow).where(PersonRow.sys_user.in_(sys_users), PersonRow.slack_id.is_not(None))
        )
        return {row.sys_user or "": row.slack_id or "" for row in rows}

    def _write_stories(self, change_id: str, stories: tuple[Story, ...]) -> None:
        self.session.execute(delete(StoryRow).where(StoryRow.change_id == change_id))
        self.session.add_all(
            StoryRow(change_id=change_id, place=place, key=story.key, facts=STORY.dump_python(story, mode="json"))
            for place, story in enumerate(stories)
        )
        self.session.flush()

    # -------------------------------------------------------------------------------------------- what people decide

    def add_claim(self, claim: Claim) -> None:
        facts = {c.name: getattr(claim, c.name) for c in ClaimRow.__table__.columns if c.name != "person"}
        self.session.add(ClaimRow(person=claim.by.id, **{k: getattr(v, "value", v) for k, v in facts.items()}))
        self.session.flush()

    def settle(self, claim: Claim, *, progress: str, sentence: str = "", row: str = "") -> None:
        """What became of a claim, from what it was when it was read. Raises: Overtaken."""
        settled = self.session.get_one(ClaimRow, claim.id, populate_existing=True, with_for_update=True)
        if settled.progress != claim.progress:
            raise Overtaken(claim.change_id)
        settled.progress, settled.sentence, settled.row = progress, sentence or settled.sentence, row or settled.row
        self.session.flush()

    def add_decision(self, change_id: str, decision: Decision, *, claim: str = "") -> None:
        self.session.add(
            VerdictRow(
                id=decision.id,
                change_id=change_id,
                person=decision.by.id,
                claim=claim or None,
                verdict=decision.verdict.value,
                at=decision.at,
                stage=decision.stage.value,
                recorded=decision.recorded.value,
                reason=decision.reason,
                row=decision.row,
                mod_count=decision.mod_count,
                is_valid=decision.is_valid,
            )
        )
        self.session.flush()

    # --------------------------------------------------------------------------------------------- shown and noticed

    def project(self, change_id: str, projection: Projection) -> None:
        self.session.merge(
            ProjectionRow(
                change_id=change_id,
                kind=projection.kind,
                target=projection.target,
                shown=projection.shown,
                ref=projection.ref,
                sent_at=projection.sent_at,
            )
        )
        self.session.flush()

    def find_out(
        self, kind: str, sentence: str, *, once: str, change_id: str = "", service: str = ""
    ) -> Finding | None:
        """A finding, unless it was found before."""
        if self.session.scalars(select(FindingRow.id).where(FindingRow.once == once)).first():
            return None
        row = FindingRow(
            id=new_id(),
            once=once,
            kind=kind,
            sentence=sentence,
            at=self.now,
            change_id=change_id or None,
            service=service,
        )
        row.is_open = True
        self.session.add(row)
        self.session.flush()
        self.enter("finding", change_id=change_id, finding=kind, sentence=sentence)
        return finding_of(row)

    def finding(self, finding_id: str) -> Finding:
        return finding_of(self.session.get_one(FindingRow, finding_id))

    def found_and_not_sent(self, job: str, audience: str, *, kinds: Sequence[str]) -> tuple[Finding, ...]:
        """Findings of these kinds, oldest first, for which this job took no occasion yet."""
        taken = select(OccasionRow.slot).where(OccasionRow.job == job, OccasionRow.audience == audience)
        found = select(FindingRow).where(FindingRow.kind.in_(kinds), FindingRow.id.not_in(taken))
        return tuple(finding_of(row) for row in self.session.scalars(found.order_by(FindingRow.at)))

    # --------------------------------------------------------------------------------------------------- heard once

    def heard_before(self, once: str) -> HeardRow | None:
        return self.session.scalars(select(HeardRow).where(HeardRow.once == once)).first()

    def add_heard(self, **facts: Any) -> None:
        self.session.add(HeardRow(received_at=self.now, **facts))
        self.session.flush()

    # --------------------------------------------------------------------------------------------------------- clock

    def take_occasion(self, job: str, audience: str, slot: str) -> bool:
        """True for the one who takes it first."""
        if self.session.get(OccasionRow, (job, audience, slot)) is not None:
            return False
        # Two replicas may both see none; the key lets only one commit.
        self.session.add(OccasionRow(job=job, audience=audience, slot=slot, taken_at=self.now, ref=""))
        self.session.flush()
        return True

    def occasion(self, job: str, audience: str, slot: str) -> OccasionRow:
        return self.session.get_one(OccasionRow, (job, audience, slot))

    def about_to_send(self, job: str, audience: str, slot: str, *, seen: datetime | None, at: datetime) -> bool:
        """True for the one who may send it now. seen: when it was last about to be sent, None for never."""
        sent = OccasionRow.sent_at.is_(None) if seen is None else OccasionRow.sent_at == seen
        done = self.session.execute(
            update(OccasionRow)
            .where(*_is_occasion(job, audience, slot), sent, OccasionRow.done_at.is_(None))
            .values(sent_at=at)
        )
        return bool(done.rowcount == 1)  # type: ignore[attr-defined]  # an UPDATE always gives a CursorResult

    def was_not_sent(self, job: str, audience: str, slot: str) -> None:
        """Certainly not: whoever is next need not look for it."""
        self.session.execute(update(OccasionRow).where(*_is_occasion(job, audience, slot)).values(sent_at=None))

    def finish_occasion(self, job: str, audience: str, slot: str, *, ref: str) -> bool:
        """True for the one who finishes it first. ref: where what was sent stands."""
        done = self.session.execute(
            update(OccasionRow)
            .where(*_is_occasion(job, audience, slot), OccasionRow.done_at.is_(None))
            .values(done_at=self.now, ref=ref)
        )
        return bool(done.rowcount == 1)  # type: ignore[attr-defined]  # an UPDATE always gives a CursorResult

    def last_sent(self, job: str, audience: str) -> datetime | None:
        """When this audience was last sent something."""
        mine = (OccasionRow.job == job, OccasionRow.audience == audience)
        sent = (OccasionRow.done_at.is_not(None), OccasionRow.sent_at.is_not(None))
        newest = select(OccasionRow.sent_at).where(*mine, *sent).order_by(OccasionRow.sent_at.desc())
        return self.session.scalars(newest).first()

    def forget_occasions(self, job: str, *, older_than: timedelta) -> None:
        self.session.execute(
            delete(OccasionRow).where(OccasionRow.job == job, OccasionRow.taken_at < self.now - older_than)
        )

    def watermark(self, name: str) -> str:
        row = self.session.get(WatermarkRow, name)
        return row.value if row else ""

    def set_watermark(self, name: str, value: str) -> None:
        self.session.merge(WatermarkRow(name=name, value=value))

    def database_time(self) -> float:
        """Seconds since the epoch by the database's clock: the only one all replicas share."""
        if self.session.get_bind().dialect.name == "sqlite":
            return self.now.timestamp()
        return float(self.session.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())


def _is_occasion(job: str, audience: str, slot: str) -> tuple[ColumnElement[bool], ...]:
    return OccasionRow.job == job, OccasionRow.audience == audience, OccasionRow.slot == slot
