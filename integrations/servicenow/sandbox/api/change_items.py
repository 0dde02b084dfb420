"""The configuration items of a change: ``/api/sn_chg_rest/change/{sys_id}/ci``."""

from typing import Any

from starlette.responses import JSONResponse, Response

from integrations.servicenow.sandbox import refusals
from integrations.servicenow.sandbox.access import rights
from integrations.servicenow.sandbox.api.change_workers import announced
from integrations.servicenow.sandbox.api.changes import change_at, page_of
from integrations.servicenow.sandbox.api.door import Call
from integrations.servicenow.sandbox.api.shapes import Pairs
from integrations.servicenow.sandbox.engine import items, workers
from integrations.servicenow.sandbox.engine.workers import Worker, WorkFailed
from integrations.servicenow.sandbox.instance import Instance


def list_items(inst: Instance, call: Call) -> Response:
    change = change_at(inst, call)
    rows = items.of(inst, change, _kind(call.query.get("association_type", "")))
    pairs = Pairs(inst, call.session)
    return JSONResponse({"result": [pairs.of(row) for row in page_of(call, rows)]})


def add_items(inst: Instance, call: Call) -> Response:
    """The answer is a worker's; the rows are there when it is done."""
    change = change_at(inst, call)
    rights.check_change_api(inst, call.session)
    rights.unwritable(inst, call.session, change, ("cmdb_ci",))
    body = call.body()
    kind, ids = _kind(str(body.get("association_type", ""))), _ids(body.get("cmdb_ci_sys_ids"))

    def work(worker: Worker) -> None:
        unknown = items.tie(inst, change, kind, ids, call.session)
        if len(unknown) == len(ids):
            raise WorkFailed("None of the configuration items could be added")
        worker.warnings += [f"Configuration item {sys_id} was not found" for sys_id in unknown]
        if body.get("refresh_impacted_services") in (True, "true"):
            items.refresh_impacted(inst, change, call.session)

    request = {"cmdb_ci_sys_ids": ids, "association_type": kind, "task": change.sys_id}
    return announced(call, *workers.start(inst, kind, request, work), 202)


def refresh_impacted_services(inst: Instance, call: Call) -> Response:
    """200 here, though it too is only begun."""
    change = change_at(inst, call)
    rights.check_change_api(inst, call.session)
    rights.unwritable(inst, call.session, change, ("cmdb_ci",))

    def work(_: Worker) -> None:
        items.refresh_impacted(inst, change, call.session)

    worker, told = workers.start(inst, "impacted", {"task": change.sys_id}, work)
    return announced(call, worker, {**told, "request": ""}, 200)  # told by the worker only: CHG reference, examples


def _kind(asked: str) -> str:
    if asked not in items.ASSOCIATIONS:
        raise refusals.bad_request(f"association_type must be one of {', '.join(items.ASSOCIATIONS)}")
    return asked


def _ids(sent: Any) -> list[str]:
    """A list, or a text with commas."""
    ids = sent.split(",") if isinstance(sent, str) else sent
    if not isinstance(ids, list) or not all(isinstance(one, str) and one.strip() for one in ids) or not ids:
        raise refusals.bad_request("cmdb_ci_sys_ids is required")
    return [one.strip() for one in ids]
