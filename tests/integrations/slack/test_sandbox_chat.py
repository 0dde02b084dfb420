"""Posting, editing and reading messages through Slack's own client."""

import pytest
from slack_sdk.errors import SlackApiError

from tests.integrations.slack.conftest import Slack, buttons, section

PAYMENTS = "C0PAYMENTS"
METADATA = {"event_type": "change_card", "event_payload": {"change": "CHG0030042"}}


def refused(call, **args) -> str:  # type: ignore[no-untyped-def]  # any method of the client
    with pytest.raises(SlackApiError) as refusal:
        call(**args)
    return str(refusal.value.response["error"])


def test_auth_test_says_who_we_are_and_what_we_may(slack: Slack) -> None:
    answer = slack.client.auth_test()

    assert (answer["user_id"], answer["bot_id"], answer["team_id"]) == ("U0CABBIE", "B0CABBIE", "T0ACME")
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


def test_a_post_is_seen_by_people_and_in_the_state(slack: Slack) -> None:
    answer = slack.client.chat_postMessage(channel=PAYMENTS, text="CHG0030042 waits", blocks=[section("*waits*")])

    (message,) = slack.seen("U0LINUS", PAYMENTS)
    assert message["ts"] == answer["ts"]
    assert message["blocks"][0]["block_id"]
    told = {c["id"]: [(m["app"], m["text"]) for m in c["messages"]] for c in slack.control("state")["channels"]}
    assert told[PAYMENTS] == [("cabbie", "CHG0030042 waits")]
    assert [e["call"] for e in slack.control("diary") if e["is_effect"]] == ["chat.postMessage"]


def test_text_without_blocks_takes_the_blocks_away(slack: Slack) -> None:
    card = slack.client.chat_postMessage(channel=PAYMENTS, text="card", blocks=[buttons("change.approve")])

    slack.client.chat_update(channel=PAYMENTS, ts=card["ts"], text="approved")

    (message,) = slack.seen("U0LINUS", PAYMENTS)
    assert message["text"] == "approved"
    assert "blocks" not in message


def test_metadata_survives_an_edit_and_goes_when_emptied(slack: Slack) -> None:
    card = slack.client.chat_postMessage(channel=PAYMENTS, text="card", metadata=METADATA)
    slack.client.chat_update(channel=PAYMENTS, ts=card["ts"], text="again")
    kept = slack.client.conversations_history(channel=PAYMENTS, include_all_metadata=True)["messages"][0]
    only_type = slack.client.conversations_history(channel=PAYMENTS)["messages"][0]

    slack.client.chat_update(channel=PAYMENTS, ts=card["ts"], text="again", metadata={})

    assert kept["metadata"] == METADATA
    assert only_type["metadata"] == {"event_type": "change_card"}
    assert "metadata" not in slack.client.conversations_history(channel=PAYMENTS)["messages"][0]


def test_others_messages_and_ephemerals_cannot_be_edited(slack: Slack) -> None:
    theirs = slack.control("apps/pipeline/message", {"channel": PAYMENTS, "text": "deploying"})["ts"]
    whisper = slack.client.chat_postEphemeral(channel=PAYMENTS, user="U0LINUS", text="psst")["message_ts"]

    assert refused(slack.client.chat_update, channel=PAYMENTS, ts=theirs, text="x") == "cant_update_message"
    assert refused(slack.client.chat_update, channel=PAYMENTS, ts=whisper, text="x") == "message_not_found"
    assert [m.get("is_ephemeral") for m in slack.seen("U0LINUS", PAYMENTS)] == [None, True]
    assert len(slack.seen("U0ADA", PAYMENTS)) == 1


def test_a_person_is_written_to_by_id_and_edited_by_channel(slack: Slack) -> None:
    sent = slack.client.chat_postMessage(channel="U0LINUS", text="approved")

    assert sent["channel"] == "D0LINUS"
    assert refused(slack.client.chat_update, channel="U0LINUS", ts=sent["ts"], text="x") == "channel_not_found"
    slack.client.chat_update(channel="D0LINUS", ts=sent["ts"], text="approved by Grace")
    assert slack.seen("U0LINUS", "D0LINUS")[0]["text"] == "approved by Grace"
    assert slack.seen("U0LINUS", "D0LINUS")[0]["edited"]["user"] == "U0CABBIE"


def test_replies_hang_on_their_parent(slack: Slack) -> None:
    parent = slack.client.chat_postMessage(channel=PAYMENTS, text="card")["ts"]
    quiet = slack.client.chat_postMessage(channel=PAYMENTS, text="detail", thread_ts=parent)["ts"]
    slack.client.chat_postMessage(channel=PAYMENTS, text="failed", thread_ts=parent, reply_broadcast=True)

    thread = slack.client.conversations_replies(channel=PAYMENTS, ts=parent)["messages"]
    history = slack.client.conversations_history(channel=PAYMENTS)["messages"]
    assert [m["text"] for m in thread] == ["card", "detail", "failed"]
    assert [m["text"] for m in history] == ["failed", "card"]
    assert (history[0]["subtype"], history[1]["reply_count"]) == ("thread_broadcast", 2)
    post = slack.client.chat_postMessage
    assert refused(post, channel=PAYMENTS, text="x", thread_ts=quiet) == "cannot_reply_to_message"
    assert refused(post, channel=PAYMENTS, text="x", thread_ts="1.000001") == "thread_not_found"


