"""Rich text: wiki markup in version 2, a document (ADF) in version 3, and what a comment may hold of it."""

from typing import Any

from integrations.jira.sandbox.models import Body

# Headings and panels are reported refused in comments; the rest of ADF (tables, media, extensions) is not modelled.
TEXT_NODES = frozenset({"doc", "paragraph", "text", "hardBreak", "mention", "emoji", "inlineCard"})
COMMENT_NODES = TEXT_NODES | {"bulletList", "orderedList", "listItem", "codeBlock", "blockquote", "rule"}
MARKS = frozenset({"link", "strong", "em", "code", "strike", "underline", "subsup", "textColor"})
BLOCKS = frozenset({"paragraph", "codeBlock", "listItem", "blockquote"})


def is_document(body: Any) -> bool:
    """Whether this is a document that a comment may hold."""
    return isinstance(body, dict) and body.get("type") == "doc" and body.get("version") == 1 and _is_node(body)


def _is_node(node: Any) -> bool:
    if not _is_kind(node, COMMENT_NODES) or not isinstance(node.get("attrs", {}), dict):
        return False
    if node["type"] == "text" and not (isinstance(node.get("text"), str) and node["text"]):
        return False
    marks, content = node.get("marks", []), node.get("content", [])
    if not isinstance(marks, list) or not isinstance(content, list):
        return False
    is_marked_well = all(_is_kind(mark, MARKS) and isinstance(mark.get("attrs", {}), dict) for mark in marks)
    return is_marked_well and all(_is_node(child) for child in content)


def _is_kind(thing: Any, kinds: frozenset[str]) -> bool:
    return isinstance(thing, dict) and isinstance(thing.get("type"), str) and thing["type"] in kinds


def document_of(body: Body) -> dict[str, Any]:
    """The version 3 face; wiki markup becomes plain paragraphs."""
    if isinstance(body, dict):
        return body
    paragraphs = [{"type": "paragraph", "content": _lines(part)} for part in body.split("\n\n") if part.strip()]
    return {"type": "doc", "version": 1, "content": paragraphs}


def _lines(text: str) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = []
    for line in text.split("\n"):
        if nodes:
            nodes.append({"type": "hardBreak"})
        if line:
            nodes.append({"type": "text", "text": line})
    return nodes


def text_of(body: Body) -> str:
    """The version 2 face: the words of a document, a blank line between its blocks."""
    return body if isinstance(body, str) else _words(body).strip("\n")


def _words(node: dict[str, Any]) -> str:
    if node["type"] == "text":
        return _linked(node)
    if node["type"] == "hardBreak":
        return "\n"
    if node["type"] in ("mention", "emoji"):
        return str(node.get("attrs", {}).get("text", ""))
    inner = "".join(_words(child) for child in node.get("content", []))
    return inner + "\n\n" if node["type"] in BLOCKS else inner


def _linked(node: dict[str, Any]) -> str:
    targets = [mark.get("attrs", {}).get("href") for mark in node.get("marks", []) if mark["type"] == "link"]
    return f"[{node['text']}|{targets[0]}]" if targets else str(node["text"])
