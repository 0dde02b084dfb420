"""All tables of the instance, and what extends what."""

from collections.abc import Iterator

from integrations.servicenow.sandbox.data import tables_of_instance, tables_of_operations
from integrations.servicenow.sandbox.data.columns import Column, dates, flags, journals, numbers, refs, texts
from integrations.servicenow.sandbox.data.tables import plain, with_columns
from integrations.servicenow.sandbox.data.task_columns import CHANGE_REQUEST, CHANGE_TASK, TASK

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

USER_COLUMNS = (
    *texts("user_name name first_name last_name title time_zone"),
    Column("email", length=100),
    *flags(active="true", locked_out="false", web_service_access_only="false", internal_integration_user="false"),
)

TABLES = {
    table.name: table
    for table in (
        with_columns("task", "Task", "number", TASK),
        with_columns("change_request", "Change Request", "number", CHANGE_REQUEST, "task"),
        with_columns("change_task", "Change Task", "number", CHANGE_TASK, "task"),
        with_columns("sysapproval_group", "Group approval", "number", TASK, "task"),
        plain("sysapproval_approver", "Approval", "approver", *APPROVER_COLUMNS),
        plain("sys_user", "User", "name", *USER_COLUMNS),
        plain(
            "sys_user_group",
            "Group",
            "name",
            *texts("name description email type"),
            *flags(active="true"),
            *refs("sys_user", "manager"),
            *refs("sys_user_group", "parent"),
        ),
        plain("sys_user_grmember", "Group Member", "user", *refs("sys_user_group", "group"), *refs("sys_user", "user")),
        plain("sys_user_role", "Role", "name", *texts("name description")),
        plain(
            "sys_user_has_role",
            "User Role",
            "role",
            *refs("sys_user", "user"),
            *refs("sys_user_role", "role"),
            *texts("state"),
        ),
        plain(
            "sys_user_delegate",
            "Delegate",
            "delegate",
            *refs("sys_user", "user delegate"),
            *dates("starts ends"),
            *flags(approvals="true"),
        ),
        *tables_of_operations.TABLES,
        *tables_of_instance.TABLES,
    )
}


def and_below(name: str) -> tuple[str, ...]:
    """The table and those that extend it."""
    return _BELOW[name]


def column_at(table: str, path: str) -> Column | None:
    """The column a dot-walk ends in: ``approver.email`` from sysapproval_approver is sys_user's email."""
    head, _, rest = path.partition(".")
    column = TABLES[table].columns.get(head) if table in TABLES else None
    if not rest or column is None:
        return column
    return column_at(column.refers, rest) if column.refers else None


def _below(name: str) -> Iterator[str]:
    yield name
    for table in TABLES.values():
        if table.extends == name:
            yield from _below(table.name)


_BELOW = {name: tuple(_below(name)) for name in TABLES}
