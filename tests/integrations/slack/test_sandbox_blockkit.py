"""Block Kit is judged as Slack judges it: the limit passes, one more does not, and the pointer says where."""

import json
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError

from integrations.slack.sandbox.blockkit import block_problems, table_problems, view_problems
from integrations.slack.sandbox.blockkit.blocks import BLOCKS
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


def rich(*leaves: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(leaves)}]}


def bullets(**more: Any) -> Json:
    part = {"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_list", "style": "bullet", "elements": [part], **more}],
    }


def field(**element: Any) -> Json:
    return {"type": "input", "label": plain("l"), "element": {"type": "plain_text_input", **element}}


def image(**more: Any) -> Json:
    return {"type": "image", "image_url": "https://acme.example/i.png", "alt_text": "a", **more}


def video(**more: Any) -> Json:
    known = {"alt_text": "a", "title": plain("t"), "thumbnail_url": "https://acme.example/t.png"}
    return {"type": "video", "video_url": "https://acme.example/v", **known, **more}


def container(**more: Any) -> Json:
    return {"type": "container", "title": plain("t"), "child_blocks": [section("x")], **more}


def card(**more: Any) -> Json:
    return {"type": "card", "title": plain("t"), **more}


def carousel(*cards: Json) -> Json:
    return {"type": "carousel", "elements": list(cards)}


def task(**more: Any) -> Json:
    return {"type": "task_card", "task_id": "1", "title": "Build", **more}


def pie(*shares: float) -> Json:
    segments = [{"label": str(n), "value": share} for n, share in enumerate(shares)]
    return {"type": "data_visualization", "title": "t", "chart": {"type": "pie", "segments": segments}}


