"""The checker of Slack's traffic bites."""

import inspect
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from tests.traffic.calls import response_url, slack
from tests.traffic.slack import complaints
from tests.traffic.slack_methods import MALFORMED, METHODS, REFUSALS, RESPONSE_URL

Json = dict[str, Any]
POSTED = {"channel": "C0PAYMENTS", "text": "hello", "unfurl_links": False, "unfurl_media": False}
TS = "1795462303.662934"
PRESS = {
    "type": "button",
    "text": {"type": "plain_text", "text": "Approve"},
    "action_id": "change.approve",
    "value": "CHG0030001",
}
FORM: Json = {
    "type": "modal",
    "callback_id": "change.reason",
    "title": {"type": "plain_text", "text": "Reject"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "reason",
            "label": {"type": "plain_text", "text": "Why?"},
            "element": {"type": "plain_text_input", "action_id": "reason"},
        }
    ],
}


def section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "block_id": "decide:1", "elements": list(elements)}


GOOD = [
    slack("chat.postMessage", **POSTED),
    slack(
        "chat.postMessage",
        **POSTED,
        thread_ts=TS,
        reply_broadcast=True,
        blocks=[section("<@U0ADA> &amp; <https://a.example|it>"), actions(PRESS)],
        metadata={"event_type": "cabbie", "event_payload": {"marker": "card:1"}},
        team_id="T0ACME",
        answer={"ok": True, "channel": "C0PAYMENTS", "ts": TS, "message": {}},
    ),
    slack("chat.update", channel="C0PAYMENTS", ts=TS, text="x", blocks=[section("x")]),
    slack("users.info", as_form=True, user="U0ADA", answer={"ok": True, "user": {}}),
    slack("users.lookupByEmail", as_form=True, email="a@b.c", answer={"ok": False, "error": "users_not_found"}),
    slack("conversations.history", as_form=True, channel="C0PAYMENTS", limit="200", include_all_metadata="1"),
    slack("views.open", trigger_id="1.2.x", view=FORM, answer={"ok": False, "error": "expired_trigger_id"}),
    response_url(text="Got it.", response_type="ephemeral", replace_original=False),
]
BAD = {
    "a method nobody documents": (slack("chat.shout", text="x"), "no method that Cabbie is known to need"),
    "an unknown argument": (slack("chat.postMessage", **POSTED, colour="red"), "colour is no argument"),
    "a missing argument": (slack("chat.update", channel="C0X", text="x", blocks=[]), "ts is missing"),
    "a flag as a number": (slack("chat.postMessage", **{**POSTED, "unfurl_links": 7}), "unfurl_links is 7"),
    "a ts as a float": (slack("chat.update", channel="C0X", ts=1.5, text="x", blocks=[]), "ts is 1.5"),
    "an edit in a person's name": (slack("chat.update", channel="U0ADA", ts=TS, text="x", blocks=[]), "channel is"),
    "an edit that loses its blocks": (slack("chat.update", channel="C0X", ts=TS, text="x"), "blocks is missing"),
    "JSON for a read": (slack("users.info", user="U0ADA"), "JSON where only a form"),
    "a page too long": (slack("conversations.history", as_form=True, channel="C0X", limit="5000"), "limit is"),
    "a text too long": (slack("chat.postMessage", **{**POSTED, "text": "x" * 4001}), "4003 characters"),
    "no text beside blocks": (
        slack("chat.postMessage", **{**POSTED, "text": " "}, blocks=[section("x")]),
        "blocks without a text",
    ),
    "a block too long": (slack("chat.postMessage", **POSTED, blocks=[section("x" * 3001)]), "3001"),
    "a block Slack refuses": (slack("chat.postMessage", **POSTED, blocks=[{"type": "poem"}]), "unsupported type"),
    "51 blocks": (slack("chat.postMessage", **POSTED, blocks=[{"type": "divider"}] * 51), "no more than 50"),
    "a dead button": (
        slack("chat.postMessage", **POSTED, blocks=[actions({**PRESS, "action_id": "change.aprove"})]),
        "nobody listens to 'change.aprove'",
    ),
    "a button of no change": (
        slack("chat.postMessage", **POSTED, blocks=[actions({**PRESS, "value": "payments"})]),
        "no change's number",
    ),
    "a button of no post": (
        slack("chat.postMessage", **POSTED, blocks=[actions({**PRESS, "action_id": "announcement.complete"})]),
        "no post's place",
    ),
    "metadata with depth": (
        slack("chat.postMessage", **POSTED, metadata={"event_type": "a", "event_payload": {"b": {"c": {"d": 1}}}}),
        "metadata: b is too deep",
    ),
    "metadata with a sentence for a name": (
        slack("chat.postMessage", **POSTED, metadata={"event_type": "a deploy", "event_payload": {}}),
        "metadata: event_type",
    ),
    "a call to everybody": (slack("chat.postMessage", **{**POSTED, "text": "<!channel> now"}), "calls everybody"),
    "a bracket of no form": (slack("chat.postMessage", **POSTED, blocks=[section("a <b> c")]), "no documented form"),
    "a bare ampersand": (slack("chat.postMessage", **{**POSTED, "text": "R & D"}), "an & that is not escaped"),
    "a bare bracket": (slack("chat.postMessage", **{**POSTED, "text": "1 < 2"}), "< or > that is not escaped"),
    "a form of nobody's": (slack("views.open", trigger_id="1", view={**FORM, "callback_id": "x"}), "is nobody's"),
    "a title too long": (
        slack("views.open", trigger_id="1", view={**FORM, "title": {"type": "plain_text", "text": "x" * 25}}),
        "title",
    ),
    "an input nobody reads": (
        slack(
            "views.open",
            trigger_id="1",
            view={
                **FORM,
                "blocks": [{**FORM["blocks"][0], "element": {"type": "plain_text_input", "action_id": "colour"}}],
            },
        ),
        "nobody listens to 'colour'",
    ),
    "an answer that says it was malformed": (
        slack("chat.postMessage", **POSTED, answer={"ok": False, "error": "invalid_blocks"}),
        "refused as malformed",
    ),
    "a word of nobody's": (
        slack("chat.postMessage", **POSTED, answer={"ok": False, "error": "computer_says_no"}),
        "a word that Slack does not document",
    ),
    "an answer that lacks its ts": (
        slack("chat.postMessage", **POSTED, answer={"ok": True, "channel": "C0PAYMENTS", "message": {}}),
        "the answer's ts is null",
    ),
    "a whisper with a colour": (response_url(text="x", colour="red"), "colour is no argument"),
    "a whisper that says nothing": (response_url(response_type="ephemeral"), "text is missing"),
}


