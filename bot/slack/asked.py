"""Whom ServiceNow asks to decide now, and which of them may be called by name in Slack."""

from collections.abc import Mapping

from bot.change.approval import eligible
from bot.change.model import ApprovalRow, Change
from bot.slack.blocks import mention
from bot.slack.text import said

MOST_MENTIONS = 10
MOST_NAMES = 4


def asked(change: Change) -> tuple[ApprovalRow, ...]:
    """The open rows of people who may decide: neither who asked for it nor who wrote part of it."""
    authors = set(change.release.authors) if change.release else set()
    requester = change.requested_by
    excluded = {requester.email.lower(), *authors} - {""}
    return tuple(row for row in eligible(change.rows, change.excluded) if row.approver_email.lower() not in excluded)


def mentions(change: Change, people: Mapping[str, str]) -> str:
    """Them, as mentions; those without a known Slack account are left to ServiceNow's own mail."""
    found = dict.fromkeys(people[row.approver] for row in asked(change) if people.get(row.approver))
    return _some([mention(slack_id) for slack_id in found], MOST_MENTIONS, " ")


def names(change: Change) -> str:
    """Them, as their groups' names, or their own when they were asked directly."""
    found = dict.fromkeys(said(row.group or row.approver_name, 60) for row in asked(change))
    return _some([name for name in found if name], MOST_NAMES, ", ")


def _some(parts: list[str], most: int, between: str) -> str:
    more = f" and {len(parts) - most} more" if len(parts) > most else ""
    return between.join(parts[:most]) + more
