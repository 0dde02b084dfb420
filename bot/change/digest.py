"""The digest: what a change manager has to know, and when each audience is told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.change.lifecycle import WAITING
from bot.change.model import Change, Finding, Outcome, Progress, RowState, State, Verdict, Window
from bot.change.policy import Digest, Policy

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CATCH_UP = timedelta(hours=4)
"""A digest that could not be sent at its time is sent until so much later, and then not any more."""

OURS = "correlation_idSTARTSWITHcabbie-"
# ServiceNow, "Normal, standard and emergency change states": the values of change_request.state.
COUNTED: tuple[tuple[str, frozenset[State], str], ...] = (
    ("waiting for approval", WAITING, "stateIN-4,-3"),
    ("scheduled", frozenset({State.SCHEDULED}), "state=-2"),
    ("in implement", frozenset({State.IMPLEMENT}), "state=-1"),
    ("in review", frozenset({State.REVIEW}), "state=0"),
)
BAD_ENDS = (Outcome.FAILED, Outcome.ROLLED_BACK, Outcome.REJECTED, Outcome.EXPIRED)
TOLD_WITH_THE_CHANGE = ("went wrong", "stuck")
"""Findings that say no more than the change's own line."""


@dataclass(frozen=True)
class Count:
    """How many changes ServiceNow holds in some states, and the encoded query that confirms it."""

    what: str
    number: int
    query: str
    """Empty where no query can tell this audience's changes from others."""


@dataclass(frozen=True)
class Wait:
    """A change that waits for people."""

    number: str
    sys_id: str
    what: str
    for_whom: tuple[str, ...]
    """Groups, or people asked directly; none while ServiceNow asks nobody."""
    since: datetime
    expires_at: datetime | None = None
    is_on_hold: bool = False


@dataclass(frozen=True)
class Planned:
    """A change whose window is to come, or that is cleared."""

    number: str
    sys_id: str
    what: str
    window: Window
    standing: str
    """scheduled, cleared or deploying."""


@dataclass(frozen=True)
class Wrong:
    """Something that did not go as it should."""

    how: str
    """An outcome, "stopped", "stuck", or a finding's kind."""
    what: str
    why: str = ""
    number: str = ""
    sys_id: str = ""


@dataclass(frozen=True)
class Orphans:
    """The commits of one change that name no story."""

    number: str
    sys_id: str
    commits: int


@dataclass(frozen=True)
class Facts:
    """One audience's digest. Times are in the audience's zone; every list is complete, most pressing first."""

    as_of: datetime
    since: datetime
    """When the audience was last told what went wrong."""
    counts: tuple[Count, ...]
    waits: tuple[Wait, ...]
    planned: tuple[Planned, ...]
    wrong: tuple[Wrong, ...]
    orphans: tuple[Orphans, ...]

    @property
    def commits_without_story(self) -> int:
        return sum(change.commits for change in self.orphans)

    @property
    def is_quiet(self) -> bool:
        return not (self.wrong or self.waits or self.planned or self.orphans or any(c.number for c in self.counts))


# --------------------------------------------------------------------------------------------------------------- what


def facts_of(
    audience: Digest,
    policy: Policy,
    changes: Iterable[Change],
    findings: Iterable[Finding],
    *,
    since: datetime,
    now: datetime,
) -> Facts:
    """What this audience has to know now.

    changes: those under way, those over that ServiceNow still holds in review, and those that ended since."""
    zone = ZoneInfo(audience.time_zone)
    mine = [c for c in changes if not c.alias_of and _concerns(audience, c.service)]
    mine.sort(key=lambda change: (change.requested_at, change.id))
    found = [f for f in findings if since <= f.at < now and _concerns(audience, f.service)]
    planned = [_planned(change, zone) for change in mine if _is_planned(change)]
    return Facts(
        as_of=now.astimezone(zone),
        since=since.astimezone(zone),
        counts=_counts(mine, _scope(audience, policy)),
        waits=tuple(_wait(change, zone) for change in mine if _waits(change)),
        planned=tuple(sorted(planned, key=lambda one: (one.window.start, one.number))),
        wrong=(*_found(found, mine), *_stopped(mine), *_ended_badly(mine, since, now)),
        orphans=tuple(_orphans(mine, since, now)),
    )


def _concerns(audience: Digest, service: str) -> bool:
    return not audience.services or service in audience.services


def _scope(audience: Digest, policy: Policy) -> str | None:
    """What narrows a query to the audience's services; None where their items are others' too, or break a query."""
    if not audience.services:
        return ""
    items = {s.configuration_item for s in policy.services if s.service in audience.services}
    others = {s.configuration_item for s in policy.services if s.service not in audience.services}
    if items & others or any("^" in item for item in items):
        return None
    return "^" + "^OR".join(f"cmdb_ci.name={item}" for item in sorted(items))


