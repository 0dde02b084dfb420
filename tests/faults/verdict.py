"""Whether the three systems can tell a disturbed telling from an undisturbed one."""

import difflib
import json
from typing import Any

from bot.story.twice import NOTE
from tests.faults.kinds import Kind
from tests.faults.telling import Told
from tests.faults.watching import MARK

OPENED_TWICE = "Opened twice for one deploy"


def differences(undisturbed: Told, disturbed: Told, kind: Kind) -> str:
    """The lines that differ; empty when nobody can tell."""
    expected, found = (settled(told.state, is_late=kind.comes_late) for told in (undisturbed, disturbed))
    if expected == found:
        return ""
    before, after = (json.dumps(state, indent=1, ensure_ascii=False).splitlines() for state in (expected, found))
    return "\n".join(difflib.unified_diff(before, after, "undisturbed", "disturbed", lineterm=""))


def settled(state: dict[str, Any], *, is_late: bool) -> dict[str, Any]:
    """Without what a fault may rightly leave behind: a word to the requester that it takes longer, and, of what came
    late, a duplicate that was canceled with a note."""
    return {
        "slack": {room: _without_words(messages, is_late=is_late) for room, messages in state["slack"].items()},
        "jira": [_without_notes(issue) if is_late else issue for issue in state["jira"]],
        "servicenow": [change for change in state["servicenow"] if not (is_late and _is_canceled_duplicate(change))],
    }


def _without_words(messages: list[Any], *, is_late: bool) -> list[Any]:
    kept = [m for m in messages if not _is_word(m) and not (is_late and m.get("text") == NOTE)]
    return [{**m, "replies": _without_words(m["replies"], is_late=is_late)} if m.get("replies") else m for m in kept]


def _is_word(message: dict[str, Any]) -> bool:
    return str(message.get("text", "")).startswith(MARK)


def _without_notes(issue: dict[str, Any]) -> dict[str, Any]:
    return {**issue, "comments": [c for c in issue.get("comments", []) if NOTE not in json.dumps(c)]}


def _is_canceled_duplicate(change: dict[str, Any]) -> bool:
    return str(change["state"]).lower() == "canceled" and OPENED_TWICE in json.dumps(change)
