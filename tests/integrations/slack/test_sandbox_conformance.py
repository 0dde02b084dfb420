"""The stand-in's answers and payloads against published examples of Slack's (not part of this repository)."""

import asyncio
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
import requests
import websockets
from slack_bolt import App

from integrations.slack.sandbox.signing import signature
from tests.integrations.slack.conftest import HttpApp, Slack, buttons, section, until
from tests.integrations.slack.test_sandbox_events import subscribe, wait_for
from tests.integrations.slack.test_sandbox_modals import modal
from tests.integrations.slack.test_sandbox_sockets import new_link

EXAMPLES = os.environ.get("CABBIE_CONFORMANCE", "")
pytestmark = pytest.mark.skipif(not EXAMPLES, reason="CABBIE_CONFORMANCE names no folder with Slack's example payloads")

# What an example shows and a single, modern workspace does not have: Enterprise Grid, the forms of 2021.
ELSEWHERE = {
    "enterprise_id", "enterprise_name", "authed_users", "last_read", "locale", "is_app_unfurl", "image_original",
    "bot_profile", "priority", "username", "subtype", "fallback", "attachments", "next_cursor", "response_metadata",
    "edited",
}  # fmt: skip
Json = dict[str, Any]


def example(name: str) -> Any:
    return json.loads((Path(EXAMPLES) / "golden" / "slack" / f"{name}.json").read_text())["payload"]


