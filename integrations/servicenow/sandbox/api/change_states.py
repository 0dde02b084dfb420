"""Where a change may go, and what the caller decides about it: nextstates, approvals, models."""

from typing import Any

from starlette.responses import JSONResponse, Response

from integrations.servicenow.sandbox import refusals
from integrations.servicenow.sandbox.access import rights
from integrations.servicenow.sandbox.api.changes import change_at, one
from integrations.servicenow.sandbox.api.door import Call
from integrations.servicenow.sandbox.api.shapes import Pairs
from integrations.servicenow.sandbox.data.choices import STATES
from integrations.servicenow.sandbox.data.store import Record
from integrations.servicenow.sandbox.engine import moves, people, writes
from integrations.servicenow.sandbox.engine.models import Transition
from integrations.servicenow.sandbox.instance import Instance
from integrations.standin.world import sys_id_of


def next_states(inst: Instance, call: Call) -> Response:
    """The present state is among the available ones, and conditions are told per transition only."""
    change = change_at(inst, call)
    leaving = moves.ways(inst, change)
    targets = list(dict.fromkeys(way.target for way in leaving))
    states = [*targets, change["state"]]
    return JSONResponse(
        {
            "result": {
                "available_states": states,
                "state_transitions": [[_told(inst, change, w) for w in leaving if w.target == t] for t in targets],
                "state_label": {state: STATES[state] for state in states},
            }
        }
    )


def decide(inst: Instance, call: Call) -> Response:
    """PATCH …/approvals acts for the authenticated user alone, and answers with the change."""
    if call.request.method != inst.switches["approvals_verb"]:
        raise refusals.Refused(405, "Method not supported", "")
    change = change_at(inst, call)
    rights.check_change_api(inst, call.session)
    body = call.body()
    state, comments = str(body.get("state", "")), str(body.get("comments", ""))
    if state not in ("approved", "rejected"):
        raise refusals.bad_request("State must be approved or rejected")
    if state == "rejected" and not comments:
        raise refusals.bad_request("Comments are required to reject")
    row = _own_row(inst, change, call.session.sys_id)
    writes.update(inst, row, {"state": state, "comments": comments}, call.session)
    return one(inst, Pairs(inst, call.session).of(change))


def list_models(inst: Instance, call: Call) -> Response:
    rights.check_table(inst, call.session, "change_request")
    pairs = Pairs(inst, call.session)
    return JSONResponse({"result": [pairs.of(model) for model in inst.store.rows("chg_model")]})


def read_model(inst: Instance, call: Call) -> Response:
    rights.check_table(inst, call.session, "change_request")
    model = inst.store.find("chg_model", call.at("sys_id"))
    if model is None:
        raise refusals.no_record()
    return JSONResponse({"result": Pairs(inst, call.session).of(model)})


def _own_row(inst: Instance, change: Record, user_id: str) -> Record:
    """One of the user's own pending rows; which one is taken of several is not documented."""
    users = [user_id]
    if inst.switches["approvals_take_delegates"]:
        users += people.stands_in_for(inst, user_id)
    rows = inst.store.where("sysapproval_approver", sysapproval=change.sys_id, state="requested")
    own = [row for user in users for row in rows if row["approver"] == user]
    if not own:
        raise refusals.bad_request("User is not authorized to approve or reject this change request")
    return own[-1 if inst.switches["own_row"] == "newest" else 0]


def _told(inst: Instance, change: Record, way: Transition) -> dict[str, Any]:
    conditions = [
        {
            "passed": moves.passes(inst, change, change, name),
            "condition": {"name": name, "description": None, "sys_id": sys_id_of("chg_model_condition", name)},
        }
        for name in way.conditions
    ]
    told = {
        "sys_id": way.sys_id,
        "display_value": f"{STATES[way.origin]} to {STATES[way.target]}",
        "from_state": way.origin,
        "to_state": way.target,
        "transition_available": all(c["passed"] for c in conditions),
        "automatic_transition": way.is_automatic,
    }
    return told | ({"conditions": conditions} if inst.switches["next_states_conditions"] else {})
