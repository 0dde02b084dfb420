"""Work begun by other calls: ``/api/sn_chg_rest/change/worker/{sys_id}``."""

from typing import Any

from starlette.responses import JSONResponse, Response

from integrations.servicenow.sandbox import refusals
from integrations.servicenow.sandbox.access import rights
from integrations.servicenow.sandbox.api.door import Call
from integrations.servicenow.sandbox.engine import workers
from integrations.servicenow.sandbox.engine.workers import Worker
from integrations.servicenow.sandbox.instance import Instance


def read_worker(inst: Instance, call: Call) -> Response:
    rights.check_table(inst, call.session, "change_request")
    worker = inst.workers.get(call.at("sys_id"))
    if worker is None:
        raise refusals.no_record()
    return announced(call, worker, workers.told_of(inst, worker), 200)


def announced(call: Call, worker: Worker, told: dict[str, Any], status: int) -> Response:
    """A worker as callers see it; 202 where only the beginning is told."""
    link = f"{call.base}/api/sn_chg_rest/change/worker/{worker.sys_id}"
    return JSONResponse({"result": {"worker": {"sysId": worker.sys_id, "link": link}, **told}}, status)
