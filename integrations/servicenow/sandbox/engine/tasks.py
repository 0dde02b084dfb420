"""Change tasks: the flow's own two, and what becomes of open ones."""

from integrations.servicenow.sandbox.data.choices import (
    TASK_CANCELED,
    TASK_CLOSED,
    TASK_OPEN,
    TASK_PENDING,
)
from integrations.servicenow.sandbox.data.store import SYSTEM, Actor, Record
from integrations.servicenow.sandbox.instance import Instance

# Change Management docs, "Process a change request": Implement adds these.
FLOW_TASKS = (("Implement", "implementation", TASK_OPEN), ("Post implementation testing", "testing", TASK_PENDING))
OVER = (TASK_CLOSED, TASK_CANCELED)


def of(inst: Instance, change: Record) -> list[Record]:
    return inst.store.where("change_task", change_request=change.sys_id)


def active(inst: Instance, change: Record) -> list[Record]:
    return [task for task in of(inst, change) if task["active"] == "true"]


def create(inst: Instance, change: Record, values: dict[str, str], by: Actor) -> Record:
    """A task of the change, in the change's own group unless said otherwise."""
    about = {"change_request": change.sys_id, "parent": change.sys_id, "state": TASK_OPEN}
    inherited = {name: change[name] for name in ("assignment_group", "cmdb_ci", "business_service")}
    task = inst.store.insert("change_task", {**about, **inherited, **values}, by)
    inst.store.update(task, {"active": str(task["state"] not in OVER).lower()}, by)
    if change["on_hold"] == "true":
        hold(inst, change, by)
    return task


def create_of_flow(inst: Instance, change: Record) -> None:
    for title, kind, state in FLOW_TASKS:
        about = {"short_description": title, "change_task_type": kind, "state": state, "created_from": "workflow"}
        create(inst, change, about, SYSTEM)


def update(inst: Instance, task: Record, values: dict[str, str], by: Actor) -> None:
    """Write a task; closing or canceling it makes it inactive."""
    is_over = values.get("state", task["state"]) in OVER
    more = {"active": str(not is_over).lower()}
    if is_over and task["active"] == "true":
        more |= {"closed_at": inst.store.now(), "closed_by": by.sys_id}
    inst.store.update(task, {**values, **more}, by)


def cancel(inst: Instance, change: Record, by: Actor, *, only_of_flow: bool) -> None:
    for task in active(inst, change):
        if not only_of_flow or task["created_from"] == "workflow":
            update(inst, task, {"state": TASK_CANCELED}, by)


def hold(inst: Instance, change: Record, by: Actor) -> None:
    """Those that somebody put on hold by hand keep their own reason (docs: "Place a change request on hold")."""
    for task in active(inst, change):
        if task["on_hold"] != "true":
            inst.held.add(task.sys_id)
            inst.store.update(task, {"on_hold": "true", "on_hold_reason": change["on_hold_reason"]}, by)


def release(inst: Instance, change: Record, by: Actor) -> None:
    """What the change's own hold had set, and no more."""
    for task in active(inst, change):
        if task.sys_id in inst.held:
            inst.held.discard(task.sys_id)
            inst.store.update(task, {"on_hold": "false", "on_hold_reason": ""}, by)
