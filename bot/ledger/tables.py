"""The tables. Rows never leave this package; what leaves are facts of ``bot.change``."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, ForeignKey, Index, MetaData, TypeDecorator, UniqueConstraint, text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bot.ledger.storable import StorableText

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


LIVING: dict[str, Any] = {"sqlite_where": text("ended_at IS NULL"), "postgresql_where": text("ended_at IS NULL")}
UNTOLD: dict[str, Any] = {"sqlite_where": text("told_at IS NULL"), "postgresql_where": text("told_at IS NULL")}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept as UTC (SQLite drops the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        str: StorableText,
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON,
    }


class PersonRow(Base):
    """Somebody we have met; ``id`` is opaque, everything else erasable."""

    __tablename__ = "cabbie_people"
    __table_args__ = (UniqueConstraint("slack_team", "slack_id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    slack_team: Mapped[str | None]
    slack_id: Mapped[str | None]
    name: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="", index=True)
    sys_user: Mapped[str | None] = mapped_column(index=True)
    bound_at: Mapped[datetime | None]
    bound_by: Mapped[str] = mapped_column(default="", server_default="")


class LinkRow(Base):
    """A person's own sign-in to ServiceNow. Its tokens are sealed: they tell nothing without the key."""

    __tablename__ = "cabbie_links"
    __table_args__ = (
        # One living link per person, and one per ServiceNow user.
        Index("uq_cabbie_links_living_person", "person", unique=True, **LIVING),
        Index("uq_cabbie_links_living_sys_user", "sys_user", unique=True, **LIVING),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("cabbie_people.id"))
    sys_user: Mapped[str]
    user_name: Mapped[str]
    account_name: Mapped[str]
    linked_at: Mapped[datetime]
    renewed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=0)
    access: Mapped[str] = mapped_column(default="")
    """Sealed; empty once it was revoked, or is worth nothing any more."""
    refresh: Mapped[str] = mapped_column(default="")
    access_until: Mapped[datetime]
    renewing_until: Mapped[datetime | None]
    """Somebody is renewing the tokens; by then they have done so, or are dead."""


