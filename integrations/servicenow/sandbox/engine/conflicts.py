"""What speaks against a change's planned window (docs: "Run manual conflict detection")."""

from collections.abc import Iterator

from integrations.servicenow.sandbox.data.store import SYSTEM, Record
from integrations.servicenow.sandbox.engine import schedules
from integrations.servicenow.sandbox.engine.spans import Span
from integrations.servicenow.sandbox.engine.workers import Worker, WorkFailed, start
from integrations.servicenow.sandbox.instance import Instance

NEEDED = ("cmdb_ci", "start_date", "end_date")
Finding = dict[str, str]


def can_run(change: Record) -> bool:
    return all(change[name] for name in NEEDED)


def run(inst: Instance, change: Record) -> Worker:
    """Start a check; the one before it is forgotten."""
    forget(inst, change)
    worker, _ = start(inst, "conflict", {"change": change.sys_id}, lambda _: check(inst, change))
    inst.checks[change.sys_id] = worker
    return worker


def running(inst: Instance, change: Record) -> Worker | None:
    worker = inst.checks.get(change.sys_id)
    return worker if worker and not worker.is_over else None


def forget(inst: Instance, change: Record) -> None:
    """Stop a check that runs and drop what was found."""
    if worker := running(inst, change):
        worker.stop("Conflict detection was canceled")
    inst.checks.pop(change.sys_id, None)
    for row in found(inst, change):
        inst.store.delete(row)


def found(inst: Instance, change: Record) -> list[Record]:
    return inst.store.where("conflict", change=change.sys_id)


def check(inst: Instance, change: Record) -> None:
    """Look for conflicts now and write them down."""
    window, item = schedules.planned(change), inst.store.find("cmdb_ci", change["cmdb_ci"])
    if window is None or item is None:
        raise WorkFailed("Conflict detection needs a configuration item and planned dates")
    rows = list(_conflicts(inst, change, item, window))
    at = inst.store.now()
    for row in rows:
        inst.store.insert("conflict", {"change": change.sys_id, "last_checked": at, **row}, SYSTEM)
    is_outside = any(row["type"] == "not_in_maintenance_window" for row in rows)
    about = {"conflict_status": "Conflict" if rows else "No Conflict", "conflict_last_run": at}
    inst.store.update(change, {**about, "outside_maintenance_schedule": str(is_outside).lower()}, SYSTEM)


def _conflicts(inst: Instance, change: Record, item: Record, window: Span) -> Iterator[Finding]:
    for prefix, near in _around(inst, item):
        for other, _ in schedules.taken(inst, near, window, but=change):
            kind = f"{prefix}already_scheduled" if prefix else "ci_already_scheduled"
            yield {"type": kind, "conflicting_change": other.sys_id, "configuration_item": near.sys_id}
        open_hours = schedules.windows(inst, near, window)
        if open_hours is not None and not any(span.covers(window) for span in open_hours):
            schedule = {"schedule": near["maintenance_schedule"], "configuration_item": near.sys_id}
            yield {"type": f"{prefix}not_in_maintenance_window", **schedule}
    for schedule, _ in schedules.blackouts(inst, item, window):
        yield {"type": "blackout", "schedule": schedule.sys_id, "configuration_item": item.sys_id}


def _around(inst: Instance, item: Record) -> Iterator[tuple[str, Record]]:
    """The item, what it depends on and what depends on it, each with its word in the conflict's type."""
    yield "", item
    for side, other in (("parent", "child"), ("child", "parent")):
        for relation in inst.store.where("cmdb_rel_ci", **{other: item.sys_id}):
            if near := inst.store.find("cmdb_ci", relation[side]):
                yield f"{side}_", near
