"""The records of the instance: every value a string, as in the database's own view of it."""

import itertools
from collections.abc import Callable, Iterator, Mapping

from integrations.servicenow.sandbox.data.columns import Column
from integrations.servicenow.sandbox.data.index import Index, in_order
from integrations.servicenow.sandbox.data.record import SYSTEM as SYSTEM
from integrations.servicenow.sandbox.data.record import Actor as Actor
from integrations.servicenow.sandbox.data.record import Record as Record
from integrations.servicenow.sandbox.data.schema import TABLES, and_below
from integrations.standin.clock import Clock
from integrations.standin.world import sys_id_of

STAMP = "%Y-%m-%d %H:%M:%S"
NUMBERED = {
    "change_request": ("CHG", 30001),
    "change_task": ("CTASK", 10001),
    "sysapproval_group": ("GAPRV", 10001),
    "incident": ("INC", 10001),
    "problem": ("PRB", 40001),
}
Watcher = Callable[[Record, Mapping[str, str], Actor], None]
"""(row, column → what it held before, by whom); a new row has held nothing."""


class Store:
    """All rows, in the order they were made."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or Clock()
        self._rows: dict[str, dict[str, Record]] = {name: {} for name in TABLES}
        self._indexes = {name: Index(rows) for name, rows in self._rows.items()}
        self._serials = {name: itertools.count(1) for name in TABLES}
        self._places = itertools.count(1)
        self._numbers = {name: itertools.count(first) for name, (_, first) in NUMBERED.items()}
        self.watchers: list[Watcher] = []
        """Told of every new row and every change of one."""

    def now(self) -> str:
        """UTC, to the second, as it is stored."""
        return self._clock.now().strftime(STAMP)

    def rows(self, table: str) -> list[Record]:
        """Rows of the table and of those that extend it."""
        return [row for name in and_below(table) for row in self._rows[name].values()]

    def find(self, table: str, sys_id: str) -> Record | None:
        if table not in TABLES:
            return None
        return next((self._rows[name][sys_id] for name in and_below(table) if sys_id in self._rows[name]), None)

    def where(self, table: str, **equal: str) -> list[Record]:
        """Rows that hold exactly this."""
        return in_order(
            row
            for name in and_below(table)
            for row in self._fewest(name, equal)
            if all(row.get(column) == value for column, value in equal.items())
        )

    def holding(self, table: str, column: str, value: str) -> list[Record]:
        """Rows whose column holds this value, in whatever case, in no order."""
        return [row for name in and_below(table) for row in self._indexes[name].with_value(column, value).values()]

    def insert(self, table: str, values: Mapping[str, str], by: Actor, sys_id: str = "") -> Record:
        """A new row with defaults, number and system columns filled in."""
        serial = next(self._serials[table])
        defaults = {name: column.default for name, column in TABLES[table].columns.items()}
        record = Record(table, defaults, next(self._places))
        record["sys_id"] = sys_id or sys_id_of(table, f"#{serial}")
        at = self.now()
        if "sys_class_name" in record:
            record["sys_class_name"] = table
        if table in NUMBERED:
            record["number"] = f"{NUMBERED[table][0]}{next(self._numbers[table]):07d}"
            record["task_effective_number"] = record["number"]
            record["opened_at"], record["opened_by"] = at, by.sys_id
        record.update(sys_created_on=at, sys_created_by=by.user_name, sys_updated_on=at, sys_updated_by=by.user_name)
        self._write(record, values, by)
        self._rows[table][record.sys_id] = record
        self._indexes[table].add(record)
        self._tell(record, {}, by)
        return record

    def update(self, record: Record, values: Mapping[str, str], by: Actor) -> frozenset[str]:
        """Names of the columns that changed; a write that changes nothing leaves no trace."""
        changed = self._write(record, values, by)
        if changed:
            self._set(record, "sys_mod_count", str(int(record["sys_mod_count"]) + 1))
            self._set(record, "sys_updated_on", self.now())
            self._set(record, "sys_updated_by", by.user_name)
            self._tell(record, changed, by)
        return frozenset(changed)

    def rewrite(self, record: Record, values: Mapping[str, str]) -> None:
        """Write without a trace: rows that merely show a setting."""
        for name, value in values.items():
            self._set(record, name, value)

    def delete(self, record: Record) -> None:
        self._indexes[record.table].remove(record)
        del self._rows[record.table][record.sys_id]

    def journal(self, record: Record, element: str) -> list[Record]:
        """The entries of a journal column, oldest first."""
        return self.where("sys_journal_field", element_id=record.sys_id, element=element)

    def walk(self, record: Record, path: str) -> tuple[Record, Column] | None:
        """The record and column a dot-walk ends in; None where a reference on the way is empty or unknown."""
        head, _, rest = path.partition(".")
        column = TABLES[record.table].columns.get(head)
        if column is None:
            return None
        if not rest:
            return record, column
        target = self.find(column.refers, record[head]) if column.refers else None
        return self.walk(target, rest) if target else None

    def _fewest(self, table: str, equal: Mapping[str, str]) -> list[Record]:
        """The rows to look at: those of the rarest of the values."""
        known = [column for column in equal if column in TABLES[table].columns]
        found = [self._indexes[table].with_value(column, equal[column]) for column in known]
        return list(min(found, key=len).values() if found else self._rows[table].values())

    def _write(self, record: Record, values: Mapping[str, str], by: Actor) -> dict[str, str]:
        """Column → what it held before, of those that changed."""
        before = {}
        for name, value in values.items():
            if TABLES[record.table].columns[name].kind == "journal_input":
                if value:
                    self._note(record, name, value, by)
                    before[name] = ""
            elif record[name] != value:
                before[name] = record[name]
                self._set(record, name, value)
        return before

    def _set(self, record: Record, name: str, value: str) -> None:
        old, record[name] = record[name], value
        self._indexes[record.table].moved(record, name, old)

    def _note(self, record: Record, element: str, text: str, by: Actor) -> None:
        entry = {"name": record.table, "element": element, "element_id": record.sys_id, "value": text}
        self.insert("sys_journal_field", entry, by)

    def _tell(self, record: Record, before: Mapping[str, str], by: Actor) -> None:
        for watcher in self.watchers:
            watcher(record, before, by)

    def __iter__(self) -> Iterator[Record]:
        for rows in self._rows.values():
            yield from rows.values()
