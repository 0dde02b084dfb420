"""The whole system as JSON, for comparing end states: names instead of ids, no times."""

import hashlib
from typing import Any

from integrations.servicenow.sandbox.data.store import Record
from integrations.servicenow.sandbox.engine import approvals, tasks
from integrations.servicenow.sandbox.instance import Instance

TEXTS = (
    *("short_description", "description", "justification", "implementation_plan", "backout_plan", "test_plan"),
    *("risk_impact_analysis", "correlation_id", "correlation_display", "start_date", "end_date", "work_start"),
    *("work_end", "category", "reason", "close_code", "close_notes", "on_hold_reason", "type", "approval"),
)
CHOSEN = ("state", "risk", "impact", "urgency", "priority")
REFERRED = {
    "sys_user": ("requested_by", "opened_by", "assigned_to", "closed_by"),
    "sys_user_group": ("assignment_group",),
    "cmdb_ci": ("cmdb_ci", "business_service"),
    "chg_model": ("chg_model",),
    "std_change_producer_version": ("std_change_producer_version",),
}
NAMED_BY = {"sys_user": "user_name"}


def report(inst: Instance) -> dict[str, Any]:
    """Every change, oldest first, with all that hangs on it."""
    return {"changes": [_change(inst, change) for change in inst.store.rows("change_request")]}


def _change(inst: Instance, change: Record) -> dict[str, Any]:
    return {
        "number": change["number"],
        "sys_id": change.sys_id,
        **{name: inst.labels("change_request", name).get(change[name], change[name]) for name in CHOSEN},
        **{name: change[name] for name in TEXTS},
        **{name: _name(inst, table, change[name]) for table, names in REFERRED.items() for name in names},
        "on_hold": change["on_hold"] == "true",
        "active": change["active"] == "true",
        "work_notes": _journal(inst, change, "work_notes"),
        "comments": _journal(inst, change, "comments"),
        "approvals": [_approval(inst, row) for row in approvals.rows_of(inst, change)],
        "tasks": [_task(inst, task) for task in tasks.of(inst, change)],
        "attachments": [_file(inst, row) for row in _files(inst, change)],
    }


def _approval(inst: Instance, row: Record) -> dict[str, Any]:
    group = inst.store.find("sysapproval_group", row["group"])
    return {
        "approver": _name(inst, "sys_user", row["approver"]),
        "group": _name(inst, "sys_user_group", group["assignment_group"]) if group else "",
        "state": row["state"],
        "by": row["sys_updated_by"],
        "comments": _journal(inst, row, "comments"),
    }


def _task(inst: Instance, task: Record) -> dict[str, Any]:
    return {
        "number": task["number"],
        "short_description": task["short_description"],
        "description": task["description"],
        "state": inst.labels("change_task", "state").get(task["state"], task["state"]),
        "assignment_group": _name(inst, "sys_user_group", task["assignment_group"]),
        "correlation_id": task["correlation_id"],
        "by": task["sys_created_by"],
    }


def _files(inst: Instance, change: Record) -> list[Record]:
    """Those the form shows: what was hung on it as on a ``task`` is not among them."""
    return inst.store.where("sys_attachment", table_name=change.table, table_sys_id=change.sys_id)


def _file(inst: Instance, row: Record) -> dict[str, Any]:
    content = inst.files[row.sys_id]
    return {
        "file_name": row["file_name"],
        "content_type": row["content_type"],
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _journal(inst: Instance, record: Record, element: str) -> list[dict[str, str]]:
    return [{"by": e["sys_created_by"], "text": e["value"]} for e in inst.store.journal(record, element)]


def _name(inst: Instance, table: str, sys_id: str) -> str:
    record = inst.store.find(table, sys_id)
    return record[NAMED_BY.get(table, "name")] if record else sys_id
