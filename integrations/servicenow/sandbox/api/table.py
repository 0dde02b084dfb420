"""The Table API: ``/api/now/table/{table}``."""

from urllib.parse import urlencode

from starlette.responses import JSONResponse, Response

from integrations.servicenow.sandbox import refusals
from integrations.servicenow.sandbox.access import rights
from integrations.servicenow.sandbox.api.door import Call
from integrations.servicenow.sandbox.api.shapes import View
from integrations.servicenow.sandbox.data.finding import find_all
from integrations.servicenow.sandbox.data.schema import TABLES
from integrations.servicenow.sandbox.data.store import Record
from integrations.servicenow.sandbox.data.values import Accepted, Reading, accept
from integrations.servicenow.sandbox.engine import deletions, writes
from integrations.servicenow.sandbox.instance import Instance

MOST_ROWS = 10_000


def list_records(inst: Instance, call: Call) -> Response:
    table = call.at("table")
    rights.check_table(inst, call.session, table)
    rows = find_all(inst, table, _query_of(inst, call, table), call.session, call.session.zone)
    limit, offset = _page(call)
    # The limit comes before the ACL: a page may be short although later ones hold rows (Table API docs).
    page = [row for row in rows[offset : offset + limit] if rights.may_see(inst, call.session, row)]
    if not page and "/api/now/v1/" in call.request.url.path:
        raise refusals.no_record()
    view = view_of(inst, call)
    return _answer(call, [view.of(row) for row in page], headers=_page_headers(call, len(rows), limit, offset))


def read_record(inst: Instance, call: Call) -> Response:
    return _answer(call, view_of(inst, call).of(visible(inst, call, call.at("table"), call.at("sys_id"))))


def create_record(inst: Instance, call: Call) -> Response:
    table = call.at("table")
    rights.check_table(inst, call.session, table)
    raw = call.body()
    rights.check_create(call.session, table, raw.items())
    frozen = writes.frozen_fields(inst, None) if table == "change_request" else ()
    frozen += ("state",) if table == "sysapproval_approver" else ()  # its own write ACL, see rights
    values = _accepted(inst, call, table, raw, frozen).values
    record = writes.create(inst, table, values, call.session)
    location = f"{call.base}/api/now/table/{table}/{record.sys_id}"
    return _answer(call, view_of(inst, call).of(record), 201, {"Location": location})


def update_record(inst: Instance, call: Call) -> Response:
    """PATCH; PUT is partial too (Table API docs, PUT example)."""
    record = visible(inst, call, call.at("table"), call.at("sys_id"))
    known = TABLES[call.at("table")].columns
    raw = {name: value for name, value in call.body().items() if name in known}
    denied = rights.unwritable(inst, call.session, record, raw)
    frozen = writes.frozen_fields(inst, record, raw) if record.table == "change_request" else ()
    values = _accepted(inst, call, record.table, raw, (*denied, *frozen)).values
    writes.update(inst, record, values, call.session)
    return _answer(call, view_of(inst, call).of(record))


def delete_record(inst: Instance, call: Call) -> Response:
    record = visible(inst, call, call.at("table"), call.at("sys_id"))
    rights.check_delete(call.session, record)
    deletions.delete(inst, record)
    return Response(status_code=204)


def visible(inst: Instance, call: Call, table: str, sys_id: str) -> Record:
    """The record, unless it is not there or an ACL hides it: the caller cannot tell which.

    Raises: Refused."""
    rights.check_table(inst, call.session, table)
    record = inst.store.find(table, sys_id)
    if record is None or not rights.may_see(inst, call.session, record):
        raise refusals.no_record()
    return record


def view_of(inst: Instance, call: Call) -> View:
    fields = tuple(name.strip() for name in call.query.get("sysparm_fields", "").split(",") if name.strip())
    display = call.query.get("sysparm_display_value", "false").lower()
    return View(
        inst,
        call.session,
        call.base,
        display if display in ("true", "all") else "false",
        call.query.get("sysparm_exclude_reference_link", "").lower() == "true",
        fields,
        call.query.get("sysparm_view", ""),
        call.at("table"),
    )


def _accepted(inst: Instance, call: Call, table: str, raw: dict[str, object], frozen: tuple[str, ...]) -> Accepted:
    by_label = call.query.get("sysparm_input_display_value", "").lower() == "true"
    reading = Reading(inst.store, inst.switches, call.session.zone, None if by_label else frozenset())
    return accept(reading, table, raw, frozen)


def _query_of(inst: Instance, call: Call, table: str) -> str:
    """The encoded query, or name=value pairs when there is none; pairs may hold labels."""
    if "sysparm_query" in call.query:
        return call.query["sysparm_query"]
    pairs = {name: value for name, value in call.query.items() if name in TABLES[table].columns}
    reading = Reading(inst.store, inst.switches, call.session.zone, None)
    accepted = {name: accept(reading, table, {name: value}).values.get(name, value) for name, value in pairs.items()}
    return "^".join(f"{name}={value.replace('^', '^^')}" for name, value in accepted.items())


def _page(call: Call) -> tuple[int, int]:
    offset = call.query.get("sysparm_offset", "")
    if offset.startswith("-"):
        raise refusals.bad_request("Invalid sysparm_offset", f"{offset} is negative")
    return call.number("sysparm_limit", MOST_ROWS), call.number("sysparm_offset", 0)


def _page_headers(call: Call, total: int, limit: int, offset: int) -> dict[str, str]:
    headers = {}
    if call.query.get("sysparm_no_count", "").lower() != "true":
        headers["X-Total-Count"] = str(total)
    if call.query.get("sysparm_suppress_pagination_header", "").lower() == "true" or limit < 1:
        return headers
    last = max(0, (total - 1) // limit * limit)
    pages = {"first": 0, "prev": offset - limit, "next": offset + limit, "last": last}
    there = {rel: at for rel, at in pages.items() if 0 <= at <= last and not (rel == "next" and at >= total)}
    headers["Link"] = ",".join(f'<{_page_url(call, limit, at)}>;rel="{rel}"' for rel, at in there.items())
    return headers


def _page_url(call: Call, limit: int, offset: int) -> str:
    query = {**call.query, "sysparm_limit": str(limit), "sysparm_offset": str(offset)}
    return f"{call.base}{call.request.url.path}?{urlencode(query)}"


def _answer(call: Call, result: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    if call.request.headers.get("x-no-response-body", "").lower() == "true" and call.request.method != "GET":
        return Response(status_code=status, headers=headers)
    return JSONResponse({"result": result}, status, headers)
