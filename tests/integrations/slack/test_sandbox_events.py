"""What our app is told of: who may hear what, how late, how often, and when Slack stops telling."""

import json
from typing import Any

from slack_bolt import App, BoltResponse

from tests.integrations.slack.conftest import HttpApp, Slack, until

PAYMENTS = "C0PAYMENTS"
Json = dict[str, Any]


def subscribe(slack: Slack, *events: str, scopes: tuple[str, ...] = ()) -> None:
    """Beyond what the manifest asks for."""
    switches = slack.control("switches")
    slack.switch(events=[*switches["events"], *events], scopes=[*switches["scopes"], *scopes])


def told(http_app: HttpApp, kind: str) -> list[Json]:
    """The bodies of this type of event, retries left out."""
    bodies = [json.loads(b) for h, b in http_app.heard if b.startswith("{") and "x-slack-retry-num" not in h]
    return [b for b in bodies if b.get("event", b)["type"] == kind]


def wait_for(http_app: HttpApp, kind: str, count: int = 1) -> list[Json]:
    return until(lambda: len(found := told(http_app, kind)) >= count and found)


def test_only_what_the_manifest_subscribes_to_is_told(slack: Slack, http_app: HttpApp) -> None:
    slack.control("channels/C0CHANGES", {"is_ext_shared": True})
    slack.person("U0LINUS", "home")

    wait_for(http_app, "app_home_opened")
    assert told(http_app, "channel_shared") == []


def test_reactions_are_told_with_their_message(slack: Slack, http_app: HttpApp) -> None:
    subscribe(slack, "reaction_added", "reaction_removed", scopes=("reactions:read",))
    ts = slack.client.chat_postMessage(channel=PAYMENTS, text="card")["ts"]

    slack.person("U0ADA", "react", channel=PAYMENTS, ts=ts, name="eyes")
    again = slack.person("U0ADA", "react", channel=PAYMENTS, ts=ts, name="eyes")
    slack.person("U0ADA", "react", channel=PAYMENTS, ts=ts, name="eyes", remove=True)

    event = wait_for(http_app, "reaction_added")[0]["event"]
    assert again["error"] == "already_reacted"
    assert (event["user"], event["reaction"], event["item_user"]) == ("U0ADA", "eyes", "U0CABBIE")
    assert event["item"] == {"type": "message", "channel": PAYMENTS, "ts": ts}
    assert wait_for(http_app, "reaction_removed")[0]["event"]["user"] == "U0ADA"


def test_people_edit_and_delete_what_they_wrote(slack: Slack, http_app: HttpApp) -> None:
    slack.switch(retry_scale=0.0)
    ts = slack.person("U0LINUS", "message", channel=PAYMENTS, text="deploy tonigth")["ts"]

    other = slack.person("U0ADA", "edit", channel=PAYMENTS, ts=ts, text="mine now")
    slack.person("U0LINUS", "edit", channel=PAYMENTS, ts=ts, text="deploy tonight")
    slack.person("U0LINUS", "delete", channel=PAYMENTS, ts=ts)

    events = [b["event"] for b in wait_for(http_app, "message", 3)]
    by_subtype = {e.get("subtype"): e for e in events}
    assert other["error"] == "not_your_message"
    assert by_subtype["message_changed"]["message"]["text"] == "deploy tonight"
    assert by_subtype["message_changed"]["previous_message"]["text"] == "deploy tonigth"
    assert by_subtype["message_deleted"]["deleted_ts"] == ts
    assert slack.seen("U0LINUS", PAYMENTS) == []


def test_channels_are_archived_renamed_and_left(slack: Slack, http_app: HttpApp) -> None:
    subscribe(slack, "channel_archive", "channel_unarchive", "channel_rename", "member_left_channel")

    slack.control("channels/C0CHANGES", {"is_archived": True})
    slack.control("channels/C0CHANGES", {"is_archived": False, "name": "all-changes"})
    slack.person("U0GRACE", "leave", channel="C0CHANGES")

    assert wait_for(http_app, "channel_archive")[0]["event"]["channel"] == "C0CHANGES"
    assert wait_for(http_app, "channel_unarchive")
    assert wait_for(http_app, "channel_rename")[0]["event"]["channel"]["name"] == "all-changes"
    assert wait_for(http_app, "member_left_channel")[0]["event"]["user"] == "U0GRACE"


