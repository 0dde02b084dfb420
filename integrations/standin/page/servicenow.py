"""Changes as the page shows them: how far they came, who was asked, what was written."""

from collections.abc import Mapping
from typing import Any

from integrations.standin.world import Human

WAYS = {
    "normal": ("New", "Assess", "Authorize", "Scheduled", "Implement", "Review", "Closed"),
    "emergency": ("New", "Authorize", "Scheduled", "Implement", "Review", "Closed"),
    "standard": ("New", "Scheduled", "Implement", "Review", "Closed"),
}
APPROVAL_LABELS = {
    "not requested": "Not yet requested",
    "requested": "Requested",
    "approved": "Approved",
    "rejected": "Rejected",
    "cancelled": "Cancelled",
    "not_required": "No longer required",
}
FACTS = {
    "Approval": "approval",
    "Risk": "risk",
    "Requested by": "requested_by",
    "Assignment group": "assignment_group",
    "Service": "cmdb_ci",
    "Business service": "business_service",
    "Planned start": "start_date",
    "Planned end": "end_date",
    "Actual start": "work_start",
    "Actual end": "work_end",
    "Close code": "close_code",
    "Opened by": "opened_by",
}
TEXTS = {
    "Description": "description",
    "Justification": "justification",
    "Implementation plan": "implementation_plan",
    "Backout plan": "backout_plan",
    "Test plan": "test_plan",
    "Risk and impact analysis": "risk_impact_analysis",
    "Close notes": "close_notes",
}
JOURNALS = {"Work note": "work_notes", "Comment": "comments"}
OVER = ("Closed", "Canceled")
"""States of a task that is done with."""
ALWAYS_SHOWN = frozenset({"Approval", "Risk", "Requested by", "Assignment group", "Planned start", "Planned end"})


def view(state: dict[str, Any], people: Mapping[str, Human], url: str) -> dict[str, Any]:
    """Every change, the newest first."""
    return {"changes": [_change(change, people, url) for change in reversed(state["changes"])]}


def _change(change: dict[str, Any], people: Mapping[str, Human], url: str) -> dict[str, Any]:
    facts = {label: _name(change[name], people) for label, name in FACTS.items()}
    return {
        "number": change["number"],
        "url": f"{url}/change_request.do?sys_id={change['sys_id']}",
        "type": change["type"],
        "state": change["state"],
        "short_description": change["short_description"],
        "steps": _steps(change["type"], change["state"]),
        "on_hold": change["on_hold"],
        "on_hold_reason": change["on_hold_reason"],
        "facts": [{"label": label, "value": value} for label, value in facts.items() if value or label in ALWAYS_SHOWN],
        "texts": [{"label": label, "text": change[name]} for label, name in TEXTS.items() if change[name]],
        "approvals": [_approval(row, people) for row in change["approvals"]],
        "tasks": [_task(task) for task in change["tasks"]],
        "attachments": [{"name": file["file_name"], "size": file["size"]} for file in change["attachments"]],
        "journal": [
            {"by": _name(entry["by"], people), "kind": kind, "text": entry["text"]}
            for kind, name in JOURNALS.items()
            for entry in change[name]
        ],
    }


def _steps(kind: str, state: str) -> list[dict[str, str]]:
    """The way of this type of change, and where on it the change stands; a canceled one stands beside it."""
    way = WAYS.get(kind, WAYS["normal"])
    if state not in way:
        return [{"label": label, "is": "todo"} for label in way] + [{"label": state, "is": "ended"}]
    at = way.index(state)
    words = ["done"] * at + ["now"] + ["todo"] * (len(way) - at - 1)
    return [{"label": label, "is": word} for label, word in zip(way, words, strict=True)]


def _approval(row: dict[str, Any], people: Mapping[str, Human]) -> dict[str, Any]:
    return {
        "person": row["approver"] if row["approver"] in people else None,
        "name": _name(row["approver"], people),
        "group": row["group"],
        "state": row["state"],
        "label": APPROVAL_LABELS.get(row["state"], row["state"]),
        "comments": [entry["text"] for entry in row["comments"]],
        "by": _name(row["by"], people),
    }


def _task(task: dict[str, Any]) -> dict[str, Any]:
    is_open = task["state"] not in OVER
    return {"number": task["number"], "state": task["state"], "text": task["short_description"], "is_open": is_open}


def _name(key: str, people: Mapping[str, Human]) -> str:
    """A person's name for their user name; anything else as it is."""
    return people[key].name if key in people else key
