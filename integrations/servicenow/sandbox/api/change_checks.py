"""What ServiceNow works out about a change: risk and scheduling conflicts."""

from starlette.responses import JSONResponse, Response

from integrations.servicenow.sandbox import refusals
from integrations.servicenow.sandbox.access import rights
from integrations.servicenow.sandbox.api.changes import change_at
from integrations.servicenow.sandbox.api.door import Call
from integrations.servicenow.sandbox.api.shapes import Pairs
from integrations.servicenow.sandbox.data.store import SYSTEM, Record
from integrations.servicenow.sandbox.instance import Instance
from integrations.standin.world import sys_id_of

# Our instance's risk conditions: by the service's criticality; the highest of the engines wins (docs: "Risk lookup").
RISK_BY_CRITICALITY = {"1": "High", "2": "Moderate"}
NEEDED_FOR_CONFLICTS = ("cmdb_ci", "start_date", "end_date")


def evaluate_risk(inst: Instance, call: Call) -> Response:
    is_standard_path = "/change/standard/" in call.request.url.path
    if is_standard_path != (inst.switches["risk_path"] == "standard"):
        raise refusals.bad_request("Requested URI does not represent any resource", None)
    change = _change_of_any_type(inst, call)
    rights.unwritable(call.session, change, ("risk",))
    if change["active"] != "true":
        raise refusals.bad_request("Risk cannot be evaluated for an inactive change request")
    values = {label: value for value, label in inst.labels("change_request", "risk").items()}
    inst.store.update(change, {"risk": values[_risk_of(inst, change)]}, call.session)
    pairs = Pairs(inst, call.session).of(change)
    shown = {name: pairs[name] for name in ("sys_id", "risk", "impact")}
    for name in ("risk", "impact"):
        shown[name] = {"value": change[name], "display_value": pairs[name]["display_value"]}
    return JSONResponse({"result": shown} if inst.switches["risk_wrapped"] else shown)


def start_conflict_check(inst: Instance, call: Call) -> Response:
    """Answers with the bare sys_id of a worker; the result is there a moment later."""
    change = change_at(inst, call)
    rights.unwritable(call.session, change, ("conflict_status",))
    if not all(change[name] for name in NEEDED_FOR_CONFLICTS):
        raise refusals.bad_request("Conflict detection requires a configuration item and planned dates")
    inst.later(_check_conflicts, inst, change)
    return JSONResponse({"result": sys_id_of("worker", f"conflict {change.sys_id}")})


def read_conflicts(inst: Instance, call: Call) -> Response:
    """The status says Conflict even when there is none (CHG reference says so itself): only the list counts."""
    change = change_at(inst, call)
    found = inst.conflicts.get(change.sys_id, [])
    conflicts = [
        {
            "change": {"display_value": one["number"], "value": one["sys_id"]},
            "type": {"display_value": "CI Already Scheduled", "value": "ci_already_scheduled"},
        }
        for one in found
    ]
    status = "Conflict" if change.sys_id in inst.conflicts else change["conflict_status"]
    about = {
        "status": status,
        "last_run": change["conflict_last_run"],
        "record_count": str(len(found)),
        "job_status": "2",
    }
    return JSONResponse({"result": {**about, "conflicts": conflicts}})


def stop_conflict_check(inst: Instance, call: Call) -> Response:
    change = change_at(inst, call)
    rights.unwritable(call.session, change, ("conflict_status",))
    inst.conflicts.pop(change.sys_id, None)
    return Response(status_code=200)


def _change_of_any_type(inst: Instance, call: Call) -> Record:
    change = inst.store.find("change_request", call.at("sys_id"))
    if change is None or not rights.may_see(inst, call.session, change):
        raise refusals.no_record()
    return change


def _risk_of(inst: Instance, change: Record) -> str:
    services = (inst.store.find("cmdb_ci", change[name]) for name in ("business_service", "cmdb_ci"))
    levels = [RISK_BY_CRITICALITY.get(service["busines_criticality"][:1], "Low") for service in services if service]
    return next((level for level in ("High", "Moderate") if level in levels), "Low")


def _check_conflicts(inst: Instance, change: Record) -> None:
    inst.conflicts[change.sys_id] = [
        dict(other)
        for other in inst.store.where("change_request", cmdb_ci=change["cmdb_ci"], active="true")
        if other is not change
        and other["start_date"]
        and other["start_date"] < change["end_date"]
        and change["start_date"] < other["end_date"]
    ]
    status = "Conflict" if inst.conflicts[change.sys_id] else "No Conflict"
    inst.store.update(change, {"conflict_status": status, "conflict_last_run": inst.store.now()}, SYSTEM)