def test_a_private_channels_archiving_goes_by_another_name(slack: Slack, http_app: HttpApp) -> None:
    subscribe(slack, "channel_archive", "group_archive")

    slack.control("channels/C0CHANGES", {"is_private": True})
    slack.control("channels/C0CHANGES", {"is_archived": True})

    wait_for(http_app, "group_archive")
    assert told(http_app, "channel_archive") == []


def test_an_uninstalled_app_hears_that_and_no_more(slack: Slack, http_app: HttpApp) -> None:
    slack.control("uninstall", {})
    slack.person("U0LINUS", "message", channel=PAYMENTS, text="is anybody there")

    wait_for(http_app, "app_uninstalled")
    assert wait_for(http_app, "tokens_revoked")[0]["event"]["tokens"] == {"bot": ["U0CABBIE"]}
    assert slack.deliveries("message") == []
    answer = slack.client.api_call("api.test").data
    refused = slack.person("U0LINUS", "command", channel=PAYMENTS, command="/deploy", text="x")
    assert (answer["ok"], refused["error"]) == (True, "invalid_command")


def test_people_join_and_groups_change(slack: Slack, http_app: HttpApp) -> None:
    subscribe(slack, "team_join", "subteam_updated", "subteam_members_changed", scopes=("usergroups:read",))

    slack.control("users", {"id": "U0NEW", "name": "new", "real_name": "New One", "is_ultra_restricted": True})
    slack.control("usergroups/S0CABAPPROVAL", {"users": ["U0GRACE", "U0NEW"]})

    joined = wait_for(http_app, "team_join")[0]["event"]["user"]
    assert (joined["is_restricted"], joined["is_ultra_restricted"]) == (True, True)
    change = wait_for(http_app, "subteam_members_changed")[0]["event"]
    assert (change["added_users"], change["removed_users"]) == (["U0NEW"], ["U0BARBARA"])


def test_metadata_is_told_when_posted_updated_and_deleted(slack: Slack, http_app: HttpApp) -> None:
    slack.switch(metadata_subscriptions=[{"app_id": "*", "event_type": "deploy_announced"}])

    def metadata(version: str) -> Json:
        return {"event_type": "deploy_announced", "event_payload": {"version": version}}

    ts = slack.client.chat_postMessage(channel=PAYMENTS, text="x", metadata=metadata("1"))["ts"]
    slack.client.chat_update(channel=PAYMENTS, ts=ts, text="y")  # left out: kept, and nothing to tell
    slack.client.chat_update(channel=PAYMENTS, ts=ts, text="y", metadata=metadata("2"))
    slack.client.chat_update(channel=PAYMENTS, ts=ts, text="y", metadata={})

    posted = wait_for(http_app, "message_metadata_posted")[0]["event"]
    updated = wait_for(http_app, "message_metadata_updated")
    deleted = wait_for(http_app, "message_metadata_deleted")[0]["event"]
    assert (posted["channel_id"], posted["user_id"], posted["message_ts"]) == (PAYMENTS, "U0CABBIE", ts)
    assert "channel" not in posted
    assert [e["event"]["metadata"] for e in updated] == [metadata("2")]
    assert updated[0]["event"]["previous_metadata"] == metadata("1")
    assert (deleted["previous_metadata"], deleted["deleted_ts"]) == (metadata("2"), ts)


def test_too_many_events_are_kept_back_and_the_app_is_told_off_once(slack: Slack, http_app: HttpApp) -> None:
    slack.switch(events_per_hour=1, retry_scale=0.0)
    for number in range(4):
        slack.person("U0LINUS", "message", channel=PAYMENTS, text=str(number))

    (limit,) = wait_for(http_app, "app_rate_limited")
    assert set(limit) == {"token", "type", "team_id", "minute_rate_limited", "api_app_id"}
    assert limit["minute_rate_limited"] % 60 == 0
    assert {b["event"]["text"] for b in told(http_app, "message")} <= {"0"}


