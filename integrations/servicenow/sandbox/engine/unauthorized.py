"""What becomes of a change that was made before anybody approved it (docs: "Unauthorized change request")."""

from integrations.servicenow.sandbox.data.store import SYSTEM, Record
from integrations.servicenow.sandbox.engine import tasks
from integrations.servicenow.sandbox.instance import Instance


def goes_to_review(inst: Instance, change: Record) -> bool:
    """Approved, it goes to Review at once: it was made already. Not while an outage hangs on it."""
    return change["unauthorized"] == "true" and not inst.store.where("cmdb_ci_outage", task_number=change.sys_id)


def ask_for_review(inst: Instance, change: Record) -> None:
    about = {"short_description": "Post Implementation Review", "change_task_type": "review"}
    tasks.create(inst, change, {**about, "created_from": "workflow"}, SYSTEM)
