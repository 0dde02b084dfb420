"""Layout blocks of the classic set (docs.slack.dev/reference/block-kit/blocks)."""

from collections.abc import Iterator
from typing import Any

from integrations.slack.sandbox.blockkit.elements import ELEMENTS, IN_ACTIONS, IN_INPUT, IN_SECTION
from integrations.slack.sandbox.blockkit.newer_blocks import NEWER_BLOCKS
from integrations.slack.sandbox.blockkit.objects import BLOCK_ID, SLACK_FILE, URL, plain, text
from integrations.slack.sandbox.blockkit.rich_text import RICH_TEXT, RICH_TEXT_OBJECT
from integrations.slack.sandbox.blockkit.rules import (
    Need,
    Rule,
    boolean,
    choice,
    exactly_one_of,
    integer,
    listed,
    matching,
    one_of,
    shaped,
    string,
    typed,
    wrong,
)

_HTTPS = matching(r"^https://[^\s<>]+$", "an https URL")
_CONTEXT = {"image": ELEMENTS["image"], "plain_text": text(3000), "mrkdwn": text(3000)}


def _no_live_upload(value: dict[str, Any], at: str) -> Iterator[str]:
    """A file input cannot dispatch: the file is not there yet."""
    element = value.get("element")
    if value.get("dispatch_action") and isinstance(element, dict) and element.get("type") == "file_input":
        yield wrong("file_input does not support dispatch_action", f"{at}/dispatch_action")


def _opens_before_it_closes(value: dict[str, Any], at: str) -> Iterator[str]:
    if value.get("default_collapsed") and not value.get("is_collapsible"):
        yield wrong("default_collapsed needs is_collapsible", f"{at}/default_collapsed")


CLASSIC_BLOCKS: dict[str, Rule] = {
    "section": shaped(
        {
            "block_id": BLOCK_ID,
            "text": text(3000),
            "fields": listed(text(2000), 10),
            "accessory": typed(ELEMENTS, *IN_SECTION),
            "expand": boolean,
        },
        one_of("text", "fields"),
    ),
    "header": shaped({"block_id": BLOCK_ID, "text": Need(plain(150)), "level": integer(1, 4)}),
    "divider": shaped({"block_id": BLOCK_ID}),
    "actions": shaped({"block_id": BLOCK_ID, "elements": Need(listed(typed(ELEMENTS, *IN_ACTIONS), 25))}),
    "context": shaped({"block_id": BLOCK_ID, "elements": Need(listed(typed(_CONTEXT), 10))}),
    "input": shaped(
        {
            "block_id": BLOCK_ID,
            "label": Need(plain(2000)),
            "element": Need(typed(ELEMENTS, *IN_INPUT)),
            "hint": plain(2000),
            "optional": boolean,
            "dispatch_action": boolean,
        },
        _no_live_upload,
    ),
    "image": shaped(
        {
            "block_id": BLOCK_ID,
            "alt_text": Need(string(2000, 1)),
            "image_url": URL,
            "slack_file": SLACK_FILE,
            "title": plain(2000),
        },
        exactly_one_of("image_url", "slack_file"),
    ),
    "rich_text": RICH_TEXT,
    "video": shaped(
        {
            "block_id": BLOCK_ID,
            "alt_text": Need(string(2000, 1)),
            "title": Need(plain(199)),
            "thumbnail_url": Need(URL),
            "video_url": Need(_HTTPS),
            "title_url": _HTTPS,
            "author_name": string(49),
            "provider_name": string(2000, 1),
            "provider_icon_url": URL,
            "description": plain(199),
        }
    ),
    # Only Slack itself makes these; an app that sends one is refused on every surface.
    "file": shaped({"block_id": BLOCK_ID, "external_id": Need(string(255, 1)), "source": Need(choice("remote"))}),
}
BLOCKS: dict[str, Rule] = CLASSIC_BLOCKS | NEWER_BLOCKS
_IN_CONTAINER = (
    "actions", "context", "divider", "file", "header", "image", "input", "rich_text", "section", "table", "video",
)  # fmt: skip
# docs.slack.dev/reference/block-kit/blocks/container-block
BLOCKS["container"] = shaped(
    {
        "block_id": BLOCK_ID,
        "title": plain(150),
        "rich_text_title": RICH_TEXT_OBJECT,
        "subtitle": text(150),
        "icon": typed({"image": ELEMENTS["image"]}),
        "width": choice("narrow", "standard", "wide", "full"),
        "is_collapsible": boolean,
        "default_collapsed": boolean,
        "has_header_divider": boolean,
        "child_blocks": Need(listed(typed(BLOCKS, *_IN_CONTAINER), 10)),
    },
    one_of("title", "rich_text_title"),
    _opens_before_it_closes,
)
BLOCK = typed(BLOCKS)
