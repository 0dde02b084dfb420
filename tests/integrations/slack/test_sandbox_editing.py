"""What may be changed after it was said, and what a change leaves: edits, deletions, names, previews."""

from typing import Any

from tests.integrations.slack.conftest import HttpApp, Slack, section
from tests.integrations.slack.test_sandbox_chat import refused
from tests.integrations.slack.test_sandbox_events import Json, subscribe, wait_for

PAYMENTS = "C0PAYMENTS"


def post(slack: Slack, text: str = "card", **more: Any) -> str:
    return str(slack.client.chat_postMessage(channel=PAYMENTS, text=text, **more)["ts"])


def history(slack: Slack, **more: Any) -> list[Json]:
    found: list[Json] = slack.client.conversations_history(channel=PAYMENTS, **more)["messages"]
    return found


def test_text_alone_takes_blocks_away_and_leaves_attachments_and_metadata(slack: Slack) -> None:
    metadata = {"event_type": "card", "event_payload": {"change": "1"}}
    attachments = [{"color": "#B82525", "text": "failed"}]
    ts = post(slack, blocks=[section("x")], attachments=attachments, metadata=metadata)

    slack.client.chat_update(channel=PAYMENTS, ts=ts, text="plain")

    (message,) = history(slack, include_all_metadata=True)
    assert "blocks" not in message
    assert (message["text"], message["attachments"][0]["text"], message["metadata"]) == ("plain", "failed", metadata)
    assert history(slack)[0]["metadata"] == {"event_type": "card"}


def test_an_edit_shows_unless_it_is_made_of_blocks(slack: Slack) -> None:
    quiet, loud = post(slack), post(slack)

    slack.client.chat_update(channel=PAYMENTS, ts=quiet, text="x", blocks=[section("x")])
    slack.client.chat_update(channel=PAYMENTS, ts=loud, text="x")

    shown = {m["ts"]: "edited" in m for m in history(slack)}
    assert shown == {quiet: False, loud: True}


def test_ephemerals_other_peoples_messages_and_dms_by_person_cannot_be_edited(slack: Slack) -> None:
    update = slack.client.chat_update
    whisper = slack.client.chat_postEphemeral(channel=PAYMENTS, user="U0ADA", text="psst")["message_ts"]
    theirs = slack.person("U0LINUS", "message", channel=PAYMENTS, text="mine")["ts"]
    direct = slack.client.chat_postMessage(channel="U0ADA", text="hi")

    assert refused(update, channel=PAYMENTS, ts=whisper, text="x") == "message_not_found"
    assert refused(update, channel=PAYMENTS, ts=theirs, text="x") == "cant_update_message"
    assert refused(slack.client.chat_delete, channel=PAYMENTS, ts=theirs) == "cant_delete_message"
    assert refused(update, channel="U0ADA", ts=direct["ts"], text="x") == "channel_not_found"
    assert update(channel=direct["channel"], ts=direct["ts"], text="x")["ok"]


def test_a_whisper_to_somebody_away_is_lost_without_a_word(slack: Slack) -> None:
    slack.control("users/U0ADA", {"is_online": False})

    answer = slack.client.chat_postEphemeral(channel=PAYMENTS, user="U0ADA", text="psst")

    assert answer["message_ts"]
    assert slack.seen("U0ADA", PAYMENTS) == []
    assert slack.client.users_getPresence(user="U0ADA")["presence"] == "away"


def test_edits_end_with_the_window_and_with_the_channel(slack: Slack) -> None:
    ts, update = post(slack), slack.client.chat_update
    slack.switch(edit_window_seconds=0)
    assert refused(update, channel=PAYMENTS, ts=ts, text="x") == "edit_window_closed"
    slack.switch(edit_window_seconds=3600)
    assert update(channel=PAYMENTS, ts=ts, text="x")["ok"]

    slack.control(f"channels/{PAYMENTS}", {"is_archived": True})

    assert refused(update, channel=PAYMENTS, ts=ts, text="x") == "is_inactive"
    assert refused(slack.client.chat_postMessage, channel=PAYMENTS, text="x") == "is_archived"


def test_a_deleted_parent_leaves_a_tombstone_until_its_last_reply_goes(slack: Slack, http_app: HttpApp) -> None:
    slack.switch(retry_scale=0.0)
    parent = post(slack, blocks=[section("x")])
    reply = post(slack, "detail", thread_ts=parent)

    slack.client.chat_delete(channel=PAYMENTS, ts=parent)

    stone, kept = slack.client.conversations_replies(channel=PAYMENTS, ts=parent)["messages"]
    assert (stone["subtype"], stone["hidden"], stone["user"]) == ("tombstone", True, "USLACKBOT")
    assert (stone["reply_count"], kept["text"]) == (1, "detail")
    assert "blocks" not in stone
    assert refused(slack.client.chat_update, channel=PAYMENTS, ts=parent, text="x") == "message_not_found"
    assert refused(slack.client.reactions_add, channel=PAYMENTS, timestamp=parent, name="eyes") == "message_not_found"
    told = [b["event"] for b in wait_for(http_app, "message", 4)]  # the two posts, the parent's count, its burial
    edits = [event["message"] for event in told if event.get("subtype") == "message_changed"]
    assert sorted(edit.get("subtype", "") for edit in edits) == ["", "tombstone"]
    slack.client.chat_delete(channel=PAYMENTS, ts=reply)
    assert history(slack) == []


