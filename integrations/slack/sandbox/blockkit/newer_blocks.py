"""Layout blocks of 2025 and 2026. Where no complete description was found, unknown properties pass."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from integrations.slack.sandbox.blockkit.elements import BUTTON, ELEMENTS, IMAGE
from integrations.slack.sandbox.blockkit.objects import text
from integrations.slack.sandbox.blockkit.rules import (
    Need,
    Rule,
    anything,
    integer,
    listed,
    number,
    one_of,
    shaped,
    string,
    typed,
    wrong,
)

_ID = string(255, 1)
_RICH_CELL = shaped({"elements": Need(listed(anything, None, 0)), "block_id": _ID})
_RAW_TEXT = shaped({"text": Need(string(3000))})
_RAW_NUMBER = shaped({"value": Need(number)}, open_ended=True)
_CELLS = {"raw_text": _RAW_TEXT, "rich_text": _RICH_CELL}
_DATA_CELLS = _CELLS | {"raw_number": _RAW_NUMBER, "action": shaped({}, open_ended=True)}
_LABEL = string(20, 1)
_POINT = shaped({"label": Need(_LABEL), "value": Need(number)})


def _rows_agree(value: dict[str, Any], at: str) -> Iterator[str]:
    rows = [row for row in value.get("rows") or [] if isinstance(row, list)]
    if len({len(row) for row in rows}) > 1:
        yield wrong("all rows must have the same number of cells", f"{at}/rows")
    if rows and any(isinstance(cell, dict) and cell.get("type") == "rich_text" for cell in rows[0]):
        yield wrong("header cells cannot be rich_text", f"{at}/rows/0")
    if sum(len(str(cell.get("text", ""))) for row in rows for cell in row if isinstance(cell, dict)) > 10_000:
        yield wrong("must be less than 10001 characters", f"{at}/rows")


def _series_match_categories(value: dict[str, Any], at: str) -> Iterator[str]:
    """Series names differ, and each series has one point for every category and none besides."""
    series = [one for one in value.get("series") or [] if isinstance(one, dict)]
    if len({one.get("name") for one in series}) < len(series):
        yield wrong("series names must be unique", f"{at}/series")
    config = value.get("axis_config")
    categories = Counter(config.get("categories") or []) if isinstance(config, dict) else Counter()
    for index, one in enumerate(series):
        points = one.get("data")
        labels = [p.get("label") for p in points if isinstance(p, dict)] if isinstance(points, list) else []
        if Counter(labels) != categories:
            yield wrong("data must have one point for each category", f"{at}/series/{index}/data")


_AXES = shaped({"categories": Need(listed(_LABEL, 20))}, open_ended=True)
_SERIES = shaped({"name": Need(_LABEL), "data": Need(listed(_POINT, 20))}, open_ended=True)
_CARTESIAN = shaped(
    {"series": Need(listed(_SERIES, 6)), "axis_config": Need(_AXES)}, _series_match_categories, open_ended=True
)
_CHARTS: dict[str, Rule] = {
    "pie": shaped({"segments": Need(listed(_POINT, 6))}, open_ended=True),
    "bar": _CARTESIAN,
    "line": _CARTESIAN,
    "area": _CARTESIAN,
}
_CARD_SHAPE = {
    "block_id": _ID,
    "hero_image": IMAGE,
    "icon": IMAGE,
    "title": text(150),
    "subtitle": text(150),
    "body": text(200),
    "actions": listed(BUTTON, 2),
}
CARD = shaped(_CARD_SHAPE, one_of("hero_image", "title", "actions", "body"))  # type: ignore[arg-type]  # a dict of rules is a Shape

NEWER_BLOCKS: dict[str, Rule] = {
    "markdown": shaped({"block_id": _ID, "text": Need(string(12_000, 1))}),
    "context_actions": shaped(
        {"block_id": _ID, "elements": Need(listed(typed(ELEMENTS, "feedback_buttons", "icon_button"), 5))}
    ),
    "table": shaped(
        {
            "block_id": _ID,
            "rows": Need(listed(listed(typed(_CELLS), 20), 100)),
            "column_settings": listed(anything, 20),
        }
    ),
    "data_table": shaped(
        {
            "block_id": _ID,
            "caption": Need(string(3000, 1)),
            "rows": Need(listed(listed(typed(_DATA_CELLS), 20), 101, 2)),
            "page_size": integer(1, 100),
            "row_header_column_index": integer(0, 19),
        },
        _rows_agree,
    ),
    "data_visualization": shaped({"block_id": _ID, "title": Need(string(50, 1)), "chart": Need(typed(_CHARTS))}),
    "card": CARD,
    "carousel": shaped({"block_id": _ID, "elements": Need(listed(typed({"card": CARD}), 10))}),
    "alert": shaped({"block_id": _ID}, open_ended=True),
    "plan": shaped({"block_id": _ID, "title": Need(anything)}, open_ended=True),
    "task_card": shaped({"block_id": _ID, "title": Need(anything)}, open_ended=True),
}
