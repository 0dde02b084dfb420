"""Reading a message as its readers do, and judging it as Slack does."""

import json
from collections.abc import Iterator
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.ports import Message
from integrations.slack.sandbox.blockkit import block_problems, view_problems


def all_text(shown: Any) -> str:
    """Every text in it, the fallback's too."""
    if isinstance(shown, Message):
        return "\n".join([shown.text, *_texts(list(shown.blocks))])
    return "\n".join(_texts(shown))


def buttons_of(shown: Any) -> list[dict[str, Any]]:
    blocks = shown.blocks if isinstance(shown, Message) else shown["blocks"]
    return [element for block in blocks if block["type"] == "actions" for element in block["elements"]]


def is_accepted(message: Message) -> bool:
    """Whether Slack would take it: our stand-in's rules, and slack_sdk's models."""
    blocks = json.loads(json.dumps(list(message.blocks)))
    assert not list(block_problems(blocks, "message"))
    for block in blocks:
        Block.parse(block).validate_json()
    assert 0 < len(message.text) <= 4000
    return True


def is_accepted_view(view: dict[str, Any]) -> bool:
    view = json.loads(json.dumps(view))
    assert not list(view_problems(view, view["type"]))
    View(**view).validate_json()
    for block in view["blocks"]:
        Block.parse(block).validate_json()
    return True


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
