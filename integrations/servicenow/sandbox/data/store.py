"""The records of the instance: every value a string, as in the database's own view of it."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from integrations.servicenow.sandbox.data.columns import Column
from integrations.servicenow.sandbox.data.schema import TABLES, and_below
from integrations.standin.world import sys_id_of

STAMP = "%Y-%m-%d %H:%M:%S"
NUMBERED = {"change_request": ("CHG", 30001), "change_task": ("CTASK", 10001), "sysapproval_group": ("GAPRV", 10001)}


@dataclass(frozen=True)
class Actor:
    """Whose name goes into sys_updated_by."""

    user_name: str
    sys_id: str


SYSTEM = Actor("system", "")


class Record(dict[str, str]):
    """One row, and the table it is in."""

    def __init__(self, table: str, values: Mapping[str, str]) -> None:
        super().__init__(values)
        self.table = table

    @property
    def sys_id(self) -> str:
        return self["sys_id"]


class Store:
    """All rows, in the order they were made."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Record]] = {name: {} for name in TABLES}
        self._serials = {name: itertools.count(1) for name in TABLES}
        self._numbers = {name: itertools.count(first) for name, (_, first) in NUMBERED.items()}

    def rows(self, table: str) -> list[Record]:
        """Rows of the table and of those that extend it."""
        return [row for name in and_below(table) for row in self._rows[name].values()]

    def find(self, table: str, sys_id: str) -> Record | None:
        if table not in TABLES:
            return None
        return next((self._rows[name][sys_id] for name in and_below(table) if sys_id in self._rows[name]), None)

    def where(self, table: str, **equal: str) -> list[Record]:
        return [row for row in self.rows(table) if all(row.get(name) == value for name, value in equal.items())]

    def insert(self, table: str, values: Mapping[str, str], by: Actor, sys_id: str = "") -> Record:
        """A new row with defaults, number and system columns filled in."""
        serial = next(self._serials[table])
        record = Record(table, {name: column.default for name, column in TABLES[table].columns.items()})
        record["sys_id"] = sys_id or sys_id_of(table, f"#{serial}")
        if "sys_class_name" in record:
            record["sys_class_name"] = table
        if table in NUMBERED:
            record["number"] = f"{NUMBERED[table][0]}{next(self._numbers[table]):07d}"
            record["task_effective_number"] = record["number"]
            record["opened_at"], record["opened_by"] = now(), by.sys_id
        record.update(
            sys_created_on=now(), sys_created_by=by.user_name, sys_updated_on=now(), sys_updated_by=by.user_name
        )
        self._write(record, values, by)
        self._rows[table][record.sys_id] = record
        return record

    def update(self, record: Record, values: Mapping[str, str], by: Actor) -> frozenset[str]:
        """Names of the columns that changed; a write that changes nothing leaves no trace."""
        changed = self._write(record, values, by)
        if changed:
            record["sys_mod_count"] = str(int(record["sys_mod_count"]) + 1)
            record["sys_updated_on"], record["sys_updated_by"] = now(), by.user_name
        return changed

    def delete(self, record: Record) -> None:
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

    def _write(self, record: Record, values: Mapping[str, str], by: Actor) -> frozenset[str]:
        changed = set()
        for name, value in values.items():
            if TABLES[record.table].columns[name].kind == "journal_input":
                if value:
                    self._note(record, name, value, by)
                    changed.add(name)
            elif record[name] != value:
                record[name] = value
                changed.add(name)
        return frozenset(changed)

    def _note(self, record: Record, element: str, text: str, by: Actor) -> None:
        entry = {"name": record.table, "element": element, "element_id": record.sys_id, "value": text}
        self.insert("sys_journal_field", entry, by)

    def __iter__(self) -> Iterator[Record]:
        for rows in self._rows.values():
            yield from rows.values()


def now() -> str:
    """UTC, to the second, as it is stored."""
    return datetime.now(UTC).strftime(STAMP)