def test_a_reply_can_be_broadcast_later(slack: Slack) -> None:
    parent = post(slack)
    reply = post(slack, "failed", thread_ts=parent)

    slack.client.chat_update(channel=PAYMENTS, ts=reply, text="failed", reply_broadcast=True)

    assert [m["text"] for m in history(slack)] == ["failed", "card"]


def test_another_name_needs_its_scope_and_looks_like_an_old_bots(slack: Slack) -> None:
    assert refused(slack.client.chat_postMessage, channel=PAYMENTS, text="x", username="Deploys") == "missing_scope"
    subscribe(slack, scopes=("chat:write.customize",))

    post(slack, username="Deploys", icon_emoji=":taxi:")

    (message,) = history(slack)
    assert (message["username"], message["icons"]) == ("Deploys", {"emoji": ":taxi:"})
    assert (message["subtype"], "user" in message) == ("bot_message", False)
    direct = slack.client.chat_postMessage(channel="U0ADA", text="x", username="Deploys")["channel"]
    dms = {d["id"]: d["app"] for d in slack.screen("U0ADA")["dms"]}
    assert dms[direct] == "slackbot"
    assert refused(slack.client.conversations_history, channel=direct) == "channel_not_found"


def test_previews_come_unless_declined_and_are_an_edit_to_apps(slack: Slack, http_app: HttpApp) -> None:
    slack.switch(crawled_hosts=["sn.example"], retry_scale=0.0)
    page, picture = "https://sn.example/change", "https://sn.example/chart.png"

    post(slack, page)
    post(slack, page, unfurl_links=True)
    post(slack, picture)
    post(slack, picture, unfurl_media=False)

    shown = [len(m.get("attachments", [])) for m in reversed(history(slack))]
    assert shown == [0, 1, 1, 0]
    edits = [b for b in wait_for(http_app, "message", 6) if b["event"].get("subtype") == "message_changed"]
    assert len(edits) == 2
    assert edits[0]["event"]["message"]["attachments"][0]["service_name"] == "sn.example"


def test_some_channels_take_only_some_posts(slack: Slack) -> None:
    parent, say = post(slack), slack.client.chat_postMessage

    def restrict(restriction: str) -> None:
        slack.control(f"channels/{PAYMENTS}", {"restriction": restriction})

    restrict("read_only")
    assert refused(say, channel=PAYMENTS, text="x") == "restricted_action_read_only_channel"
    restrict("thread_only")
    assert refused(say, channel=PAYMENTS, text="x") == "restricted_action_thread_only_channel"
    assert say(channel=PAYMENTS, text="x", thread_ts=parent)["ok"]
    restrict("non_threadable")
    error = refused(say, channel=PAYMENTS, text="x", thread_ts=parent)
    assert error == "restricted_action_non_threadable_channel"


def test_a_page_of_history_stays_where_it_was_while_more_is_posted(slack: Slack) -> None:
    slack.switch(message_rate_per_second=0)
    for number in range(4):
        post(slack, str(number))
    first = slack.client.conversations_history(channel=PAYMENTS, limit=2)
    post(slack, "meanwhile")

    cursor = first["response_metadata"]["next_cursor"]
    second = slack.client.conversations_history(channel=PAYMENTS, limit=2, cursor=cursor)

    assert [m["text"] for m in [*first["messages"], *second["messages"]]] == ["3", "2", "1", "0"]
    assert second["has_more"] is False
    assert refused(slack.client.conversations_history, channel=PAYMENTS, cursor="bm9uc2Vuc2U=") == "invalid_cursor"


def test_the_bounds_of_history_are_outside_unless_inclusive(slack: Slack) -> None:
    one, two, three = post(slack, "1"), post(slack, "2"), post(slack, "3")

    assert [m["text"] for m in history(slack, oldest=one, latest=three)] == ["2"]
    assert [m["text"] for m in history(slack, oldest=one, latest=three, inclusive=True)] == ["3", "2", "1"]
    assert [m["text"] for m in history(slack, oldest=two, latest=two, inclusive=True, limit=1)] == ["2"]
    assert [m["text"] for m in history(slack, oldest="0", limit=1)] == ["3"]
    assert refused(slack.client.conversations_history, channel=PAYMENTS, oldest="yesterday") == "invalid_ts_oldest"


def test_finding_a_page_or_a_thread_looks_at_no_message_far_from_it(slack: Slack) -> None:
    slack.switch(message_rate_per_second=0)
    far = [post(slack, "far") for _ in range(3)]
    near = [post(slack, "near") for _ in range(3)]
    parent = post(slack, "new")
    post(slack, "reply", thread_ts=parent)
    for ts in far:  # whoever looks at one of these fails
        slack.workspace.timeline._channels[PAYMENTS].by_ts[ts] = object()  # type: ignore[assignment]

    assert [m["text"] for m in history(slack, limit=1)] == ["new"]
    thread = slack.client.conversations_replies(channel=PAYMENTS, ts=parent)["messages"]
    assert [m["text"] for m in thread] == ["new", "reply"]
    assert [m["text"] for m in history(slack, oldest=near[-1])] == ["new"]
    assert slack.client.chat_getPermalink(channel=PAYMENTS, message_ts=parent)["ok"]
