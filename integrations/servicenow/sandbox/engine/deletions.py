"""Deleting a record, and with it what hangs on it."""

from integrations.servicenow.sandbox.data.store import Record
from integrations.servicenow.sandbox.instance import Instance

HANGS_ON_A_TASK = {
    "sysapproval_approver": "sysapproval",
    "sysapproval_group": "parent",
    "change_task": "change_request",
    "task_ci": "task",
    "task_cmdb_ci_service": "task",
    "task_service_offering": "task",
    "conflict": "change",
}
"""Table → the column that names the task."""
HANGS_ON_ANY = {"sys_attachment": "table_sys_id", "sys_journal_field": "element_id"}


def delete(inst: Instance, record: Record) -> None:
    below = HANGS_ON_ANY | (HANGS_ON_A_TASK if record.table == "change_request" else {})
    for table, column in below.items():
        for row in inst.store.where(table, **{column: record.sys_id}):
            delete(inst, row)
    inst.files.pop(record.sys_id, None)
    inst.store.delete(record)
