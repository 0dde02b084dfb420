"""Changes: born, loaded with everything known about them, and written on the revision that was read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, or_, select, update

from bot.change.lifecycle import ENDED
from bot.change.model import Change, Outcome, Person, Progress, State, Story
from bot.ledger.entries import new_id
from bot.ledger.people import People
from bot.ledger.rows import STORY, change_of, claim_of, columns_of, decision_of, finding_of, projection_of
from bot.ledger.tables import (
    AliasRow,
    ChangeRow,
    ClaimRow,
    FindingRow,
    PersonRow,
    ProjectionRow,
    SourceRow,
    StoryRow,
    VerdictRow,
)

UNDER_WAY = tuple(progress for progress in Progress if progress is not Progress.DONE)
"""Named one by one they are found by their index: `not done` would read all of history."""
UNANSWERED = ("heard", "accepted", "being written", "recorded", "refused")


class Overtaken(Exception):
    """Somebody else moved this change since we read it: read again."""


@dataclass(frozen=True)
class LastGood:
    """The last successful deploy of a service in an environment."""

    sha: str
    version: str
    number: str


class Changes(People):
    """Reads and writes changes."""

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

    def live(self, service: str, environment: str, kind: str) -> tuple[Change, ...]:
        """Those of a place that are under way, oldest first: what names neither version nor commit is about one."""
        rows = self.session.scalars(
            select(ChangeRow)
            .where(
                ChangeRow.progress.in_([progress.value for progress in UNDER_WAY]),
                ChangeRow.service == service,
                ChangeRow.environment == environment,
                ChangeRow.kind == kind,
            )
            .order_by(ChangeRow.requested_at, ChangeRow.id)
        )
        return tuple(self._load(row) for row in rows)

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
            .where(ChangeRow.progress.in_([progress.value for progress in UNDER_WAY]))
            .order_by(ChangeRow.requested_at, ChangeRow.id)
        )
        return tuple(self._load(row) for row in rows)

    def under_way_ids(self) -> tuple[str, ...]:
        """Ids of those that are not over and that nobody has to take up first, oldest first."""
        moving = [progress.value for progress in UNDER_WAY if progress not in (Progress.STOPPED, Progress.STUCK)]
        ids = select(ChangeRow.id).where(ChangeRow.progress.in_(moving))
        return tuple(self.session.scalars(ids.order_by(ChangeRow.requested_at, ChangeRow.id)))

    def open_in_servicenow(self) -> dict[str, str]:
        """sys_id → id of the changes that may still move there: those under way, and those that are done with for us
        and stay in Review there until a person closes them."""
        is_under_way = ChangeRow.progress.in_([progress.value for progress in UNDER_WAY])
        is_left = and_(ChangeRow.progress == Progress.DONE.value, ChangeRow.state == State.REVIEW.value)
        is_open = or_(ChangeRow.state.is_(None), ChangeRow.state.not_in([state.value for state in ENDED]))
        found = select(ChangeRow.sys_id, ChangeRow.id).where(or_(is_under_way, is_left), is_open)
        return {sys_id: change_id for sys_id, change_id in self.session.execute(found) if sys_id}

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
        askers = self._askers(row.id)
        named = {row.requested_by, row.outcome_by or "", *askers}
        people = self.people({*named, *(c.person for c in claims), *(v.person for v in verdicts)})
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
            askers=tuple(people[person] for person in askers),
        )

    def _of(self, table: Any, change_id: str, *further: Any, order: Any) -> Sequence[Any]:
        return self.session.scalars(select(table).where(table.change_id == change_id, *further).order_by(order)).all()

    def _askers(self, change_id: str) -> list[str]:
        named = (SourceRow.change_id == change_id, SourceRow.person != "")
        found = self.session.scalars(select(SourceRow.person).where(*named).order_by(SourceRow.at, SourceRow.source))
        return list(dict.fromkeys(found))

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
