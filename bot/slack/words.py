"""Where a change stands, in words and one emoji: the same on the card, the Home tab and in every list."""

from dataclasses import dataclass
from datetime import datetime

from bot.change.model import Change, Decision, Kind, Outcome, Progress, Recorded, State, Verdict, Want
from bot.slack.text import said


@dataclass(frozen=True)
class Standing:
    emoji: str
    words: str


OUTCOMES = {
    Outcome.SUCCEEDED: Standing("✅", "Deployed"),
    Outcome.FAILED: Standing("❌", "Deploy failed"),
    Outcome.ROLLED_BACK: Standing("↩️", "Rolled back"),
    Outcome.CANCELED: Standing("🚫", "Canceled"),
    Outcome.REJECTED: Standing("⛔", "Rejected"),
    Outcome.EXPIRED: Standing("⌛", "Expired"),
}
STATES = {
    State.NEW: Standing("📝", "Being opened in ServiceNow"),
    State.ASSESS: Standing("⏳", "Waiting for the team's approval (Assess)"),
    State.AUTHORIZE: Standing("⏳", "Waiting for the CAB's approval (Authorize)"),
    State.SCHEDULED: Standing("🗓️", "Scheduled; nobody was asked to approve it"),
    State.IMPLEMENT: Standing("⚙️", "In Implement"),
    State.REVIEW: Standing("🔍", "In review"),
    State.CLOSED: Standing("☑️", "Closed in ServiceNow; no outcome was reported"),
    State.CANCELED: Standing("🚫", "Canceled in ServiceNow"),
}
OVER = (State.CLOSED, State.CANCELED)

RECORDED = {
    Recorded.ON_BEHALF: "Slack · recorded on behalf",
    Recorded.SELF: "Slack · self-authenticated",
    Recorded.DEEP_LINK: "ServiceNow · deep link",
    Recorded.IN_SERVICENOW: "given in ServiceNow",
}
VERDICTS = {
    Verdict.APPROVED: "✓",
    Verdict.REJECTED: "✗",
    Verdict.HELD: "⏸️",
    Verdict.RELEASED: "▶️",
    Verdict.WITHDRAWN: "↩️",
}
NOUNS = {
    Verdict.APPROVED: "approval",
    Verdict.REJECTED: "rejection",
    Verdict.HELD: "hold",
    Verdict.RELEASED: "release",
    Verdict.WITHDRAWN: "withdrawal",
}


def standing(change: Change, now: datetime) -> Standing:
    """Where it stands. "Approved" only when ServiceNow's state says so."""
    if change.alias_of:
        return Standing("🔁", f"The same deploy as {said(change.alias_of, 40)}")
    if change.outcome is not None:
        return OUTCOMES[change.outcome]
    if change.state in OVER:
        return STATES[change.state]
    return _interrupted(change) or _under_way(change, now)


def _interrupted(change: Change) -> Standing | None:
    if change.progress is Progress.STUCK:
        return Standing("⚠️", "Stuck: somebody has to look")
    if change.progress is Progress.STOPPED:
        return Standing("⛔", "Stopped: somebody has to act")
    if change.on_hold:
        return Standing("⏸️", "On hold")
    if change.want is Want.CANCEL:
        return Standing("🚫", "Being canceled")
    return None


def _under_way(change: Change, now: datetime) -> Standing:
    if change.state is None:
        is_listening = change.progress is Progress.LISTENING
        return Standing("🔎", "Reading what it brings") if is_listening else STATES[State.NEW]
    if change.state is State.SCHEDULED and any(d.verdict is Verdict.APPROVED for d in standing_decisions(change)):
        return Standing("👍", "Approved; not cleared yet")
    if change.state is State.IMPLEMENT:
        return _implementing(change, now)
    return STATES[change.state]


def _implementing(change: Change, now: datetime) -> Standing:
    if change.started_at is not None:
        return Standing("🚀", "Deploying")
    if change.cleared_until is None:
        return STATES[State.IMPLEMENT]
    return Standing("🟢", "Cleared to deploy") if now < change.cleared_until else Standing("⌛", "Clearance has ended")


def standing_decisions(change: Change) -> tuple[Decision, ...]:
    """Approvals and rejections nobody took back, that the rules let count, oldest first."""
    kept: dict[tuple[str, State], Decision] = {}
    for decision in change.decisions:
        if decision.verdict in (Verdict.APPROVED, Verdict.REJECTED):
            kept[(decision.by.id, decision.stage)] = decision
        elif decision.verdict is Verdict.WITHDRAWN:
            kept.pop((decision.by.id, decision.stage), None)
    return tuple(d for d in kept.values() if d.is_valid)


def may_be_decided(change: Change) -> bool:
    """Whether an approver is asked for something now."""
    return change.is_waiting_for_approval and change.progress not in (Progress.STOPPED, Progress.STUCK)


def name_of(change: Change) -> str:
    """Its number, or what it is called before it has one."""
    return change.number or "New change"


def what(change: Change) -> str:
    """payments 2.4.1 → production"""
    prefix = "Rollback: " if change.kind is Kind.ROLLBACK else ""
    again = f" (attempt {change.attempt})" if change.attempt > 1 else ""
    return f"{prefix}{said(change.service, 80)} {said(change.version, 80)} → {said(change.environment, 40)}{again}"


def line(change: Change, now: datetime) -> str:
    """One line about it, for lists."""
    here = standing(change, now)
    return f"{here.emoji} *{said(name_of(change))}* {what(change)} · {here.words}"
