"""Layout blocks of 2025 and 2026 (docs.slack.dev/reference/block-kit/blocks), tables and charts among them."""

from collections.abc import Iterator
from typing import Any

from integrations.slack.sandbox.blockkit.charts import CHART
from integrations.slack.sandbox.blockkit.elements import BUTTON, ELEMENTS, IMAGE
from integrations.slack.sandbox.blockkit.objects import BLOCK_ID, URL, plain, text
from integrations.slack.sandbox.blockkit.rich_text import RICH_TEXT_OBJECT
from integrations.slack.sandbox.blockkit.rules import (
    Need,
    Rule,
    Shape,
    choice,
    listed,
    one_of,
    shaped,
    string,
    typed,
)
from integrations.slack.sandbox.blockkit.tables import DATA_TABLE, TABLE

_CARD_SHAPE: Shape = {
    "block_id": BLOCK_ID,
    "hero_image": typed({"image": IMAGE}),
    "icon": typed({"image": IMAGE}),
    "title": text(150),
    "subtitle": text(150),
    "body": text(200),
    "actions": listed(typed({"button": BUTTON}), 2),
}
CARD = shaped(_CARD_SHAPE, one_of("hero_image", "title", "actions", "body"))
_SOURCE = typed({"url": shaped({"url": Need(URL), "text": Need(string(3000, 1))})})
TASK = shaped(
    {
        "block_id": BLOCK_ID,
        "task_id": Need(string(255, 1)),
        "title": Need(string(3000, 1)),
        "details": RICH_TEXT_OBJECT,
        "output": RICH_TEXT_OBJECT,
        "sources": listed(_SOURCE, None, 0),
        "status": choice("pending", "in_progress", "complete", "error"),
    }
)


def _task_in_plan(value: Any, at: str) -> Iterator[str]:
    """Inside a plan a task may leave out its type."""
    yield from typed({"task_card": TASK})(({"type": "task_card"} | value) if isinstance(value, dict) else value, at)


def _title(value: Any, at: str) -> Iterator[str]:
    """A plan's title is a string or a plain text object."""
    yield from (string(3000, 1) if isinstance(value, str) else plain(3000))(value, at)


NEWER_BLOCKS: dict[str, Rule] = {
    "markdown": shaped({"block_id": BLOCK_ID, "text": Need(string(12_000, 1))}),
    "context_actions": shaped(
        {"block_id": BLOCK_ID, "elements": Need(listed(typed(ELEMENTS, "feedback_buttons", "icon_button"), 5))}
    ),
    "table": TABLE,
    "data_table": DATA_TABLE,
    "data_visualization": CHART,
    "card": CARD,
    "carousel": shaped({"block_id": BLOCK_ID, "elements": Need(listed(typed({"card": CARD}), 10))}),
    "alert": shaped(
        {
            "block_id": BLOCK_ID,
            "text": Need(text(3000)),
            "level": choice("default", "info", "warning", "error", "success"),
        }
    ),
    "plan": shaped({"block_id": BLOCK_ID, "title": Need(_title), "tasks": listed(_task_in_plan, None, 0)}),
    "task_card": TASK,
}
