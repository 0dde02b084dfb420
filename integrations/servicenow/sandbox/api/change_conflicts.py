"""Scheduling conflicts of a change: ``/api/sn_chg_rest/change/{sys_id}/conflict``."""

from typing import Any

from starlette.responses import JSONResponse, Response

from integrations.servicenow.sandbox import refusals
from integrations.servicenow.sandbox.access import rights
from integrations.servicenow.sandbox.api.changes import change_at
from integrations.servicenow.sandbox.api.door import Call
from integrations.servicenow.sandbox.data.choices import CONFLICTS
from integrations.servicenow.sandbox.data.store import Record
from integrations.servicenow.sandbox.engine import conflicts
from integrations.servicenow.sandbox.instance import Instance


def start_conflict_check(inst: Instance, call: Call) -> Response:
    """Answers with the bare sys_id of a worker; the result is there a moment later."""
    change = change_at(inst, call)
    rights.check_change_api(inst, call.session)
    rights.unwritable(inst, call.session, change, ("conflict_status",))
    if not conflicts.can_run(change):
        raise refusals.bad_request("Conflict detection requires a configuration item and planned dates")
    if conflicts.running(inst, change):
        raise refusals.bad_request("Conflict detection is already running for this change request")
    return JSONResponse({"result": conflicts.run(inst, change).sys_id})


def read_conflicts(inst: Instance, call: Call) -> Response:
    """The status says Conflict even when there is none (CHG reference says so itself): only the list counts."""
    change = change_at(inst, call)
    found = conflicts.found(inst, change)
    has_run = change.sys_id in inst.checks and not conflicts.running(inst, change)
    about = {
        "status": "Conflict" if has_run else change["conflict_status"],
        "last_run": change["conflict_last_run"],
        "record_count": str(len(found)),
        "job_status": "2",
    }
    return JSONResponse({"result": {**about, "conflicts": [_told(inst, change, row) for row in found]}})


def stop_conflict_check(inst: Instance, call: Call) -> Response:
    change = change_at(inst, call)
    rights.unwritable(inst, call.session, change, ("conflict_status",))
    conflicts.forget(inst, change)
    return Response(status_code=200)


def _told(inst: Instance, change: Record, row: Record) -> dict[str, Any]:
    """The change in the way; of a window or a blackout, the change itself."""
    other = inst.store.find("change_request", row["conflicting_change"]) or change
    return {
        "change": {"display_value": other["number"], "value": other.sys_id},
        "type": {"display_value": CONFLICTS[row["type"]], "value": row["type"]},
    }
