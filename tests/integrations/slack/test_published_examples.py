"""Every published example of Slack's is held against us: sent to Cabbie's door, or compared with the stand-in's word.

The examples are not part of this repository: CABBIE_CONFORMANCE names a folder with ``golden/slack`` in it.
"""

import ast
import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import websockets
from slack_bolt import App
from slack_sdk import WebClient

from bot.change.announcement import Announcement, Press
from bot.change.model import Status, Verdict
from bot.slack.buttons import APPROVE, DECIDE
from bot.slack.forms import DEPLOY_FORM
from tests.integrations.slack import test_sandbox_conformance
from tests.integrations.slack.conftest import HttpApp, Slack, until
from tests.integrations.slack.test_sandbox_conformance import CALLS, EXAMPLES, Json, differences, example
from tests.integrations.slack.test_sandbox_modals import modal
from tests.integrations.slack.test_sandbox_sockets import new_link
from tests.slack.front import PIPELINE, TEAM, Front

pytestmark = pytest.mark.skipif(not EXAMPLES, reason="CABBIE_CONFORMANCE names no folder with Slack's example payloads")

# Examples that are not held against anything here, and why.
NOT_OURS = {
    "api_chat.scheduleMessage": "Cabbie keeps its own time and schedules nothing with Slack",
    "app_manifest": "a proposal, not Slack's word; our own manifest has its test in tests/slack/test_manifest.py",
    "ci_argocd_notifications": "what it says is a matter of announcements",
    "ci_blocks_no_text_with_metadata": "what it says is a matter of announcements",
    "ci_gitlab_webhook": "what it says is a matter of announcements",
    "ci_jenkins_bot_user": "what it says is a matter of announcements",
    "ci_spinnaker": "what it says is a matter of announcements",
}

# Events Cabbie is told or might be told: heard, answered, and nothing comes of them.
EVENTS = (
    "app_home_opened", "app_rate_limited", "event_events__app_uninstalled", "event_events__member_joined_channel",
    "event_events__member_left_channel", "event_events__message_file_share", "event_events__reaction_added",
    "event_events__tokens_revoked", "event_ext_shared_app_mention", "event_ext_shared_message",
    "event_function__function_executed", "event_message__message", "event_message_bot__message",
    "event_message_bot__message_bot_message", "event_message_bot__message_botprofile",
    "event_message_changed__message_message_changed", "event_message_deleted__message_message_deleted",
    "event_message_file_share__message_file_share", "event_message_metadata_posted",
    "event_message_metadata_posted_bolt", "event_message_thread_broadcast__message_thread_broadcast",
    "event_message_with_metadata", "event_org_apps__team_access_granted", "event_shared_channels__app_uninstalled",
    "event_shared_channels__member_joined_channel", "event_shared_channels__member_left_channel",
    "event_shared_channels__reaction_added", "event_shared_channels__tokens_revoked", "link_shared",
)  # fmt: skip
MENTIONS = ("app_mention", "event_events__app_mention", "event_shared_channels__app_mention")
PRESSES = ("block_actions_message", "interactive_message")
# What our manifest does not ask for, and forms that are not ours: Slack tells the person that nobody answered.
NOBODYS = (
    "block_suggestion", "message_action", "shortcut", "view_closed", "view_submission", "view_submission_response_urls",
)  # fmt: skip
COMMANDS = ("slash_command_form", "slash_command_form_docs")


def ours(payload: Any) -> Any:
    """The example, as if it had happened in our workspace."""
    return json.loads(json.dumps(payload).replace("T111", TEAM))


def nothing_came_of_it(front: Front) -> None:
    assert (front.desk.diary, front.said, front.whispers, front.web.calls) == ([], [], [], [])


# ------------------------------------------------------------------------------------------------------- Cabbie's door


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_is_answered_and_nothing_comes_of_it(name: str) -> None:
    front, payload = Front(), ours(example(name))

    # One of the documents shows an event without its envelope.
    reply = front.send(json.dumps({"type": "event_callback", "team_id": TEAM} | payload).encode(), form=False)

    assert reply.status == 200  # anything else is sent again, and counts as a failure
    if name == "app_home_opened":
        assert [method for method, _ in front.web.calls] in ([], ["views.publish"])
    else:
        nothing_came_of_it(front)


@pytest.mark.parametrize("name", MENTIONS)
def test_a_mention_is_answered_in_its_thread(name: str) -> None:
    front, payload = Front(), ours(example(name))

    reply = front.send(json.dumps(payload).encode(), form=False)

    assert (reply.status, front.desk.diary) == (200, [])
    [(where, said)] = front.said
    assert where == f"{payload['event']['channel']} below {payload['event']['ts']}"
    assert "I don't understand" in said


@pytest.mark.parametrize("name", PRESSES)
def test_a_press_of_nothing_of_ours_is_acknowledged(name: str) -> None:
    front = Front()

    assert front.interact(ours(example(name))).status == 200
    nothing_came_of_it(front)


