"""Standard change templates: ``/api/sn_chg_rest/change/standard/template`` and what is made from them."""

from typing import Any

from starlette.responses import JSONResponse, Response

from integrations.servicenow.sandbox import refusals
from integrations.servicenow.sandbox.access import rights
from integrations.servicenow.sandbox.api.changes import create, one, page_of, sent
from integrations.servicenow.sandbox.api.door import Call
from integrations.servicenow.sandbox.api.shapes import Pairs
from integrations.servicenow.sandbox.data.finding import find_all
from integrations.servicenow.sandbox.data.store import Record
from integrations.servicenow.sandbox.engine import templates
from integrations.servicenow.sandbox.instance import Instance

TABLE = "std_change_record_producer"


def list_templates(inst: Instance, call: Call) -> Response:
    """Those that can be used; ``sysparm_query`` runs on the record producers."""
    rights.check_table(inst, call.session, "change_request")
    query = "^NQ".join(f"active=true^{part}" for part in call.query.get("sysparm_query", "").split("^NQ"))
    found = find_all(inst, TABLE, query, call.session, call.session.zone)
    if text := call.query.get("textSearch", "").lower():
        found = [row for row in found if text in f"{row['name']} {row['short_description']}".lower()]
    pairs = Pairs(inst, call.session)
    return JSONResponse({"result": [pairs.of(row) for row in page_of(call, found)]})


def read_template(inst: Instance, call: Call) -> Response:
    rights.check_table(inst, call.session, "change_request")
    producer = inst.store.find(TABLE, call.at("sys_id"))
    if producer is None:
        raise refusals.no_record()
    return JSONResponse({"result": Pairs(inst, call.session).of(producer)})


def create_from_template(inst: Instance, call: Call) -> Response:
    """POST /change/standard/{record producer}: a version is not known here, and the plans are the template's."""
    producer = inst.store.find(TABLE, call.at("sys_id"))
    if producer is None:
        raise refusals.no_record()
    version = templates.version_in_use(inst, producer)
    if version is None:
        raise refusals.bad_request(f"Standard change template {producer['name']} is retired")
    given = sent(call) if inst.switches["standard_reads_body"] else dict(call.query)
    preset = templates.values_of(inst, producer)
    raw = {**preset, **_allowed(inst, call, given), **_born_of(version)}
    record, ignored = create(inst, call, raw, ())
    refused = [name for name in given if name in _not_taken(inst, call)]
    return one(inst, Pairs(inst, call.session, is_new=True).of(record, [*ignored, *refused]))


def _born_of(version: Record) -> dict[str, Any]:
    return {"type": "standard", "chg_model": "standard", "std_change_producer_version": version.sys_id}


def _allowed(inst: Instance, call: Call, given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in _not_taken(inst, call)}


def _not_taken(inst: Instance, call: Call) -> tuple[str, ...]:
    plans = () if templates.may_override(inst, call.session.roles) else templates.PLANS
    return (*plans, *inst.switches["standard_ignores"], "std_change_producer_version")
