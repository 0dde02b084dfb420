"""Blocks as slack_sdk's own models judge them: each, and each thing inside, for a block does not ask its parts."""

from collections.abc import Iterator
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block, BlockElement, ConfirmObject, Option
from slack_sdk.models.views import View

WRONG = (SlackObjectFormationError, TypeError, AttributeError)
TEXTS = ("plain_text", "mrkdwn")


def block_complaints(block: dict[str, Any], at: str) -> Iterator[str]:
    try:
        known = Block.parse(block)
        if known is None:  # what the models make of a block they do not know
            yield f"slack_sdk: {at}: it knows no {block.get('type')}"
            return
        known.validate_json()
    except WRONG as error:
        yield f"slack_sdk: {at}: {error}"
    for name in ("element", "accessory", "elements"):
        parts = block.get(name)
        for part in parts if isinstance(parts, list) else [parts]:
            if isinstance(part, dict) and part.get("type") not in TEXTS:
                yield from _element(part, f"{at}.{name}")


def view_complaints(view: dict[str, Any]) -> Iterator[str]:
    try:
        View(**view).validate_json()
    except WRONG as error:
        yield f"slack_sdk: view: {error}"


def _element(element: dict[str, Any], at: str) -> Iterator[str]:
    try:
        known = BlockElement.parse(element)
        if known is None:
            yield f"slack_sdk: {at}: it knows no {element.get('type')}"
            return
        known.validate_json()
        if element.get("confirm"):
            ConfirmObject(**element["confirm"]).validate_json()
        for option in element.get("options") or []:
            Option(**option).validate_json()
    except WRONG as error:
        yield f"slack_sdk: {at}: {error}"
