"""Every write to a record goes through here: gates before, flows after."""

from integrations.servicenow.sandbox import refusals
from integrations.servicenow.sandbox.data.choices import NEW
from integrations.servicenow.sandbox.data.store import Actor, Record
from integrations.servicenow.sandbox.engine import flows, moves, tasks
from integrations.servicenow.sandbox.instance import Instance

DEFAULT_MODEL = {"normal": "Normal", "standard": "Standard", "emergency": "Emergency"}


def create(inst: Instance, table: str, values: dict[str, str], by: Actor) -> Record:
    """A new record, by the rules of its table."""
    if table == "change_request":
        return _create_change(inst, values, by)
    if table == "change_task":
        parent = values.get("change_request") or values.get("parent", "")
        change = inst.store.find("change_request", parent)
        if change is None:
            raise refusals.mandatory(["Change request"])
        return tasks.create(inst, change, {**values, "change_request": parent, "parent": parent}, by)
    return inst.store.insert(table, values, by)


def update(inst: Instance, record: Record, values: dict[str, str], by: Actor) -> None:
    """Write a record over REST, and set off what follows from it.

    Raises: Refused when a rule forbids it; then nothing is written."""
    if record.table == "change_request":
        moves.check_by_rest(inst, record, values)
        update_change(inst, record, values, by)
    elif record.table == "change_task":
        tasks.update(inst, record, values, by)
        flows.after_task(inst, record)
    elif record.table == "sysapproval_approver":
        if "state" in inst.store.update(record, values, by):
            inst.held.discard(record.sys_id)
            flows.after_vote(inst, record)
    else:
        inst.store.update(record, values, by)


def update_change(inst: Instance, change: Record, values: dict[str, str], by: Actor) -> None:
    """Write a change from anywhere, ServiceNow's own form included."""
    moves.check(inst, change, values)
    before = Record(change.table, change)
    inst.store.update(change, {**values, **moves.consequences(inst, change, values, by)}, by)
    flows.after_change(inst, before, change, by)


def frozen_fields(inst: Instance, change: Record | None) -> tuple[str, ...]:
    """Columns that cannot be written now: state at birth; model always after; type once it has left New."""
    if change is None:
        return ("state", "on_hold")
    asked = inst.store.where("sysapproval_approver", sysapproval=change.sys_id)
    return ("chg_model",) if change["state"] == NEW and not asked else ("chg_model", "type")


def _create_change(inst: Instance, values: dict[str, str], by: Actor) -> Record:
    """State is never taken from the caller: a change is born in New."""
    values = {name: value for name, value in values.items() if name not in ("state", "on_hold")}
    if missing := [name for name in inst.switches["mandatory_on_create"] if not values.get(name)]:
        raise refusals.mandatory([name.replace("_", " ").capitalize() for name in missing])
    kind = values.get("type", "normal")
    model = inst.store.find("chg_model", values.get("chg_model", ""))
    if model is None:
        model = inst.store.where("chg_model", name=DEFAULT_MODEL.get(kind, "Normal"))[0]
    defaults = {"type": _type_of(model["name"]), "requested_by": by.sys_id}
    return inst.store.insert("change_request", {**defaults, **values, "chg_model": model.sys_id}, by)


def _type_of(model: str) -> str:
    return next((kind for kind, name in DEFAULT_MODEL.items() if name == model), "normal")
