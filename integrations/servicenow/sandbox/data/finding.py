"""Running an encoded query against the records."""

from dataclasses import replace
from functools import partial

from integrations.servicenow.sandbox.data import query as encoded
from integrations.servicenow.sandbox.data import scripts
from integrations.servicenow.sandbox.data.index import in_order
from integrations.servicenow.sandbox.data.query import Condition, Query
from integrations.servicenow.sandbox.data.schema import TABLES, and_below, column_at
from integrations.servicenow.sandbox.data.store import Actor, Record
from integrations.servicenow.sandbox.instance import Instance

NOT_INDEXED = ("integer", "journal_input")
"""Numbers compare as numbers, and a journal column holds nothing itself."""


def find_all(inst: Instance, table: str, text: str, by: Actor, zone: str) -> list[Record]:
    """All records the query finds, in its order; parts that make no sense are left out, the rest runs."""

    def evaluate(script: str) -> str | None:
        return scripts.evaluate(script, by, zone, inst.clock.now())

    query = encoded.parse(text, lambda path: column_at(table, path) is not None, evaluate)
    if query.dropped and inst.switches["returns_no_rows"]:
        return []
    rows = [row for row in candidates(inst, table, query) if encoded.meets(query, partial(_holds, inst, row))]
    for path, is_descending in reversed(query.order):
        rows.sort(key=partial(_sort_key, inst, path), reverse=is_descending)
    return rows


def candidates(inst: Instance, table: str, query: Query) -> list[Record]:
    """The rows worth looking at: those an index names, where each alternative of the query has one to offer."""
    found: dict[str, Record] = {}
    for every in query.alternatives:
        named = [rows for rows in (_named(inst, table, either) for either in every) if rows is not None]
        if not named:
            return inst.store.rows(table)
        found |= {row.sys_id: row for row in min(named, key=len)}
    return in_order(found.values())


def _named(inst: Instance, table: str, either: tuple[Condition, ...]) -> list[Record] | None:
    """The rows that may meet one of these conditions; None when no index can tell."""
    rows: list[Record] = []
    for condition in either:
        column = TABLES[table].columns.get(condition.path)
        if column is None or column.kind in NOT_INDEXED or condition.operator not in ("=", "IN"):
            return None
        values = condition.value.split(",") if condition.operator == "IN" else [condition.value]
        for value in dict.fromkeys(values):
            rows += inst.store.holding(table, condition.path, value)
    return rows


def _holds(inst: Instance, row: Record, condition: Condition) -> bool:
    column, value = column_at(row.table, condition.path), _value_at(inst, row, condition.path)
    if condition.operator == "INSTANCEOF":  # a class, or one that extends it
        return condition.value in TABLES and value in and_below(condition.value)
    if condition.operator == "SAMEAS":
        condition = replace(condition, value=_value_at(inst, row, condition.value))
    return encoded.holds(
        condition,
        value,
        is_number=column is not None and column.kind == "integer",
        ignores_case=not inst.switches["case_sensitive_values"],
    )


def _value_at(inst: Instance, row: Record, path: str) -> str:
    found = inst.store.walk(row, path)
    return found[0][found[1].name] if found else ""


def _sort_key(inst: Instance, path: str, row: Record) -> tuple[float, str]:
    found = inst.store.walk(row, path)
    if not found:
        return (float("-inf"), "")
    value = found[0][found[1].name]
    return (float(value) if found[1].kind == "integer" and value else 0.0, value.lower())
