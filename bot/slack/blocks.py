"""Block Kit in tiny functions, each keeping Slack's limits by cutting: docs.slack.dev/reference/block-kit.

Only the blocks of 2019: old clients and phones show nothing else reliably.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from bot.slack.text import cut, cut_mrkdwn, escape, plain

Block = dict[str, Any]

MOST_BLOCKS = 50
MOST_BLOCKS_IN_A_VIEW = 100


def section(text: str, *, accessory: Block | None = None) -> Block:
    block: Block = {"type": "section", "text": mrkdwn(text)}
    return block | {"accessory": accessory} if accessory else block


def fields(texts: Iterable[str]) -> Block:
    """Two columns, ten entries at most."""
    return {"type": "section", "fields": [mrkdwn(text, 2000) for text in list(texts)[:10]]}


def context(texts: Sequence[str]) -> Block:
    """Small grey lines, one element."""
    return {"type": "context", "elements": [mrkdwn("\n".join(texts))]}


def header(text: str) -> Block:
    return {"type": "header", "text": plain_text(text, 150)}


def divider() -> Block:
    return {"type": "divider"}


def actions(elements: Sequence[Block], *, block_id: str) -> Block:
    return {"type": "actions", "block_id": block_id[:255], "elements": list(elements)[:25]}


def button(
    label: str, *, action_id: str, value: str = "", style: str = "", url: str = "", confirm: Block | None = None
) -> Block:
    element: Block = {"type": "button", "text": plain_text(label, 75), "action_id": action_id}
    extras = {"value": value[:2000], "style": style, "url": url, "confirm": confirm}
    return element | {name: given for name, given in extras.items() if given}


def confirm(title: str, text: str, *, yes: str, no: str = "Not yet", style: str = "primary") -> Block:
    return {
        "title": plain_text(title, 100),
        "text": mrkdwn(text, 300),
        "confirm": plain_text(yes, 30),
        "deny": plain_text(no, 30),
        "style": style,
    }


def text_input(
    label: str, *, block_id: str, action_id: str, is_long: bool = False, least: int = 0, initial: str = "",
    hint: str = "", is_optional: bool = False,
) -> Block:  # fmt: skip
    element: Block = {"type": "plain_text_input", "action_id": action_id, "multiline": is_long, "max_length": 500}
    if least:
        element["min_length"] = least
    if initial:
        element["initial_value"] = cut(initial, 500)
    return _input(label, element, block_id, hint, is_optional)


def choice(
    label: str, options: Sequence[str], *, block_id: str, action_id: str, initial: str = "", hint: str = "",
    is_optional: bool = False,
) -> Block:  # fmt: skip
    """One of up to a hundred; an option's value may have 150 characters, its text 75."""
    element: Block = {"type": "static_select", "action_id": action_id, "options": [option(o) for o in options[:100]]}
    if initial in options[:100]:
        element["initial_option"] = option(initial)
    return _input(label, element, block_id, hint, is_optional)


def person_choice(label: str, *, block_id: str, action_id: str, hint: str = "") -> Block:
    """One of the workspace's people."""
    return _input(label, {"type": "users_select", "action_id": action_id}, block_id, hint, is_optional=False)


def option(name: str) -> Block:
    return {"text": plain_text(name, 75), "value": name[:150]}


def modal(title: str, blocks: Sequence[Block], *, callback_id: str, submit: str = "", metadata: str = "") -> Block:
    view: Block = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain_text(title, 24),
        "close": plain_text("Close" if not submit else "Cancel", 24),
        "blocks": list(blocks)[:MOST_BLOCKS_IN_A_VIEW],
    }
    extras = {"submit": plain_text(submit, 24) if submit else None, "private_metadata": metadata}
    return view | {name: given for name, given in extras.items() if given}


def mrkdwn(text: str, limit: int = 3000) -> Block:
    """Text of ours, other people's words in it made harmless already. Names in it are not linked by Slack."""
    return {"type": "mrkdwn", "text": cut_mrkdwn(text, limit) or " ", "verbatim": True}


def plain_text(text: str, limit: int) -> Block:
    """Text that formats nothing. Escaped all the same: docs.slack.dev/messaging/formatting-message-text."""
    return {"type": "plain_text", "text": cut_mrkdwn(escape(plain(text, limit - 2)), limit) or "–", "emoji": False}


def mention(slack_id: str) -> str:
    return f"<@{slack_id}>" if re.fullmatch(r"[UW][A-Z0-9]+", slack_id) else escape(slack_id)


def link(url: str, label: str) -> str:
    """A link where the URL is one; else only its label. label: escaped already."""
    if not re.match(r"https?://[^\s/]", url, re.IGNORECASE):
        return label
    # "|" and ">" end the URL, "<" and spaces break it: docs.slack.dev/messaging/formatting-message-text
    return f"<{quote(url, safe=':/?#[]@!$&()*+,;=%~', errors='replace').replace('&', '&amp;')}|{label}>"


def _input(label: str, element: Block, block_id: str, hint: str, is_optional: bool) -> Block:
    block: Block = {"type": "input", "block_id": block_id, "label": plain_text(label, 2000), "element": element}
    if hint:
        block["hint"] = plain_text(hint, 2000)
    return block | {"optional": True} if is_optional else block
