"""The Attachment API: ``/api/now/attachment``."""

import hashlib
from pathlib import PurePath
from typing import Any

from starlette.responses import JSONResponse, Response

from integrations.servicenow.sandbox import refusals
from integrations.servicenow.sandbox.access import rights
from integrations.servicenow.sandbox.api.door import Call
from integrations.servicenow.sandbox.api.multipart import parts_of
from integrations.servicenow.sandbox.api.shapes import View
from integrations.servicenow.sandbox.data.choices import CLOSED
from integrations.servicenow.sandbox.data.finding import find_all
from integrations.servicenow.sandbox.data.store import Record
from integrations.servicenow.sandbox.engine import deletions
from integrations.servicenow.sandbox.instance import Instance

NEEDED = ("table_name", "table_sys_id", "file_name")


def upload(inst: Instance, call: Call) -> Response:
    """The bytes are the body. The same name twice makes two attachments."""
    return _attach(inst, call, call.query, call.content, call.request.headers.get("content-type", ""))


def upload_form(inst: Instance, call: Call) -> Response:
    """A form whose last part is the file; what comes after it counts no more."""
    parts = parts_of(call.request.headers.get("content-type", ""), call.content)
    if parts is None:
        raise refusals.bad_request("Exception while reading request", "The payload is not a multipart form.")
    if parts.file is None:
        raise refusals.bad_request("Missing parameter", "uploadFile required, and as the last part")
    about = {**parts.fields, "file_name": parts.file_name}
    return _attach(inst, call, about, parts.file, parts.content_type)


def list_attachments(inst: Instance, call: Call) -> Response:
    rows = find_all(inst, "sys_attachment", call.query.get("sysparm_query", ""), call.session, call.session.zone)
    first = call.number("sysparm_offset", 0)
    page = rows[first : first + call.number("sysparm_limit", 1000)]
    shown = [_shown(inst, call, row) for row in page if rights.may_see(inst, call.session, row)]
    return JSONResponse({"result": shown})


def read_attachment(inst: Instance, call: Call) -> Response:
    return JSONResponse({"result": _shown(inst, call, _attachment(inst, call))})


def read_file(inst: Instance, call: Call) -> Response:
    record = _attachment(inst, call)
    return Response(inst.files[record.sys_id], media_type=record["content_type"])


def delete_attachment(inst: Instance, call: Call) -> Response:
    record = _attachment(inst, call)
    rights.check_delete(call.session, record)
    deletions.delete(inst, record)
    return Response(status_code=204)


def _attach(inst: Instance, call: Call, given: dict[str, str], content: bytes, kind: str) -> Response:
    missing = [name for name in NEEDED if not given.get(name)] + ([] if kind else ["Content-Type"])
    if missing:
        raise refusals.bad_request("Missing parameter", f"{', '.join(missing)} required")
    _check_target(inst, call, given)
    _check_file(inst, given["file_name"], content)
    size = str(len(content))
    about = {name: given[name] for name in NEEDED} | {"content_type": kind, "compressed": "true"}
    about |= {"size_bytes": size, "size_compressed": size, "hash": hashlib.sha256(content).hexdigest()}
    record = inst.store.insert("sys_attachment", about, call.session)
    inst.files[record.sys_id] = content
    location = f"{call.base}/api/now/attachment/{record.sys_id}"
    return JSONResponse({"result": _shown(inst, call, record)}, 201, {"Location": location})


def _check_target(inst: Instance, call: Call, given: dict[str, str]) -> None:
    """The record to hang it on must be readable and writable.

    Raises: Refused."""
    table = given["table_name"]
    rights.check_table(inst, call.session, table)
    target = inst.store.find(table, given["table_sys_id"])
    if target is None or not rights.may_see(inst, call.session, target):
        raise refusals.no_record()
    rights.check_write(inst, call.session, target)
    if target.get("state") == CLOSED and table == "change_request" and inst.switches["closed_is_read_only"]:
        raise refusals.acl("Insert")


def _check_file(inst: Instance, name: str, content: bytes) -> None:
    """``com.glide.attachment.max_size`` and ``glide.attachment.extensions``; the wording of both is ours."""
    most, allowed = inst.switches["attachment_megabytes"], inst.switches["attachment_extensions"]
    if len(content) > most * 1024 * 1024:
        raise refusals.bad_request("Failed to create the attachment", f"The file is larger than {most} MB")
    extension = PurePath(name).suffix.lstrip(".").lower()
    if allowed and extension not in allowed:
        raise refusals.bad_request("Failed to create the attachment", f"Files of type {extension} are not allowed")


def _attachment(inst: Instance, call: Call) -> Record:
    record = inst.store.find("sys_attachment", call.at("sys_id"))
    if record is None or not rights.may_see(inst, call.session, record):
        raise refusals.no_record()
    return record


def _shown(inst: Instance, call: Call, record: Record) -> dict[str, Any]:
    link = f"{call.base}/api/now/attachment/{record.sys_id}/file"
    return View(inst, call.session, call.base).of(record) | {"download_link": link}
