"""Tables: the plain one and the one that sorts and pages (docs.slack.dev, table-block and data-table-block)."""

from collections.abc import Iterator
from typing import Any

from integrations.slack.sandbox.blockkit.objects import BLOCK_ID
from integrations.slack.sandbox.blockkit.rich_text import RICH_TEXT
from integrations.slack.sandbox.blockkit.rules import (
    Need,
    boolean,
    choice,
    integer,
    listed,
    number,
    shaped,
    string,
    typed,
    wrong,
)

MOST_CHARACTERS = 10_000
_CELLS = {"raw_text": shaped({"text": Need(string(3000))}), "rich_text": RICH_TEXT}
_DATA_CELLS = {
    "raw_text": shaped({"text": Need(string(3000, 1))}),
    "raw_number": shaped({"value": Need(number), "text": string(3000, 1)}),
    "rich_text": RICH_TEXT,
}
_SETTING = shaped({"align": choice("left", "center", "right"), "is_wrapped": boolean})


def _setting(value: Any, at: str) -> Iterator[str]:
    """A column's setting may be null, to skip it."""
    if value is not None:
        yield from _SETTING(value, at)


def _rows_agree(value: dict[str, Any], at: str) -> Iterator[str]:
    rows = [row for row in value.get("rows") or [] if isinstance(row, list)]
    if len({len(row) for row in rows}) > 1:
        yield wrong("all rows must have the same number of cells", f"{at}/rows")
    if rows and any(isinstance(cell, dict) and cell.get("type") == "rich_text" for cell in rows[0]):
        yield wrong("header cells cannot be rich_text", f"{at}/rows/0")
    if characters(rows) > MOST_CHARACTERS:
        yield wrong(f"must be less than {MOST_CHARACTERS + 1} characters", f"{at}/rows")
    column = value.get("row_header_column_index")
    if isinstance(column, int) and rows and column >= len(rows[0]):
        yield wrong("must name a column of the table", f"{at}/row_header_column_index")


def characters(node: Any) -> int:
    """The length of every text in it."""
    if isinstance(node, list):
        return sum(characters(item) for item in node)
    if isinstance(node, dict):
        own = node.get("text")
        return (len(own) if isinstance(own, str) else 0) + sum(characters(v) for v in node.values())
    return 0


TABLE = shaped(
    {
        "block_id": BLOCK_ID,
        "rows": Need(listed(listed(typed(_CELLS), 20), 100)),
        "column_settings": listed(_setting, 20, 0),
    }
)
DATA_TABLE = shaped(
    {
        "block_id": BLOCK_ID,
        "caption": Need(string(3000, 1)),
        "rows": Need(listed(listed(typed(_DATA_CELLS), 20), 101, 2)),  # the header and up to a hundred rows
        "page_size": integer(1, 100),
        "row_header_column_index": integer(0, 19),
    },
    _rows_agree,
)
