"""Working out a change's risk: ``PATCH /api/sn_chg_rest/change/{sys_id}/risk``."""

from starlette.responses import JSONResponse, Response

from integrations.servicenow.sandbox import refusals
from integrations.servicenow.sandbox.access import rights
from integrations.servicenow.sandbox.api.door import Call
from integrations.servicenow.sandbox.api.shapes import Pairs
from integrations.servicenow.sandbox.data.store import Record
from integrations.servicenow.sandbox.engine import risk
from integrations.servicenow.sandbox.instance import Instance


def evaluate_risk(inst: Instance, call: Call) -> Response:
    """Values are strings here, and there is no ``result`` around them unless a switch says so."""
    is_standard_path = "/change/standard/" in call.request.url.path
    if is_standard_path != (inst.switches["risk_path"] == "standard"):
        raise refusals.bad_request("Requested URI does not represent any resource", None)
    change = _change_of_any_type(inst, call)
    rights.check_change_api(inst, call.session)
    rights.unwritable(inst, call.session, change, ("risk",))
    if change["active"] != "true":
        raise refusals.bad_request("Risk cannot be evaluated for an inactive change request")
    inst.store.update(change, {"risk": risk.value_of(inst, risk.level_of(inst, change))}, call.session)
    pairs = Pairs(inst, call.session).of(change)
    shown = {name: pairs[name] for name in ("sys_id", "risk", "impact") if name in pairs}
    for name in shown.keys() - {"sys_id"}:
        shown[name] = {"value": change[name], "display_value": pairs[name]["display_value"]}
    return JSONResponse({"result": shown} if inst.switches["risk_wrapped"] else shown)


def _change_of_any_type(inst: Instance, call: Call) -> Record:
    change = inst.store.find("change_request", call.at("sys_id"))
    if change is None or not rights.may_see(inst, call.session, change):
        raise refusals.no_record()
    return change
