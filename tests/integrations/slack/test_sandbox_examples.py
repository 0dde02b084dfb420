"""What the stand-in serves and sends beside the main calls, against Slack's published examples.

They are not part of this repository: CABBIE_CONFORMANCE names a folder with ``golden/slack`` in it.
"""

import asyncio
import json
from typing import Any

import pytest
import websockets
from slack_bolt import App
from slack_sdk import WebClient

from tests.integrations.slack.conftest import HttpApp, Slack, until
from tests.integrations.slack.test_sandbox_conformance import EXAMPLES, Json, differences, example
from tests.integrations.slack.test_sandbox_modals import modal
from tests.integrations.slack.test_sandbox_sockets import new_link

pytestmark = pytest.mark.skipif(not EXAMPLES, reason="CABBIE_CONFORMANCE names no folder with Slack's example payloads")


def test_a_socket_is_opened_with_the_right_kind_of_token(slack: Slack) -> None:
    theirs = example("api_apps.connections.open")
    tokens = {
        "ok": slack.secrets.slack_app_token,
        "error_wrong_token_class": slack.secrets.slack_bot_token,
        "error_bad": "xapp-nobody",
    }

    for name, token in tokens.items():
        answer = WebClient(token, base_url=f"{slack.url}/api/").api_call
        try:
            given = answer("apps.connections.open").data
        except Exception as error:
            given = error.response.data  # type: ignore[attr-defined]  # slack_sdk raises for ok: false
        assert differences(theirs[name], given) == []
        assert given.get("error") == theirs[name].get("error")


def test_a_post_is_answered_as_the_documentation_shows(slack: Slack) -> None:
    attachments = [{"text": "This is an attachment"}]

    ours = slack.client.chat_postMessage(channel="C0PAYMENTS", text="Here's a message", attachments=attachments).data

    theirs = example("api_chat.postMessage_docs")["ok"]
    assert differences(theirs, ours) == []
    assert ours["message"]["attachments"][0].keys() >= theirs["message"]["attachments"][0].keys()