@pytest.mark.parametrize("name", NOBODYS)
def test_what_we_do_not_offer_is_not_acknowledged(name: str) -> None:
    front = Front()

    assert front.interact(ours(example(name))).status == 404
    nothing_came_of_it(front)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_taken_as_slack_sends_it(name: str) -> None:
    front = Front()
    body = example(name) | {"command": "/deploy", "text": "payments 2.4.1", "team_id": TEAM}

    reply = front.send(urlencode(body).encode())

    assert reply.status == 200
    [heard] = front.desk.diary
    assert isinstance(heard.body, Announcement)
    assert (heard.body.service, heard.body.version) == ("payments", "2.4.1")
    assert (heard.by.slack_id, heard.by.slack_team) == (body["user_id"], TEAM)


def test_a_press_is_taken_as_slack_sends_it() -> None:
    front, payload = Front(), ours(example("block_actions_message"))
    payload["actions"][0] |= {"action_id": APPROVE, "block_id": f"{DECIDE}:abc", "value": "CHG0030042"}

    assert front.interact(payload).status == 200
    [heard] = front.desk.diary
    assert isinstance(heard.body, Press)
    assert (heard.body.number, heard.body.verdict, heard.body.fingerprint) == ("CHG0030042", Verdict.APPROVED, "abc")
    assert (heard.by.slack_id, heard.by.slack_team) == (payload["user"]["id"], TEAM)


def test_a_form_is_taken_as_slack_sends_it() -> None:
    front, payload = Front(), ours(example("view_submission"))
    fields = {"service": "payments", "version": "2.4.1"}
    values = {name: {name: {"type": "plain_text_input", "value": value}} for name, value in fields.items()}
    payload["view"] |= {"callback_id": DEPLOY_FORM, "private_metadata": '{"channel": "C0PAYMENTS"}'}
    payload["view"]["state"] = {"values": values}

    assert front.interact(payload).status == 200
    [heard] = front.desk.diary
    assert isinstance(heard.body, Announcement)
    assert (heard.body.service, heard.body.version, heard.by.slack_id) == ("payments", "2.4.1", payload["user"]["id"])


@pytest.mark.parametrize(
    "name", ["event_message_with_metadata", "event_message_bot__message_botprofile", "ci_blocks_no_text_with_metadata"]
)
def test_an_announcement_is_taken_as_slack_sends_it(name: str) -> None:
    front, event = Front(), ours(example(name))["event"]
    said = {"service": "payments", "version": "2.4.1", "status": "succeeded"}
    metadata = {"event_type": "deploy_announced", "event_payload": said}
    of_the_pipeline = {"app_id": PIPELINE, "bot_profile": (event.get("bot_profile") or {}) | {"app_id": PIPELINE}}

    reply = front.event(event | of_the_pipeline | {"channel": "C0PAYMENTS", "metadata": metadata})

    assert reply.status == 200
    [heard] = front.desk.diary
    assert (heard.body.service, heard.body.status, heard.by.app_id) == ("payments", Status.SUCCEEDED, PIPELINE)


def test_the_request_url_is_verified_as_slack_asks() -> None:
    payload = example("url_verification")

    reply = Front().send(json.dumps(payload).encode(), form=False)

    assert (reply.status, json.loads(reply.body)) == (200, {"challenge": payload["challenge"]})


# ------------------------------------------------------------------------------------------------------- the stand-in


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
    slack.control("apps/pipeline/message", sent | {"metadata": None, "thread_ts": ts, "reply_broadcast": True})
    slack.control("channels/C0CHECKOUT", {"remove": "U0GUS"})
    slack.control("channels/C0PAYMENTS", {"remove": "U0LINUS"})
    slack.control("event", example("event_events__reaction_added")["event"] | {"channel": "C0PAYMENTS"})
    slack.control("tokens/revoke", {})

    def told(word: str) -> Json:
        bodies = lambda: (json.loads(body) for _, body in list(http_app.heard))  # noqa: E731
        is_it = lambda event: word in (event["type"], event.get("subtype"), event.get("text"))  # noqa: E731
        return until(lambda: next((body for body in bodies() if is_it(body["event"])), {}))

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


# ------------------------------------------------------------------------------------------------------------ complete


def test_every_example_is_held_against_us_or_named_with_a_reason() -> None:
    published = {path.stem for path in Path(EXAMPLES, "golden", "slack").glob("*.json")}
    named = {f"api_{method}" for method in CALLS}
    for source in (Path(__file__), Path(test_sandbox_conformance.__file__), Path(__file__).with_name("test_limits.py")):
        words = ast.walk(ast.parse(source.read_text()))
        named |= {node.value for node in words if isinstance(node, ast.Constant) and isinstance(node.value, str)}

    assert sorted(published - named) == []
    assert sorted(NOT_OURS.keys() - published) == []
    assert sorted({*EVENTS, *MENTIONS, *PRESSES, *NOBODYS, *COMMANDS} - published) == []
