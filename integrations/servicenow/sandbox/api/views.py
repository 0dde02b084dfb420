"""Form and list views: which columns ``sysparm_view`` leaves of a record that was asked for without fields."""

# The base system's mobile views show little; a view that a table does not have is its default, which shows all here.
VIEWS: dict[tuple[str, str], tuple[str, ...]] = {
    ("change_request", "mobile"): (
        *("sys_id", "number", "short_description", "state", "type", "risk", "start_date", "end_date", "assigned_to"),
    ),
    ("incident", "mobile"): ("sys_id", "number", "short_description", "state", "priority", "caller_id", "assigned_to"),
    ("sysapproval_approver", "mobile"): ("sys_id", "state", "approver", "sysapproval", "sys_created_on"),
}


def columns_of(table: str, view: str) -> tuple[str, ...]:
    """The view's columns; none where the table has no such view."""
    return VIEWS.get((table, view), ())
