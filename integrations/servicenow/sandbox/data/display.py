"""What a person sees of a stored value: labels, names, their own time zone."""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from integrations.servicenow.sandbox.data.choices import RISKS, choices_of
from integrations.servicenow.sandbox.data.columns import Column
from integrations.servicenow.sandbox.data.index import in_order
from integrations.servicenow.sandbox.data.schema import TABLES
from integrations.servicenow.sandbox.data.store import STAMP, Record, Store

# The system's zone, for users who chose none. https://www.servicenow.com/docs, glide.sys.default.tz
SYSTEM_ZONE = "US/Pacific"
NEVER_COMPUTED = ("sla_due", "activity_due")  # shown as UNKNOWN while empty: CHG reference, GET example


def display_of(store: Store, record: Record, column: Column, zone: str, risk_scale: str) -> str:
    """The display value of one column."""
    value = record[column.name]
    if column.kind == "reference":
        return _name_of(store, column.refers, value)
    if column.kind == "glide_date_time":
        return "UNKNOWN" if column.name in NEVER_COMPUTED and not value else in_zone(value, zone)
    if column.kind == "journal_input":
        return _stream(store, record, column.name, zone)
    return labels_of(record.table, column.name, risk_scale).get(value, value)


def labels_of(table: str, element: str, risk_scale: str) -> dict[str, str]:
    """Value → label of a choice column; empty for any other."""
    if (table, element) == ("change_request", "risk"):
        return RISKS[risk_scale]
    return choices_of(table, TABLES[table].extends, element)


@lru_cache(maxsize=16_384)
def in_zone(value: str, zone: str) -> str:
    """Stored UTC as the reader's own time."""
    if not value:
        return ""
    moment = datetime.strptime(value, STAMP).replace(tzinfo=UTC)
    try:
        return moment.astimezone(ZoneInfo(zone or SYSTEM_ZONE)).strftime(STAMP)
    except OverflowError:  # the first and the last day there is
        return value


def from_zone(value: str, zone: str) -> str:
    """The writer's own time as stored UTC; raises ValueError when it is no time."""
    moment = datetime.strptime(value, STAMP).replace(tzinfo=ZoneInfo(zone or SYSTEM_ZONE))
    try:
        return moment.astimezone(UTC).strftime(STAMP)
    except OverflowError as reason:
        raise ValueError(value) from reason


def _name_of(store: Store, table: str, sys_id: str) -> str:
    target = store.find(table, sys_id)
    if target is None:
        return "" if len(sys_id) == 32 else sys_id
    column = TABLES[target.table].columns[TABLES[target.table].display]
    return _name_of(store, column.refers, target[column.name]) if column.refers else target[column.name]


def _stream(store: Store, record: Record, element: str, zone: str) -> str:
    """All entries as one text, newest first."""
    elements = ("comments", "work_notes") if element == "comments_and_work_notes" else (element,)
    entries = in_order(entry for name in elements for entry in store.journal(record, name))
    return "".join(_entry(store, entry, zone) for entry in reversed(entries))


def _entry(store: Store, entry: Record, zone: str) -> str:
    title = entry["element"].replace("_", " ").capitalize()
    head = f"{in_zone(entry['sys_created_on'], zone)} - {_full_name(store, entry['sys_created_by'])} ({title})"
    return f"{head}\n{entry['value']}\n\n"


def _full_name(store: Store, user_name: str) -> str:
    return next((user["name"] for user in store.where("sys_user", user_name=user_name)), user_name)
