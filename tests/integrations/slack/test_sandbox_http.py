"""Deliveries to an app by HTTP, with Bolt at the other end."""

import threading
from typing import Any

import requests
from slack_bolt import Ack, App, Respond

from integrations.slack.sandbox.signing import signature
from tests.integrations.slack.conftest import HttpApp, Slack, buttons, section, until

PAYMENTS = "C0PAYMENTS"


def deploy(slack: Slack, text: str = "payments 2.4.1") -> Any:
    return slack.person("U0LINUS", "command", channel=PAYMENTS, command="/deploy", text=text)


def test_the_signature_is_the_documented_one() -> None:
    # A worked example of ours; the documented vector is compared in the conformance test.
    assert signature("secret", "1531420618", b"a=b").startswith("v0=")
    assert len(signature("secret", "1531420618", b"a=b")) == 3 + 64


def test_a_command_reaches_bolt_and_its_answer_is_whispered(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    @bolt.command("/deploy")
    def answer(ack: Ack, command: dict[str, str]) -> None:
        ack(f"heard {command['text']} from {command['user_id']}")

    result = deploy(slack, "payments @ada #payments")

    shown = "heard payments <@U0ADA|ada> <#C0PAYMENTS|payments> from U0LINUS"
    assert result == {"ok": True, "response": shown}
    assert [(m["text"], m["is_ephemeral"]) for m in slack.seen("U0LINUS", PAYMENTS)] == [(shown, True)]
    assert slack.seen("U0ADA", PAYMENTS) == []


def test_a_slow_or_broken_command_is_told_to_the_person_and_never_sent_again(
    slack: Slack, bolt: App, http_app: HttpApp
) -> None:
    slack.switch(ack_seconds=0.3, retry_scale=0.0)
    release = threading.Event()

    @bolt.command("/deploy")
    def slow(ack: Ack) -> None:
        release.wait(2)
        ack()

    late = deploy(slack)
    release.set()
    broken = slack.person("U0LINUS", "command", channel=PAYMENTS, command="/change", text="")

    assert (late["error"], broken["error"]) == ("operation_timeout", "dispatch_failed")
    assert 'failed with the error "operation_timeout"' in slack.seen("U0LINUS", PAYMENTS)[0]["text"]
    assert [d["attempt"] for d in slack.deliveries("/deploy")] == [0]


def test_an_old_signature_is_refused_by_the_app(slack: Slack, http_app: HttpApp) -> None:
    slack.switch(signature_age_seconds=301)

    assert deploy(slack)["error"] == "dispatch_failed"
    assert slack.deliveries()[0]["status"] == 401


def test_the_request_url_is_verified_by_its_challenge(slack: Slack, http_app: HttpApp) -> None:
    assert slack.control("verification", {})["ok"] is True


def test_an_event_is_sent_four_times_with_one_id(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    slack.switch(retry_scale=0.001)

    slack.person("U0LINUS", "message", channel=PAYMENTS, text="hello")  # nobody listens: 404

    sent = until(lambda: len(d := slack.deliveries("message")) == 4 and d)
    assert [d["attempt"] for d in sent] == [0, 1, 2, 3]
    assert len({d["event_id"] for d in sent}) == 1
    headers = until(lambda: len(http_app.heard) == 4 and [h for h, _ in http_app.heard])
    assert [h.get("x-slack-retry-num") for h in headers] == [None, "1", "2", "3"]
    assert headers[1]["x-slack-retry-reason"] == "http_error"


def test_an_answered_event_is_sent_once_and_again_only_on_request(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    texts = []
    bolt.event("message")(lambda event: texts.append(event["text"]))

    slack.person("U0LINUS", "message", channel=PAYMENTS, text="hello")
    (delivery,) = until(lambda: [d for d in slack.deliveries("message") if d["status"] == 200])
    slack.control("redeliver", {"event_id": delivery["event_id"]})

    until(lambda: texts == ["hello", "hello"])


def test_a_lost_answer_is_a_failed_delivery(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    ran = []
    slack.switch(lose_acks=1)

    @bolt.command("/deploy")
    def answer(ack: Ack) -> None:
        ran.append(1)
        ack("done")

    assert deploy(slack)["error"] == "operation_timeout"
    assert ran == [1]


def test_a_mention_is_told_twice_with_two_ids(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    heard = []
    bolt.event("message")(lambda event: heard.append(event))
    bolt.event("app_mention")(lambda event: heard.append(event))

    ts = slack.person("U0LINUS", "message", channel=PAYMENTS, text="<@U0CABBIE> status")["ts"]

    until(lambda: len(heard) == 2)
    assert {e["type"] for e in heard} == {"message", "app_mention"}
    assert {e["ts"] for e in heard} == {ts}
    assert len({d["event_id"] for d in slack.deliveries()}) == 2


def test_other_apps_posts_come_in_three_shapes_with_metadata(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    heard: list[dict[str, Any]] = []
    bolt.event("message")(lambda event: heard.append(event))
    metadata = {"event_type": "deploy_announced", "event_payload": {"service": "payments"}}

    for shape in ("modern", "classic", "workflow"):
        sent = {"channel": PAYMENTS, "text": shape, "shape": shape, "metadata": metadata}
        slack.control("apps/pipeline/message", sent)

    until(lambda: len(heard) == 3)
    by_shape = {e["text"]: e for e in heard}
    assert by_shape["modern"]["bot_profile"]["app_id"] == "A0PIPELINE"
    assert "subtype" not in by_shape["modern"]
    assert by_shape["classic"]["subtype"] == "bot_message"
    assert "user" not in by_shape["classic"]
    assert "bot_profile" not in by_shape["workflow"]
    assert all(e["metadata"] == metadata for e in heard)


def test_edits_and_our_own_posts_are_echoed(slack: Slack, http_app: HttpApp) -> None:
    slack.switch(retry_scale=0.0)
    ts = slack.control("apps/pipeline/message", {"channel": PAYMENTS, "text": "started"})["ts"]
    slack.control("apps/pipeline/edit", {"channel": PAYMENTS, "ts": ts, "text": "succeeded"})
    slack.client.chat_postMessage(channel=PAYMENTS, text="card")

    bodies = until(
        lambda: [b for _, b in http_app.heard if '"message_changed"' in b] and [b for _, b in http_app.heard]
    )
    assert any('"previous_message"' in b and "started" in b and "succeeded" in b for b in bodies)
    until(lambda: any('"bot_id": "B0CABBIE"' in b for _, b in http_app.heard))


def test_without_its_scope_an_event_is_not_delivered(slack: Slack, http_app: HttpApp) -> None:
    slack.switch(scopes=["chat:write"])

    slack.person("U0LINUS", "message", channel=PAYMENTS, text="hello")
    slack.person("U0LINUS", "home")

    until(lambda: slack.deliveries("app_home_opened"))
    assert slack.deliveries("message") == []


def test_strangers_are_told_apart_in_shared_channels(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    heard: list[dict[str, Any]] = []
    bolt.event("message")(lambda body: heard.append(body))

    slack.person("U0EVE", "message", channel="C0PARTNERS", text="hi")

    (body,) = until(lambda: heard)
    assert body["is_ext_shared_channel"] is True
    assert body["event"]["user_team"] == "T0RIVAL"
    command = slack.person("U0EVE", "command", channel="C0PARTNERS", command="/deploy", text="x")
    assert command["error"] == "invalid_command"


def test_a_click_carries_the_message_and_answers_through_its_url(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    clicks: list[dict[str, Any]] = []

    @bolt.action("change.approve")
    def approve(ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        clicks.append(body)
        ack()
        respond(text="only for you")
        respond(text="decided", replace_original=True)

    card = slack.client.chat_postMessage(
        channel=PAYMENTS, text="card", blocks=[section("x"), buttons("change.approve")]
    )

    result = slack.person("U0GRACE", "click", channel=PAYMENTS, ts=card["ts"], action_id="change.approve")

    assert result == {"ok": True}
    assert clicks[0]["message"]["ts"] == card["ts"]
    assert clicks[0]["actions"][0]["value"] == "CHG0030042"
    assert clicks[0]["user"] == {"id": "U0GRACE", "username": "grace", "name": "grace", "team_id": "T0ACME"}
    assert [m["text"] for m in slack.seen("U0GRACE", PAYMENTS)] == ["decided", "only for you"]
    assert [m["text"] for m in slack.seen("U0ADA", PAYMENTS)] == ["decided"]
    again = slack.person("U0ADA", "click", channel=PAYMENTS, ts=card["ts"], action_id="change.approve")
    assert again == {"ok": False, "error": "no_such_element"}


def test_a_click_on_an_ephemeral_has_no_message(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    clicks: list[dict[str, Any]] = []

    @bolt.action("change.approve")
    def approve(ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        clicks.append(body)
        ack()
        respond(delete_original=True)

    blocks = [buttons("change.approve")]
    ts = slack.client.chat_postEphemeral(channel=PAYMENTS, user="U0GRACE", text="x", blocks=blocks)["message_ts"]

    slack.person("U0GRACE", "click", channel=PAYMENTS, ts=ts, action_id="change.approve")

    assert clicks[0]["container"]["is_ephemeral"] is True
    assert "message" not in clicks[0]
    assert slack.seen("U0GRACE", PAYMENTS) == []


def test_a_response_url_works_five_times_and_half_an_hour(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    urls: list[str] = []

    @bolt.command("/deploy")
    def answer(ack: Ack, command: dict[str, str]) -> None:
        urls.append(command["response_url"])
        ack()

    deploy(slack)
    posts = [requests.post(urls[0], json={"text": str(n), "response_type": "in_channel"}, timeout=5) for n in range(6)]
    deploy(slack)
    slack.switch(response_url_seconds=0)
    late = requests.post(urls[1], json={"text": "late"}, timeout=5)

    assert [p.status_code for p in posts] == [200] * 5 + [404]
    assert (posts[5].json()["error"], late.status_code) == ("used_url", 404)
    assert [m["text"] for m in slack.seen("U0ADA", PAYMENTS)] == ["0", "1", "2", "3", "4"]
    assert [e["call"] for e in slack.control("diary")].count("response_url") == 7