def test_a_form_is_opened_as_the_example_shows(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    opened: list[Any] = []

    @bolt.command("/deploy")
    def deploy(ack: Any, body: Json, client: WebClient) -> None:
        opened.append(client.views_open(trigger_id=body["trigger_id"], view=modal()).data)
        ack()

    slack.person("U0LINUS", "command", channel="C0PAYMENTS", command="/deploy", text="")

    theirs, [given] = example("api_views.open")["ok_example"], opened
    assert [d for d in differences(theirs, given) if not d.startswith("/view/blocks")] == []
    assert given["view"]["blocks"][0].keys() >= theirs["view"]["blocks"][0].keys()


def test_further_events_have_the_published_shape(slack: Slack, http_app: HttpApp) -> None:
    slack.switch(
        retry_scale=0.0,
        events=[*slack.control("switches")["events"], "reaction_added", "member_left_channel", "tokens_revoked"],
        scopes=[*slack.control("switches")["scopes"], "reactions:read", "metadata.message:read"],
        metadata_subscriptions=[{"app_id": "A0PIPELINE", "event_type": "*"}],
    )
    metadata = {"event_type": "task_added", "event_payload": {"id": "11223"}}
    sent = {"channel": "C0PAYMENTS", "text": "New task", "metadata": metadata}
    ts = slack.control("apps/pipeline/message", sent)["ts"]
    slack.control(
        "apps/pipeline/message", sent | {"text": "Done", "metadata": None, "thread_ts": ts, "reply_broadcast": True}
    )
    slack.control("channels/C0CHECKOUT", {"remove": "U0GUS"})
    slack.control("channels/C0PAYMENTS", {"remove": "U0LINUS"})
    slack.control("event", example("event_events__reaction_added")["event"] | {"channel": "C0PAYMENTS"})
    slack.control("tokens/revoke", {})

    def told(word: str) -> Json:
        bodies = lambda: (json.loads(body) for _, body in list(http_app.heard))  # noqa: E731
        is_it = lambda event: word in (event["type"], event.get("subtype"), event.get("text"))  # noqa: E731
        return until(lambda: next((body for body in bodies() if is_it(body["event"])), {}), seconds=20)

    pairs = {
        "event_message_with_metadata": "New task",
        "event_message_metadata_posted": "message_metadata_posted",
        "event_message_metadata_posted_bolt": "message_metadata_posted",
        "event_message_thread_broadcast__message_thread_broadcast": "thread_broadcast",
        "event_events__member_left_channel": "member_left_channel",
        "event_events__reaction_added": "reaction_added",
        "event_events__tokens_revoked": "tokens_revoked",
    }
    # An app's reply, which has no client_msg_id; the token of a bot alone, for Cabbie asks for no other; our own facts.
    beside = (
        "/event/client_msg_id",
        "/event/root/client_msg_id",
        "/event/tokens/oauth",
        "/event/metadata/event_payload/",
    )
    found = {name: differences(example(name), told(word)) for name, word in pairs.items()}
    assert {n: [d for d in ds if not d.startswith(beside)] for n, ds in found.items()} == {key: [] for key in pairs}


def test_the_verification_has_the_published_shape(slack: Slack, http_app: HttpApp) -> None:
    assert slack.control("verification", {})["ok"]

    assert json.loads(http_app.heard[-1][1]).keys() == example("url_verification").keys()


def test_every_goodbye_of_a_socket_has_the_published_shape(slack: Slack) -> None:
    async def goodbye(reason: str) -> Json:
        async with websockets.connect(new_link(slack), proxy=None) as link:
            await link.recv()
            await asyncio.to_thread(slack.control, "sockets", {"reason": reason})
            said: Json = json.loads(await link.recv())
            return said

    for theirs in example("socket_disconnect"):
        said = asyncio.run(goodbye(theirs["reason"]))
        assert said["reason"] == theirs["reason"]
        assert differences(theirs, said) == []


def test_acknowledgements_over_a_socket_are_taken_as_they_are_sent(slack: Slack) -> None:
    text, nothing, errors = (ack.get("payload") for ack in example("socket_acks"))

    async def answered(deed: str, payload: Any, **sent: Any) -> Json:
        async with websockets.connect(new_link(slack), proxy=None) as link:
            await link.recv()
            doing = asyncio.create_task(asyncio.to_thread(slack.person, "U0LINUS", deed, **sent))
            envelope = json.loads(await link.recv())["envelope_id"]
            await link.send(json.dumps({"envelope_id": envelope} | ({"payload": payload} if payload else {})))
            done: Json = await doing
            return done

    typed = {"channel": "C0PAYMENTS", "command": "/deploy", "text": "x"}
    assert text["text"] in json.dumps(asyncio.run(answered("command", text, **typed)))
    assert asyncio.run(answered("command", nothing, **typed))["ok"]

    view_id = opened_over_a_socket(slack)
    filled = {"reason": {"text": {"type": "plain_text_input", "value": "long enough now"}}}
    refused = asyncio.run(answered("submit", errors, view_id=view_id, values=filled))
    assert refused["errors"] == errors["errors"]


def opened_over_a_socket(slack: Slack) -> str:
    """The id of a form that an app opened on a command."""

    async def opening() -> None:
        async with websockets.connect(new_link(slack), proxy=None) as link:
            await link.recv()
            typed = {"channel": "C0PAYMENTS", "command": "/deploy", "text": ""}
            doing = asyncio.create_task(asyncio.to_thread(slack.person, "U0LINUS", "command", **typed))
            envelope = json.loads(await link.recv())
            trigger = envelope["payload"]["trigger_id"]
            await asyncio.to_thread(slack.client.views_open, trigger_id=trigger, view=modal())
            await link.send(json.dumps({"envelope_id": envelope["envelope_id"]}))
            await doing

    asyncio.run(opening())
    return str(slack.screen("U0LINUS")["views"][0]["id"])
