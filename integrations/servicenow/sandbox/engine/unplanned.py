"""Changes that nobody asked for, noticed by an event (docs: "Unauthorized change request")."""

from integrations.servicenow.sandbox.data.store import SYSTEM, Record
from integrations.servicenow.sandbox.engine import writes
from integrations.servicenow.sandbox.instance import Instance

GROUP = "Change Management"


def report_unplanned(inst: Instance, item: Record, what: str) -> Record | None:
    """What the event ``ci.change.unplanned`` makes; nothing while the property is off."""
    if not inst.switches["enable_unauthorized"]:
        return None
    group = inst.store.where("sys_user_group", name=GROUP)
    about = {
        "type": "emergency",
        "short_description": what or f"Unplanned change detected on {item['name']}",
        "cmdb_ci": item.sys_id,
        "assignment_group": group[0].sys_id if group else "",
        "unauthorized": "true",
    }
    return writes.create(inst, "change_request", about, SYSTEM)
