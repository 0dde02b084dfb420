"""The tasks of a change: ``/api/sn_chg_rest/change/{sys_id}/task``."""

from starlette.responses import JSONResponse, Response

from integrations.servicenow.sandbox import refusals
from integrations.servicenow.sandbox.access import rights
from integrations.servicenow.sandbox.api.changes import change_at, one, page_of, sent, taken
from integrations.servicenow.sandbox.api.door import Call
from integrations.servicenow.sandbox.api.shapes import Pairs
from integrations.servicenow.sandbox.data.finding import find_all
from integrations.servicenow.sandbox.data.schema import TABLES
from integrations.servicenow.sandbox.data.store import Record
from integrations.servicenow.sandbox.engine import deletions, tasks, writes
from integrations.servicenow.sandbox.instance import Instance

OWN = ("change_request", "parent")


def list_tasks(inst: Instance, call: Call) -> Response:
    _check_path(inst, call)
    pairs, change = Pairs(inst, call.session), change_at(inst, call)
    query = f"change_request={change.sys_id}^{call.query.get('sysparm_query', '')}"
    found = find_all(inst, "change_task", query, call.session, call.session.zone)
    page = page_of(call, [task for task in found if task["change_request"] == change.sys_id])
    return JSONResponse({"result": [pairs.of(task) for task in page if rights.may_see(inst, call.session, task)]})


def create_task(inst: Instance, call: Call) -> Response:
    _check_path(inst, call)
    change = change_at(inst, call)
    rights.check_create(call.session, "change_task")
    rights.check_change_api(inst, call.session)
    accepted = taken(inst, call, "change_task", sent(call), OWN)
    task = tasks.create(inst, change, accepted.values, call.session)
    return one(inst, Pairs(inst, call.session, is_new=True).of(task, accepted.ignored))


def update_task(inst: Instance, call: Call) -> Response:
    task = _task_at(inst, call)
    rights.check_change_api(inst, call.session)
    raw = sent(call)
    denied = rights.unwritable(inst, call.session, task, raw.keys() & TABLES["change_task"].columns.keys())
    accepted = taken(inst, call, "change_task", raw, (*OWN, *denied))
    writes.update(inst, task, accepted.values, call.session)
    return one(inst, Pairs(inst, call.session).of(task, accepted.ignored))


def delete_task(inst: Instance, call: Call) -> Response:
    task = _task_at(inst, call)
    rights.check_delete(call.session, task)
    deletions.delete(inst, task)
    return Response(status_code=200)


def _task_at(inst: Instance, call: Call) -> Record:
    _check_path(inst, call)
    change = change_at(inst, call)
    task = inst.store.find("change_task", call.at("task_id"))
    if task is None or task["change_request"] != change.sys_id or not rights.may_see(inst, call.session, task):
        raise refusals.no_record()
    return task


def _check_path(inst: Instance, call: Call) -> None:
    """The reference's URL formats say /api/sn_chg_rest, its own curl says /api/now: a switch says who is right."""
    root = "/api/sn_chg_rest/" if inst.switches["task_path"] == "sn_chg_rest" else "/api/now/"
    if not call.request.url.path.startswith(root):
        raise refusals.bad_request("Requested URI does not represent any resource", None)
