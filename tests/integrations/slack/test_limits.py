"""Block Kit's limits as published tables give them: each is met exactly, by the stand-in's judge and by slack_sdk's.

The table is not part of this repository: CABBIE_CONFORMANCE names a folder with ``golden/slack`` in it.
"""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from integrations.slack.sandbox.blockkit import block_problems, view_problems
from tests.integrations.slack.conftest import section
from tests.integrations.slack.test_sandbox_conformance import EXAMPLES, Json
from tests.traffic.slack_models import block_complaints

pytestmark = pytest.mark.skipif(not EXAMPLES, reason="CABBIE_CONFORMANCE names no folder with Slack's example payloads")


TABLE = "blockkit_limits"


@cache
def table() -> Json:
    content: Json = json.loads((Path(EXAMPLES) / "golden" / "slack" / f"{TABLE}.json").read_text())
    return content


def limit(path: str) -> int:
    found: Any = table()
    for name in path.split("/"):
        found = found[name]
    return int(found)


def plain(size: int) -> Json:
    return {"type": "plain_text", "text": "x" * size}


def button(**more: Any) -> Json:
    return {"type": "button", "action_id": "a", "text": plain(1), "value": "v", **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def select(**more: Any) -> Json:
    return {"type": "static_select", "action_id": "s", "options": [option()], **more}


def option(**more: Any) -> Json:
    return {"text": plain(1), "value": "v", **more}


def confirm(**more: Any) -> Json:
    return {"title": plain(1), "text": plain(1), "confirm": plain(1), "deny": plain(1), **more}


def text_input(**more: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": "t"}
    return {"type": "input", "label": plain(1), "element": element, **more}


# a limit's place in the table → a block of that size
BLOCKS: dict[str, Callable[[int], Json]] = {
    "block/section/text": lambda n: section("x" * n),
    "block/section/fields": lambda n: {"type": "section", "fields": [plain(1)] * n},
    "block/section/field_text": lambda n: {"type": "section", "fields": [plain(n)]},
    "block/header/text": lambda n: {"type": "header", "text": plain(n)},
    "block/actions/elements": lambda n: actions(*(button(action_id=f"a{i}") for i in range(n))),
    "block/context/elements": lambda n: {"type": "context", "elements": [plain(1)] * n},
    "block/input/label": lambda n: text_input(label=plain(n)),
    "block/input/hint": lambda n: text_input(hint=plain(n)),
    "ids/block_id": lambda n: section("x", block_id="b" * n),
    "ids/action_id": lambda n: actions(button(action_id="a" * n)),
    "element/button/text": lambda n: actions(button(text=plain(n))),
    "element/button/value": lambda n: actions(button(value="v" * n)),
    "element/button/url": lambda n: actions(button(url="https://a.example/".ljust(n, "x"))),
    "element/static_select/options": lambda n: actions(select(options=[option(value=f"v{i}") for i in range(n)])),
    "element/placeholder": lambda n: actions(select(placeholder=plain(n))),
    "composition/option/text": lambda n: actions(select(options=[option(text=plain(n))])),
    "composition/option/value": lambda n: actions(select(options=[option(value="v" * n)])),
    "composition/confirm/title": lambda n: actions(button(confirm=confirm(title=plain(n)))),
    "composition/confirm/text": lambda n: actions(button(confirm=confirm(text=plain(n)))),
    "composition/confirm/confirm": lambda n: actions(button(confirm=confirm(confirm=plain(n)))),
}
UNSEEN_BY_SLACK_SDK = "block/section/field_text"
VIEWS: dict[str, Callable[[int], Json]] = {
    "surface/modal/max_blocks": lambda n: modal(blocks=[section("x")] * n),
    "surface/modal/title": lambda n: modal(title=plain(n)),
    "surface/modal/submit": lambda n: modal(submit=plain(n)),
    "surface/modal/private_metadata": lambda n: modal(private_metadata="x" * n),
    "surface/modal/callback_id": lambda n: modal(callback_id="x" * n),
}


def modal(**more: Any) -> Json:
    return {"type": "modal", "title": plain(1), "blocks": [section("x")], **more}


@pytest.mark.parametrize("path", BLOCKS)
def test_a_block_may_be_as_large_as_the_table_says_and_no_larger(path: str) -> None:
    most, make = limit(path), BLOCKS[path]
    surface = "modal" if path.startswith("block/input") else "message"

    assert block_problems([make(most)], surface) == []
    assert block_problems([make(most + 1)], surface) != []
    assert [*block_complaints(make(most), "")] == []
    if path != UNSEEN_BY_SLACK_SDK:
        assert [*block_complaints(make(most + 1), "")] != []


@pytest.mark.parametrize("path", VIEWS)
def test_a_form_may_be_as_large_as_the_table_says_and_no_larger(path: str) -> None:
    most, make = limit(path), VIEWS[path]

    assert view_problems(make(most), "modal") == []
    assert view_problems(make(most + 1), "modal") != []


def test_a_message_takes_as_many_blocks_as_the_table_says() -> None:
    most = limit("surface/message/max_blocks")

    assert block_problems([section("x")] * most, "message") == []
    assert block_problems([section("x")] * (most + 1), "message") != []
