"""Block Kit is judged as Slack judges it: the limit passes, one more does not, and the pointer says where."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from integrations.slack.sandbox.blockkit import block_problems, view_problems
from tests.integrations.slack.conftest import Slack, buttons, section

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(value: str = "v", text: str = "t") -> Json:
    return {"text": plain(text), "value": value}


def button(**more: Any) -> Json:
    return {"type": "button", "action_id": "a", "text": plain("Go"), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def menu(options: list[Json]) -> Json:
    return {"type": "static_select", "action_id": "m", "options": options}


def row(cells: int) -> list[Json]:
    return [{"type": "raw_text", "text": "x"}] * cells


def chart(labels: list[str], kind: str = "bar") -> Json:
    points = [{"label": label, "value": 1} for label in labels]
    series = [{"name": "Changes", "data": points}]
    return {
        "type": "data_visualization", "title": "Changes",
        "chart": {"type": kind, "series": series, "axis_config": {"categories": ["Mon", "Tue"]}},
    }  # fmt: skip


LIMITS: list[tuple[str, Json, Json, str]] = [
    ("section text", section("x" * 3000), section("x" * 3001), "/blocks/0/text/text"),
    ("section empty", section("x"), section(""), "/blocks/0/text/text"),
    ("header", {"type": "header", "text": plain("x" * 150)}, {"type": "header", "text": plain("x" * 151)}, "/blocks/0/text/text"),
    ("header kind", {"type": "header", "text": plain("x")}, section("x") | {"type": "header"}, "/blocks/0/text/type"),
    ("fields", {"type": "section", "fields": [plain("x")] * 10}, {"type": "section", "fields": [plain("x")] * 11}, "/blocks/0/fields"),
    ("field text", {"type": "section", "fields": [plain("x" * 2000)]}, {"type": "section", "fields": [plain("x" * 2001)]}, "/blocks/0/fields/0/text"),
    ("context", {"type": "context", "elements": [plain("x")] * 10}, {"type": "context", "elements": [plain("x")] * 11}, "/blocks/0/elements"),
    ("actions", actions(*[button(action_id=f"a{n}") for n in range(25)]), actions(*[button(action_id=f"a{n}") for n in range(26)]), "/blocks/0/elements"),
    ("button text", actions(button(text=plain("x" * 75))), actions(button(text=plain("x" * 76))), "/blocks/0/elements/0/text/text"),
    ("button value", actions(button(value="x" * 2000)), actions(button(value="x" * 2001)), "/blocks/0/elements/0/value"),
    ("button style", actions(button(style="danger")), actions(button(style="default")), "/blocks/0/elements/0/style"),
    ("option value", actions(menu([option("x" * 150)])), actions(menu([option("x" * 151)])), "/blocks/0/elements/0/options/0/value"),
    ("option text", actions(menu([option(text="x" * 75)])), actions(menu([option(text="x" * 76)])), "/blocks/0/elements/0/options/0/text/text"),
    ("options", actions(menu([option(str(n)) for n in range(100)])), actions(menu([option(str(n)) for n in range(101)])), "/blocks/0/elements/0/options"),
    ("overflow", section("x", accessory={"type": "overflow", "options": [option()] * 5}), section("x", accessory={"type": "overflow", "options": [option()] * 6}), "/blocks/0/accessory/options"),
    ("block_id", section("x", block_id="b" * 255), section("x", block_id="b" * 256), "/blocks/0/block_id"),
    ("unknown property", section("x"), section("x", colour="red"), "/blocks/0"),
    ("unknown block", section("x"), {"type": "banner"}, "/blocks/0/type"),
    ("input element", {"type": "input", "label": plain("l"), "element": {"type": "plain_text_input"}}, {"type": "input", "label": plain("l"), "element": button()}, "/blocks/0/element/type"),
    ("modal only", section("x"), {"type": "alert", "text": plain("x")}, "/blocks/0/type"),
    ("table", {"type": "table", "rows": [row(20)] * 100}, {"type": "table", "rows": [row(21)]}, "/blocks/0/rows/0"),
    ("data table", {"type": "data_table", "caption": "c", "rows": [row(2)] * 101}, {"type": "data_table", "caption": "c", "rows": [row(2)] * 102}, "/blocks/0/rows"),
    ("chart", chart(["Mon", "Tue"]), chart(["Mon", "Wed"]), "/blocks/0/chart/series/0/data"),
    ("chart kind", chart(["Mon", "Tue"], "line"), chart(["Mon", "Tue"], "radar"), "/blocks/0/chart/type"),
    ("confirm", actions(button(confirm={"title": plain("t"), "text": plain("x"), "confirm": plain("y"), "deny": plain("n")})), actions(button(confirm={"title": plain("t" * 101), "text": plain("x"), "confirm": plain("y"), "deny": plain("n")})), "/blocks/0/elements/0/confirm/title/text"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "pointer"), [case[1:] for case in LIMITS], ids=[case[0] for case in LIMITS])
def test_the_limit_passes_and_one_more_is_pointed_at(good: Json, bad: Json, pointer: str) -> None:
    assert block_problems([good], "message") == []
    assert any(f"[json-pointer:{pointer}]" in problem for problem in block_problems([bad], "message"))


def test_fifty_blocks_in_a_message_a_hundred_in_a_view() -> None:
    assert block_problems([section("x")] * 50, "message") == []
    assert block_problems([section("x")] * 51, "message") == [
        "[ERROR] no more than 50 items allowed [json-pointer:/blocks]"
    ]
    assert view_problems({"type": "home", "blocks": [section("x")] * 100}, "home") == []


def test_ids_are_used_once() -> None:
    twice = [section("x", block_id="b"), section("y", block_id="b")]
    same_button = [actions(button(), button())]

    assert "/blocks/1/block_id" in block_problems(twice, "message")[0]
    assert "/blocks/0/elements/1/action_id" in block_problems(same_button, "message")[0]
    assert block_problems([actions(button()), actions(button())], "message") == []


def test_a_modal_has_a_short_title_and_submits_its_inputs() -> None:
    field = {"type": "input", "label": plain("l"), "element": {"type": "plain_text_input"}}

    assert view_problems({"type": "modal", "title": plain("x" * 24), "blocks": [section("x")]}, "modal") == []
    assert "/view/title/text" in view_problems({"type": "modal", "title": plain("x" * 25), "blocks": []}, "modal")[0]
    assert "submit" in view_problems({"type": "modal", "title": plain("x"), "blocks": [field]}, "modal")[0]
    table = {"type": "table", "rows": [row(1)]}
    assert "/view/blocks/0/type" in view_problems({"type": "modal", "title": plain("x"), "blocks": [table]}, "modal")[0]


def test_the_web_api_answers_with_the_pointers(slack: Slack) -> None:
    with pytest.raises(SlackApiError) as refusal:
        slack.client.chat_postMessage(channel="C0PAYMENTS", text="x", blocks=[section("x" * 3001)])

    answer = refusal.value.response
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == answer["errors"]
    assert "[json-pointer:/blocks/0/text/text]" in answer["errors"][0]
    assert slack.seen("U0LINUS", "C0PAYMENTS") == []


def test_attachments_and_tables_have_their_own_refusals(slack: Slack) -> None:
    def error(**sent: Any) -> str:
        with pytest.raises(SlackApiError) as refusal:
            slack.client.chat_postMessage(channel="C0PAYMENTS", **sent)
        return str(refusal.value.response["error"])

    table = {"type": "table", "rows": [row(2)]}
    assert error(attachments=[{"blocks": [section("")]}]) == "invalid_attachments"
    assert error(text="x", blocks=[table, table]) == "invalid_attachments"
    assert error(attachments=[{"text": "x"}] * 101) == "too_many_attachments"
    assert error(text="x", blocks="not json") == "invalid_blocks_format"
    assert error(text="x", markdown_text="y") == "markdown_text_conflict"


def test_a_click_in_an_attachment_says_so(slack: Slack) -> None:
    sent = slack.client.chat_postMessage(channel="C0PAYMENTS", attachments=[{"blocks": [buttons("change.approve")]}])

    click = slack.person("U0ADA", "click", channel="C0PAYMENTS", ts=sent["ts"], action_id="change.approve")

    assert click["error"] == "dispatch_failed"  # nobody is connected, but the element was found