def data(**more: Any) -> Json:
    return {"type": "data_table", "caption": "c", "rows": [row(2), row(2)], **more}


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
    ("button value empty", actions(button(value="v")), actions(button(value="")), "/blocks/0/elements/0/value"),
    ("button url", actions(button(url="https://acme.example/" + "x" * 2979)), actions(button(url="https://acme.example/" + "x" * 2980)), "/blocks/0/elements/0/url"),
    ("button url form", actions(button(url="mailto:a@acme.example")), actions(button(url="acme.example/page")), "/blocks/0/elements/0/url"),
    ("button label", actions(button(accessibility_label="x" * 75)), actions(button(accessibility_label="x" * 76)), "/blocks/0/elements/0/accessibility_label"),
    ("action_id", actions(button(action_id="a" * 255)), actions(button(action_id="a" * 256)), "/blocks/0/elements/0/action_id"),
    ("unknown element", actions(button()), actions({"type": "lever", "action_id": "a"}), "/blocks/0/elements/0/type"),
    ("placeholder", actions(menu([option()]) | {"placeholder": plain("x" * 150)}), actions(menu([option()]) | {"placeholder": plain("x" * 151)}), "/blocks/0/elements/0/placeholder/text"),
    ("option description", actions(menu([option() | {"description": plain("x" * 75)}])), actions(menu([option() | {"description": plain("x" * 76)}])), "/blocks/0/elements/0/options/0/description/text"),
    ("initial option", actions(menu([option()]) | {"initial_option": option()}), actions(menu([option()]) | {"initial_option": option("w")}), "/blocks/0/elements/0"),
    ("option groups", actions({"type": "static_select", "option_groups": [{"label": plain("g"), "options": [option()]}] * 100}), actions({"type": "static_select", "option_groups": [{"label": plain("g"), "options": [option()]}] * 101}), "/blocks/0/elements/0/option_groups"),
    ("options or groups", actions(menu([option()])), actions(menu([option()]) | {"option_groups": [{"label": plain("g"), "options": [option()]}]}), "/blocks/0/elements/0"),
    ("radio buttons", actions({"type": "radio_buttons", "options": [option()] * 10}), actions({"type": "radio_buttons", "options": [option()] * 11}), "/blocks/0/elements/0/options"),
    ("checkboxes", actions({"type": "checkboxes", "options": [option()] * 10}), actions({"type": "checkboxes", "options": [option()] * 11}), "/blocks/0/elements/0/options"),
    ("date", actions({"type": "datepicker", "initial_date": "2026-03-02"}), actions({"type": "datepicker", "initial_date": "2026-13-02"}), "/blocks/0/elements/0/initial_date"),
    ("time", actions({"type": "timepicker", "initial_time": "09:30"}), actions({"type": "timepicker", "initial_time": "9:30"}), "/blocks/0/elements/0/initial_time"),
    ("moment", actions({"type": "datetimepicker", "initial_date_time": 1772460000}), actions({"type": "datetimepicker", "initial_date_time": 1772460000000}), "/blocks/0/elements/0/initial_date_time"),
    ("no datetimepicker beside a section", section("x", accessory={"type": "datepicker"}), section("x", accessory={"type": "datetimepicker"}), "/blocks/0/accessory/type"),
    ("filter", actions({"type": "conversations_select", "filter": {"include": ["im"]}}), actions({"type": "conversations_select", "filter": {}}), "/blocks/0/elements/0/filter"),
    ("workflow button", actions({"type": "workflow_button", "text": plain("x"), "workflow": {"trigger": {"url": "https://slack.com/shortcuts/1"}}}), actions({"type": "workflow_button", "text": plain("x"), "workflow": {}}), "/blocks/0/elements/0/workflow"),
    ("input label", field() | {"label": plain("x" * 2000)}, field() | {"label": plain("x" * 2001)}, "/blocks/0/label/text"),
    ("input hint", field() | {"hint": plain("x" * 2000)}, field() | {"hint": plain("x" * 2001)}, "/blocks/0/hint/text"),
    ("typed length", field(min_length=10, max_length=3000), field(max_length=3001), "/blocks/0/element/max_length"),
    ("typed range", field(min_length=10, max_length=10), field(min_length=11, max_length=10), "/blocks/0/element/min_length"),
    ("number", field(type="number_input", is_decimal_allowed=False, min_value="1", max_value="2"), field(type="number_input", is_decimal_allowed=False, min_value="3", max_value="2"), "/blocks/0/element/min_value"),
    ("number kind", field(type="number_input", is_decimal_allowed=True), field(type="number_input"), "/blocks/0/element"),
    ("files", field(type="file_input", max_files=10), field(type="file_input", max_files=11), "/blocks/0/element/max_files"),
    ("files at once", field(type="file_input"), field(type="file_input") | {"dispatch_action": True}, "/blocks/0/dispatch_action"),
    ("a button is no input", field(), {"type": "section", "text": plain("x"), "accessory": {"type": "plain_text_input"}}, "/blocks/0/accessory/type"),
    ("image text", image(alt_text="x" * 2000), image(alt_text="x" * 2001), "/blocks/0/alt_text"),
    ("image without text", image(), image(alt_text=""), "/blocks/0/alt_text"),
    ("image title", image(title=plain("x" * 2000)), image(title=plain("x" * 2001)), "/blocks/0/title/text"),
    ("one image source", image(), image(slack_file={"id": "F1"}), "/blocks/0"),
    ("divider", {"type": "divider"}, {"type": "divider", "text": plain("x")}, "/blocks/0"),
    ("context element", {"type": "context", "elements": [image()]}, {"type": "context", "elements": [button()]}, "/blocks/0/elements/0/type"),
    ("context empty", {"type": "context", "elements": [plain("x")]}, {"type": "context", "elements": []}, "/blocks/0/elements"),
    ("header level", {"type": "header", "text": plain("x"), "level": 4}, {"type": "header", "text": plain("x"), "level": 5}, "/blocks/0/level"),
    ("text kind", section("x"), {"type": "section", "text": {"type": "markdown", "text": "x"}}, "/blocks/0/text/type"),
    ("text flags", {"type": "section", "text": plain("x") | {"emoji": True}}, {"type": "section", "text": plain("x") | {"verbatim": True}}, "/blocks/0/text"),
    ("rich text leaf", rich({"type": "user", "user_id": "U0ADA"}), rich({"type": "user", "user_id": "ada"}), "/blocks/0/elements/0/elements/0/user_id"),
    ("rich text kind", rich({"type": "emoji", "name": "tada"}), rich({"type": "mrkdwn", "text": "x"}), "/blocks/0/elements/0/elements/0/type"),
    ("rich text style", rich({"type": "text", "text": "x", "style": {"bold": True}}), rich({"type": "text", "text": "x", "style": {"loud": True}}), "/blocks/0/elements/0/elements/0/style"),
    ("rich text mention", rich({"type": "broadcast", "range": "here"}), rich({"type": "broadcast", "range": "all"}), "/blocks/0/elements/0/elements/0/range"),
    ("rich text list", bullets(indent=1), bullets(style="dashes"), "/blocks/0/elements/0/style"),
    ("markdown", {"type": "markdown", "text": "x" * 12_000}, {"type": "markdown", "text": "x" * 12_001}, "/blocks/0/text"),
    ("video", video(title=plain("x" * 199)), video(title=plain("x" * 200)), "/blocks/0/title/text"),
    ("video author", video(author_name="x" * 49), video(author_name="x" * 50), "/blocks/0/author_name"),
    ("video over https", video(), video(video_url="http://acme.example/v"), "/blocks/0/video_url"),
    ("card body", card(body=plain("x" * 200)), card(body=plain("x" * 201)), "/blocks/0/body/text"),
    ("card title", card(title=plain("x" * 150)), card(title=plain("x" * 151)), "/blocks/0/title/text"),
    ("card actions", card(actions=[button()] * 2), card(actions=[button()] * 3), "/blocks/0/actions"),
    ("card of nothing", card(), {"type": "card", "subtitle": plain("x")}, "/blocks/0"),
    ("carousel", carousel(*[card()] * 10), carousel(*[card()] * 11), "/blocks/0/elements"),
    ("carousel of cards", carousel(card()), carousel(section("x")), "/blocks/0/elements/0/type"),
    ("container children", container(child_blocks=[section("x")] * 10), container(child_blocks=[section("x")] * 11), "/blocks/0/child_blocks"),
    ("container in itself", container(), container(child_blocks=[container()]), "/blocks/0/child_blocks/0/type"),
    ("container title", container(), {"type": "container", "child_blocks": [section("x")]}, "/blocks/0"),
    ("container width", container(width="full"), container(width="huge"), "/blocks/0/width"),
    ("container closed", container(is_collapsible=True, default_collapsed=True), container(default_collapsed=True), "/blocks/0/default_collapsed"),
    ("context actions", {"type": "context_actions", "elements": [{"type": "icon_button", "icon": "trash", "text": plain("x"), "action_id": str(n)} for n in range(5)]}, {"type": "context_actions", "elements": [button()]}, "/blocks/0/elements/0/type"),
    ("plan", {"type": "plan", "title": "Deploy", "tasks": [{"task_id": "1", "title": "Build"}]}, {"type": "plan", "title": "Deploy", "tasks": [{"title": "Build"}]}, "/blocks/0/tasks/0"),
    ("task status", task(status="complete"), task(status="done"), "/blocks/0/status"),
    ("task source", task(sources=[{"type": "url", "url": "https://acme.example", "text": "x"}]), task(sources=[{"type": "url", "text": "x"}]), "/blocks/0/sources/0"),
    ("task details", task(details=rich()), task(details=section("x")), "/blocks/0/details/type"),
    ("table rows", {"type": "table", "rows": [row(1)] * 100}, {"type": "table", "rows": [row(1)] * 101}, "/blocks/0/rows"),
    ("table cell", {"type": "table", "rows": [[rich()]]}, {"type": "table", "rows": [[plain("x")]]}, "/blocks/0/rows/0/0/type"),
    ("table column", {"type": "table", "rows": [row(1)], "column_settings": [None, {"align": "right"}]}, {"type": "table", "rows": [row(1)], "column_settings": [{"align": "top"}]}, "/blocks/0/column_settings/0/align"),
    ("data table page", data(page_size=100), data(page_size=101), "/blocks/0/page_size"),
    ("data table header", data(), data(rows=[[rich(), rich()], row(2)]), "/blocks/0/rows/0"),
    ("data table shape", data(), data(rows=[row(2), row(3)]), "/blocks/0/rows"),
    ("data table column", data(row_header_column_index=1), data(row_header_column_index=2), "/blocks/0/row_header_column_index"),
    ("data table size", data(rows=[row(1), *[[{"type": "raw_text", "text": "x" * 1000}]] * 9]), data(rows=[row(1), *[[{"type": "raw_text", "text": "x" * 1000}]] * 10]), "/blocks/0/rows"),
    ("pie", pie(1, 2, 3, 4, 5, 6), pie(1, 2, 3, 4, 5, 6, 7), "/blocks/0/chart/segments"),
    ("pie of nothing", pie(1), pie(0), "/blocks/0/chart/segments/0/value"),
    ("chart title", chart(["Mon", "Tue"]) | {"title": "x" * 50}, chart(["Mon", "Tue"]) | {"title": "x" * 51}, "/blocks/0/title"),
    ("a file is Slack's", section("x"), {"type": "file", "external_id": "1", "source": "remote"}, "/blocks/0/type"),
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


