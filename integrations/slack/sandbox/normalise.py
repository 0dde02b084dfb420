"""What Slack changes in a message between sending and showing: links wrapped, ids added, colours spelled out."""

import copy
import hashlib
import json
import re
from typing import Any

from integrations.slack.sandbox.errors import Json
from integrations.slack.sandbox.stamps import short_id

# good, warning and danger come back as hex without the leading '#'.
COLOURS = {"good": "2eb886", "warning": "daa038", "danger": "a30200"}
LONGEST_TEXT = 40_000  # docs.slack.dev/reference/methods/chat.postMessage: longer text is cut
INTERACTIVE = {
    "button", "workflow_button", "overflow", "checkboxes", "radio_buttons", "datepicker", "timepicker",
    "datetimepicker", "static_select", "external_select", "users_select", "conversations_select", "channels_select",
    "multi_static_select", "multi_external_select", "multi_users_select", "multi_conversations_select",
    "multi_channels_select", "plain_text_input", "email_text_input", "url_text_input", "number_input",
    "rich_text_input", "file_input", "feedback_buttons", "icon_button",
}  # fmt: skip
_BARE_URL = re.compile(r"(?<![<|\"=\w])(https?://[^\s<>|]+[^\s<>|.,;:!?)\]'\"])")
_LOOSE_AMP = re.compile(r"&(?!(amp|lt|gt);)")
_TOKEN = re.compile(r"<[^<>\s][^<>]*>|^>+ ?", re.MULTILINE)


def text_as_shown(text: str) -> str:
    """Bare URLs wrapped in angle brackets, loose & < > as entities, never longer than Slack keeps."""
    wrapped = _BARE_URL.sub(r"<\1>", _LOOSE_AMP.sub("&amp;", text))
    shown, end = [], 0
    for token in _TOKEN.finditer(wrapped):
        shown += [_entities(wrapped[end : token.start()]), token.group()]
        end = token.end()
    return "".join([*shown, _entities(wrapped[end:])])[:LONGEST_TEXT]


def blocks_as_shown(blocks: list[Json]) -> list[Json]:
    """The same blocks with the ids and defaults Slack fills in."""
    shown = copy.deepcopy(blocks)
    for index, block in enumerate(shown):
        block.setdefault("block_id", _id_of(block, index))
        _fill(block)
        if block["type"] == "input":
            block.setdefault("optional", False)
            block.setdefault("dispatch_action", False)
    return shown


def attachments_as_shown(attachments: list[Json]) -> list[Json]:
    shown = []
    for number, sent in enumerate(copy.deepcopy(attachments), start=1):
        colour = str(sent.get("color", "")).lstrip("#")
        attachment = {"id": number, **sent, "fallback": sent.get("fallback") or "[no preview available]"}
        if colour:
            attachment["color"] = COLOURS.get(colour, colour)
        for name in ("text", "pretext"):
            if isinstance(sent.get(name), str):
                attachment[name] = text_as_shown(sent[name])
        if sent.get("fields"):
            attachment["fields"] = [_field(f) for f in sent["fields"]]
        if sent.get("blocks"):
            attachment["blocks"] = blocks_as_shown(sent["blocks"])
        shown.append(attachment)
    return shown


def rich_text(text: str) -> list[Json]:
    """The rich_text block that the composer adds to a person's message."""
    elements = [_leaf(piece) for piece in re.split(r"(<[^<>]+>)", text) if piece]
    section = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "block_id": short_id(), "elements": [section]}]


def _leaf(piece: str) -> Json:
    inner, _, label = piece[1:-1].partition("|")
    if not piece.startswith("<"):
        return {"type": "text", "text": piece.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")}
    if inner.startswith("@"):
        return {"type": "user", "user_id": inner[1:]}
    if inner.startswith("#"):
        return {"type": "channel", "channel_id": inner[1:]}
    if inner.startswith("!subteam^"):
        return {"type": "usergroup", "usergroup_id": inner.removeprefix("!subteam^")}
    if inner.startswith("!"):
        return {"type": "broadcast", "range": inner[1:]}
    return {"type": "link", "url": inner} | ({"text": label} if label else {})


def _fill(node: Any) -> None:
    """Action ids for elements without one, ``emoji`` and ``verbatim`` on text objects."""
    if isinstance(node, list):
        for item in node:
            _fill(item)
    if not isinstance(node, dict):
        return
    if node.get("type") in INTERACTIVE:
        node.setdefault("action_id", _id_of(node, 0))
    elif node.get("type") == "plain_text":
        node.setdefault("emoji", True)
    elif node.get("type") == "mrkdwn":
        node.setdefault("verbatim", False)
    for value in node.values():
        _fill(value)


def _id_of(node: Json, index: int) -> str:
    """An id in place of one left out. Slack's are random; these repeat, so that two runs end alike."""
    return hashlib.sha256(f"{index}{json.dumps(node, sort_keys=True)}".encode()).hexdigest()[:5]


def _field(field: Json) -> Json:
    value = field.get("value")
    shown = text_as_shown(value) if isinstance(value, str) else value
    return {"title": field.get("title", ""), "value": shown, "short": bool(field.get("short", False))}


def _entities(text: str) -> str:
    return text.replace("<", "&lt;").replace(">", "&gt;")
