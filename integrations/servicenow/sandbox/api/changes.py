"""The Change Management API's change requests: ``/api/sn_chg_rest/change``."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse, Response

from integrations.servicenow.sandbox import refusals
from integrations.servicenow.sandbox.access import rights
from integrations.servicenow.sandbox.api.door import Call
from integrations.servicenow.sandbox.api.shapes import Pairs
from integrations.servicenow.sandbox.data.finding import find_all
from integrations.servicenow.sandbox.data.schema import TABLES
from integrations.servicenow.sandbox.data.store import Record
from integrations.servicenow.sandbox.data.values import Accepted, Reading, accept
from integrations.servicenow.sandbox.engine import writes
from integrations.servicenow.sandbox.instance import Instance

TYPES = ("normal", "standard", "emergency")


def create_change(inst: Instance, call: Call) -> Response:
    """POST /change: by model or type, always answered as an object. A create answers 200, not 201."""
    record, ignored = create(inst, call, sent(call), ())
    return JSONResponse({"result": Pairs(inst, call.session, is_new=True).of(record, ignored)})


def create_typed(inst: Instance, call: Call) -> Response:
    """POST /change/normal and /change/emergency."""
    record, ignored = create(inst, call, {**sent(call), "type": _type_of(call), "chg_model": _type_of(call)}, ())
    return one(inst, Pairs(inst, call.session, is_new=True).of(record, ignored))


def create(inst: Instance, call: Call, raw: dict[str, Any], frozen: tuple[str, ...]) -> tuple[Record, list[str]]:
    """A change made, and what was not taken of it.

    Raises: Refused."""
    rights.check_create(call.session, "change_request")
    rights.check_change_api(inst, call.session)
    accepted = taken(inst, call, "change_request", raw, (*frozen, *writes.frozen_fields(inst, None)))
    if raw.get("chg_model") and not accepted.values.get("chg_model"):
        raise refusals.bad_request(f"Change model {raw['chg_model']} does not exist")
    return writes.create(inst, "change_request", accepted.values, call.session), accepted.ignored


def list_changes(inst: Instance, call: Call) -> Response:
    """No Link and no X-Total-Count here."""
    rights.check_table(inst, call.session, "change_request")
    query = _query_of(inst, call)
    rows = find_all(inst, "change_request", query, call.session, call.session.zone)
    if text := call.query.get("textSearch", "").lower():
        rows = [row for row in rows if text in f"{row['short_description']} {row['description']}".lower()]
    pairs, page = Pairs(inst, call.session), page_of(call, rows, inst.switches["change_list_rows"])
    return JSONResponse({"result": [pairs.of(row) for row in page if rights.may_see(inst, call.session, row)]})


def read_change(inst: Instance, call: Call) -> Response:
    return JSONResponse({"result": Pairs(inst, call.session).of(change_at(inst, call))})


def update_change(inst: Instance, call: Call) -> Response:
    """PATCH /change/{id}: the full record comes back."""
    record, ignored = _update(inst, call)
    return JSONResponse({"result": Pairs(inst, call.session).of(record, ignored)})


def update_typed(inst: Instance, call: Call) -> Response:
    record, ignored = _update(inst, call)
    return one(inst, Pairs(inst, call.session).of(record, ignored))


def change_at(inst: Instance, call: Call) -> Record:
    """The change of the path, of the path's type where it names one.

    Raises: Refused."""
    rights.check_table(inst, call.session, "change_request")
    change = inst.store.find("change_request", call.at("sys_id"))
    kind = _type_of(call)
    if change is None or not rights.may_see(inst, call.session, change) or (kind and change["type"] != kind):
        raise refusals.no_record()
    return change


def page_of(call: Call, rows: list[Record], most: int = 10_000) -> list[Record]:
    """The rows of ``sysparm_offset`` and ``sysparm_limit``."""
    first = call.number("sysparm_offset", 0)
    return rows[first : first + call.number("sysparm_limit", most)]


def one(inst: Instance, shown: dict[str, Any]) -> Response:
    """One record: as an object, or in a list as the documents of the typed paths have it."""
    return JSONResponse({"result": [shown] if inst.switches["array_results"] else shown})


def sent(call: Call) -> dict[str, Any]:
    """Query pairs and body together; the body wins."""
    return {**call.query, **(call.body() if call.content.strip() else {})}


def taken(inst: Instance, call: Call, table: str, raw: Mapping[str, Any], frozen: tuple[str, ...]) -> Accepted:
    """What is written, and what goes into ignoredFields."""
    wanted = dict(raw)
    named = set(filter(None, str(wanted.pop("encrypted_fields", "")).split(",")))  # set by display value
    for name in [name for name in wanted if name.startswith("sysparm_")]:
        if not inst.switches["sysparms_are_fields"]:
            del wanted[name]
    if "short_desription" in wanted and inst.switches["forgives_short_desription"]:
        wanted["short_description"] = wanted.pop("short_desription")
    # Documented for the typed paths; a public client sends labels to the plain one too.
    labelled = named | {"type", "chg_model"} | ({"state"} if inst.switches["state_labels"] else set())
    if inst.switches["change_api_dates"] == "session":
        labelled |= {name for name, c in TABLES[table].columns.items() if c.kind == "glide_date_time"}
    reading = Reading(inst.store, inst.switches, call.session.zone, frozenset(labelled))
    accepted = accept(reading, table, wanted, frozen)
    accepted.ignored += [name for name in inst.switches["ignored_yet_written"] if name in accepted.values]
    return accepted


def _update(inst: Instance, call: Call) -> tuple[Record, list[str]]:
    change = change_at(inst, call)
    raw = sent(call)
    rights.check_change_api(inst, call.session)
    denied = rights.unwritable(inst, call.session, change, raw.keys() & TABLES["change_request"].columns.keys())
    accepted = taken(inst, call, "change_request", raw, (*denied, *writes.frozen_fields(inst, change, raw)))
    writes.update(inst, change, accepted.values, call.session)
    return change, accepted.ignored


def _type_of(call: Call) -> str:
    """The type in the path: ``/change/normal/…``."""
    parts = call.request.url.path.split("/")
    after = parts[parts.index("change") + 1 :]
    return after[0] if after and after[0] in TYPES else ""


def _query_of(inst: Instance, call: Call) -> str:
    query = call.query.get("sysparm_query")
    if query is None:
        known = TABLES["change_request"].columns.keys() - {"order"}  # a parameter here, though also a column
        query = "^".join(f"{name}={value.replace('^', '^^')}" for name, value in call.query.items() if name in known)
    if kind := _type_of(call):
        query = "^NQ".join(f"type={kind}^{part}" for part in query.split("^NQ"))
    if order := call.query.get("order", ""):
        query += f"^ORDERBY{order}"
    return query
