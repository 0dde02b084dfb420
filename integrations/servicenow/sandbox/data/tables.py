"""What a table is, and short ways to write many of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from integrations.servicenow.sandbox.data.columns import Column, system_columns


@dataclass(frozen=True)
class Table:
    """One table."""

    name: str
    label: str
    display: str
    """The column whose value stands for the record wherever it is referred to."""
    columns: dict[str, Column] = field(repr=False)
    extends: str = ""


def with_columns(name: str, label: str, display: str, columns: Iterable[Column], extends: str = "") -> Table:
    return Table(name, label, display, {column.name: column for column in columns}, extends)


def plain(name: str, label: str, display: str, *columns: Column, extends: str = "") -> Table:
    """A table with the system's own columns besides these."""
    return with_columns(name, label, display, (*system_columns(), *columns), extends)
