"""Composition objects: texts, options, confirm dialogs (docs.slack.dev/reference/block-kit/composition-objects)."""

from collections.abc import Iterator
from typing import Any

from integrations.slack.sandbox.blockkit.rules import (
    Need,
    Rule,
    Shape,
    boolean,
    choice,
    exactly_one_of,
    has_something,
    listed,
    matching,
    shaped,
    string,
    typed,
    wrong,
)

BLOCK_ID = string(255, 1)
_URL_FORM = matching(r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>]+$", "a valid URL")
ACTION_ID = string(255, 1)


def url(value: Any, at: str) -> Iterator[str]:
    """An absolute address; the wording of the refusal is a guess."""
    problems = [*string(3000, 1)(value, at)]
    yield from problems or _URL_FORM(value, at)


URL: Rule = url


def text(longest: int, *kinds: str, shortest: int = 1) -> Rule:
    """A text object; both kinds unless narrowed."""
    body = Need(string(longest, shortest))
    table = {
        "plain_text": shaped({"text": body, "emoji": boolean}),
        "mrkdwn": shaped({"text": body, "verbatim": boolean}),
    }
    return typed(table, *kinds)


def plain(longest: int, shortest: int = 1) -> Rule:
    return text(longest, "plain_text", shortest=shortest)


# A button's value takes 2000 characters, an option's only 150.
def option(*kinds: str, with_url: bool = False) -> Rule:
    shape: Shape = {
        "text": Need(text(75, *kinds)),
        "value": Need(string(150, 1)),
        "description": text(75, *kinds),
    }
    return shaped(shape | ({"url": URL} if with_url else {}))


OPTION = option("plain_text")
OPTIONS = listed(OPTION, 100)
OPTION_GROUPS = listed(shaped({"label": Need(plain(75)), "options": Need(OPTIONS)}), 100)
PLACEHOLDER = plain(150)
CONFIRM = shaped(
    {
        "title": Need(plain(100)),
        "text": Need(text(300)),
        "confirm": Need(plain(30)),
        "deny": Need(plain(30)),
        "style": choice("primary", "danger"),
    }
)
DISPATCH = shaped(
    {"trigger_actions_on": listed(choice("on_enter_pressed", "on_character_entered"), 2)},
)
FILTER = shaped(
    {
        "include": listed(choice("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
    has_something,
)
SLACK_FILE = shaped({"id": string(255, 1), "url": URL}, exactly_one_of("id", "url"))


def initial_is_an_option(value: dict[str, Any], at: str) -> Iterator[str]:
    """``initial_option`` and ``initial_options`` must repeat one of the options word for word."""
    groups = [g.get("options") for g in _items(value.get("option_groups")) if isinstance(g, dict)]
    offered = [o for options in (value.get("options"), *groups) for o in _items(options)]
    chosen = _items(value.get("initial_options"))
    chosen += [value["initial_option"]] if value.get("initial_option") else []
    for one in chosen:
        if one not in offered:
            yield wrong("initial option must match one of the options", at)


def _items(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else []