class VisitRow(Base):
    """Somebody's way from our page to ServiceNow's sign-in and back: begun once with a ticket, ended once."""

    __tablename__ = "cabbie_visits"
    ticket: Mapped[str] = mapped_column(primary_key=True)
    """Its id, not itself."""
    state: Mapped[str] = mapped_column(unique=True)
    """Fingerprint of OAuth's state."""
    browser: Mapped[str]
    """Fingerprint of the cookie."""
    slack_team: Mapped[str]
    slack_id: Mapped[str]
    verifier: Mapped[str]
    """Sealed."""
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ChangeRow(Base):
    """One deploy's way; born with its own id before anything outside knows of it."""

    __tablename__ = "cabbie_changes"
    __table_args__ = (
        Index("ix_cabbie_changes_last_good", "service", "environment", "outcome", "finished_at"),
        Index("ix_cabbie_changes_left", "progress", "state"),
        Index("ix_cabbie_changes_place", "service", "environment", "progress"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(unique=True)
    service: Mapped[str]
    environment: Mapped[str]
    kind: Mapped[str]
    version: Mapped[str]
    sha: Mapped[str] = mapped_column(default="")
    attempt: Mapped[int] = mapped_column(default=1)
    requested_by: Mapped[str] = mapped_column(ForeignKey("cabbie_people.id"))
    requested_at: Mapped[datetime]
    why: Mapped[str] = mapped_column(default="")
    source: Mapped[str]
    channel: Mapped[str] = mapped_column(default="")
    announced_sha: Mapped[str] = mapped_column(default="")
    announced_commits: Mapped[list[Any]] = mapped_column(default=list)
    url: Mapped[str] = mapped_column(default="")
    number: Mapped[str | None] = mapped_column(index=True)
    sys_id: Mapped[str | None]
    state: Mapped[str | None]
    approval: Mapped[str] = mapped_column(default="")
    on_hold: Mapped[bool] = mapped_column(default=False)
    want: Mapped[str]
    progress: Mapped[str] = mapped_column(index=True)
    stopped_because: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=0)
    release: Mapped[dict[str, Any] | None]
    plan: Mapped[dict[str, Any] | None]
    rows: Mapped[list[Any]] = mapped_column(default=list)
    expires_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    cleared_until: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    outcome_by: Mapped[str | None] = mapped_column(ForeignKey("cabbie_people.id"))
    outcome_source: Mapped[str] = mapped_column(default="")
    outcome_why: Mapped[str] = mapped_column(default="")
    seen_at: Mapped[datetime | None]
    stage_at: Mapped[datetime | None]
    look_at: Mapped[datetime | None]
    wake_at: Mapped[datetime | None] = mapped_column(index=True)
    hands: Mapped[dict[str, Any] | None]
    troubles: Mapped[dict[str, Any]] = mapped_column(default=dict)
    trouble: Mapped[str] = mapped_column(default="")
    alias_of: Mapped[str] = mapped_column(default="")


class AliasRow(Base):
    """Another name of a change: a version, a message, a run. The newest change of that name holds it."""

    __tablename__ = "cabbie_aliases"
    service: Mapped[str] = mapped_column(primary_key=True)
    environment: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    alias: Mapped[str] = mapped_column(primary_key=True)
    change_id: Mapped[str] = mapped_column(ForeignKey("cabbie_changes.id"))


class PostRow(Base):
    """A tool's post in Slack that was read as an announcement: what its edits and its thread are about."""

    __tablename__ = "cabbie_posts"
    channel: Mapped[str] = mapped_column(primary_key=True)
    ts: Mapped[str] = mapped_column(primary_key=True)
    change_id: Mapped[str | None] = mapped_column(ForeignKey("cabbie_changes.id"))
    heard_at: Mapped[datetime]
    question: Mapped[dict[str, Any] | None]
    """What was read, and what a person is asked about it; none when nothing is, or not any more."""


class SourceRow(Base):
    """Who said what of a change, and whom they named: each once."""

    __tablename__ = "cabbie_sources"
    change_id: Mapped[str] = mapped_column(ForeignKey("cabbie_changes.id"), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True)
    """Who asked for it, by that source's word: kept from approving, and no proof of anything. Empty for nobody."""
    at: Mapped[datetime]


class HeardRow(Base):
    """One thing said at a door, once; what was answered, so that saying it again is answered alike."""

    __tablename__ = "cabbie_heard"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    once: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    person: Mapped[str | None] = mapped_column(ForeignKey("cabbie_people.id"))
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    change_id: Mapped[str | None] = mapped_column(index=True)
    sentence: Mapped[str]
    number: Mapped[str] = mapped_column(default="")
    is_refusal: Mapped[bool] = mapped_column(default=False)


class ClaimRow(Base):
    """Who pressed what on which card, and what became of it."""

    __tablename__ = "cabbie_claims"
    __table_args__ = (Index("ix_cabbie_claims_open", "change_id", "progress"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    change_id: Mapped[str] = mapped_column(ForeignKey("cabbie_changes.id"))
    person: Mapped[str] = mapped_column(ForeignKey("cabbie_people.id"))
    verdict: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")
    fingerprint: Mapped[str] = mapped_column(default="")
    card: Mapped[str] = mapped_column(default="", server_default="")
    channel: Mapped[str] = mapped_column(default="")
    message_ts: Mapped[str] = mapped_column(default="")
    action_ts: Mapped[str] = mapped_column(default="")
    delivery: Mapped[str] = mapped_column(default="")
    transport: Mapped[str]
    response_url: Mapped[str] = mapped_column(default="")
    progress: Mapped[str]
    row: Mapped[str] = mapped_column(default="")
    recorded: Mapped[str | None]
    sentence: Mapped[str] = mapped_column(default="")


class VerdictRow(Base):
    """One person's decision, believed after ServiceNow was read back."""

    __tablename__ = "cabbie_verdicts"
    id: Mapped[str] = mapped_column(primary_key=True)
    change_id: Mapped[str] = mapped_column(ForeignKey("cabbie_changes.id"), index=True)
    person: Mapped[str] = mapped_column(ForeignKey("cabbie_people.id"))
    claim: Mapped[str | None] = mapped_column(ForeignKey("cabbie_claims.id"))
    verdict: Mapped[str]
    at: Mapped[datetime]
    stage: Mapped[str]
    recorded: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    row: Mapped[str] = mapped_column(default="")
    mod_count: Mapped[int] = mapped_column(default=0)
    is_valid: Mapped[bool] = mapped_column(default=True)


class StoryRow(Base):
    """One Jira issue of a release, in the order the commits name them."""

    __tablename__ = "cabbie_stories"
    change_id: Mapped[str] = mapped_column(ForeignKey("cabbie_changes.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    facts: Mapped[dict[str, Any]]


class ProjectionRow(Base):
    """Something shown elsewhere: what was last shown, where it stands, and whether that is certain."""

    __tablename__ = "cabbie_projections"
    change_id: Mapped[str] = mapped_column(ForeignKey("cabbie_changes.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    target: Mapped[str] = mapped_column(primary_key=True)
    shown: Mapped[str] = mapped_column(default="")
    ref: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None]


class FindingRow(Base):
    """Something a manager has to know, said once."""

    __tablename__ = "cabbie_findings"
    __table_args__ = (Index("ix_cabbie_findings_untold", "kind", "at", **UNTOLD),)
    id: Mapped[str] = mapped_column(primary_key=True)
    once: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    sentence: Mapped[str]
    at: Mapped[datetime]
    change_id: Mapped[str | None] = mapped_column(index=True)
    service: Mapped[str] = mapped_column(default="")
    is_open: Mapped[bool] = mapped_column(default=True)
    told_at: Mapped[datetime | None]
    """When its alarm was taken; none where nobody was told, and for what is told in a digest only."""


class OccasionRow(Base):
    """A tick of the clock, taken by one replica."""

    __tablename__ = "cabbie_occasions"
    job: Mapped[str] = mapped_column(primary_key=True)
    audience: Mapped[str] = mapped_column(primary_key=True)
    slot: Mapped[str] = mapped_column(primary_key=True)
    """The local date of a daily job, the interval's number of a frequent one."""
    taken_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    ref: Mapped[str] = mapped_column(default="")


class WatermarkRow(Base):
    """How far a poll has read, in the polled system's own words."""

    __tablename__ = "cabbie_watermarks"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class EntryRow(Base):
    """One ledger entry. Inserted once, never changed (a trigger says so)."""

    __tablename__ = "cabbie_ledger"
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # taken under the head's lock: no gaps
    at: Mapped[str]  # RFC 3339, as hashed: a database may not round what the chain rests on
    kind: Mapped[str]
    change_id: Mapped[str] = mapped_column(default="", index=True)
    actor: Mapped[str] = mapped_column(default="")
    body_fingerprint: Mapped[str]  # the body may be erased, its fingerprint stays
    previous: Mapped[str]
    fingerprint: Mapped[str]


class BodyRow(Base):
    """What an entry says in full; erasable by retention or for privacy."""

    __tablename__ = "cabbie_ledger_bodies"
    seq: Mapped[int] = mapped_column(ForeignKey("cabbie_ledger.seq"), primary_key=True, autoincrement=False)
    body: Mapped[str]


class HeadRow(Base):
    """The chain's last link: its lock orders all writers."""

    __tablename__ = "cabbie_ledger_head"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    fingerprint: Mapped[str]


class ReplicaRow(Base):
    """A running process and its last heartbeat, by the database's clock."""

    __tablename__ = "cabbie_replicas"
    id: Mapped[str] = mapped_column(primary_key=True)
    beat_at: Mapped[float]
    """Seconds since the epoch, by the database's clock."""
    version: Mapped[str] = mapped_column(default="")