def _counts(changes: Iterable[Change], scope: str | None) -> tuple[Count, ...]:
    states = [change.state for change in changes if change.number]
    return tuple(
        Count(what, sum(state in among for state in states), "" if scope is None else f"{OURS}^{condition}{scope}")
        for what, among, condition in COUNTED
    )


def _waits(change: Change) -> bool:
    return change.state in WAITING and change.outcome is None


def _wait(change: Change, zone: ZoneInfo) -> Wait:
    asked = {row.group or row.approver_name for row in change.rows if row.state is RowState.REQUESTED}
    return Wait(
        number=change.number,
        sys_id=change.sys_id,
        what=change.title,
        for_whom=tuple(sorted(asked)),
        since=change.requested_at.astimezone(zone),
        expires_at=change.expires_at.astimezone(zone) if change.expires_at else None,
        is_on_hold=change.on_hold,
    )


def _is_planned(change: Change) -> bool:
    return change.state in (State.SCHEDULED, State.IMPLEMENT) and change.outcome is None and change.plan is not None


def _planned(change: Change, zone: ZoneInfo) -> Planned:
    assert change.plan is not None
    window = change.plan.window
    is_cleared = change.state is State.IMPLEMENT
    standing = "deploying" if is_cleared and change.started_at else "cleared" if is_cleared else "scheduled"
    return Planned(
        number=change.number,
        sys_id=change.sys_id,
        what=change.title,
        window=Window(window.start.astimezone(zone), window.end.astimezone(zone)),
        standing="on hold" if change.on_hold else standing,
    )


def _found(findings: Iterable[Finding], changes: Iterable[Change]) -> list[Wrong]:
    known = {change.id: change for change in changes}
    lines = []
    for finding in findings:
        change = known.get(finding.change_id)
        if change and finding.kind in TOLD_WITH_THE_CHANGE:
            continue
        number, sys_id = (change.number, change.sys_id) if change else ("", "")
        lines.append(Wrong(finding.kind, finding.sentence, number=number, sys_id=sys_id))
    return lines


def _stopped(changes: Iterable[Change]) -> list[Wrong]:
    """Those that wait for a person to mend something: told each time until it is mended."""
    stopped = [c for c in changes if c.progress in (Progress.STOPPED, Progress.STUCK) and c.outcome is None]
    return [Wrong(c.progress.value, c.title, c.stopped_because, c.number, c.sys_id) for c in stopped]


def _ended_badly(changes: Iterable[Change], since: datetime, now: datetime) -> list[Wrong]:
    ended = [c for c in changes if c.outcome in BAD_ENDS and since <= ended_at(c) < now]
    ended.sort(key=lambda c: (BAD_ENDS.index(c.outcome or Outcome.FAILED), ended_at(c)))
    return [Wrong(str(c.outcome), c.title, _why(c), c.number, c.sys_id) for c in ended]


def ended_at(change: Change) -> datetime:
    """When it was reported, or seen, to have ended."""
    return change.finished_at or change.stage_at or change.seen_at or change.requested_at


def _why(change: Change) -> str:
    if change.outcome is Outcome.REJECTED:
        rejected = next((d for d in reversed(change.decisions) if d.verdict is Verdict.REJECTED), None)
        if rejected:
            return ": ".join(part for part in (f"by {rejected.name}", rejected.reason) if part)
    return change.outcome_why


def _orphans(changes: Iterable[Change], since: datetime, now: datetime) -> Iterable[Orphans]:
    """Of the changes under way, and of those that ended since."""
    for change in changes:
        is_news = change.outcome is None or since <= ended_at(change) < now
        if is_news and change.release and change.release.commits_without_story_count:
            yield Orphans(change.number, change.sys_id, change.release.commits_without_story_count)


# --------------------------------------------------------------------------------------------------------------- when


def is_due(digest: Digest, now: datetime) -> date | None:
    """The local date whose digest is to be sent now, if it was not sent already.

    A time that a clock change skips counts as the moment after it; one that comes twice counts the first time."""
    today = now.astimezone(ZoneInfo(digest.time_zone)).date()
    # Yesterday's too: the digest of a late evening may be caught up after midnight.
    for day in (today - timedelta(days=1), today):
        if _is_working(digest, day) and _moment(digest, day) <= now <= _moment(digest, day) + CATCH_UP:
            return day
    return None


def last_told(digest: Digest, now: datetime) -> datetime:
    """When an audience that was never told anything should have been told last, before the one that is due now."""
    today = now.astimezone(ZoneInfo(digest.time_zone)).date()
    for back in range(8):
        day = today - timedelta(days=back)
        if _is_working(digest, day) and _moment(digest, day) + CATCH_UP < now:
            return _moment(digest, day)
    return now - timedelta(days=1)


def _is_working(digest: Digest, day: date) -> bool:
    return DAYS[day.weekday()] in digest.working_days


def _moment(digest: Digest, day: date) -> datetime:
    local = datetime.combine(day, digest.at, tzinfo=ZoneInfo(digest.time_zone))
    return local.replace(fold=0).astimezone(UTC)
