"""What a record held before: a row of sys_audit for every column of an audited table that changes."""

from collections.abc import Mapping

from integrations.servicenow.sandbox.data.schema import TABLES
from integrations.servicenow.sandbox.data.store import Actor, Record
from integrations.servicenow.sandbox.instance import Instance

AUDITED = frozenset(
    {"change_request", "change_task", "sysapproval_approver", "sysapproval_group", "incident", "problem"}
)


def keep(inst: Instance) -> None:
    """Write history from now on. What a row is born with is no change."""

    def changed(record: Record, before: Mapping[str, str], by: Actor) -> None:
        if record.table not in AUDITED:
            return
        for name, old in before.items():
            inst.store.insert("sys_audit", _entry(inst, record, name, old, by), by)

    inst.store.watchers.append(changed)


def _entry(inst: Instance, record: Record, name: str, old: str, by: Actor) -> dict[str, str]:
    new = record[name]
    if TABLES[record.table].columns[name].kind == "journal_input":
        new = inst.store.journal(record, name)[-1]["value"]
    return {
        "tablename": record.table,
        "documentkey": record.sys_id,
        "fieldname": name,
        "oldvalue": old,
        "newvalue": new,
        "user": by.user_name,
        "record_checkpoint": record["sys_mod_count"],
    }
