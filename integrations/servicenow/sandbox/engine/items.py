"""Which configuration items a change touches: affected, impacted, offerings."""

from collections.abc import Iterable

from integrations.servicenow.sandbox.data.store import Actor, Record
from integrations.servicenow.sandbox.instance import Instance

ASSOCIATIONS = {
    "affected": ("task_ci", "ci_item", "cmdb_ci"),
    "impacted": ("task_cmdb_ci_service", "cmdb_ci_service", "cmdb_ci_service"),
    "offering": ("task_service_offering", "service_offering", "service_offering"),
}
"""Kind → (table of the pairs, its column, the table the items are in)."""


def of(inst: Instance, change: Record, kind: str) -> list[Record]:
    """The rows that tie items to the change."""
    return inst.store.where(ASSOCIATIONS[kind][0], task=change.sys_id)


def tie(inst: Instance, change: Record, kind: str, ids: Iterable[str], by: Actor) -> list[str]:
    """Tie items to the change, each once; the ids that name none come back."""
    table, column, items = ASSOCIATIONS[kind]
    unknown = []
    for sys_id in dict.fromkeys(ids):
        if inst.store.find(items, sys_id) is None:
            unknown.append(sys_id)
        elif not inst.store.where(table, task=change.sys_id, **{column: sys_id}):
            inst.store.insert(table, {"task": change.sys_id, column: sys_id}, by)
    return unknown


def refresh_impacted(inst: Instance, change: Record, by: Actor) -> int:
    """The services above the change's items become its impacted services; says how many there are."""
    for row in of(inst, change, "impacted"):
        if row["manually_added"] != "true":
            inst.store.delete(row)
    starts = [change["cmdb_ci"], *(row["ci_item"] for row in of(inst, change, "affected"))]
    services = [sys_id for sys_id in _above(inst, starts) if inst.store.find("cmdb_ci_service", sys_id)]
    tie(inst, change, "impacted", services, by)
    return len(services)


def _above(inst: Instance, starts: Iterable[str]) -> list[str]:
    """The items themselves and everything that depends on them."""
    seen: dict[str, None] = {}
    waiting = [sys_id for sys_id in starts if sys_id]
    while waiting:
        sys_id = waiting.pop(0)
        if sys_id not in seen:
            seen[sys_id] = None
            waiting += [relation["parent"] for relation in inst.store.where("cmdb_rel_ci", child=sys_id)]
    return list(seen)
