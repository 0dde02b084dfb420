"""Modals, the Home tab, shortcuts: opened by trigger, filled in by people, answered by the app."""

from typing import Any

import pytest
from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.integrations.slack.conftest import HttpApp, Slack, buttons, section, until
from tests.integrations.slack.test_sandbox_events import subscribe

PAYMENTS = "C0PAYMENTS"
WHY = {"type": "plain_text", "text": "Why"}
OPTIONS = [{"text": {"type": "plain_text", "text": w}, "value": w.lower()} for w in ("Low", "High")]


def modal(title: str = "Reject", *, blocks: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    reason = {
        "type": "input", "block_id": "reason", "label": WHY,
        "element": {"type": "plain_text_input", "action_id": "text", "min_length": 10},
    }  # fmt: skip
    risk = {
        "type": "input", "block_id": "risk", "label": WHY, "optional": True,
        "element": {"type": "static_select", "action_id": "level", "options": OPTIONS},
    }  # fmt: skip
    text = {"type": "plain_text", "text": title}
    return {
        "type": "modal", "callback_id": "reject", "title": text, "submit": text, "blocks": blocks or [reason, risk],
        "private_metadata": "CHG0030042", "notify_on_close": True, **more,
    }  # fmt: skip


@pytest.fixture
def opened(slack: Slack, bolt: App, http_app: HttpApp) -> dict[str, Any]:
    """A modal of ours, open on Linus's screen."""
    bolt.command("/deploy")(
        lambda ack, client, command: (client.views_open(trigger_id=command["trigger_id"], view=modal()), ack())
    )
    assert slack.person("U0LINUS", "command", channel=PAYMENTS, command="/deploy", text="")["ok"]
    return top(slack)


def top(slack: Slack) -> dict[str, Any]:
    views: list[dict[str, Any]] = slack.screen("U0LINUS")["views"]
    return views[-1]


def submit(slack: Slack, text: str = "not before the audit", level: str = "high") -> Any:
    values = {
        "reason": {"text": {"type": "plain_text_input", "value": text}},
        "risk": {"level": {"type": "static_select", "selected_option": {"value": level}}},
    }
    return slack.person("U0LINUS", "submit", view_id=top(slack)["id"], values=values)


def test_a_submission_carries_what_was_typed(slack: Slack, bolt: App, opened: dict[str, Any]) -> None:
    heard: list[dict[str, Any]] = []
    bolt.view("reject")(lambda ack, view: (heard.append(view), ack()))

    assert submit(slack) == {"ok": True}

    assert heard[0]["state"]["values"] == {
        "reason": {"text": {"type": "plain_text_input", "value": "not before the audit"}},
        "risk": {
            "level": {
                "type": "static_select",
                "selected_option": {**OPTIONS[1], "text": {**OPTIONS[1]["text"], "emoji": True}},
            }
        },
    }
    assert heard[0]["private_metadata"] == "CHG0030042"
    assert slack.screen("U0LINUS")["views"] == []


def test_the_client_holds_back_what_is_incomplete(slack: Slack, opened: dict[str, Any]) -> None:
    assert submit(slack, text="short")["errors"] == {"reason": "Must be at least 10 characters."}
    assert submit(slack, level="medium")["error"] == "no_such_element"
    assert slack.deliveries("view_submission") == []


def test_errors_stay_on_the_modal_and_must_name_an_input(slack: Slack, bolt: App, opened: dict[str, Any]) -> None:
    answers = [{"reason": "too vague"}, {"nowhere": "too vague"}]
    bolt.view("reject")(lambda ack: ack(response_action="errors", errors=answers.pop(0)))

    assert submit(slack) == {"ok": True, "response_action": "errors", "errors": {"reason": "too vague"}}
    assert submit(slack)["error"] == "invalid_response_action"
    assert len(slack.screen("U0LINUS")["views"]) == 1


def test_update_push_and_clear(slack: Slack, bolt: App, opened: dict[str, Any]) -> None:
    answers: list[dict[str, Any]] = [
        {"response_action": "update", "view": modal("Second")},
        {"response_action": "push", "view": modal("Third")},
        {"response_action": "push", "view": modal("Fourth")},
        {"response_action": "push", "view": modal("Fifth")},
        {"response_action": "clear"},
    ]
    bolt.view("reject")(lambda ack: ack(**answers.pop(0)))

    submit(slack)
    updated = top(slack)
    submit(slack), submit(slack)
    pushed = top(slack)
    too_deep = submit(slack)

    assert (updated["id"], updated["title"]["text"]) == (opened["id"], "Second")
    assert updated["state"]["values"]["reason"]["text"]["value"] == "not before the audit"
    assert (pushed["root_view_id"], len(slack.screen("U0LINUS")["views"])) == (opened["id"], 3)
    assert too_deep["error"] == "push_limit_reached"
    assert submit(slack)["response_action"] == "clear"
    assert slack.screen("U0LINUS")["views"] == []


def test_a_stale_hash_is_a_conflict(slack: Slack, opened: dict[str, Any]) -> None:
    slack.client.views_update(view_id=opened["id"], view=modal("Second"), hash=opened["hash"])

    with pytest.raises(SlackApiError, match="hash_conflict"):
        slack.client.views_update(view_id=opened["id"], view=modal("Third"), hash=opened["hash"])


def test_a_trigger_is_good_once_and_for_three_seconds(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    errors: list[str] = []
    triggers: list[str] = []

    def open_twice(ack: Ack, client: WebClient, command: dict[str, str]) -> None:
        triggers.append(command["trigger_id"])
        for _ in range(2):
            try:
                client.views_open(trigger_id=command["trigger_id"], view=modal())
            except SlackApiError as refusal:
                errors.append(refusal.response["error"])
        ack()

    bolt.command("/deploy")(open_twice)
    slack.person("U0LINUS", "command", channel=PAYMENTS, command="/deploy", text="")
    slack.switch(trigger_seconds=0)
    slack.person("U0LINUS", "command", channel=PAYMENTS, command="/deploy", text="")

    assert errors == ["exchanged_trigger_id", "expired_trigger_id", "expired_trigger_id"]
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        slack.client.views_open(trigger_id="1.2.3", view=modal())


def test_views_have_limits_and_names_of_their_own(slack: Slack, bolt: App, opened: dict[str, Any]) -> None:
    update = slack.client.views_update

    with pytest.raises(SlackApiError, match="view_too_large"):
        update(
            view_id=opened["id"],
            view=modal(blocks=[{"type": "section", "text": {"type": "plain_text", "text": "é" * 3000}}] * 50),
        )
    with pytest.raises(SlackApiError) as refusal:
        update(view_id=opened["id"], view=modal(private_metadata="x" * 3001))
    assert refusal.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/view/private_metadata]"
    ]
    update(view_id=opened["id"], view=modal(external_id="reject-1"))
    assert update(external_id="reject-1", view=modal(external_id="reject-1"))["view"]["id"] == opened["id"]
    home = {"type": "home", "blocks": [], "external_id": "reject-1"}
    with pytest.raises(SlackApiError, match="duplicate_external_id"):
        slack.client.views_publish(user_id="U0ADA", view=home)
    with pytest.raises(SlackApiError, match="not_found"):
        update(view_id="V0NOBODYS", view=modal())
    slack.switch(home_tab=False)
    with pytest.raises(SlackApiError, match="not_enabled"):
        slack.client.views_publish(user_id="U0ADA", view={"type": "home", "blocks": []})


