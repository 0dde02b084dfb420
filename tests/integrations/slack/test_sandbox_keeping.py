"""What a channel keeps: pins, bookmarks, topic, members, files; and groups that were switched off."""

from typing import Any

import pytest

from tests.integrations.slack.conftest import HttpApp, Slack, until
from tests.integrations.slack.test_sandbox_chat import refused
from tests.integrations.slack.test_sandbox_events import subscribe, wait_for

PAYMENTS = "C0PAYMENTS"


@pytest.fixture(autouse=True)
def _granted(slack: Slack) -> None:
    scopes = ("pins:read", "pins:write", "bookmarks:read", "bookmarks:write", "channels:manage", "channels:join")
    subscribe(slack, "pin_added", "pin_removed", "member_joined_channel", scopes=(*scopes, "files:read"))


def post(slack: Slack, **more: Any) -> str:
    return str(slack.client.chat_postMessage(channel=PAYMENTS, text="card", **more)["ts"])


def test_a_message_is_pinned_once_and_shows_it(slack: Slack, http_app: HttpApp) -> None:
    ts = post(slack)

    slack.client.pins_add(channel=PAYMENTS, timestamp=ts)

    assert refused(slack.client.pins_add, channel=PAYMENTS, timestamp=ts) == "already_pinned"
    assert refused(slack.client.pins_add, channel=PAYMENTS, timestamp="1.000001") == "message_not_found"
    assert refused(slack.client.pins_add, channel=PAYMENTS) == "no_item_specified"
    history = slack.client.conversations_history(channel=PAYMENTS)
    assert (history["pin_count"], history["messages"][0]["pinned_to"]) == (1, [PAYMENTS])
    assert slack.client.pins_list(channel=PAYMENTS)["items"][0]["message"]["ts"] == ts
    assert wait_for(http_app, "pin_added")[0]["event"]["channel_id"] == PAYMENTS
    slack.client.pins_remove(channel=PAYMENTS, timestamp=ts)
    assert refused(slack.client.pins_remove, channel=PAYMENTS, timestamp=ts) == "no_pin"
    assert wait_for(http_app, "pin_removed")[0]["event"]["has_pins"] is False


def test_what_is_deleted_is_no_longer_pinned(slack: Slack) -> None:
    ts = post(slack)
    slack.client.pins_add(channel=PAYMENTS, timestamp=ts)

    slack.client.chat_delete(channel=PAYMENTS, ts=ts)

    assert slack.client.pins_list(channel=PAYMENTS)["items"] == []


def test_bookmarks_are_added_edited_and_removed(slack: Slack) -> None:
    add, page = slack.client.bookmarks_add, "https://sn.example/queue"

    bookmark = add(channel_id=PAYMENTS, title="Queue", type="link", link=page)["bookmark"]
    slack.client.bookmarks_edit(channel_id=PAYMENTS, bookmark_id=bookmark["id"], title="Open queue")

    (shown,) = slack.client.bookmarks_list(channel_id=PAYMENTS)["bookmarks"]
    assert (shown["title"], shown["link"], shown["app_id"]) == ("Open queue", page, "A0CABBIE")
    assert refused(add, channel_id=PAYMENTS, title="x", type="link", link="queue") == "invalid_link"
    assert refused(add, channel_id=PAYMENTS, title="x", type="file", link=page) == "invalid_bookmark_type"
    assert refused(add, channel_id="C0LONELY", title="x", type="link", link=page) == "not_in_channel"
    slack.client.bookmarks_remove(channel_id=PAYMENTS, bookmark_id=bookmark["id"])
    error = refused(slack.client.bookmarks_remove, channel_id=PAYMENTS, bookmark_id=bookmark["id"])
    assert error == "bookmark_not_found"


def test_a_topic_is_one_sentence(slack: Slack) -> None:
    slack.client.conversations_setTopic(channel=PAYMENTS, topic="linus + ada | grace")

    assert slack.client.conversations_info(channel=PAYMENTS)["channel"]["topic"]["value"] == "linus + ada | grace"
    assert refused(slack.client.conversations_setTopic, channel=PAYMENTS, topic="x" * 251) == "too_long"
    assert refused(slack.client.conversations_setPurpose, channel="C0LONELY", purpose="x") == "not_in_channel"


def test_our_app_joins_invites_and_leaves(slack: Slack, http_app: HttpApp) -> None:
    client = slack.client
    assert client.conversations_join(channel="C0LONELY")["ok"]
    assert client.conversations_join(channel="C0LONELY")["warning"] == "already_in_channel"

    client.conversations_invite(channel="C0LONELY", users="U0ADA,U0GRACE")

    joined = wait_for(http_app, "member_joined_channel", 3)
    assert {b["event"]["user"] for b in joined} == {"U0CABBIE", "U0ADA", "U0GRACE"}
    assert refused(client.conversations_invite, channel="C0LONELY", users="U0ADA") == "already_in_channel"
    assert refused(client.conversations_invite, channel="C0LONELY", users="U0CABBIE") == "cant_invite_self"
    assert refused(client.conversations_invite, channel="C0LONELY", users="U0OTTO") == "user_not_found"
    assert refused(client.conversations_invite, channel="C0LONELY", users="U0EVE") == "cant_invite"
    mine = {c["id"] for c in client.users_conversations(user="U0ADA")["channels"]}
    assert "C0LONELY" in mine
    client.conversations_leave(channel="C0LONELY")
    assert client.conversations_leave(channel="C0LONELY")["not_in_channel"] is True
    assert refused(client.chat_postMessage, channel="C0LONELY", text="x") == "not_in_channel"


