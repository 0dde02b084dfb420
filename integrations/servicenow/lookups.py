"""Finding what people call by name: configuration items, groups, risks. Names are not unique in ServiceNow."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.change.model import Level
from bot.ports import Declined, NotThere
from integrations.servicenow.connection import Connection, Row
from integrations.servicenow.failures import SYSTEM
from integrations.servicenow.fields import RISK_VALUES, is_true
from integrations.servicenow.query import all_of, equals
from integrations.servicenow.session import Clock

REMEMBERED_FOR = timedelta(minutes=10)
# CSDM, cmdb_ci.operational_status: 1 is Operational.
OPERATIONAL = "1"


class Names:
    """sys_ids by name, remembered for ten minutes; what was not found is asked again each time."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], tuple[str, datetime]] = {}

    def configuration_item(self, name: str) -> str:
        """The one operational configuration item of this name. Raises: Declined."""
        return self._remembered("cmdb_ci", name, self._find_item)

    def group(self, name: str) -> str:
        """The one active group of this name. Raises: Declined."""
        return self._remembered("sys_user_group", name, self._find_group)

    def risk(self, level: Level) -> str:
        """What this instance stores for a risk."""
        return self._remembered("risk", level.value, self._find_risk)

    def _remembered(self, table: str, name: str, find: Callable[[str], str]) -> str:
        now = self._clock()
        with self._lock:
            known = self._known.get((table, name))
        if known and now - known[1] < REMEMBERED_FOR:
            return known[0]
        found = find(name)
        with self._lock:
            self._known[(table, name)] = (found, now)
        return found

    def _find_item(self, name: str) -> str:
        query = all_of(equals("name", name), f"operational_status={OPERATIONAL}")
        rows = self._connection.rows("cmdb_ci", query, ("sys_id", "name", "operational_status"), limit=10)
        same = [row for row in rows if row.get("name") == name and row.get("operational_status") == OPERATIONAL]
        return _only(same, f"operational configuration item called “{name}”")

    def _find_risk(self, level: str) -> str:
        try:
            return risk_value(choices_of(self._connection, "risk"), Level(level))
        except (Declined, NotThere):  # its choices are not shown to us: then it has those of the base system
            return RISK_VALUES[Level(level)]

    def _find_group(self, name: str) -> str:
        query = all_of(equals("name", name), "active=true")
        rows = self._connection.rows("sys_user_group", query, ("sys_id", "name", "active"), limit=10)
        same = [row for row in rows if row.get("name") == name and is_true(row.get("active", ""))]
        return _only(same, f"active group called “{name}”")


def choices_of(connection: Connection, element: str) -> dict[str, str]:
    """Value → label of a column of change_request, as far as they may be read."""
    query = f"name=change_request^element={element}^inactive=false"
    rows = connection.rows("sys_choice", query, ("name", "element", "value", "label"), limit=200)
    return {row.get("value", ""): row.get("label", "") for row in rows if row.get("element") == element}


def risk_value(there: Mapping[str, str], level: Level) -> str:
    """The value behind the label of this level; the base system's where none bears it.

    ServiceNow's own documents number risks 1 to 3 in one place and 2 to 4 in another: a moderate change written as 3
    would be a low one here or there, and the CAB would not be asked."""
    labelled = [value for value, label in there.items() if label.casefold() == level.value]
    return labelled[0] if len(labelled) == 1 else RISK_VALUES[level]


def _only(rows: list[Row], what: str) -> str:
    ids = {row.get("sys_id", "") for row in rows} - {""}
    if len(ids) == 1:
        return ids.pop()
    if ids:
        raise Declined(SYSTEM, f"there is more than one {what}: names in the policy must be unique")
    raise Declined(SYSTEM, f"there is no {what}: correct the policy, or ask a ServiceNow admin to add it")