# Where each block may stand, as Slack's pages on them say.
NOT_IN = {
    "message": ["alert", "file"],
    "modal": ["card", "carousel", "container", "context_actions", "data_visualization", "file", "markdown", "plan", "table", "task_card"],
    "home": ["alert", "context_actions", "data_visualization", "file", "markdown", "plan", "table", "task_card"],
}  # fmt: skip
ONE_OF_EACH: list[Json] = [
    section("x"), {"type": "header", "text": plain("x")}, {"type": "divider"}, actions(button()), image(), field(),
    {"type": "context", "elements": [plain("x")]}, rich(), video(), {"type": "markdown", "text": "x"}, data(), card(),
    {"type": "table", "rows": [row(1)]}, chart(["Mon", "Tue"]), carousel(card()), container(), task(),
    {"type": "plan", "title": "x"}, {"type": "alert", "text": plain("x"), "level": "warning"},
    {"type": "context_actions", "elements": [{"type": "icon_button", "icon": "trash", "text": plain("x")}]},
    {"type": "file", "external_id": "1", "source": "remote"},
]  # fmt: skip


@pytest.mark.parametrize("surface", NOT_IN)
def test_each_surface_takes_its_own_blocks(surface: str) -> None:
    refused = {block["type"] for block in ONE_OF_EACH if block_problems([block], surface)}

    assert refused == set(NOT_IN[surface])
    assert {block["type"] for block in ONE_OF_EACH} == set(BLOCKS)


