"""Who decided what, when, from where, and how it got into ServiceNow."""

from bot.change.model import Change, Decision, Verdict
from bot.slack import times
from bot.slack.text import said
from bot.slack.words import RECORDED, VERDICTS, standing_decisions

MOST = 4


def approvals(change: Change) -> list[str]:
    """Those that stand, and those that do not count."""
    barred = [d for d in change.decisions if d.verdict is Verdict.APPROVED and not d.is_valid]
    lines = [verdict_line(decision) for decision in standing_decisions(change)]
    lines += [f"⚠️ {said(d.name or d.by.name, 80)}: does not count" for d in barred]
    return lines if len(lines) <= MOST else [f"{len(lines) - MOST} earlier", *lines[-MOST:]]


def verdict_line(decision: Decision) -> str:
    """✓ Ada Lovelace · 14:03 UTC · Slack · recorded on behalf"""
    sign = VERDICTS[decision.verdict]
    name = said(decision.name or decision.by.name or "somebody", 80)
    why = f": {said(decision.reason, 150)}" if decision.reason else ""
    return f"{sign} {name} · {times.clock_time(decision.at)} · {RECORDED[decision.recorded]}{why}"