def test_membership_text_and_size_are_checked(slack: Slack) -> None:
    post = slack.client.chat_postMessage

    assert refused(post, channel="C0LONELY", text="x") == "not_in_channel"
    assert refused(post, channel="C0NOWHERE", text="x") == "channel_not_found"
    assert refused(post, channel="U0OTTO", text="x") == "channel_not_found"
    assert refused(post, channel=PAYMENTS, text="") == "no_text"
    ts = post(channel=PAYMENTS, text="x" * 5000)["ts"]
    assert refused(slack.client.chat_update, channel=PAYMENTS, ts=ts, text="x" * 4001) == "msg_too_long"
    whisper = slack.client.chat_postEphemeral
    assert refused(whisper, channel=PAYMENTS, user="U0EVE", text="x") == "user_not_in_channel"


def test_posting_too_fast_is_told_when_to_come_back(slack: Slack) -> None:
    slack.switch(message_rate_per_second=0.5, message_burst=2)
    for number in range(2):
        slack.client.chat_postMessage(channel=PAYMENTS, text=f"{number}")

    with pytest.raises(SlackApiError) as refusal:
        slack.client.chat_postMessage(channel=PAYMENTS, text="3")

    assert refusal.value.response.status_code == 429
    assert refusal.value.response.data == {"ok": False, "error": "ratelimited"}
    assert refusal.value.response.headers["Retry-After"].isdigit()
    assert slack.client.chat_postMessage(channel="C0CHECKOUT", text="elsewhere")["ok"]


def test_a_tier_is_a_number_of_calls_a_minute(slack: Slack) -> None:
    slack.switch(tiers={"4": 2})
    for _ in range(2):
        slack.client.users_info(user="U0LINUS")

    assert refused(slack.client.users_info, user="U0LINUS") == "ratelimited"
    assert slack.client.auth_test()["ok"]


def test_what_is_shown_is_normalised(slack: Slack) -> None:
    attachment = {"color": "#B82525", "text": "see https://ci.example/1", "fields": [{"title": "t", "value": "v"}]}

    slack.client.chat_postMessage(channel=PAYMENTS, text="a < b & https://ci.example/2", attachments=[attachment])

    (message,) = slack.client.conversations_history(channel=PAYMENTS)["messages"]
    assert message["text"] == "a &lt; b &amp; <https://ci.example/2>"
    assert message["attachments"][0]["id"] == 1
    assert message["attachments"][0]["color"] == "B82525"
    assert message["attachments"][0]["text"] == "see <https://ci.example/1>"


def test_history_pages_with_a_cursor(slack: Slack) -> None:
    slack.switch(message_rate_per_second=0)
    for number in range(5):
        slack.client.chat_postMessage(channel=PAYMENTS, text=str(number))

    pages = [[m["text"] for m in p["messages"]] for p in slack.client.conversations_history(channel=PAYMENTS, limit=2)]

    assert pages == [["4", "3"], ["2", "1"], ["0"]]


def test_delete_permalink_and_reactions(slack: Slack) -> None:
    ts = slack.client.chat_postMessage(channel=PAYMENTS, text="card")["ts"]

    link = slack.client.chat_getPermalink(channel=PAYMENTS, message_ts=ts)["permalink"]
    slack.client.reactions_add(channel=PAYMENTS, timestamp=ts, name="white_check_mark")

    assert link == f"https://acme.slack.com/archives/{PAYMENTS}/p{ts.replace('.', '')}"
    add = slack.client.reactions_add
    assert refused(add, channel=PAYMENTS, timestamp=ts, name="white_check_mark") == "already_reacted"
    assert refused(add, channel=PAYMENTS, timestamp=ts, name=":x:") == "invalid_name"
    assert slack.seen("U0ADA", PAYMENTS)[0]["reactions"][0]["users"] == ["U0CABBIE"]
    slack.client.chat_delete(channel=PAYMENTS, ts=ts)
    assert slack.seen("U0ADA", PAYMENTS) == []


def test_a_file_takes_three_steps(slack: Slack) -> None:
    slack.client.files_upload_v2(channel=PAYMENTS, content="number,state\n", filename="queue.csv", title="Queue")

    (message,) = slack.seen("U0KATHERINE", PAYMENTS)
    assert message["subtype"] == "file_share"
    assert message["files"][0]["title"] == "Queue"
    assert slack.control("state")["files"][0]["content"] == "number,state\n"