@pytest.mark.parametrize("call", GOOD)
def test_what_slack_documents_passes(call: Any) -> None:
    assert list(complaints(call)) == []


@pytest.mark.parametrize("name", BAD)
def test_what_it_does_not_is_told(name: str) -> None:
    call, wanted = BAD[name]

    assert any(wanted in line for line in complaints(call)), list(complaints(call))


@pytest.mark.parametrize(
    "block", [section("x" * 3001), {"type": "header", "text": FORM["title"] | {"text": "x" * 151}}]
)
def test_two_judges_see_a_limit_each_for_itself(block: Json) -> None:
    lines = list(complaints(slack("chat.postMessage", **POSTED, blocks=[block])))

    assert any(line.startswith("slack_sdk: ") for line in lines)
    assert any("[json-pointer:" in line for line in lines)


@pytest.mark.parametrize("name", METHODS)
def test_arguments_are_those_of_slacks_own_library(name: str) -> None:
    method = METHODS[name]
    theirs = inspect.signature(getattr(WebClient, name.replace(".", "_"))).parameters

    assert {*method.needs, *method.takes} <= theirs.keys()
    demanded = {n for n, p in theirs.items() if p.default is p.empty and p.kind is p.KEYWORD_ONLY} - {"app_token"}
    assert demanded <= method.needs.keys()


def test_those_of_a_response_url_too() -> None:
    theirs = inspect.signature(WebhookClient.send).parameters.keys() | {"thread_ts"}  # documented, sent by send_dict

    assert {*RESPONSE_URL.needs, *RESPONSE_URL.takes} <= theirs


def test_no_word_is_both_ours_and_the_workspaces_fault() -> None:
    assert not MALFORMED & REFUSALS
