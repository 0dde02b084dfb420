"""Change tasks: work for somebody, attached to a change."""

from collections.abc import Mapping

from bot.ports import Unknown
from integrations.servicenow.connection import Connection
from integrations.servicenow.failures import SYSTEM
from integrations.servicenow.fields import LONGEST_CORRELATION, cut, text, title
from integrations.servicenow.lookups import Names
from integrations.servicenow.query import all_of, checked_id, equals

TABLE = "change_task"
PARENT = "change_request"
COLUMNS = ("sys_id", "number", "short_description", "state", "assignment_group.name", "correlation_id", PARENT)
SHOWN = {"assignment_group.name": "assignment_group"}
KEPT = ("number", "short_description", "state", "assignment_group.name", "correlation_id")


def tasks(connection: Connection, sys_id: str) -> tuple[Mapping[str, str], ...]:
    """The change's tasks by number; assignment_group is the group's name, state ServiceNow's value."""
    rows = connection.all_rows(TABLE, equals(PARENT, checked_id(sys_id)), COLUMNS)
    mine = sorted((row for row in rows if row.get(PARENT) == sys_id), key=lambda row: row.get("number", ""))
    return tuple({SHOWN.get(name, name): row.get(name, "") for name in KEPT} for row in mine)


def create_task(
    connection: Connection,
    names: Names,
    sys_id: str,
    *,
    short_description: str,
    description: str,
    group: str,
    correlation_id: str,
) -> str:
    """The number of the change's task with this key: found, or created."""
    correlation_id = cut(correlation_id, LONGEST_CORRELATION)
    if number := _find(connection, sys_id, correlation_id):
        return number
    row = connection.insert(
        TABLE,
        {
            PARENT: sys_id,
            "short_description": title(short_description),
            "description": text(description),
            "assignment_group": names.group(group),
            "correlation_id": correlation_id,
        },
    )
    if not row.get("number"):
        raise Unknown(SYSTEM, "its answer does not say which task was created")
    return row["number"]


def _find(connection: Connection, sys_id: str, correlation_id: str) -> str:
    query = all_of(equals(PARENT, checked_id(sys_id)), equals("correlation_id", correlation_id), "ORDERBYnumber")
    rows = connection.rows(TABLE, query, COLUMNS, limit=10)
    same = [row for row in rows if row.get(PARENT) == sys_id and row.get("correlation_id") == correlation_id]
    return same[0].get("number", "") if same else ""
