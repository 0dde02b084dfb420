"""Links on our domains: told to the app as they are typed and posted, explained below the message."""

from typing import Any

import pytest
from slack_bolt import Ack, App

from tests.integrations.slack.conftest import HttpApp, Slack, buttons, section, until
from tests.integrations.slack.test_sandbox_chat import refused
from tests.integrations.slack.test_sandbox_events import Json, subscribe, told, wait_for

PAYMENTS, PAGE = "C0PAYMENTS", "https://dev.sn.example/change?id=1&view=2"


@pytest.fixture
def linked(slack: Slack, http_app: HttpApp) -> HttpApp:
    """Our app asked for links on sn.example."""
    subscribe(slack, "link_shared", scopes=("links:read", "links:write"))
    slack.switch(unfurl_domains=["sn.example"], retry_scale=0.0)
    return http_app


def shared(slack: Slack, app: HttpApp) -> tuple[str, Json]:
    ts = slack.person("U0LINUS", "message", channel=PAYMENTS, text=f"see {PAGE}")["ts"]
    return ts, wait_for(app, "link_shared")[-1]["event"]


def test_a_posted_link_is_told(slack: Slack, linked: HttpApp) -> None:
    ts, event = shared(slack, linked)

    assert event["links"] == [{"domain": "sn.example", "url": PAGE}]
    assert (event["channel"], event["message_ts"], event["user"]) == (PAYMENTS, ts, "U0LINUS")
    assert (event["source"], event["is_bot_user_member"]) == ("conversations_history", True)


def test_a_link_is_told_while_it_is_typed(slack: Slack, linked: HttpApp) -> None:
    typed = slack.person("U0LINUS", "compose", channel="C0LONELY", text=PAGE)

    event = wait_for(linked, "link_shared")[0]["event"]
    assert (event["source"], event["channel"], event["unfurl_id"]) == ("composer", "COMPOSER", typed["unfurl_id"])
    assert event["is_bot_user_member"] is False
    assert slack.seen("U0LINUS", "C0LONELY") == []
    answer = slack.client.chat_unfurl(
        unfurl_id=typed["unfurl_id"], source="composer", unfurls={PAGE: {"blocks": [section("CHG")]}}
    )
    assert answer["ok"]


def test_other_domains_strangers_and_our_own_posts_tell_nothing(slack: Slack, linked: HttpApp) -> None:
    slack.person("U0LINUS", "message", channel=PAYMENTS, text="https://evilsn.example/x https://acme.example/y")
    slack.person("U0EVE", "message", channel="C0PARTNERS", text=PAGE)
    slack.client.chat_postMessage(channel=PAYMENTS, text=PAGE)
    slack.person("U0LINUS", "home")

    wait_for(linked, "app_home_opened")
    assert told(linked, "link_shared") == []


def test_what_we_say_stands_below_the_message_and_is_replaced(slack: Slack, linked: HttpApp) -> None:
    ts, event = shared(slack, linked)

    for text in ("one", "two"):
        slack.client.chat_unfurl(channel=PAYMENTS, ts=ts, unfurls={PAGE: {"blocks": [section(text)]}})
    slack.client.chat_unfurl(
        unfurl_id=event["unfurl_id"], source=event["source"], unfurls={PAGE: {"blocks": [section("three")]}}
    )

    (message,) = slack.seen("U0ADA", PAYMENTS)
    (attachment,) = message["attachments"]
    assert attachment["blocks"][0]["text"]["text"] == "three"
    assert (attachment["is_app_unfurl"], attachment["app_unfurl_url"]) == (True, PAGE)
    edits = [b for b in wait_for(linked, "message", 4) if b["event"].get("subtype") == "message_changed"]
    assert len(edits) == 3


def test_a_button_below_somebody_elses_link_is_ours(slack: Slack, bolt: App, linked: HttpApp) -> None:
    clicks: list[dict[str, Any]] = []

    @bolt.action("change.details")
    def details(ack: Ack, body: dict[str, Any]) -> None:
        clicks.append(body)
        ack()

    ts, _ = shared(slack, linked)
    slack.client.chat_unfurl(channel=PAYMENTS, ts=ts, unfurls={PAGE: {"blocks": [buttons("change.details")]}})

    assert slack.person("U0ADA", "click", channel=PAYMENTS, ts=ts, action_id="change.details") == {"ok": True}

    container = until(lambda: clicks)[0]["container"]
    assert (container["type"], container["is_app_unfurl"]) == ("message_attachment", True)
    assert container["app_unfurl_url"] == PAGE


def test_refusals_name_what_is_wrong(slack: Slack, linked: HttpApp) -> None:
    ts, _ = shared(slack, linked)
    unfurl, good = slack.client.chat_unfurl, {PAGE: {"blocks": [section("x")]}}

    other = {"https://sn.example/elsewhere": {"blocks": [section("x")]}}
    assert refused(unfurl, channel=PAYMENTS, ts=ts, unfurls=other) == "cannot_unfurl_url"
    assert refused(unfurl, channel=PAYMENTS, ts="1.000001", unfurls=good) == "cannot_find_message"
    assert refused(unfurl, channel="C0NOWHERE", ts=ts, unfurls=good) == "cannot_find_channel"
    assert refused(unfurl, unfurl_id="x", source="composer", unfurls=good) == "invalid_unfurl_id"
    assert refused(unfurl, channel=PAYMENTS, ts=ts, unfurls={}) == "missing_unfurls"
    assert refused(unfurl, channel=PAYMENTS, ts=ts, unfurls={PAGE: {"blocks": [section("")]}}) == (
        "cannot_parse_attachment"
    )
    slack.switch(unfurl_domains=[])
    assert refused(unfurl, channel=PAYMENTS, ts=ts, unfurls=good) == "cannot_find_service"
    slack.switch(scopes=["chat:write"])
    assert refused(unfurl, channel=PAYMENTS, ts=ts, unfurls=good) == "missing_scope"


def test_who_typed_the_link_may_be_asked_to_sign_in(slack: Slack, linked: HttpApp) -> None:
    ts, _ = shared(slack, linked)

    slack.client.chat_unfurl(
        channel=PAYMENTS, ts=ts, unfurls={}, user_auth_required=True, user_auth_url="https://cabbie.example/link"
    )

    whispers = [m for m in slack.seen("U0LINUS", PAYMENTS) if m.get("is_ephemeral")]
    assert "https://cabbie.example/link" in whispers[0]["text"]
    assert not [m for m in slack.seen("U0ADA", PAYMENTS) if m.get("is_ephemeral")]
