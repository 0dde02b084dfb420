"""The Attachment API: ``/api/now/attachment``."""

from typing import Any

from starlette.responses import JSONResponse, Response

from integrations.servicenow.sandbox import refusals
from integrations.servicenow.sandbox.access import rights
from integrations.servicenow.sandbox.api.door import Call
from integrations.servicenow.sandbox.api.shapes import View
from integrations.servicenow.sandbox.data.choices import CLOSED
from integrations.servicenow.sandbox.data.finding import find_all
from integrations.servicenow.sandbox.data.store import Record
from integrations.servicenow.sandbox.instance import Instance

NEEDED = ("table_name", "table_sys_id", "file_name")


def upload(inst: Instance, call: Call) -> Response:
    """The bytes are the body. The same name twice makes two attachments."""
    kind = call.request.headers.get("content-type", "")
    missing = [name for name in NEEDED if not call.query.get(name)] + ([] if kind else ["Content-Type"])
    if missing:
        raise refusals.bad_request("Missing parameter", f"{', '.join(missing)} required")
    _check_target(inst, call)
    about = {name: call.query[name] for name in NEEDED}
    size = str(len(call.content))
    about |= {"content_type": kind, "size_bytes": size, "size_compressed": size, "compressed": "true"}
    record = inst.store.insert("sys_attachment", about, call.session)
    inst.files[record.sys_id] = call.content
    location = f"{call.base}/api/now/attachment/{record.sys_id}"
    return JSONResponse({"result": _shown(inst, call, record)}, 201, {"Location": location})


def list_attachments(inst: Instance, call: Call) -> Response:
    rows = find_all(inst, "sys_attachment", call.query.get("sysparm_query", ""), call.session, call.session.zone)
    limit, offset = call.query.get("sysparm_limit", "1000"), call.query.get("sysparm_offset", "0")
    first = int(offset) if offset.isdigit() else 0
    page = rows[first : first + (int(limit) if limit.isdigit() else 1000)]
    return JSONResponse({"result": [_shown(inst, call, row) for row in page if _may_read(inst, call, row)]})


def read_attachment(inst: Instance, call: Call) -> Response:
    return JSONResponse({"result": _shown(inst, call, _attachment(inst, call))})


def read_file(inst: Instance, call: Call) -> Response:
    record = _attachment(inst, call)
    return Response(inst.files[record.sys_id], media_type=record["content_type"])


def delete_attachment(inst: Instance, call: Call) -> Response:
    record = _attachment(inst, call)
    rights.check_delete(call.session, record)
    inst.store.delete(record)
    del inst.files[record.sys_id]
    return Response(status_code=204)


def _check_target(inst: Instance, call: Call) -> None:
    """The record to hang it on must be readable and writable.

    Raises: Refused."""
    table = call.query["table_name"]
    rights.check_table(inst, call.session, table)
    target = inst.store.find(table, call.query["table_sys_id"])
    if target is None or not rights.may_see(inst, call.session, target):
        raise refusals.no_record()
    rights.check_write(call.session, target)
    if target.get("state") == CLOSED and table == "change_request" and inst.switches["closed_is_read_only"]:
        raise refusals.acl("Insert")


def _attachment(inst: Instance, call: Call) -> Record:
    record = inst.store.find("sys_attachment", call.at("sys_id"))
    if record is None or not _may_read(inst, call, record):
        raise refusals.no_record()
    return record


def _may_read(inst: Instance, call: Call, record: Record) -> bool:
    """Whoever sees the record sees what hangs on it."""
    target = inst.store.find(record["table_name"], record["table_sys_id"])
    return target is not None and rights.may_see(inst, call.session, target)


def _shown(inst: Instance, call: Call, record: Record) -> dict[str, Any]:
    link = f"{call.base}/api/now/attachment/{record.sys_id}/file"
    return View(inst, call.session, call.base).of(record) | {"download_link": link}
