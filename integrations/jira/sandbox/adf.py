"""Documents (ADF): which node may stand in which, and what a comment may hold of it."""

from collections.abc import Callable, Mapping
from typing import Any

# developer.atlassian.com/cloud/jira/platform/apis/document/structure and the pages of the nodes beside it.
# Tables, media, extensions and the rest are not modelled: no document here may hold them.
INLINE = frozenset({"text", "hardBreak", "mention", "emoji", "inlineCard"})
LISTS = frozenset({"bulletList", "orderedList"})
ITEM = frozenset({"listItem"})
IN_ITEM = LISTS | {"paragraph", "codeBlock"}
BLOCKS = IN_ITEM | {"blockquote", "rule"}
# node → what may stand in it
COMMENT: dict[str, frozenset[str]] = {
    "doc": BLOCKS,
    "paragraph": INLINE,
    "bulletList": ITEM,
    "orderedList": ITEM,
    "listItem": IN_ITEM,
    "codeBlock": frozenset({"text"}),
    "blockquote": IN_ITEM,
}
# headings and panels are reported refused in comments, and are at home in descriptions
DESCRIPTION = COMMENT | {
    "doc": BLOCKS | {"heading", "panel"},
    "heading": INLINE,
    "panel": IN_ITEM | {"heading", "rule"},
}
NEVER_EMPTY = LISTS | {"listItem", "blockquote", "panel"}
SAYS_SOMETHING = INLINE - {"hardBreak"}
PANELS = frozenset({"info", "note", "warning", "success", "error"})


def _is_text(attrs: Mapping[str, Any], name: str) -> bool:
    return isinstance(attrs.get(name), str) and bool(attrs[name])


# node or mark → whether its attributes will do
ATTRIBUTES: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    "mention": lambda attrs: _is_text(attrs, "id"),
    "emoji": lambda attrs: _is_text(attrs, "shortName"),
    "inlineCard": lambda attrs: _is_text(attrs, "url") or isinstance(attrs.get("data"), dict),
    "heading": lambda attrs: type(attrs.get("level")) is int and 1 <= attrs["level"] <= 6,
    "panel": lambda attrs: attrs.get("panelType") in PANELS,
    "link": lambda attrs: _is_text(attrs, "href"),
    "textColor": lambda attrs: _is_text(attrs, "color"),
    "subsup": lambda attrs: attrs.get("type") in ("sub", "sup"),
}
MARKS = frozenset({"link", "strong", "em", "code", "strike", "underline", "subsup", "textColor"})
BESIDE_CODE = frozenset({"code", "link"})


def is_document(body: Any, kinds: Mapping[str, frozenset[str]] = COMMENT) -> bool:
    """Whether this is a document of these nodes."""
    if not isinstance(body, dict) or body.get("type") != "doc" or type(body.get("version")) is not int:
        return False
    return body["version"] == 1 and _is_node({k: v for k, v in body.items() if k != "version"}, kinds)


def is_blank(node: Mapping[str, Any]) -> bool:
    """Whether nothing is said in a document."""
    if node["type"] in SAYS_SOMETHING:
        return node["type"] == "text" and not node["text"].strip()
    return all(is_blank(child) for child in node.get("content", []))


def _is_node(node: dict[str, Any], kinds: Mapping[str, frozenset[str]]) -> bool:
    kind = node["type"]
    members = {"type", "attrs", *({"text", "marks"} if kind == "text" else {"content"} if kind in kinds else ())}
    if set(node) - members or not _has_attributes(node):
        return False
    if kind == "text":
        return _is_text(node, "text") and _is_marked_well(node.get("marks", []))
    content = node.get("content", [])
    if not isinstance(content, list) or (kind in NEVER_EMPTY and not content):
        return False
    return all(_is_kind(child, kinds.get(kind, frozenset())) and _fits(kind, child, kinds) for child in content)


def _fits(place: str, child: dict[str, Any], kinds: Mapping[str, frozenset[str]]) -> bool:
    """Code is plain: no marks in a block of it."""
    return _is_node(child, kinds) and not (place == "codeBlock" and child.get("marks"))


def _is_marked_well(marks: Any) -> bool:
    if not isinstance(marks, list) or any(not _is_kind(mark, MARKS) or not _has_attributes(mark) for mark in marks):
        return False
    names = {mark["type"] for mark in marks}
    return "code" not in names or names <= BESIDE_CODE


def _has_attributes(thing: Mapping[str, Any]) -> bool:
    attrs = thing.get("attrs", {})
    if not isinstance(attrs, dict):
        return False
    check = ATTRIBUTES.get(thing["type"])
    return check is None or check(attrs)


def _is_kind(thing: Any, kinds: frozenset[str]) -> bool:
    return isinstance(thing, dict) and isinstance(thing.get("type"), str) and thing["type"] in kinds