def differences(theirs: Any, ours: Any, at: str = "") -> list[str]:
    """Properties of the example that ours lacks or holds in another type."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        found = []
        for name, value in theirs.items():
            if name in ELSEWHERE:
                continue
            found += [f"{at}/{name} is missing"] if name not in ours else differences(value, ours[name], f"{at}/{name}")
        return found
    if isinstance(theirs, list) and isinstance(ours, list):
        return differences(theirs[0], ours[0], f"{at}/0") if theirs and ours else []
    if theirs is None or ours is None or type(theirs) is type(ours):
        return []
    return [f"{at} is {type(ours).__name__}, not {type(theirs).__name__}"]


def test_the_documented_signature() -> None:
    vector = example("signature_v0_vector")

    made = signature(vector["signing_secret"], vector["X-Slack-Request-Timestamp"], vector["body"].encode())

    assert made == vector["X-Slack-Signature"]


CALLS: dict[str, Json] = {
    "auth.test": {},
    "bots.info": {"bot": "B0PIPELINE"},
    "chat.getPermalink": {"channel": "C0PAYMENTS", "message_ts": "{ts}"},
    "chat.postEphemeral": {"channel": "C0PAYMENTS", "user": "U0LINUS", "text": "x"},
    "chat.postMessage": {"channel": "C0PAYMENTS", "text": "x"},
    "chat.update": {"channel": "C0PAYMENTS", "ts": "{ts}", "text": "y"},
    "conversations.history": {"channel": "C0PAYMENTS"},
    "conversations.info": {"channel": "C0PAYMENTS"},
    "conversations.list": {},
    "conversations.open": {"users": "U0LINUS"},
    "reactions.add": {"channel": "C0PAYMENTS", "timestamp": "{ts}", "name": "eyes"},
    "team.info": {},
    "usergroups.list": {"include_count": "1"},
    "usergroups.users.list": {"usergroup": "S0CABAPPROVAL"},
    "users.info": {"user": "U0ADA"},
    "users.lookupByEmail": {"email": "ada@acme.example"},
    "views.publish": {"user_id": "U0ADA", "view": json.dumps({"type": "home", "blocks": [section("x")]})},
}


@pytest.mark.parametrize("method", CALLS)
def test_a_method_answers_in_the_published_shape(slack: Slack, method: str) -> None:
    slack.switch(scopes=[*slack.control("switches")["scopes"], "im:write", "team:read"])
    ts = slack.client.chat_postMessage(channel="C0PAYMENTS", text="x")["ts"]
    args = {name: ts if value == "{ts}" else value for name, value in CALLS[method].items()}

    ours = slack.client.api_call(method, data=args).data

    assert differences(example(f"api_{method}")["ok_example"], ours) == []


@pytest.mark.parametrize("method", [m for m in CALLS if m not in ("team.info", "views.publish", "conversations.open")])
def test_refusals_are_words_slack_uses(slack: Slack, method: str) -> None:
    ours = requests.post(f"{slack.url}/api/{method}", timeout=5).json()

    assert (ours["ok"], ours["error"]) == (False, "not_authed")
    assert ours["error"] in example("api_error_enums_2021")[method]


def test_the_rate_limit(slack: Slack) -> None:
    slack.switch(tiers={"special": 1})
    slack.client.auth_test()
    header = {"authorization": f"Bearer {slack.secrets.slack_bot_token}"}

    answer = requests.post(f"{slack.url}/api/auth.test", headers=header, timeout=5)

    theirs = example("api_429_ratelimited")
    assert (answer.status_code, answer.json()) == (theirs["status"], theirs["body"])
    assert answer.headers["Retry-After"].isdigit()


def test_events_have_the_published_shape(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    subscribe(slack, "member_joined_channel")
    heard: list[Json] = []
    for kind in ("message", "app_mention", "member_joined_channel", "app_home_opened"):
        bolt.event(kind)(lambda body: heard.append(body))

    slack.person("U0LINUS", "message", channel="C0PAYMENTS", text="hello <@U0CABBIE>")
    slack.person("U0LINUS", "invite", channel="C0CHECKOUT", invitee="U0KATHERINE")
    slack.person("U0LINUS", "home", tab="messages")
    for shape in ("modern", "classic"):
        slack.control("apps/pipeline/message", {"channel": "C0PAYMENTS", "text": shape, "shape": shape})

    until(lambda: len(heard) == 7)  # the arrival is said in the channel too
    by_text = {b["event"].get("text") if b["event"]["type"] == "message" else b["event"]["type"]: b for b in heard}
    pairs = {
        "event_message__message": "hello <@U0CABBIE>",
        "app_mention": "app_mention",
        "event_events__member_joined_channel": "member_joined_channel",
        "app_home_opened": "app_home_opened",
        "event_message_bot__message_botprofile": "modern",
        "event_message_bot__message_bot_message": "classic",
    }
    assert {name: differences(example(name), by_text[ours]) for name, ours in pairs.items()} == {
        key: [] for key in pairs
    }


def test_edits_and_deletions_have_the_published_shape(slack: Slack, http_app: HttpApp) -> None:
    slack.switch(retry_scale=0.0)
    ts = slack.client.chat_postMessage(channel="C0PAYMENTS", text="x")["ts"]
    slack.client.chat_update(channel="C0PAYMENTS", ts=ts, text="y")
    slack.client.chat_delete(channel="C0PAYMENTS", ts=ts)

    def told(subtype: str) -> Json:
        return until(lambda: next((json.loads(b) for _, b in http_app.heard if f'"{subtype}"' in b), {}))

    rich = "/event/message/blocks is missing", "/event/previous_message/blocks is missing"  # people's texts only
    for subtype in ("message_changed", "message_deleted"):
        found = differences(example(f"event_{subtype}__message_{subtype}"), told(subtype))
        assert [d for d in found if d not in rich] == []


def test_rarer_events_have_the_published_shape(slack: Slack, http_app: HttpApp) -> None:
    subscribe(slack, "reaction_added", "member_left_channel", "link_shared", scopes=("reactions:read",))
    wanted = {"app_id": "*", "event_type": "deploy_announced"}
    slack.switch(retry_scale=0.0, unfurl_domains=["sn.example"], metadata_subscriptions=[wanted])
    metadata = {"event_type": "deploy_announced", "event_payload": {"version": "1"}}
    slack.control("apps/pipeline/message", {"channel": "C0PAYMENTS", "text": "x", "metadata": metadata})
    parent = slack.person("U0LINUS", "message", channel="C0PAYMENTS", text="https://sn.example/x")["ts"]
    slack.person("U0LINUS", "message", channel="C0PAYMENTS", text="https://sn.example/y", thread_ts=parent)
    slack.person("U0LINUS", "react", channel="C0PAYMENTS", ts=parent, name="eyes")
    slack.person("U0ADA", "leave", channel="C0PAYMENTS")
    slack.control("uninstall", {})

    pairs = {
        "event_events__reaction_added": "reaction_added", "event_events__member_left_channel": "member_left_channel",
        "event_events__app_uninstalled": "app_uninstalled", "event_message_metadata_posted": "message_metadata_posted",
    }  # fmt: skip
    found = {name: differences(example(name), wait_for(http_app, ours)[0]) for name, ours in pairs.items()}
    links = sorted(wait_for(http_app, "link_shared", 2), key=lambda body: "thread_ts" in body["event"])
    found["link_shared"] = differences(example("link_shared"), links[-1])
    own = "/event/metadata/event_payload/"
    assert {n: [d for d in ds if not d.startswith(own)] for n, ds in found.items()} == {key: [] for key in found}


def test_being_told_off_has_the_published_shape(slack: Slack, http_app: HttpApp) -> None:
    slack.switch(retry_scale=0.0, events_per_hour=0)

    slack.person("U0LINUS", "message", channel="C0PAYMENTS", text="x")

    assert differences(example("app_rate_limited"), wait_for(http_app, "app_rate_limited")[0]) == []


def test_a_scheduled_message_has_the_published_shape(slack: Slack) -> None:
    at = int(time.time()) + 3600

    ours = slack.client.chat_scheduleMessage(channel="C0PAYMENTS", text="x", post_at=at).data

    assert differences(example("api_chat.scheduleMessage")["ok_example"], ours) == [
        "/post_at is int, not str"  # a number by now: slackapi/node-slack-sdk, ChatScheduleMessageResponse
    ]


def test_interactions_have_the_published_shape(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    slack.switch(shortcuts=["any"])
    heard: dict[str, Json] = {}

    def take(ack: Any, body: Json, client: Any) -> None:
        heard[body.get("type", "command")] = body
        if body.get("type") == "block_actions":
            client.views_open(trigger_id=body["trigger_id"], view=modal())
        ack()

    bolt.command("/deploy")(take)
    bolt.action("change.approve")(take)
    bolt.shortcut("any")(take)
    bolt.view("reject")(take)
    bolt.view_closed("reject")(take)
    card = slack.client.chat_postMessage(channel="C0PAYMENTS", text="x", blocks=[buttons("change.approve")])["ts"]
    slack.person("U0LINUS", "command", channel="C0PAYMENTS", command="/deploy", text="x")
    slack.person("U0LINUS", "shortcut", callback_id="any")
    slack.person("U0LINUS", "shortcut", callback_id="any", channel="C0PAYMENTS", ts=card)
    slack.person("U0LINUS", "click", channel="C0PAYMENTS", ts=card, action_id="change.approve")
    view = slack.screen("U0LINUS")["views"][0]["id"]
    values = {"reason": {"text": {"type": "plain_text_input", "value": "long enough now"}}}
    slack.person("U0LINUS", "submit", view_id=view, values=values)
    slack.person("U0LINUS", "click", channel="C0PAYMENTS", ts=card, action_id="change.approve")
    slack.person("U0LINUS", "close", view_id=slack.screen("U0LINUS")["views"][0]["id"])

    pairs = {
        "slash_command_form": "command", "shortcut": "shortcut", "message_action": "message_action",
        "block_actions_message": "block_actions", "view_submission": "view_submission", "view_closed": "view_closed",
    }  # fmt: skip
    # A bot's message has no client_msg_id nor rich_text; an example's own ids and typed values are not shape.
    own = ("/message/", "/view/state/values", "/view/blocks/0/element", "/response_urls")
    found = {name: differences(example(name), heard[ours]) for name, ours in pairs.items()}
    assert {n: [d for d in ds if not d.startswith(own)] for n, ds in found.items()} == {key: [] for key in pairs}


def test_socket_frames_have_the_published_shape(slack: Slack) -> None:
    slack.switch(shortcuts=["any"])

    async def frames() -> list[Json]:
        async with websockets.connect(new_link(slack), proxy=None) as link:
            heard = [json.loads(await link.recv())]
            deeds: list[tuple[str, Json]] = [
                ("message", {"channel": "C0PAYMENTS", "text": "x"}),
                ("command", {"channel": "C0PAYMENTS", "command": "/deploy", "text": ""}),
                ("shortcut", {"callback_id": "any"}),
            ]
            for deed, sent in deeds:
                doing = asyncio.create_task(asyncio.to_thread(slack.person, "U0LINUS", deed, **sent))
                heard.append(json.loads(await link.recv()))
                await link.send(json.dumps({"envelope_id": heard[-1]["envelope_id"]}))
                await doing
            await asyncio.to_thread(slack.control, "sockets", {"reason": "warning"})
            return [*heard, json.loads(await link.recv())]

    hello, event, command, shortcut, goodbye = asyncio.run(frames())

    assert differences(example("socket_hello"), hello) == []
    assert differences(example("socket_envelope_events_api"), event) == [
        "/payload/event/blocks/0/elements/0/elements/0/user_id is missing"
    ]
    assert differences(example("socket_envelope_slash_commands"), command) == []
    assert differences(example("socket_envelope_interactive"), shortcut) == []
    assert shortcut["accepts_response_payload"] is False
    assert differences(example("socket_disconnect")[0], goodbye) == []