def test_a_push_needs_a_trigger_from_the_modal(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    errors: list[str] = []

    def push(ack: Ack, client: WebClient, body: dict[str, Any]) -> None:
        try:
            client.views_push(trigger_id=body["trigger_id"], view=modal())
        except SlackApiError as refusal:
            errors.append(refusal.response["error"])
        ack()

    slack.switch(shortcuts=["new_deploy"])
    bolt.shortcut("new_deploy")(push)
    slack.person("U0LINUS", "shortcut", callback_id="new_deploy")

    assert errors == ["not_found"]


def test_closing_is_told_when_asked_for(slack: Slack, bolt: App, opened: dict[str, Any]) -> None:
    closed: list[dict[str, Any]] = []
    bolt.view_closed("reject")(lambda ack, body: (closed.append(body), ack()))

    assert slack.person("U0LINUS", "close", view_id=opened["id"]) == {"ok": True}

    assert (closed[0]["is_cleared"], slack.screen("U0LINUS")["views"]) == (False, [])


def test_only_who_has_the_modal_can_use_it(slack: Slack, opened: dict[str, Any]) -> None:
    assert slack.person("U0ADA", "submit", view_id=opened["id"], values={})["error"] == "view_not_found"


def test_a_menu_asks_the_app_for_its_options(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    slack.switch(shortcuts=["new_deploy"])
    menu = {
        "type": "input", "block_id": "change", "label": WHY,
        "element": {"type": "external_select", "action_id": "change.pick", "min_query_length": 1},
    }  # fmt: skip
    bolt.shortcut("new_deploy")(
        lambda ack, client, body: (client.views_open(trigger_id=body["trigger_id"], view=modal(blocks=[menu])), ack())
    )
    bolt.options("change.pick")(lambda ack, body: ack(options=[o for o in OPTIONS if body["value"] in o["value"]]))

    assert slack.person("U0LINUS", "shortcut", callback_id="new_deploy") == {"ok": True}
    found = slack.person(
        "U0LINUS", "suggest", view_id=top(slack)["id"], block_id="change", action_id="change.pick", value="hi"
    )

    assert found == {"ok": True, "options": [OPTIONS[1]]}


def test_a_message_shortcut_carries_the_message(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    slack.switch(shortcuts=["link_change"])
    heard: list[dict[str, Any]] = []
    bolt.shortcut("link_change")(lambda ack, body: (heard.append(body), ack()))
    ts = slack.control("apps/pipeline/message", {"channel": PAYMENTS, "text": "deployed"})["ts"]

    slack.person("U0LINUS", "shortcut", callback_id="link_change", channel=PAYMENTS, ts=ts)

    assert (heard[0]["type"], heard[0]["message"]["text"], heard[0]["message_ts"]) == ("message_action", "deployed", ts)
    assert slack.person("U0LINUS", "shortcut", callback_id="no_such_thing")["error"] == "invalid_shortcut"


def test_the_home_tab_is_published_and_clicked(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    clicks: list[dict[str, Any]] = []
    home = {"type": "home", "blocks": [section("Waiting for you"), buttons("change.approve")]}
    bolt.event("app_home_opened")(lambda event, client: client.views_publish(user_id=event["user"], view=home))
    bolt.action("change.approve")(lambda ack, body: (clicks.append(body), ack()))

    slack.person("U0GRACE", "home")
    view = until(lambda: slack.screen("U0GRACE")["home"])
    slack.person("U0GRACE", "click", view_id=view["id"], action_id="change.approve")

    assert clicks[0]["container"] == {"type": "view", "view_id": view["id"]}
    assert "response_url" not in clicks[0]
    with pytest.raises(SlackApiError, match="hash_conflict"):
        slack.client.views_publish(user_id="U0GRACE", view=home, hash="1.old")


def test_an_invitation_lets_the_app_in(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    subscribe(slack, "member_joined_channel")
    heard: list[dict[str, Any]] = []
    bolt.event("member_joined_channel")(lambda event: heard.append(event))

    assert slack.person("U0LINUS", "invite", channel="C0LONELY", invitee="U0CABBIE") == {"ok": True}

    assert until(lambda: heard)[0]["inviter"] == "U0LINUS"
    assert slack.client.chat_postMessage(channel="C0LONELY", text="thanks")["ok"]


def test_a_screen_waits_for_the_next_change(slack: Slack) -> None:
    revision = slack.screen("U0ADA")["revision"]
    slack.control("apps/pipeline/message", {"channel": PAYMENTS, "text": "deployed"})

    after = slack.control(f"people/U0ADA/screen?wait={revision}")

    assert after["revision"] > revision
    assert next(c for c in after["channels"] if c["id"] == PAYMENTS)["messages"][0]["username"] == "Pipeline"
