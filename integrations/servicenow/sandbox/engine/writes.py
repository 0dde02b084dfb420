"""Every write to a record goes through here: gates before, flows after."""

from collections.abc import Mapping
from typing import Any

from integrations.servicenow.sandbox import refusals
from integrations.servicenow.sandbox.data.choices import ASSESS, AUTHORIZE, IMPLEMENT, NEW, SCHEDULED
from integrations.servicenow.sandbox.data.store import Actor, Record
from integrations.servicenow.sandbox.data.values import text_of
from integrations.servicenow.sandbox.engine import conflicts, flows, incidents, moves, risk, tasks, templates
from integrations.servicenow.sandbox.engine.people import roles_of
from integrations.servicenow.sandbox.instance import Instance
from integrations.standin.world import sys_id_of

DEFAULT_MODEL = {"normal": "Normal", "standard": "Standard", "emergency": "Emergency"}
E_SIGNATURE = ("Approval with e-signature", sys_id_of("sys_script", "Approval with e-signature"))
BIRTH_STATES = (NEW, ASSESS, AUTHORIZE, SCHEDULED, IMPLEMENT)


def create(inst: Instance, table: str, values: dict[str, str], by: Actor) -> Record:
    """A new record, by the rules of its table.

    Raises: Refused."""
    _check_unique(inst, table, values, None)
    match table:
        case "change_request":
            return _create_change(inst, values, by)
        case "incident":
            return incidents.create(inst, values, by)
        case "change_task":
            return _create_task(inst, values, by)
    return inst.store.insert(table, values, by)


def update(inst: Instance, record: Record, values: dict[str, str], by: Actor) -> None:
    """Write a record over REST, and set off what follows from it.

    Raises: Refused when a rule forbids it; then nothing is written."""
    _check_unique(inst, record.table, values, record)
    match record.table:
        case "change_request":
            moves.check_by_rest(inst, record, values)
            update_change(inst, record, values, by)
        case "change_task":
            tasks.update(inst, record, values, by)
            flows.after_task(inst, record)
        case "incident":
            incidents.update(inst, record, values, by)
        case "sysapproval_approver":
            _check_signature(inst, values)
            vote(inst, record, values, by)
        case _:
            inst.store.update(record, values, by)


def update_change(inst: Instance, change: Record, values: dict[str, str], by: Actor) -> None:
    """Write a change from anywhere, ServiceNow's own form included."""
    moves.check(inst, change, values)
    templates.check_plans(change, values, roles_of(inst, by))
    before = Record(change.table, change)
    inst.store.update(change, {**values, **moves.consequences(inst, change, values, by)}, by)
    _follow_up(inst, before, change)
    flows.after_change(inst, before, change, by)


def vote(inst: Instance, row: Record, values: dict[str, str], by: Actor) -> None:
    """Write an approver row; a new state is weighed a moment later."""
    if "state" in inst.store.update(row, values, by):
        inst.held.discard(row.sys_id)
        flows.after_vote(inst, row)


def frozen_fields(inst: Instance, change: Record | None, wanted: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """Columns that cannot be written now: state at birth; model always after; type once it has left New.

    A change never becomes a standard one, and one that was rejected may change its type again (docs: "State model
    and transitions")."""
    if change is None:
        return ("on_hold",) if inst.switches["state_on_create"] != "new" else ("state", "on_hold")
    asked = inst.store.where("sysapproval_approver", sysapproval=change.sys_id)
    becomes_standard = change["type"] != "standard" and text_of((wanted or {}).get("type")).lower() == "standard"
    is_open = change["state"] == NEW and (not asked or change["approval"] == "rejected") and not becomes_standard
    return ("chg_model",) if is_open else ("chg_model", "type")


def _create_change(inst: Instance, values: dict[str, str], by: Actor) -> Record:
    """A change is born in New, whatever state is asked for, on all but a few instances."""
    values = {name: value for name, value in values.items() if name != "on_hold"}
    state = _birth_state(inst, values.pop("state", NEW))
    if missing := [name for name in inst.switches["mandatory_on_create"] if not values.get(name)]:
        raise refusals.mandatory([name.replace("_", " ").capitalize() for name in missing])
    kind = values.get("type", "normal")
    model = inst.store.find("chg_model", values.get("chg_model", ""))
    if model is None:
        model = inst.store.where("chg_model", name=DEFAULT_MODEL.get(kind, "Normal"))[0]
    defaults = {"type": _type_of(model["name"]), "requested_by": by.sys_id}
    about = {**defaults, **values, "chg_model": model.sys_id, "state": state}
    if about["type"] == "standard" and inst.switches["standard_born_approved"]:
        about["approval"] = "approved"
    change = inst.store.insert("change_request", about, by)
    _follow_up(inst, Record("change_request", dict.fromkeys(conflicts.NEEDED, "")), change)
    return change


def _birth_state(inst: Instance, asked: str) -> str:
    """One instance takes -5 to -1 at insert, and then no flow asks anybody; others refuse (seen in public code)."""
    if asked != NEW and inst.switches["state_on_create"] == "refused":
        raise refusals.aborted(*moves.CHECK_TRANSITION)
    return asked if inst.switches["state_on_create"] == "taken" and asked in BIRTH_STATES else NEW


def _create_task(inst: Instance, values: dict[str, str], by: Actor) -> Record:
    parent = values.get("change_request") or values.get("parent", "")
    change = inst.store.find("change_request", parent)
    if change is None:
        raise refusals.mandatory(["Change request"])
    return tasks.create(inst, change, {**values, "change_request": parent, "parent": parent}, by)


def _follow_up(inst: Instance, before: Mapping[str, str], change: Record) -> None:
    """What the instance works out by itself after a write."""
    risk.recalculate(inst, change)
    has_moved = any(before[name] != change[name] for name in conflicts.NEEDED)
    if inst.switches["conflicts_run_by_themselves"] and has_moved and conflicts.can_run(change):
        conflicts.run(inst, change)


def _check_unique(inst: Instance, table: str, values: Mapping[str, str], record: Record | None) -> None:
    """An instance may have a unique index of its own; the base system has none on correlation_id."""
    for name in inst.switches["unique_columns"].get(table, ()):
        same = inst.store.where(table, **{name: values[name]}) if values.get(name) else []
        if any(record is None or other.sys_id != record.sys_id for other in same):
            raise refusals.duplicate(table, name, values[name])


def _check_signature(inst: Instance, values: Mapping[str, str]) -> None:
    """How e-signatures answer over REST is not documented; here they cannot be given there."""
    if inst.switches["e_signature"] and values.get("state") in ("approved", "rejected"):
        raise refusals.aborted(*E_SIGNATURE, "sysapproval_approver")


def _type_of(model: str) -> str:
    return next((kind for kind, name in DEFAULT_MODEL.items() if name == model), "normal")