def test_a_file_goes_to_several_channels_after_the_answer(slack: Slack) -> None:
    slack.switch(file_share_seconds=0.3)

    slack.client.files_upload_v2(
        channels=[PAYMENTS, "C0CHECKOUT"], content="number,state\n", filename="queue.csv", initial_comment="the queue"
    )

    assert slack.seen("U0ADA", PAYMENTS) == []
    for channel in (PAYMENTS, "C0CHECKOUT"):
        (message,) = until(lambda channel=channel: slack.seen("U0ADA", channel))
        assert (message["text"], message["files"][0]["name"]) == ("the queue", "queue.csv")
    file_id = slack.seen("U0ADA", PAYMENTS)[0]["files"][0]["id"]
    assert slack.client.files_info(file=file_id)["file"]["channels"] == [PAYMENTS, "C0CHECKOUT"]
    slack.client.files_delete(file=file_id)
    assert refused(slack.client.files_info, file=file_id) == "file_not_found"
    assert "files" not in slack.seen("U0ADA", PAYMENTS)[0]


def test_a_file_goes_nowhere_our_app_is_not(slack: Slack) -> None:
    upload = slack.client.files_upload_v2

    assert refused(upload, channel="C0LONELY", content="x", filename="x.txt") == "posting_to_channel_denied"
    assert refused(upload, channel="C0NOWHERE", content="x", filename="x.txt") == "invalid_channel"
    complete = slack.client.files_completeUploadExternal
    assert refused(complete, files=[{"id": "F0NOTHING"}]) == "file_not_found"
    assert refused(slack.client.files_getUploadURLExternal, filename="x", length=0) == "invalid_arguments"


def test_a_group_switched_off_is_seen_only_when_asked_for(slack: Slack) -> None:
    client, cab = slack.client, "S0CABAPPROVAL"
    slack.control(f"usergroups/{cab}", {"is_disabled": True})
    slack.control("users/U0BARBARA", {"deleted": True})

    def listed(**more: Any) -> dict[str, Any]:
        return {g["id"]: g for g in client.usergroups_list(**more)["usergroups"]}

    assert cab not in listed()
    assert listed(include_disabled=True)[cab]["date_delete"] > 0
    assert ("user_count" in listed(include_disabled=True)[cab], "users" in listed(include_disabled=True)[cab]) == (
        False, False,
    )  # fmt: skip
    assert listed(include_disabled=True, include_count=True)[cab]["user_count"] == "2"
    assert refused(client.usergroups_users_list, usergroup=cab) == "no_such_subteam"
    assert client.usergroups_users_list(usergroup=cab, include_disabled=True)["users"] == ["U0GRACE"]


def test_an_address_finds_guests_and_nobody_who_left(slack: Slack) -> None:
    look = slack.client.users_lookupByEmail
    slack.control("users/U0PIPELINE", {"email": "pipeline@acme.example"})

    assert look(email="gus@contractor.example")["user"]["is_restricted"] is True
    for nobody in ("otto@acme.example", "pipeline@acme.example", "eve@rival.example", " ada@acme.example"):
        assert refused(look, email=nobody) == "users_not_found"
    slack.control("users/U0ADA", {"email": "ada.lovelace@acme.example"})
    assert refused(look, email="ada@acme.example") == "users_not_found"
    assert refused(look, email="") == "invalid_arguments"


def test_a_message_tells_its_reactions(slack: Slack) -> None:
    subscribe(slack, scopes=("reactions:read",))
    ts = post(slack)
    slack.client.reactions_add(channel=PAYMENTS, timestamp=ts, name="eyes")
    slack.person("U0ADA", "react", channel=PAYMENTS, ts=ts, name="eyes")

    (reaction,) = slack.client.reactions_get(channel=PAYMENTS, timestamp=ts)["message"]["reactions"]

    assert reaction == {"name": "eyes", "users": ["U0CABBIE", "U0ADA"], "count": 2}
    assert refused(slack.client.reactions_add, channel=PAYMENTS, timestamp="now", name="eyes") == "bad_timestamp"
    slack.client.reactions_remove(channel=PAYMENTS, timestamp=ts, name="eyes")
    assert refused(slack.client.reactions_remove, channel=PAYMENTS, timestamp=ts, name="eyes") == "no_reaction"
