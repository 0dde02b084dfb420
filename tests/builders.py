"""Changes and their parts with sensible contents, so that a test names only what matters to it.

People have roles: linus asks, margaret writes, ada approves for the team, grace and barbara for the CAB.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.change.model import (
    ApprovalRow,
    Change,
    Claim,
    Decision,
    Found,
    Kind,
    Level,
    Person,
    Plan,
    Progress,
    Recorded,
    Release,
    Risk,
    RowState,
    State,
    Story,
    Verdict,
    Window,
)

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def person(key: str, name: str = "", **facts: Any) -> Person:
    """person("ada") is Ada as Slack and ServiceNow know her."""
    known = {
        "id": f"p-{key}",
        "name": name or key.title(),
        "slack_id": f"U0{key.upper()}",
        "slack_team": "T0ACME",
        "email": f"{key}@acme.example",
        "sys_user": f"sys-{key}",
    }
    return Person(**(known | facts))


LINUS = person("linus", "Linus Torres")
MARGARET = person("margaret", "Margaret Hale")
ADA = person("ada", "Ada Lovelace")
GRACE = person("grace", "Grace Hopper")
BARBARA = person("barbara", "Barbara Liskov")
SLACK_IDS = {p.sys_user: p.slack_id for p in (LINUS, MARGARET, ADA, GRACE, BARBARA)}


def story(
    key: str = "PAY-101", summary: str = "Retry card payments once when the acquirer times out", **facts: Any
) -> Story:
    known: dict[str, Any] = {"type": "Story", "status": "Done", "url": f"https://jira.example/browse/{key}"}
    return Story(key, summary, **(known | facts))


RESTRICTED = story("PAY-150", "", found=Found.RESTRICTED)
MISSING = story("PAY-999", "", found=Found.MISSING, url="")


def release(**facts: Any) -> Release:
    known: dict[str, Any] = {
        "sha": "a1" * 20,
        "base_sha": "b2" * 20,
        "base_version": "v2.4.0",
        "base_source": "last successful deploy",
        "commits": 7,
        "stories": (story(), story("PAY-102", "Show the real decline reason to the customer")),
        "commits_without_story": ("Tidy the build",),
        "commits_without_story_count": 1,
        "authors": (MARGARET.email,),
    }
    return Release(**(known | facts))


def plan(**facts: Any) -> Plan:
    known: dict[str, Any] = {
        "short_description": "Deploy payments 2.4.1 to production",
        "description": "7 commits since v2.4.0",
        "justification": "Refunds are rounded wrongly",
        "affected": "Everybody who pays by card, in all shops.",
        "implementation": "The pipeline deploys 2.4.1 to production.",
        "test": "The pipeline's tests passed for 2.4.1.",
        "backout": "Roll back with `/deploy payments 2.4.0 to production`.",
        "risk": Risk(Level.MODERATE, ("touches payments",)),
        "risk_impact": "Payments may fail for minutes.",
        "impact": 2,
        "window": Window(NOW, NOW + timedelta(hours=4)),
        "configuration_item": "Payments API",
        "assignment_group": "Payments Engineering",
        "fingerprint": "c3" * 32,
    }
    return Plan(**(known | facts))


def row(of: Person = ADA, state: RowState = RowState.REQUESTED, **facts: Any) -> ApprovalRow:
    """row(ada) asks Ada, as a member of her team."""
    known: dict[str, Any] = {
        "sys_id": f"row-{of.id}",
        "approver": of.sys_user,
        "approver_name": of.name,
        "approver_email": of.email,
        "group": "Payments Engineering" if of in (ADA, MARGARET, LINUS) else "CAB Approval",
    }
    return ApprovalRow(state=state, **(known | facts))


def decision(
    of: Person = ADA, verdict: Verdict = Verdict.APPROVED, stage: State = State.ASSESS, **facts: Any
) -> Decision:
    known: dict[str, Any] = {
        "id": f"d-{of.id}-{verdict}-{stage}",
        "by": of,
        "name": of.name,
        "at": NOW + timedelta(minutes=3),
        "recorded": Recorded.ON_BEHALF,
    }
    return Decision(verdict=verdict, stage=stage, **(known | facts))


def claim(of: Person = ADA, verdict: Verdict = Verdict.APPROVED, **facts: Any) -> Claim:
    known: dict[str, Any] = {"id": f"k-{of.id}-{verdict}", "change_id": "change-1", "at": NOW}
    return Claim(by=of, verdict=verdict, **(known | facts))


def change(**facts: Any) -> Change:
    """A deploy of payments that waits for its team's approval."""
    known: dict[str, Any] = {
        "id": "change-1",
        "service": "payments",
        "environment": "production",
        "kind": Kind.DEPLOY,
        "version": "2.4.1",
        "requested_by": LINUS,
        "requested_at": NOW,
        "why": "Refunds are rounded wrongly",
        "channel": "C0PAYMENTS",
        "key": "e5" * 32,
        "number": "CHG0030042",
        "sys_id": "f6" * 16,
        "state": State.ASSESS,
        "progress": Progress.WAITING,
        "release": release(),
        "plan": plan(),
        "rows": (row(ADA), row(MARGARET)),
        "slack_ids": SLACK_IDS,
    }
    return Change(**(known | facts))


def at_authorize(**facts: Any) -> Change:
    """The team has approved, the CAB is asked."""
    rows = (row(ADA, RowState.APPROVED), row(MARGARET, RowState.NOT_REQUIRED), row(GRACE), row(BARBARA))
    known: dict[str, Any] = {"state": State.AUTHORIZE, "rows": rows, "decisions": (decision(ADA),)}
    return change(**(known | facts))


def scheduled(**facts: Any) -> Change:
    """Everybody asked has approved."""
    decisions = (decision(ADA), decision(GRACE, stage=State.AUTHORIZE))
    known: dict[str, Any] = {
        "state": State.SCHEDULED,
        "progress": Progress.APPROVED,
        "rows": (),
        "decisions": decisions,
    }
    return change(**(known | facts))


def cleared(**facts: Any) -> Change:
    """It may go."""
    known: dict[str, Any] = {
        "state": State.IMPLEMENT,
        "progress": Progress.CLEARED,
        "cleared_until": NOW + timedelta(hours=4),
    }
    return replace(scheduled(), **(known | facts))
