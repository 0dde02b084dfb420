"""Rows to facts and back: nothing outside this package sees a row."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter

from bot.change.announcement import Question
from bot.change.model import (
    ApprovalRow,
    Change,
    Claim,
    Commit,
    Decision,
    Finding,
    Hands,
    Kind,
    Outcome,
    Person,
    Plan,
    Progress,
    Projection,
    Recorded,
    Release,
    State,
    Story,
    Transport,
    Trouble,
    Verdict,
    Want,
)
from bot.ledger.tables import ChangeRow, ClaimRow, FindingRow, PersonRow, ProjectionRow, VerdictRow

COMMITS = TypeAdapter(tuple[Commit, ...])
RELEASE = TypeAdapter(Release)
PLAN = TypeAdapter(Plan)
APPROVALS = TypeAdapter(tuple[ApprovalRow, ...])
STORY = TypeAdapter(Story)
HANDS = TypeAdapter(Hands)
TROUBLES = TypeAdapter(dict[str, Trouble])
QUESTION = TypeAdapter(Question)

PLAIN = [
    "service",
    "environment",
    "version",
    "requested_at",
    "why",
    "source",
    "channel",
    "announced_sha",
    "url",
    "attempt",
    "approval",
    "on_hold",
    "stopped_because",
    "revision",
    "expires_at",
    "approved_at",
    "cleared_until",
    "started_at",
    "finished_at",
    "outcome_source",
    "outcome_why",
    "seen_at",
    "stage_at",
    "look_at",
    "wake_at",
    "trouble",
    "alias_of",
]
"""Columns that are the fact, letter by letter."""


def person_of(row: PersonRow) -> Person:
    return Person(
        id=row.id,
        name=row.name,
        slack_id=row.slack_id or "",
        slack_team=row.slack_team or "",
        email=row.email,
        sys_user=row.sys_user or "",
        bound_by=row.bound_by,
    )


def claim_of(row: ClaimRow, by: Person) -> Claim:
    return Claim(
        id=row.id,
        change_id=row.change_id,
        by=by,
        verdict=Verdict(row.verdict),
        at=row.at,
        reason=row.reason,
        fingerprint=row.fingerprint,
        card=row.card,
        channel=row.channel,
        message_ts=row.message_ts,
        action_ts=row.action_ts,
        delivery=row.delivery,
        transport=Transport(row.transport),
        response_url=row.response_url,
        progress=row.progress,
        row=row.row,
        recorded=Recorded(row.recorded) if row.recorded else None,
        sentence=row.sentence,
    )


def decision_of(row: VerdictRow, by: Person) -> Decision:
    return Decision(
        id=row.id,
        by=by,
        name=by.name,
        verdict=Verdict(row.verdict),
        at=row.at,
        stage=State(row.stage),
        recorded=Recorded(row.recorded),
        reason=row.reason,
        row=row.row,
        mod_count=row.mod_count,
        is_valid=row.is_valid,
    )


def projection_of(row: ProjectionRow) -> Projection:
    return Projection(kind=row.kind, target=row.target, shown=row.shown, ref=row.ref, sent_at=row.sent_at)


def finding_of(row: FindingRow) -> Finding:
    return Finding(
        id=row.id,
        kind=row.kind,
        sentence=row.sentence,
        at=row.at,
        change_id=row.change_id or "",
        service=row.service,
        is_open=row.is_open,
    )


def change_of(row: ChangeRow, requested_by: Person, outcome_by: Person | None, stories: Iterable[Story]) -> Change:
    """The change without what others wrote about it: claims, decisions, projections, findings come beside."""
    release = RELEASE.validate_python(row.release) if row.release else None
    return Change(
        id=row.id,
        kind=Kind(row.kind),
        requested_by=requested_by,
        announced_commits=COMMITS.validate_python(row.announced_commits),
        key=row.key or "",
        number=row.number or "",
        sys_id=row.sys_id or "",
        state=State(row.state) if row.state else None,
        want=Want(row.want),
        progress=Progress(row.progress),
        release=replace(release, stories=tuple(stories)) if release else None,
        plan=PLAN.validate_python(row.plan) if row.plan else None,
        rows=APPROVALS.validate_python(row.rows),
        outcome=Outcome(row.outcome) if row.outcome else None,
        outcome_by=outcome_by,
        hands=HANDS.validate_python(row.hands) if row.hands else None,
        troubles=TROUBLES.validate_python(row.troubles),
        **{name: getattr(row, name) for name in PLAIN},
    )


def columns_of(facts: dict[str, Any]) -> dict[str, Any]:
    """Changed facts as columns. Stories have rows of their own."""
    columns = dict(facts)
    if release := columns.get("release"):
        columns["release"] = RELEASE.dump_python(replace(release, stories=()), mode="json")
        columns["sha"] = release.sha
    if plan := columns.get("plan"):
        columns["plan"] = PLAN.dump_python(plan, mode="json")
    if "rows" in columns:
        columns["rows"] = APPROVALS.dump_python(columns["rows"], mode="json")
    if hands := columns.get("hands"):
        columns["hands"] = HANDS.dump_python(hands, mode="json")
    if "troubles" in columns:
        columns["troubles"] = TROUBLES.dump_python(dict(columns["troubles"]), mode="json")
    if "announced_commits" in columns:
        columns["announced_commits"] = COMMITS.dump_python(columns["announced_commits"], mode="json")
    if isinstance(columns.get("outcome_by"), Person):
        columns["outcome_by"] = columns["outcome_by"].id
    return {name: value.value if hasattr(value, "value") else value for name, value in columns.items()}
