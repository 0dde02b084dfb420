"""What an instance makes of the values it is sent."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from integrations.servicenow.sandbox.data.choices import STATES
from integrations.servicenow.sandbox.data.columns import Column
from integrations.servicenow.sandbox.data.display import from_zone, labels_of
from integrations.servicenow.sandbox.data.schema import TABLES
from integrations.servicenow.sandbox.data.store import STAMP, Store

_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass
class Accepted:
    """The values that count, and the names of those that do not."""

    values: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Reading:
    """How this caller's values are to be read."""

    store: Store
    switches: Mapping[str, Any]
    zone: str
    labelled: frozenset[str] | None = frozenset()
    """Columns given by label or name rather than by value; None means all."""

    def is_labelled(self, name: str) -> bool:
        return self.labelled is None or name in self.labelled


def accept(reading: Reading, table: str, raw: Mapping[str, Any], also_read_only: Iterable[str] = ()) -> Accepted:
    """The values as they would be stored: unknown and read-only names left out, texts cut, labels resolved."""
    accepted = Accepted()
    for name, given in raw.items():
        column = TABLES[table].columns.get(name)
        if column is None or column.is_read_only or name in also_read_only:
            accepted.ignored.append(name)
            continue
        if name in reading.switches["silently_dropped"].get(table, ()):
            continue
        value = _stored(reading, table, column, text_of(given))
        if value is None:
            accepted.ignored.append(name)
        elif not (
            value == "" and labels_of(table, name, reading.switches["risk_scale"])
        ):  # a choice is not cleared by ""
            accepted.values[name] = value
    return accepted


def text_of(given: Any) -> str:
    """JSON to the string it is stored as; a pair gives its value."""
    if isinstance(given, dict):
        return text_of(given.get("value", ""))
    if isinstance(given, bool):
        return str(given).lower()
    return "" if given is None else str(given)


def _stored(reading: Reading, table: str, column: Column, value: str) -> str | None:
    """The value to store, or None when it is not taken at all."""
    match column.kind:
        case "boolean":
            return "true" if value.lower() in ("true", "1", "yes") else "false"
        case "glide_date_time":
            return _moment(value, reading.zone if reading.is_labelled(column.name) else "UTC")
        case "integer":
            return _whole(reading, table, column, value)
        case "reference":
            return _sys_id(reading, column, value) if reading.is_labelled(column.name) else value[:32]
    if reading.is_labelled(column.name):
        labels = labels_of(table, column.name, reading.switches["risk_scale"])
        value = next((v for v, label in labels.items() if value.lower() in (v.lower(), label.lower())), value)
    is_title = (table, column.name) == ("change_request", "short_description")
    return value[: reading.switches["short_description_length"] if is_title else column.length]


def _whole(reading: Reading, table: str, column: Column, value: str) -> str | None:
    if value == "" or _NUMBER.fullmatch(value):
        return value and str(int(float(value)))
    labels = labels_of(table, column.name, reading.switches["risk_scale"])
    if reading.is_labelled(column.name):
        return next((v for v, label in labels.items() if label.lower() == value.lower()), None)
    if labels is STATES and reading.switches["table_state_labels"] == "mis-mapped":
        return _mis_mapped(value)
    return None


def _mis_mapped(label: str) -> str | None:
    """A state's label sent as its value lands one state further: "assess" became -3 (seen in public code)."""
    states = list(STATES)
    at = next((i for i, known in enumerate(STATES.values()) if known.lower() == label.lower()), None)
    return None if at is None else states[min(at + 1, len(states) - 1)]


def _moment(value: str, zone: str) -> str:
    """Anything but ``YYYY-MM-DD[ HH:MM:SS]`` (an ISO ``T``, say) is stored as nothing."""
    for form in (STAMP, "%Y-%m-%d"):
        try:
            return from_zone(datetime.strptime(value, form).strftime(STAMP), zone)
        except ValueError:
            continue
    return ""


def _sys_id(reading: Reading, column: Column, value: str) -> str:
    """The record meant by its sys_id or its display value."""
    if value == "" or reading.store.find(column.refers, value):
        return value
    if column.refers not in TABLES:
        return value[:32]
    shown = TABLES[column.refers].display
    return next((row.sys_id for row in reading.store.rows(column.refers) if row[shown].lower() == value.lower()), "")
