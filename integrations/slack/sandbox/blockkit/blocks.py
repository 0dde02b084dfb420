"""Layout blocks of the classic set (docs.slack.dev/reference/block-kit/blocks)."""

from integrations.slack.sandbox.blockkit.elements import ELEMENTS, IN_ACTIONS, IN_INPUT, IN_SECTION
from integrations.slack.sandbox.blockkit.newer_blocks import NEWER_BLOCKS
from integrations.slack.sandbox.blockkit.objects import SLACK_FILE, URL, plain, text
from integrations.slack.sandbox.blockkit.rules import (
    Need,
    Rule,
    anything,
    boolean,
    exactly_one_of,
    listed,
    one_of,
    shaped,
    string,
    typed,
)

BLOCK_ID = string(255, 1)
_CONTEXT = {"image": ELEMENTS["image"], "plain_text": text(3000), "mrkdwn": text(3000)}
_RICH = ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote")
_RICH_PART = shaped({"elements": Need(listed(anything, None, 0))}, open_ended=True)

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
    "header": shaped({"block_id": BLOCK_ID, "text": Need(plain(150))}),
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
        }
    ),
    "image": shaped(
        {
            "block_id": BLOCK_ID,
            "alt_text": Need(string(2000)),
            "image_url": URL,
            "slack_file": SLACK_FILE,
            "title": plain(2000),
        },
        exactly_one_of("image_url", "slack_file"),
    ),
    "rich_text": shaped(
        {"block_id": BLOCK_ID, "elements": Need(listed(typed(dict.fromkeys(_RICH, _RICH_PART)), None))}
    ),
    "video": shaped(
        {
            "block_id": BLOCK_ID,
            "alt_text": Need(string(2000)),
            "title": Need(plain(199)),
            "thumbnail_url": Need(URL),
            "video_url": Need(URL),
            "title_url": URL,
            "author_name": string(49),
            "provider_name": string(2000),
            "provider_icon_url": URL,
            "description": plain(199),
        }
    ),
    # Only Slack itself makes these; an app that sends one is refused on every surface.
    "file": shaped({"block_id": BLOCK_ID, "external_id": Need(string(255, 1)), "source": Need(string(255, 1))}),
}
BLOCKS: dict[str, Rule] = CLASSIC_BLOCKS | NEWER_BLOCKS
_IN_CONTAINER = (
    "actions", "context", "divider", "file", "header", "image", "input", "rich_text", "section", "table", "video",
)  # fmt: skip
BLOCKS["container"] = shaped(
    {
        "block_id": BLOCK_ID,
        "title": plain(150),
        "subtitle": plain(150),
        "child_blocks": Need(listed(typed(BLOCKS, *_IN_CONTAINER), 10)),
    },
    open_ended=True,
)
BLOCK = typed(BLOCKS)
