"""Rich text: sections, lists, quotes and preformatted text, and the leaves they are made of."""

from integrations.slack.sandbox.blockkit.objects import BLOCK_ID, URL
from integrations.slack.sandbox.blockkit.rules import (
    Need,
    Rule,
    Shape,
    anything,
    boolean,
    choice,
    has_something,
    integer,
    listed,
    matching,
    shaped,
    string,
    typed,
)

# docs.slack.dev/reference/block-kit/blocks/rich-text-block
_FLAGS = ("bold", "italic", "strike", "underline", "code", "highlight", "client_highlight", "unlink")
_STYLE = shaped(dict.fromkeys(_FLAGS, boolean), has_something)
_STYLED: Shape = {"style": _STYLE}
_LINE = choice(0, 1)

LEAVES: dict[str, Rule] = {
    "text": shaped(_STYLED | {"text": Need(string(3000, 1))}),
    "link": shaped(_STYLED | {"url": Need(URL), "text": string(3000), "unsafe": boolean}),
    "user": shaped(_STYLED | {"user_id": Need(matching("^[UW][A-Z0-9]+$", "a user id"))}),
    "usergroup": shaped(_STYLED | {"usergroup_id": Need(matching("^S[A-Z0-9]+$", "a user group id"))}),
    "team": shaped(_STYLED | {"team_id": Need(matching("^T[A-Z0-9]+$", "a team id"))}),
    "channel": shaped(_STYLED | {"channel_id": Need(matching("^[CGD][A-Z0-9]+$", "a channel id"))}),
    "emoji": shaped(
        _STYLED | {"name": Need(string(100, 1)), "unicode": string(100, 1), "skin_tone": integer(1, 6)},
    ),
    "broadcast": shaped(_STYLED | {"range": Need(choice("here", "channel", "everyone"))}),
    "color": shaped(_STYLED | {"value": Need(matching("^#?[0-9a-fA-F]{6}$", "a colour"))}),
    "date": shaped(
        _STYLED | {"timestamp": Need(integer()), "format": Need(string(255, 1)), "url": URL, "fallback": anything}
    ),
}
_LEAF = typed(LEAVES)
# An empty list of leaves is taken, an empty list of bullets is not.
_SECTION = shaped({"elements": Need(listed(_LEAF, None, 0))})
PARTS: dict[str, Rule] = {
    "rich_text_section": _SECTION,
    "rich_text_list": shaped(
        {
            "elements": Need(listed(typed({"rich_text_section": _SECTION}), None)),
            "style": Need(choice("bullet", "ordered")),
            "indent": integer(),
            "offset": integer(),
            "border": _LINE,
        }
    ),
    "rich_text_preformatted": shaped(
        {"elements": Need(listed(_LEAF, None, 0)), "border": _LINE, "language": string(100, 1)}
    ),
    "rich_text_quote": shaped({"elements": Need(listed(_LEAF, None, 0)), "border": _LINE}),
}
_ELEMENTS = Need(listed(typed(PARTS), None, 0))
RICH_TEXT = shaped({"block_id": BLOCK_ID, "elements": _ELEMENTS})
"""The block. In tables, cards and inputs it stands as an object of the same form."""
RICH_TEXT_OBJECT = typed({"rich_text": RICH_TEXT})
