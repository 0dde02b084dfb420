"""The tables of the instance: columns, inheritance, the column a person reads."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from integrations.servicenow.sandbox.data.columns import (
    Column,
    dates,
    flags,
    journals,
    numbers,
    read_only,
    refs,
    system_columns,
    texts,
)
from integrations.servicenow.sandbox.data.task_columns import CHANGE_REQUEST, CHANGE_TASK, TASK


@dataclass(frozen=True)
class Table:
    """One table."""

    name: str
    label: str
    display: str
    """The column whose value stands for the record wherever it is referred to."""
    columns: dict[str, Column] = field(repr=False)
    extends: str = ""


def _table(name: str, label: str, display: str, columns: Iterable[Column], extends: str = "") -> Table:
    return Table(name, label, display, {column.name: column for column in columns}, extends)


def _plain(name: str, label: str, display: str, *columns: Column, extends: str = "") -> Table:
    return _table(name, label, display, (*system_columns(), *columns), extends)


CI_COLUMNS = (
    *texts("name sys_class_name"),
    Column("short_description", length=1000),
    *numbers(operational_status="1", install_status="1"),
    *refs("sys_user", "owned_by managed_by"),
    *refs("sys_user_group", "support_group assignment_group change_control"),
    Column("busines_criticality", length=40),  # the platform's own spelling
    Column("used_for", length=40, default="Production"),
)

APPROVER_COLUMNS = (
    *refs("sys_user", "approver"),
    *refs("task", "sysapproval"),
    *refs("change_request", "document_id"),
    *refs("sysapproval_group", "group"),
    Column("source_table", length=80),
    Column("state", length=40, default="not requested"),
    *journals("comments"),
    *dates("due_date expected_start"),
    *texts("approval_source approval_column wf_activity", 80),
    *numbers(iteration="1"),
)

ATTACHMENT_COLUMNS = (
    *texts("file_name content_type table_name table_sys_id size_bytes size_compressed"),
    *texts("compressed average_image_color image_height image_width"),
)

USER_COLUMNS = (
    *texts("user_name name first_name last_name title time_zone"),
    Column("email", length=100),
    *flags(active="true", locked_out="false", web_service_access_only="false", internal_integration_user="false"),
)

DICTIONARY_COLUMNS = (
    *texts("name element column_label internal_type reference default_value"),
    *numbers(max_length="40"),
    *flags(mandatory="false", active="true", read_only="false"),
)

TEMPLATE_COLUMNS = (
    *texts("name state"),
    *refs("std_change_record_producer", "std_change_producer"),
    *numbers(version="1"),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        _table("task", "Task", "number", TASK),
        _table("change_request", "Change Request", "number", CHANGE_REQUEST, "task"),
        _table("change_task", "Change Task", "number", CHANGE_TASK, "task"),
        _table("sysapproval_group", "Group approval", "number", TASK, "task"),
        _plain("sysapproval_approver", "Approval", "approver", *APPROVER_COLUMNS),
        _plain("sys_user", "User", "name", *USER_COLUMNS),
        _plain(
            "sys_user_group",
            "Group",
            "name",
            *texts("name description email type"),
            *flags(active="true"),
            *refs("sys_user", "manager"),
            *refs("sys_user_group", "parent"),
        ),
        _plain(
            "sys_user_grmember", "Group Member", "user", *refs("sys_user_group", "group"), *refs("sys_user", "user")
        ),
        _plain("sys_user_role", "Role", "name", *texts("name description")),
        _plain(
            "sys_user_has_role",
            "User Role",
            "role",
            *refs("sys_user", "user"),
            *refs("sys_user_role", "role"),
            *texts("state"),
        ),
        _plain(
            "sys_user_delegate",
            "Delegate",
            "delegate",
            *refs("sys_user", "user delegate"),
            *dates("starts ends"),
            *flags(approvals="true"),
        ),
        _plain("cmdb_ci", "Configuration Item", "name", *CI_COLUMNS),
        _plain("cmdb_ci_service", "Service", "name", *CI_COLUMNS, extends="cmdb_ci"),
        _plain(
            "chg_model",
            "Change Model",
            "name",
            *texts("name sys_name table_name state_field color sys_class_name"),
            *texts("description record_preset", 4000),
            *flags(active="true", available_in_ui="true", default_change_model="false"),
        ),
        _plain(
            "sys_choice",
            "Choice",
            "label",
            *texts("name element value label language"),
            *flags(inactive="false"),
            *numbers(sequence="0"),
        ),
        _plain(
            "sys_journal_field",
            "Journal Entry",
            "sys_created_on",
            *texts("name element element_id"),
            *texts("value", 4000),
        ),
        _plain("sys_properties", "System Property", "name", *texts("name value type description")),
        _plain("sys_dictionary", "Dictionary Entry", "element", *DICTIONARY_COLUMNS),
        _plain("std_change_record_producer", "Standard Change Template", "name", *texts("name short_description")),
        _plain("std_change_producer_version", "Standard Change Template Version", "name", *TEMPLATE_COLUMNS),
        _plain("sys_attachment", "Attachment", "file_name", *read_only(*ATTACHMENT_COLUMNS)),
    )
}


def and_below(name: str) -> tuple[str, ...]:
    """The table and those that extend it."""
    return _BELOW[name]


def _below(name: str) -> Iterator[str]:
    yield name
    for table in TABLES.values():
        if table.extends == name:
            yield from _below(table.name)


_BELOW = {name: tuple(_below(name)) for name in TABLES}


def column_at(table: str, path: str) -> Column | None:
    """The column a dot-walk ends in: ``approver.email`` from sysapproval_approver is sys_user's email."""
    head, _, rest = path.partition(".")
    column = TABLES[table].columns.get(head) if table in TABLES else None
    if not rest or column is None:
        return column
    return column_at(column.refers, rest) if column.refers else None
