"""What changes under the app's feet: people leave, channels are shared, tokens go; and talk in direct messages."""

from typing import Any

import pytest
from slack_bolt import App
from slack_sdk.errors import SlackApiError

from tests.integrations.slack.conftest import HttpApp, Slack, until
from tests.integrations.slack.test_sandbox_events import subscribe


def test_who_is_deactivated_leaves_and_cannot_act(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    subscribe(slack, "user_change")
    heard: list[dict[str, Any]] = []
    bolt.event("user_change")(lambda event: heard.append(event["user"]))

    slack.control("users/U0GRACE", {"deleted": True})

    assert until(lambda: heard)[0]["deleted"] is True
    assert "U0GRACE" not in slack.client.conversations_members(channel="C0CHANGES")["members"]
    act = slack.person("U0GRACE", "message", channel="C0CHANGES", text="x")
    assert act == {"ok": False, "error": "account_inactive"}


def test_sharing_a_channel_and_leaving_it_are_told(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    subscribe(slack, "channel_shared", "channel_unshared", "member_left_channel")
    heard: list[str] = []
    for kind in ("channel_shared", "channel_unshared", "member_left_channel"):
        bolt.event(kind)(lambda event: heard.append(event["type"]))

    slack.control("channels/C0CHANGES", {"is_ext_shared": True})
    until(lambda: heard == ["channel_shared"])
    slack.control("channels/C0CHANGES", {"remove": "U0CABBIE"})

    until(lambda: heard == ["channel_shared", "member_left_channel"])
    with pytest.raises(SlackApiError, match="not_in_channel"):
        slack.client.chat_postMessage(channel="C0CHANGES", text="x")


def test_a_revoked_token_is_told_and_refused(slack: Slack, http_app: HttpApp) -> None:
    slack.control("tokens/revoke", {})

    until(lambda: slack.deliveries("tokens_revoked"))
    with pytest.raises(SlackApiError, match="token_revoked"):
        slack.client.auth_test()


def test_a_direct_message_reaches_the_app_alone(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    heard: list[dict[str, Any]] = []
    bolt.event("message")(lambda event: heard.append(event))

    slack.person("U0LINUS", "message", channel="U0CABBIE", text="help")

    event = until(lambda: heard)[0]
    assert (event["channel"], event["channel_type"]) == ("D0LINUS", "im")
    assert [m["text"] for m in slack.seen("U0LINUS", "D0LINUS")] == ["help"]
    assert all(c["id"] != "D0LINUS" for c in slack.screen("U0ADA")["dms"])


def test_looking_leaves_the_state_as_it_was(slack: Slack) -> None:
    before = slack.control("state")

    slack.screen("U0LINUS")

    assert slack.control("state") == before
    assert before["dms"] == []
