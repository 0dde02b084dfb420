"""Rich text: wiki markup in version 2, a document (ADF) in version 3."""

from typing import Any

from integrations.jira.sandbox.models import Body

BLOCKS = frozenset({"paragraph", "codeBlock", "listItem", "blockquote", "heading", "panel"})


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
