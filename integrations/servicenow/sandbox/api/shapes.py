"""How a record looks on the wire: flat strings (Table API) or pairs (Change Management API)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from integrations.servicenow.sandbox.access import rights
from integrations.servicenow.sandbox.access.accounts import Session
from integrations.servicenow.sandbox.api.views import columns_of
from integrations.servicenow.sandbox.data.columns import Column
from integrations.servicenow.sandbox.data.display import display_of
from integrations.servicenow.sandbox.data.schema import TABLES, column_at
from integrations.servicenow.sandbox.data.store import Record
from integrations.servicenow.sandbox.instance import Instance


@dataclass(frozen=True)
class View:
    """What a Table API caller asked to see."""

    inst: Instance
    session: Session
    base: str
    display: str = "false"
    """false, true or all."""
    without_links: bool = False
    fields: tuple[str, ...] = ()
    view: str = ""
    table: str = ""
    """The table asked: of a record in one that extends it, it knows its own columns only."""

    def of(self, record: Record) -> dict[str, Any]:
        table = self.table or record.table
        hidden = rights.hidden_fields(self.inst, self.session, record.table)
        names = self.fields or columns_of(table, self.view) or tuple(TABLES[table].columns)
        shown: dict[str, Any] = {}
        for path in names:
            if path.partition(".")[0] in hidden or column_at(table, path) is None:
                continue
            found = self.inst.store.walk(record, path)
            if found and (found[0] is record or self._may_look_into(*found)):
                shown[path] = self._value(*found)
            elif not found:
                shown[path] = {"display_value": "", "value": ""} if self.display == "all" else ""
        return shown

    def _may_look_into(self, target: Record, column: Column) -> bool:
        """A dot-walk shows nothing of a record or a column that could not be read by itself."""
        is_hidden = column.name in rights.hidden_fields(self.inst, self.session, target.table)
        return not is_hidden and rights.may_see(self.inst, self.session, target)

    def _value(self, record: Record, column: Column) -> Any:
        # A journal reads back empty; only its display value holds the entries.
        value = "" if column.kind == "journal_input" else record[column.name]
        has_link = column.refers and value and not self.without_links
        link = {"link": f"{self.base}/api/now/table/{column.refers}/{value}"} if has_link else {}
        if self.display == "false":
            return {**link, "value": value} if link else value
        shown = display_of(self.inst.store, record, column, self.session.zone, self.inst.switches["risk_scale"])
        shown = shown if column.kind == "journal_input" or value else ""
        if self.display == "all":
            return {"display_value": shown, "value": value, **link}
        return {"display_value": shown, **link} if link else shown


@dataclass(frozen=True)
class Pairs:
    """How the Change Management API shows a record."""

    inst: Instance
    session: Session
    is_new: bool = False
    """A create answers 3, every other call 3.0: CHG reference, examples."""

    def of(self, record: Record, ignored: Iterable[str] = ()) -> dict[str, Any]:
        hidden = rights.hidden_fields(self.inst, self.session, record.table)
        columns = TABLES[record.table].columns
        shown: dict[str, Any] = {name: self._pair(record, c) for name, c in columns.items() if name not in hidden}
        if record.table == "change_request":
            shown["variables"] = {"display_value": "variable_pool", "value": "variable_pool"}
        if self.inst.switches["bare_sys_id"]:
            shown["sys_id"] = record.sys_id
        if names := list(ignored):
            shown["__meta"] = {"ignoredFields": names}
        return shown

    def _pair(self, record: Record, column: Column) -> dict[str, Any]:
        is_journal = column.kind == "journal_input"
        shown = (
            ""
            if is_journal
            else display_of(self.inst.store, record, column, self.session.zone, self.inst.switches["risk_scale"])
        )
        value = "" if is_journal else record[column.name]
        pair: dict[str, Any] = {"display_value": shown, "value": self._typed(column, value)}
        if column.kind == "glide_date_time":
            pair["display_value_internal"] = shown if value else ""
        return pair

    def _typed(self, column: Column, value: str) -> Any:
        if self.inst.switches["string_values"] or value == "":
            return value
        if column.kind == "boolean":
            return value == "true"
        if column.kind == "integer":
            return int(value) if self.is_new else float(value)
        return value
