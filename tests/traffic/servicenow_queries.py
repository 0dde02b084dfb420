"""Encoded queries: documented operators, columns that exist, values that cannot mean anything else.

docs, platform-user-interface/c_EncodedQueryStrings and r_OpAvailableFiltersQueries. ServiceNow drops a condition that
it does not understand and runs the rest, so that a typo reads every row.
"""

import re
from collections.abc import Iterator

from tests.traffic.servicenow_tables import column

WITHOUT_VALUE = ("ISEMPTY", "ISNOTEMPTY")
WITH_VALUE = ("NOT LIKE", "NOT IN", "STARTSWITH", "ENDSWITH", "BETWEEN", "SAMEAS", "LIKE", "IN", "!=", ">=", "<=", "=")
CONDITION = re.compile(rf"(?:NQ|OR)?([a-z][a-z0-9_.]*)({'|'.join((*WITHOUT_VALUE, *WITH_VALUE))}|[<>])(.*)", re.DOTALL)
ORDER = re.compile(r"ORDERBY(?:DESC)?([a-z][a-z0-9_.]*)")
SCRIPTS = frozenset({"javascript:gs.getUserID()"})
"""What Cabbie has the server run: who are we?"""
ON_TEXT = ("LIKE", "NOT LIKE", "STARTSWITH", "ENDSWITH")


def query_complaints(table: str, query: str) -> Iterator[str]:
    """What is wrong with a query of this table."""
    for part in query.replace("^^", "").split("^"):
        if ordering := ORDER.fullmatch(part):
            if column(table, ordering[1]) is None:
                yield f"it orders by {ordering[1]}, which {table} does not document"
        elif found := CONDITION.fullmatch(part):
            yield from _condition(table, found[1], found[2], found[3])
        elif query:
            yield f"no condition: {part[:80]!r}"


def _condition(table: str, path: str, operator: str, value: str) -> Iterator[str]:
    judge = column(table, path)
    if judge is None:
        yield f"it asks for {path}, which {table} does not document"
        return
    if operator in WITHOUT_VALUE:
        if value:
            yield f"{path}{operator} takes no value"
        return
    if not value:
        yield f"{path}{operator} has no value, and would mean something else"
    for one in _values(operator, value):
        if one.lstrip().lower().startswith("javascript:"):
            if one not in SCRIPTS:
                yield f"{path}: it has the server run {one[:80]!r}"
        elif any(ord(character) < 32 for character in one):
            yield f"{path}: a control character in {one[:80]!r}"
        elif operator not in ON_TEXT and one and not judge(one):
            yield f"{path}{operator}{one[:80]!r}"


def _values(operator: str, value: str) -> list[str]:
    if operator in ("IN", "NOT IN"):
        return value.split(",")
    return value.split("@", 1) if operator == "BETWEEN" else [value]