def test_some_limits_count_the_whole_message() -> None:
    half = {"type": "markdown", "text": "x" * 6000}
    focused = field(focus_on_load=True)

    assert block_problems([half, half], "message") == []
    assert "together" in block_problems([half, half, {"type": "markdown", "text": "x"}], "message")[0]
    assert "no more than 2 data_visualization" in block_problems([chart(["Mon", "Tue"])] * 3, "message")[0]
    assert "no more than 1 plan" in block_problems([{"type": "plan", "title": "x"}] * 2, "message")[0]
    assert "focus_on_load" in block_problems([focused, focused], "modal")[0]
    assert table_problems([data(), {"type": "table", "rows": [row(1)]}], []) == ["only_one_table_allowed"]
    inside = container(child_blocks=[{"type": "table", "rows": [row(1)]}])
    assert table_problems([inside], [{"blocks": [data()]}]) == ["only_one_table_allowed"]


def test_ids_inside_a_container_count_too() -> None:
    twice = [section("x", block_id="b"), container(child_blocks=[section("y", block_id="b")])]

    assert "/blocks/1/child_blocks/0/block_id" in block_problems(twice, "message")[0]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["section", "actions", "table"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "text", "elements", "options", "rows", "blocks"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(ANYTHING)
def test_whatever_is_sent_is_judged_and_never_breaks_the_judge(sent: Any) -> None:
    for surface in ("message", "modal", "home"):
        assert isinstance(block_problems(sent, surface), list)
    for block in ONE_OF_EACH:
        spoiled = {name: sent if name != "type" else kind for name, kind in block.items()}
        assert isinstance(block_problems([spoiled], "message"), list)
    assert isinstance(table_problems([sent], [sent]), list)
    assert view_problems(sent, "modal")


def test_blocks_are_validated_for_every_surface(slack: Slack) -> None:
    def validated(**sent: Any) -> Json:
        texts = {name: json.dumps(value) for name, value in sent.items()}
        return dict(requests.post(f"{slack.url}/api/blocks.validate", data=texts, timeout=5).json())

    modal = {"type": "modal", "title": plain("x"), "blocks": [{"type": "alert", "text": plain("x")}]}
    home = {"type": "home", "blocks": [{"type": "alert", "text": plain("x")}]}

    assert validated(blocks=[section("x")]) == {"ok": True}
    assert validated(message={"blocks": [section("x")], "attachments": [{"blocks": [section("x")]}]})["ok"]
    assert validated(view=modal)["ok"]
    assert validated(blocks=[section("")])["error"] == "invalid_blocks"
    assert validated(blocks=[section("")])["errors"][0]["pointer"] == "/0/text/text"
    assert validated(message={"blocks": [section("")]})["errors"][0] == {
        "pointer": "/blocks/0/text/text", "code": "failed_constraint", "message": "must be more than 0 characters",
    }  # fmt: skip
    assert (validated(view=home)["error"], validated(view=home)["errors"][0]["pointer"]) == (
        "invalid_view", "/blocks/0/type",
    )  # fmt: skip
    assert validated(blocks=[section("x")], view=home)["error"] == "invalid_arguments"
    assert validated()["error"] == "invalid_arguments"


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
