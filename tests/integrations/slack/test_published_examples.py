"""Every published example of Slack's is held against us; here those that Cabbie's door is sent.

The examples are not part of this repository: CABBIE_CONFORMANCE names a folder with ``golden/slack`` in it.
"""

import ast
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.change.announcement import Announcement, Press
from bot.change.model import Status, Verdict
from bot.slack.buttons import APPROVE, DECIDE
from bot.slack.forms import DEPLOY_FORM
from tests.integrations.slack.test_sandbox_conformance import CALLS, EXAMPLES, example
from tests.slack.front import PIPELINE, TEAM, Front

pytestmark = pytest.mark.skipif(not EXAMPLES, reason="CABBIE_CONFORMANCE names no folder with Slack's example payloads")

SOURCES = (
    "test_published_examples.py",  # sent to Cabbie's door
    "test_sandbox_conformance.py",  # compared with what the stand-in says
    "test_sandbox_examples.py",
    "test_limits.py",
)
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


# ------------------------------------------------------------------------------------------------------------ complete


def test_every_example_is_held_against_us_or_named_with_a_reason() -> None:
    published = {path.stem for path in Path(EXAMPLES, "golden", "slack").glob("*.json")}
    named = {f"api_{method}" for method in CALLS}
    for source in SOURCES:
        words = ast.walk(ast.parse(Path(__file__).with_name(source).read_text()))
        named |= {node.value for node in words if isinstance(node, ast.Constant) and isinstance(node.value, str)}

    assert sorted(published - named) == []
    assert sorted(NOT_OURS.keys() - published) == []
    assert sorted({*EVENTS, *MENTIONS, *PRESSES, *NOBODYS, *COMMANDS} - published) == []
