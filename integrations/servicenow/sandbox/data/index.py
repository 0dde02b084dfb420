"""Finding rows by what a column holds without looking at every row."""

from collections.abc import Iterable

from integrations.servicenow.sandbox.data.record import Record


class Index:
    """The rows of one table, by the values of every column that was ever asked for.

    Values are kept without regard to case: whoever minds it looks again at the few rows that are found."""

    def __init__(self, rows: dict[str, Record]) -> None:
        self._rows = rows
        self._columns: dict[str, dict[str, dict[str, Record]]] = {}
        """Column → value → sys_id → row."""

    def with_value(self, column: str, value: str) -> dict[str, Record]:
        if column not in self._columns:
            self._columns[column] = {}
            for record in self._rows.values():
                self._put(column, record)
        return self._columns[column].get(value.lower(), {})

    def add(self, record: Record) -> None:
        for column in self._columns:
            self._put(column, record)

    def remove(self, record: Record) -> None:
        for column in self._columns:
            self._take(column, record[column], record)

    def moved(self, record: Record, column: str, old: str) -> None:
        """A column of a row holds something else now."""
        if column in self._columns and record.sys_id in self._rows:
            self._take(column, old, record)
            self._put(column, record)

    def _put(self, column: str, record: Record) -> None:
        self._columns[column].setdefault(record[column].lower(), {})[record.sys_id] = record

    def _take(self, column: str, value: str, record: Record) -> None:
        values = self._columns[column]
        held = values.get(value.lower(), {})
        held.pop(record.sys_id, None)
        if not held:
            values.pop(value.lower(), None)


def in_order(found: Iterable[Record]) -> list[Record]:
    """Oldest first, as a table without an order would give them."""
    return sorted(found, key=lambda record: record.serial)
