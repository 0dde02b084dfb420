"""What a column is, and short ways to write many of them."""

from dataclasses import dataclass

SYSTEM = frozenset({"sys_id", "sys_created_on", "sys_created_by", "sys_updated_on", "sys_updated_by", "sys_mod_count"})


@dataclass(frozen=True)
class Column:
    """One column, with sys_dictionary's words for its kind."""

    name: str
    kind: str = "string"
    """string, integer, boolean, reference, glide_date_time, journal_input, GUID."""
    refers: str = ""
    length: int = 255
    default: str = ""
    is_read_only: bool = False


def texts(names: str, length: int = 255) -> tuple[Column, ...]:
    return tuple(Column(name, length=length) for name in names.split())


def numbers(**defaults: str) -> tuple[Column, ...]:
    return tuple(Column(name, "integer", default=default) for name, default in defaults.items())


def flags(**defaults: str) -> tuple[Column, ...]:
    return tuple(Column(name, "boolean", default=default) for name, default in defaults.items())


def dates(names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "glide_date_time") for name in names.split())


def refs(table: str, names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "reference", refers=table, length=32) for name in names.split())


def journals(names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "journal_input", length=4000) for name in names.split())


def read_only(*columns: Column) -> tuple[Column, ...]:
    return tuple(Column(c.name, c.kind, c.refers, c.length, c.default, is_read_only=True) for c in columns)


def system_columns() -> tuple[Column, ...]:
    return read_only(
        Column("sys_id", "GUID", length=32),
        *dates("sys_created_on sys_updated_on"),
        *texts("sys_created_by sys_updated_by", 40),
        *numbers(sys_mod_count="0"),
        Column("sys_tags"),
    )
