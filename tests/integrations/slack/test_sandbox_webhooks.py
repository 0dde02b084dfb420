"""Addresses that need no token: incoming webhooks of other tools, and what a command's own address may do."""

import json
from typing import Any

import requests
from slack_bolt import Ack, App

from tests.integrations.slack.conftest import HttpApp, Slack, section
from tests.integrations.slack.test_sandbox_events import wait_for

PAYMENTS = "C0PAYMENTS"


def a_hook(slack: Slack) -> str:
    return str(slack.control("apps/pipeline/webhook", {"channel": PAYMENTS})["url"])


def send(url: str, **sent: Any) -> tuple[int, str]:
    answer = requests.post(url, json=sent, timeout=5)
    return answer.status_code, answer.text


def test_a_ci_servers_post_comes_as_an_old_bots_with_attachments(slack: Slack, http_app: HttpApp) -> None:
    slack.switch(retry_scale=0.0)
    attachment = {"color": "good", "text": "job <https://ci.example/1|#1>", "mrkdwn_in": ["text"]}
    metadata = {"event_type": "deploy_announced", "event_payload": {}}

    sent = send(a_hook(slack), text="Deploy succeeded", username="GitLab", attachments=[attachment], metadata=metadata)

    event = wait_for(http_app, "message")[0]["event"]
    assert sent == (200, "ok")
    assert (event["subtype"], event["username"], event["bot_id"]) == ("bot_message", "GitLab", "B0PIPELINE")
    assert ("user" in event, "metadata" in event) == (False, False)
    assert (event["attachments"][0]["color"], event["attachments"][0]["fallback"]) == (
        "2eb886",
        "[no preview available]",
    )


def test_the_old_form_with_a_payload_is_read(slack: Slack) -> None:
    answer = requests.post(a_hook(slack), data={"payload": json.dumps({"text": "x"})}, timeout=5)

    assert (answer.status_code, answer.text) == (200, "ok")
    assert slack.seen("U0ADA", PAYMENTS)[0]["text"] == "x"


def test_refusals_are_one_word_with_a_status(slack: Slack) -> None:
    hook = a_hook(slack)

    assert send(hook) == (400, "no_text")
    assert send(hook, blocks=[section("")]) == (400, "invalid_blocks")
    assert requests.post(hook, data="text=x", timeout=5).text == "invalid_payload"
    assert send(f"{slack.url}/services/T0ACME/B0PIPELINE/forgotten", text="x") == (404, "no_service")
    slack.control(f"channels/{PAYMENTS}", {"is_archived": True})
    assert send(hook, text="x") == (410, "channel_is_archived")


def test_an_answer_for_the_channel_shows_what_was_typed(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    bolt.command("/deploy")(lambda ack: ack(text="on its way", response_type="in_channel"))

    slack.person("U0LINUS", "command", channel=PAYMENTS, command="/deploy", text="payments 2.4.1")

    said = [(m.get("user"), m["text"]) for m in slack.seen("U0ADA", PAYMENTS)]
    assert said == [("U0LINUS", "/deploy payments 2.4.1"), ("U0CABBIE", "on its way")]


def test_a_commands_address_replaces_nothing_and_reaches_threads_and_strange_channels(
    slack: Slack, bolt: App, http_app: HttpApp
) -> None:
    urls: list[str] = []

    @bolt.command("/deploy")
    def deploy(ack: Ack, command: dict[str, str]) -> None:
        urls.append(command["response_url"])
        ack()

    parent = slack.person("U0LINUS", "message", channel="C0LONELY", text="let us deploy")["ts"]
    slack.person("U0LINUS", "command", channel="C0LONELY", command="/deploy", text="")

    assert send(urls[0], text="replaced?", replace_original=True)[0] == 200
    assert send(urls[0], text="in the thread", response_type="in_channel", thread_ts=parent)[0] == 200
    assert send(urls[0], text="x" * 10, blocks=[section("")])[0] == 400

    seen = {m["text"]: m for m in slack.seen("U0LINUS", "C0LONELY")}
    assert seen["replaced?"]["is_ephemeral"] is True
    assert seen["in the thread"]["thread_ts"] == parent
    assert seen["let us deploy"]["reply_count"] == 1


def test_what_was_for_one_never_becomes_everybodys(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    urls: list[str] = []

    @bolt.action("change.approve")
    def approve(ack: Ack, body: dict[str, Any]) -> None:
        urls.append(body["response_url"])
        ack()

    element = {"type": "button", "action_id": "change.approve", "text": {"type": "plain_text", "text": "Approve"}}
    blocks = [{"type": "actions", "elements": [element]}]
    whisper = slack.client.chat_postEphemeral(channel=PAYMENTS, user="U0ADA", text="decide", blocks=blocks)
    slack.person("U0ADA", "click", channel=PAYMENTS, ts=whisper["message_ts"], action_id="change.approve")

    send(urls[0], text="decided", replace_original=True, response_type="in_channel")

    assert [(m["text"], m["is_ephemeral"]) for m in slack.seen("U0ADA", PAYMENTS)] == [("decided", True)]
    assert slack.seen("U0GRACE", PAYMENTS) == []
