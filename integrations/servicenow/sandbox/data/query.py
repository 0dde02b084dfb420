"""Encoded queries: ``active=true^stateIN-5,-4^ORapproval=requested^ORDERBYDESCsys_created_on``.

Operators: ServiceNow docs, "Encoded query strings" and "Operators available for filters and queries".
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

OPERATORS = (
    *("ISNOTEMPTY", "ISEMPTY", "ANYTHING", "NOT LIKE", "NOT IN", "STARTSWITH", "ENDSWITH", "BETWEEN", "SAMEAS"),
    "INSTANCEOF",
    *("LIKE", "IN", "ON", "!=", ">=", "<=", "=", ">", "<"),
)
# Names are lower case and word operators upper case, so the border between them is never in doubt.
_CONDITION = re.compile(rf"([a-z0-9_.]+)({'|'.join(OPERATORS)})(.*)", re.DOTALL)
_ORDER = re.compile(r"ORDERBY(DESC)?([a-z0-9_.]+)")


@dataclass(frozen=True)
class Condition:
    """``field operator value``."""

    path: str
    operator: str
    value: str


@dataclass(frozen=True)
class Query:
    """Any of these (^NQ), of which all (^), each met by one of its own (^OR)."""

    alternatives: tuple[tuple[tuple[Condition, ...], ...], ...]
    order: tuple[tuple[str, bool], ...] = ()
    """Path, and whether descending."""
    dropped: tuple[str, ...] = ()
    """The parts that made no sense: the instance leaves them out and runs the rest."""


def parse(text: str, is_column: Callable[[str], bool], evaluate: Callable[[str], str | None]) -> Query:
    """
    is_column: whether a (dot-walked) name exists.
    evaluate: the value of a ``javascript:`` expression, None when it cannot be run.
    """
    alternatives: list[list[list[Condition]]] = [[]]
    order: list[tuple[str, bool]] = []
    dropped: list[str] = []
    for part in _parts(text):
        if ordering := _ORDER.fullmatch(part):
            if is_column(ordering[2]):
                order.append((ordering[2], bool(ordering[1])))
            else:
                dropped.append(part)
            continue
        if part.startswith("NQ"):
            alternatives.append([])
        if part == "EQ" or part.startswith("GROUPBY"):
            continue
        condition = _condition(part.removeprefix("NQ").removeprefix("OR"), is_column, evaluate)
        if condition is None:
            dropped.append(part)
        elif part.startswith("OR") and alternatives[-1]:
            alternatives[-1][-1].append(condition)
        else:
            alternatives[-1].append([condition])
    frozen = tuple(tuple(tuple(either) for either in every) for every in alternatives)
    return Query(frozen, tuple(order), tuple(dropped))


def meets(query: Query, holds: Callable[[Condition], bool]) -> bool:
    """Whether a record meets the query; ``holds`` judges one condition."""
    return any(all(any(holds(c) for c in either) for either in every) for every in query.alternatives)


def holds(condition: Condition, value: str, *, is_number: bool, ignores_case: bool) -> bool:
    """Whether a column's value meets the condition."""
    wanted = condition.value
    if ignores_case:
        value, wanted = value.lower(), wanted.lower()
    match condition.operator:
        case "=" | "SAMEAS":
            return _same(value, wanted, is_number)
        case "!=":
            return not _same(value, wanted, is_number)
        case "ISEMPTY":
            return value == ""
        case "ISNOTEMPTY":
            return value != ""
        case "ANYTHING":
            return True
        case "IN":
            return any(_same(value, one, is_number) for one in wanted.split(","))
        case "NOT IN":
            return not any(_same(value, one, is_number) for one in wanted.split(","))
        case "LIKE":
            return wanted in value
        case "NOT LIKE":
            return wanted not in value
        case "STARTSWITH":
            return value.startswith(wanted)
        case "ENDSWITH":
            return value.endswith(wanted)
        case "BETWEEN":
            low, _, high = wanted.partition("@")
            return _compare(value, low, ">=", is_number) and _compare(value, high, "<=", is_number)
        case operator:
            return _compare(value, wanted, operator, is_number)


def _parts(text: str) -> list[str]:
    """Split at ``^``; ``^^`` is a literal one (GlideStringUtil docs)."""
    parts, current, at = [], "", 0
    while at < len(text):
        if text[at] != "^":
            current += text[at]
        elif text[at + 1 : at + 2] == "^":
            current += "^"
            at += 1
        else:
            parts.append(current)
            current = ""
        at += 1
    return [part for part in (*parts, current) if part]


def _condition(part: str, is_column: Callable[[str], bool], evaluate: Callable[[str], str | None]) -> Condition | None:
    found = _CONDITION.fullmatch(part)
    if not found or not is_column(found[1]):
        return None
    path, operator, given = found[1], found[2], found[3]
    if operator == "SAMEAS":  # another column of the row
        return Condition(path, operator, given) if is_column(given) else None
    if operator == "ON":  # ONToday@javascript:gs.beginningOfToday()@javascript:gs.endOfToday()
        operator, given = "BETWEEN", given.partition("@")[2]
    sides = given.split("@") if operator == "BETWEEN" else [given]
    values = [_evaluated(side, evaluate) for side in sides]
    known = [value for value in values if value is not None]
    return Condition(path, operator, "@".join(known)) if len(known) == len(values) else None


def _evaluated(side: str, evaluate: Callable[[str], str | None]) -> str | None:
    return evaluate(side.removeprefix("javascript:")) if side.startswith("javascript:") else side


def _same(value: str, wanted: str, is_number: bool) -> bool:
    if is_number and _number(value) is not None:
        return _number(value) == _number(wanted)
    return value == wanted


def _compare(value: str, wanted: str, operator: str, is_number: bool) -> bool:
    if value == "":
        return False
    left: float | str = value
    right: float | str = wanted
    if is_number:
        first, second = _number(value), _number(wanted)
        if first is None or second is None:
            return False
        left, right = first, second
    if operator in (">=", "<=") and left == right:
        return True
    return left > right if operator.startswith(">") else left < right  # type: ignore[operator]  # both are of one type


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