def test_an_app_that_fails_nearly_always_hears_no_more(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    slack.switch(disabling_least=3, retry_scale=0.0)

    slack.person("U0LINUS", "message", channel=PAYMENTS, text="one")  # nobody listens: four failures
    until(lambda: not slack.control("switches")["subscriptions_enabled"])
    bolt.event("message")(lambda: None)
    slack.person("U0LINUS", "message", channel=PAYMENTS, text="two")
    slack.switch(subscriptions_enabled=True)
    slack.person("U0LINUS", "message", channel=PAYMENTS, text="three")

    until(lambda: [d for d in slack.deliveries("message") if d["status"] == 200])
    assert not any('"two"' in body for _, body in http_app.heard)


def test_no_retry_is_asked_for_by_a_header(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    slack.switch(retry_scale=0.0)
    headers = {"x-slack-no-retry": ["1"]}
    bolt.middleware(lambda: BoltResponse(status=500, body="no", headers=dict(headers)))

    slack.person("U0LINUS", "message", channel=PAYMENTS, text="no")
    until(lambda: [d for d in slack.deliveries("message") if d["status"] == 500])
    headers.clear()
    slack.person("U0LINUS", "message", channel=PAYMENTS, text="again")

    until(lambda: len(slack.deliveries("message")) == 5)
    assert sorted(d["attempt"] for d in slack.deliveries("message")) == [0, 0, 1, 2, 3]


def test_a_late_event_is_dropped_unless_delays_are_allowed(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    heard: list[Json] = []
    bolt.event("message")(lambda body: heard.append(body))
    slack.switch(events_late_seconds=3 * 3600)
    slack.person("U0LINUS", "message", channel=PAYMENTS, text="lost")
    slack.switch(delayed_events=True)

    slack.person("U0LINUS", "message", channel=PAYMENTS, text="late")

    (body,) = until(lambda: heard)
    assert body["event"]["text"] == "late"
    assert float(body["event"]["ts"]) - body["event_time"] >= 3 * 3600 - 60


def test_with_delays_allowed_a_failing_event_comes_for_a_day(slack: Slack, http_app: HttpApp) -> None:
    slack.switch(delayed_events=True, retry_scale=0.0)

    slack.person("U0LINUS", "message", channel=PAYMENTS, text="nobody listens")

    sent = until(lambda: len(d := slack.deliveries("message")) == 28 and d)
    assert {d["event_id"] for d in sent} == {sent[0]["event_id"]}


def test_events_may_overtake_one_another(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    heard: list[str] = []
    bolt.event("message")(lambda event: heard.append(event["text"]))
    slack.switch(event_delay_seconds=0.3)
    slack.person("U0LINUS", "message", channel=PAYMENTS, text="first")
    slack.switch(event_delay_seconds=0.0)

    slack.person("U0LINUS", "message", channel=PAYMENTS, text="second")

    until(lambda: heard == ["second", "first"])


def test_guests_bots_and_strangers_are_who_they_are(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    slack.control("users/U0GUS", {"is_ultra_restricted": True})
    slack.control("users/U0TOM", {"is_app_user": True, "tz": "America/New_York", "is_admin": True})

    def user(slack_id: str, **more: Any) -> Json:
        return dict(slack.client.users_info(user=slack_id, **more)["user"])

    assert (user("U0GUS")["is_ultra_restricted"], user("U0GUS")["is_restricted"]) == (True, True)
    assert (user("U0TOM")["is_app_user"], user("U0TOM")["tz"], user("U0TOM")["is_admin"]) == (
        True, "America/New_York", True,
    )  # fmt: skip
    assert user("U0TOM")["tz_offset"] != user("U0ADA")["tz_offset"]
    assert ("locale" in user("U0TOM"), user("U0TOM", include_locale=True)["locale"]) == (False, "en-US")
    slack.control("channels/C0PARTNERS", {"remove": "U0EVE"})
    try:
        slack.client.users_info(user="U0EVE")
        raise AssertionError("a stranger without a common channel was shown")
    except Exception as refusal:
        assert "user_not_visible" in str(refusal)
