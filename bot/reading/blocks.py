"""Block Kit's blocks, written on a sheet: those that are known, and the words in those that are not."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.reading.sheet import MOST_PARTS, Pen, object_of, parts_of

MOST_DEPTH = 6
WORDS = ("title", "subtitle", "header", "text", "body", "label", "value", "fallback", "description", "alt_text")
"""Where a block that is not known here keeps its words."""
Block = Mapping[str, Any]


def write_blocks(pen: Pen, blocks: Any) -> None:
    for block in parts_of(blocks):
        if pen.is_full:
            pen.leave_out()
            return
        known = BLOCKS.get(str(object_of(block).get("type")), _any_other)
        known(pen, object_of(block))


def _header(pen: Pen, block: Block) -> None:
    pen.write("header", object_of(block.get("text")).get("text"))


def _section(pen: Pen, block: Block) -> None:
    pen.write("block", object_of(block.get("text")).get("text"))
    for field in parts_of(block.get("fields")):
        pen.pair(object_of(field).get("text"))
    _element(pen, block.get("accessory"))


def _context(pen: Pen, block: Block) -> None:
    for element in parts_of(block.get("elements")):
        pen.write("block", object_of(element).get("text"))


def _actions(pen: Pen, block: Block) -> None:
    for element in parts_of(block.get("elements")):
        _element(pen, element)


def _element(pen: Pen, element: Any) -> None:
    """A button; pictures and menus say nothing."""
    label = object_of(object_of(element).get("text")).get("text")
    pen.write("button", label)
    pen.anchor(object_of(element).get("url"), label)


def _markdown(pen: Pen, block: Block) -> None:
    pen.write("block", block.get("text"))


def _image(pen: Pen, block: Block) -> None:
    title = block.get("title")
    pen.write("block", title if isinstance(title, str) else object_of(title).get("text"))


def _rich_text(pen: Pen, block: Block) -> None:
    pen.write("block", _rich(block, 0))


def _rich(value: Any, depth: int) -> str:
    """Rich text as the mrkdwn that says the same."""
    part = object_of(value)
    if depth > MOST_DEPTH:
        return ""
    if part.get("type") in RICH:
        return RICH[str(part["type"])](part)
    is_line = part.get("type") in ("rich_text", "rich_text_list")
    return ("\n" if is_line else "").join(_rich(one, depth + 1) for one in parts_of(part.get("elements")))


def _said(value: Any) -> str:
    text = value if isinstance(value, str) else ""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _rich_link(part: Block) -> str:
    url = part.get("url") if isinstance(part.get("url"), str) else ""
    return f"<{url}|{_said(part.get('text')) or url}>"


RICH: dict[str, Callable[[Block], str]] = {
    "text": lambda part: _said(part.get("text")),
    "link": _rich_link,
    "user": lambda part: f"<@{_said(part.get('user_id'))}>",
    "channel": lambda part: f"<#{_said(part.get('channel_id'))}>",
    "emoji": lambda part: f" :{_said(part.get('name'))}: ",
    "date": lambda part: _said(part.get("fallback")),
}


def _table(pen: Pen, block: Block) -> None:
    """Two columns are titles and values; of more, the first row titles the others."""
    rows = [[_cell(cell) for cell in parts_of(row)] for row in parts_of(block.get("rows"))]
    for row in rows if all(len(row) == 2 for row in rows) else ():
        pen.field(row[0], row[1])
    for row in rows[1:] if any(len(row) != 2 for row in rows) else ():
        for title, value in zip(rows[0], row, strict=False):
            pen.field(title, value)


def _cell(cell: Any) -> str:
    text = object_of(cell).get("text")
    return _said(text) if isinstance(text, str) else _rich(cell, 0)


def _any_other(pen: Pen, block: Block) -> None:
    left = [MOST_PARTS]
    _walk(pen, block, 0, left)


def _walk(pen: Pen, value: Any, depth: int, left: list[int]) -> None:
    if not isinstance(value, Mapping) or depth > MOST_DEPTH or left[0] <= 0:
        return
    left[0] -= 1
    for name in WORDS:
        inner = value.get(name)
        pen.write("block", inner) if isinstance(inner, str) else _walk(pen, inner, depth + 1, left)
    for name in ("elements", "fields", "items", "blocks"):
        for one in parts_of(value.get(name)):
            _walk(pen, one, depth + 1, left)


BLOCKS: dict[str, Callable[[Pen, Block], None]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "markdown": _markdown,
    "image": _image,
    "video": _image,
    "rich_text": _rich_text,
    "table": _table,
    "divider": lambda pen, block: None,
}
