"""The gate: may this sha go to this environment now? It fails closed, and has no switch to open."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.change.lifecycle import BLOCKING, is_cleared, where_it_stands
from bot.change.model import Change


@dataclass(frozen=True)
class Gate:
    is_open: bool
    reason: str


def gate(change: Change | None, *, sha: str, now: datetime, asked_at: datetime | None, patience: timedelta) -> Gate:
    """Open only for the sha that was approved, in Implement, inside its window, by a ServiceNow that answers.

    asked_at: when ServiceNow last told what had changed. patience: how old that may be; a hold since then is unseen.
    """
    if change is None:
        return Gate(False, "no change is known for this deploy")
    if change.on_hold:
        return Gate(False, f"{change.number} is on hold")
    if any(finding.kind in BLOCKING for finding in change.findings):
        return Gate(False, f"a rule was broken on {change.number or change.title}: see its card")
    if not is_cleared(change) or change.cleared_until is None:
        return Gate(False, f"{change.number or change.title} is {where_it_stands(change)}")
    if now >= change.cleared_until:
        return Gate(False, f"{change.number}'s window is over since {change.cleared_until:%Y-%m-%d %H:%M} UTC")
    if sha and change.release and not _is_same(sha, change.release.sha):
        return Gate(False, f"{change.number} was approved for {change.release.sha[:12]}, not for {sha[:12]}")
    heard_at = max((time for time in (asked_at, change.seen_at) if time), default=None)
    if heard_at is None or now - heard_at > patience:
        since = f" since {heard_at:%Y-%m-%d %H:%M} UTC" if heard_at else ""
        return Gate(False, f"ServiceNow has not answered{since}, so nobody knows whether {change.number} still stands")
    return Gate(True, f"{change.number} is cleared until {change.cleared_until:%Y-%m-%d %H:%M} UTC")


def _is_same(given: str, approved: str) -> bool:
    return len(given) >= 7 and approved.startswith(given.lower())
