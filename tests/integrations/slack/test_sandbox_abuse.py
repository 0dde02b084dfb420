"""What an app must not get away with: somebody else's messages, stale answers, worn-out lists, too much at once."""

from typing import Any

import pytest
import requests
from slack_bolt import Ack, App

from tests.integrations.slack.conftest import HttpApp, Slack, buttons, section
from tests.integrations.slack.test_sandbox_chat import refused
from tests.integrations.slack.test_sandbox_editing import history, post
from tests.integrations.slack.test_sandbox_events import Json, subscribe, told, wait_for
from tests.integrations.slack.test_sandbox_modals import OPTIONS, modal, submit, top

PAYMENTS = "C0PAYMENTS"


def call(slack: Slack, method: str, *, token: str = "", **sent: Any) -> requests.Response:
    header = {"authorization": f"Bearer {token or slack.secrets.slack_bot_token}"}
    return requests.post(f"{slack.url}/api/{method}", json=sent, headers=header, timeout=5)


def by_form(slack: Slack, method: str, **sent: Any) -> Json:
    header = {"authorization": f"Bearer {slack.secrets.slack_bot_token}"}
    answer: Json = requests.post(f"{slack.url}/api/{method}", data=sent, headers=header, timeout=5).json()
    return answer


def answered(url: str, **sent: Any) -> tuple[int, str]:
    answer = requests.post(url, json=sent, timeout=5)
    return answer.status_code, answer.text if answer.text == "ok" else answer.json()["error"]


@pytest.mark.parametrize("instead", [{"delete_original": True}, {"replace_original": True, "text": "ours"}])
def test_a_shortcuts_address_leaves_other_peoples_messages_alone(
    slack: Slack, bolt: App, http_app: HttpApp, instead: Json
) -> None:
    urls: list[str] = []
    slack.switch(shortcuts=["change.link"])
    bolt.message_shortcut("change.link")(lambda ack, shortcut: (urls.append(shortcut["response_url"]), ack()))
    ts = slack.person("U0LINUS", "message", channel=PAYMENTS, text="mine")["ts"]
    slack.person("U0ADA", "shortcut", callback_id="change.link", channel=PAYMENTS, ts=ts)

    requests.post(urls[0], json=instead, timeout=5)

    assert [m["text"] for m in history(slack)] == ["mine"]


def test_a_button_below_a_link_does_not_own_the_message(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    urls: list[str] = []
    slack.switch(unfurl_domains=["sn.example"])
    bolt.action("change.details")(lambda ack, body: (urls.append(body["response_url"]), ack()))
    page = "https://dev.sn.example/change"
    ts = slack.person("U0LINUS", "message", channel=PAYMENTS, text=f"see {page}")["ts"]
    slack.client.chat_unfurl(channel=PAYMENTS, ts=ts, unfurls={page: {"blocks": [buttons("change.details")]}})
    slack.person("U0ADA", "click", channel=PAYMENTS, ts=ts, action_id="change.details")

    replaced = answered(urls[0], text="ours", replace_original=True)

    assert replaced == (200, "ok")
    assert [m["text"] for m in history(slack)] == [f"see <{page}>"]
    assert [m["text"] for m in slack.seen("U0ADA", PAYMENTS)] == [f"see <{page}>", "ours"]


def test_an_answer_goes_to_no_thread_that_is_not_there(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    urls: list[str] = []
    bolt.command("/deploy")(lambda ack, command: (urls.append(command["response_url"]), ack()))
    slack.person("U0LINUS", "command", channel=PAYMENTS, command="/deploy", text="")
    hook = slack.control("apps/pipeline/webhook", {"channel": PAYMENTS})["url"]
    nowhere: Json = {"text": "x", "thread_ts": "1700000000.000000"}

    by_hook = requests.post(hook, json=nowhere, timeout=5)

    assert answered(urls[0], **nowhere, response_type="in_channel") == (400, "thread_not_found")
    assert by_hook.text == "thread_not_found"
    assert refused(slack.client.chat_postMessage, channel=PAYMENTS, text="x", thread_ts="0") == "invalid_thread_ts"
    assert refused(slack.client.chat_postEphemeral, channel=PAYMENTS, user="U0ADA", **nowhere) == "thread_not_found"
    assert history(slack) == []


def test_a_whisper_in_a_thread_is_shown_once_the_thread_has_begun(slack: Slack) -> None:
    parent = post(slack)

    slack.client.chat_postEphemeral(channel=PAYMENTS, user="U0ADA", text="too early", thread_ts=parent)
    post(slack, "reply", thread_ts=parent)
    slack.client.chat_postEphemeral(channel=PAYMENTS, user="U0ADA", text="in time", thread_ts=parent)

    assert [m["text"] for m in slack.seen("U0ADA", PAYMENTS)] == ["card", "reply", "in time"]


@pytest.mark.parametrize("action", ["push", "update"])
def test_a_modal_closed_in_the_meantime_takes_no_answer(
    slack: Slack, bolt: App, http_app: HttpApp, action: str
) -> None:
    def answer(ack: Ack, view: Json) -> None:
        slack.person("U0LINUS", "close", view_id=view["id"])
        ack(response_action=action, view=modal("Second"))

    _open(slack, bolt, modal(notify_on_close=False))
    bolt.view("reject")(answer)

    assert submit(slack) == {"ok": False, "error": "not_found"}
    assert slack.screen("U0LINUS")["views"] == []


def test_a_submission_closes_its_own_view_whatever_the_close_button_does(
    slack: Slack, bolt: App, http_app: HttpApp
) -> None:
    answers: list[Json] = [{"response_action": "push", "view": modal("Second", clear_on_close=True)}, {}]
    _open(slack, bolt, modal("First"))
    bolt.view("reject")(lambda ack: ack(**answers.pop(0)))

    submit(slack)
    assert top(slack)["title"]["text"] == "Second"
    submit(slack)

    assert [view["title"]["text"] for view in slack.screen("U0LINUS")["views"]] == ["First"]


def test_a_form_takes_only_what_its_fields_are_for(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    number = {"type": "number_input", "action_id": "n", "is_decimal_allowed": False, "min_value": "1"}
    email = {"type": "email_text_input", "action_id": "e"}
    label = {"type": "plain_text", "text": "?"}
    blocks = [
        {"type": "input", "block_id": kind, "label": label, "element": element}
        for kind, element in (("number", number), ("email", email))
    ]
    _open(slack, bolt, modal(blocks=blocks))

    def complained(number: str, email: str) -> set[str]:
        values = {"number": {"n": {"value": number}}, "email": {"e": {"value": email}}}
        return set(slack.person("U0LINUS", "submit", view_id=top(slack)["id"], values=values).get("errors", ()))

    assert complained("many", "ada") == {"number", "email"}
    assert complained("1.5", "ada@acme.example") == {"number"}
    assert complained("0", "ada@acme.example") == {"number"}
    bolt.view("reject")(lambda ack: ack())
    assert complained("2", "ada@acme.example") == set()


def test_a_message_tells_all_that_the_person_picked_in_it(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    states: list[Json] = []
    bolt.action("pick")(lambda ack: ack())
    bolt.action("go")(lambda ack, body: (states.append(body["state"]["values"]), ack()))
    menu = {"type": "static_select", "action_id": "pick", "options": OPTIONS}
    ts = post(slack, blocks=[{"type": "actions", "block_id": "risk", "elements": [menu]}, buttons("go")])
    where: Json = {"channel": PAYMENTS, "ts": ts}
    slack.person("U0ADA", "click", **where, action_id="pick", selected_option={"value": "high"})

    slack.person("U0ADA", "click", **where, action_id="go")
    slack.person("U0GRACE", "click", **where, action_id="go")

    picked = [state["risk"]["pick"]["selected_option"] for state in states]
    assert [option and option["value"] for option in picked] == ["high", None]


def test_a_field_tells_nothing_before_its_form_is_submitted(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    heard: list[str] = []
    _open(slack, bolt, modal(blocks=[_input("quiet"), _input("loud", dispatch_action=True)]))
    bolt.action("typed")(lambda ack, action: (heard.append(action["block_id"]), ack()))

    where: Json = {"view_id": top(slack)["id"], "action_id": "typed", "value": "x"}
    answers = [slack.person("U0LINUS", "click", **where, block_id=block) for block in ("quiet", "loud")]

    assert answers == [{"ok": False, "error": "input_not_dispatched"}, {"ok": True}]
    assert heard == ["loud"]


def test_only_what_is_on_top_and_has_a_button_for_it_is_submitted(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    _open(slack, bolt, modal("First"))
    below = top(slack)["id"]
    bolt.view("reject")(lambda ack: ack(response_action="push", view=modal("Read", blocks=[section("x")], submit=None)))
    submit(slack)

    errors = [slack.person("U0LINUS", "submit", view_id=view)["error"] for view in (below, top(slack)["id"])]

    assert errors == ["view_covered", "no_submit_button"]


@pytest.mark.parametrize(
    "bad", [{"text": "Low", "value": "low"}, OPTIONS[0] | {"value": "x" * 151}, OPTIONS[0] | {"label": "x"}]
)
def test_what_a_menu_is_offered_is_judged_too(slack: Slack, bolt: App, http_app: HttpApp, bad: Json) -> None:
    offers: list[list[Json]] = [[OPTIONS[0]], [], [OPTIONS[0], bad]]
    bolt.options("service")(lambda ack: ack(options=offers.pop(0)))
    menu = {"type": "external_select", "action_id": "service"}
    ts = post(slack, blocks=[{"type": "actions", "elements": [menu]}])

    answers = [slack.person("U0ADA", "suggest", channel=PAYMENTS, ts=ts, action_id="service") for _ in range(3)]

    assert [answer["ok"] for answer in answers] == [True, True, False]
    assert "/options/1" in answers[2]["errors"][0]


def test_the_buttons_of_an_app_that_is_gone_do_nothing(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    ts = post(slack, blocks=[buttons("go")])
    slack.control("uninstall", {})

    clicked = slack.person("U0ADA", "click", channel=PAYMENTS, ts=ts, action_id="go")

    assert clicked == {"ok": False, "error": "app_not_installed"}
    assert slack.deliveries("block_actions") == []


def test_shortcuts_come_with_the_scope_for_commands(slack: Slack) -> None:
    slack.switch(shortcuts=["change.new"], scopes=["chat:write"])

    assert slack.person("U0ADA", "shortcut", callback_id="change.new")["error"] == "invalid_shortcut"


def test_one_channel_is_one_channel_under_any_name(slack: Slack) -> None:
    slack.switch(message_burst=1, message_rate_per_second=0.01)
    hook = slack.control("apps/pipeline/webhook", {"channel": PAYMENTS})["url"]

    post(slack)
    by_name = call(slack, "chat.postMessage", channel="#payments", text="x")
    hooks = [requests.post(hook, json={"text": "x"}, timeout=5) for _ in range(2)]

    assert (by_name.status_code, [h.status_code for h in hooks]) == (429, [200, 429])
    assert int(hooks[1].headers["retry-after"]) >= 1


def test_a_person_and_their_direct_message_are_one_channel(slack: Slack) -> None:
    slack.switch(message_burst=2, message_rate_per_second=0.01)

    channel = slack.client.chat_postMessage(channel="U0ADA", text="x")["channel"]
    more = [call(slack, "chat.postMessage", channel=to, text="x").status_code for to in (channel, "U0ADA", channel)]

    assert more == [200, 429, 429]


def test_a_message_may_be_too_long_though_no_block_is(slack: Slack) -> None:
    three_thousand = section("x" * 3000)

    slack.client.chat_postMessage(channel=PAYMENTS, text="x", blocks=[three_thousand] * 4)

    longer = [three_thousand] * 5
    assert refused(slack.client.chat_postMessage, channel=PAYMENTS, text="x", blocks=longer) == "msg_blocks_too_long"


def test_the_text_of_an_edit_is_counted_in_bytes(slack: Slack) -> None:
    ts = post(slack)

    slack.client.chat_update(channel=PAYMENTS, ts=ts, text="é" * 2000)

    assert refused(slack.client.chat_update, channel=PAYMENTS, ts=ts, text="é" * 2001) == "msg_too_long"


@pytest.mark.parametrize("method", ["conversations.list", "conversations.members", "users.conversations"])
@pytest.mark.parametrize("limit", [-1, 1000])
def test_a_page_is_under_a_thousand(slack: Slack, method: str, limit: int) -> None:
    assert by_form(slack, method, channel=PAYMENTS, limit=limit)["error"] == "invalid_limit"
    assert by_form(slack, method, channel=PAYMENTS, limit=999)["ok"] is True


@pytest.mark.parametrize("method", ["users.list", "conversations.members", "conversations.history"])
def test_a_cursor_is_good_for_its_own_list(slack: Slack, method: str) -> None:
    cursors = [slack.client.conversations_list(limit=1)["response_metadata"]["next_cursor"]]
    cursors += ["bmV4dDoxLjU=", "dXNlcnM6MS41", "bmV4dF90czpuYW4="]  # next:1.5, users:1.5, next_ts:nan

    errors = {by_form(slack, method, channel=PAYMENTS, cursor=cursor).get("error") for cursor in cursors}

    assert errors == {"invalid_cursor"}


def test_in_an_archived_channel_nothing_is_said_nor_done(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    ts = post(slack)
    slack.control(f"channels/{PAYMENTS}", {"is_archived": True})
    deeds: dict[str, Json] = {
        "message": {"text": "x"}, "command": {"command": "/deploy"}, "react": {"ts": ts, "name": "eyes"},
        "invite": {"invitee": "U0GRACE"},
    }  # fmt: skip

    errors = {slack.person("U0LINUS", deed, channel=PAYMENTS, **sent)["error"] for deed, sent in deeds.items()}

    assert errors == {"is_archived"}
    assert refused(slack.client.reactions_add, channel=PAYMENTS, timestamp=ts, name="eyes") == "is_archived"


def test_whoever_is_not_known_learns_of_no_scopes(slack: Slack) -> None:
    slack.control("tokens/revoke", {})

    for token in ("xoxb-nobody", slack.secrets.slack_bot_token):
        assert "x-oauth-scopes" not in call(slack, "auth.test", token=token).headers


def test_an_app_level_token_has_scopes_of_its_own(slack: Slack) -> None:
    slack.switch(app_scopes=["authorizations:read"])

    answer = call(slack, "apps.connections.open", token=slack.secrets.slack_app_token)

    assert answer.json() == {
        "ok": False, "error": "missing_scope", "needed": "connections:write", "provided": "authorizations:read",
        **{name: value for name, value in answer.json().items() if name in ("warning", "response_metadata")},
    }  # fmt: skip
    assert answer.headers["x-oauth-scopes"] == "authorizations:read"


def test_public_channels_take_posts_from_outside_with_a_scope_of_its_own(slack: Slack) -> None:
    lonely: Json = {"channel": "C0LONELY", "text": "x"}
    assert refused(slack.client.chat_postMessage, **lonely) == "not_in_channel"

    slack.switch(scopes=["chat:write", "chat:write.public"])

    assert slack.client.chat_postMessage(**lonely)["ok"]


def test_a_reply_is_an_edit_of_its_parent_that_edits_nothing(slack: Slack, http_app: HttpApp) -> None:
    slack.switch(retry_scale=0.0)
    parent = post(slack, blocks=[section("x")])

    slack.person("U0ADA", "message", channel=PAYMENTS, text="why?", thread_ts=parent)

    (edit,) = [b["event"] for b in wait_for(http_app, "message", 3) if b["event"].get("subtype") == "message_changed"]
    now, before = edit["message"], edit["previous_message"]
    assert (now["reply_count"], "reply_count" in before) == (1, False)
    assert [now[name] for name in ("ts", "text", "blocks")] == [before[name] for name in ("ts", "text", "blocks")]


def test_who_comes_and_goes_is_said_in_the_channel(slack: Slack, http_app: HttpApp) -> None:
    slack.switch(retry_scale=0.0)

    slack.person("U0LINUS", "invite", channel=PAYMENTS, invitee="U0TOM")
    slack.person("U0TOM", "leave", channel=PAYMENTS)

    events = {b["event"]["subtype"]: b["event"] for b in wait_for(http_app, "message", 2)}
    joined = events["channel_join"]
    assert (joined["user"], joined["inviter"], joined["text"]) == (
        "U0TOM",
        "U0LINUS",
        "<@U0TOM> has joined the channel",
    )
    assert [m["subtype"] for m in history(slack)] == ["channel_leave", "channel_join"]


def test_arrivals_are_told_to_apps_that_may_read_the_channel(slack: Slack, http_app: HttpApp) -> None:
    slack.switch(retry_scale=0.0)
    subscribe(slack, "member_joined_channel")
    scopes = slack.control("switches")["scopes"]
    slack.switch(scopes=[scope for scope in scopes if scope != "channels:read"])

    slack.person("U0LINUS", "invite", channel=PAYMENTS, invitee="U0TOM")

    wait_for(http_app, "message")
    assert told(http_app, "member_joined_channel") == []


def test_a_shared_channel_names_the_workspace_at_its_other_end(slack: Slack) -> None:
    shared = slack.client.conversations_info(channel="C0PARTNERS")["channel"]
    ours = slack.client.conversations_info(channel=PAYMENTS)["channel"]

    assert (shared["is_ext_shared"], len(shared["shared_team_ids"])) == (True, 2)
    assert shared["shared_team_ids"][1:] == shared["connected_team_ids"]
    assert ours["shared_team_ids"] == ["T0ACME"]


@pytest.mark.parametrize("fields", [-1, [None], {"title": "x"}])
def test_an_attachments_fields_are_a_list_of_objects(slack: Slack, fields: Any) -> None:
    attachments = [{"text": "x", "fields": fields}]

    answer = call(slack, "chat.postMessage", channel=PAYMENTS, text="x", attachments=attachments).json()

    assert answer["error"] == "invalid_attachments"


def test_a_form_that_is_none_is_said_to_be_none(slack: Slack) -> None:
    header = {"authorization": f"Bearer {slack.secrets.slack_bot_token}", "content-type": "multipart/form-data"}

    answer = requests.post(f"{slack.url}/api/chat.postMessage", data=b"text=x", headers=header, timeout=5)

    assert (answer.status_code, answer.json()["error"]) == (200, "invalid_form_data")


@pytest.mark.parametrize(
    ("method", "sent"),
    [
        ("users.info", {"user": "U0ADA"}),
        ("conversations.history", {"channel": PAYMENTS}),
        ("files.getUploadURLExternal", {"filename": "a.txt", "length": 1}),
    ],
)
def test_some_methods_overlook_json(slack: Slack, method: str, sent: Json) -> None:
    assert by_form(slack, method, **sent)["ok"] is True
    assert call(slack, method, **sent).json()["error"] == "invalid_arguments"


def test_files_are_named_in_a_list(slack: Slack) -> None:
    assert call(slack, "files.completeUploadExternal", files=-1).json()["error"] == "invalid_arguments"


def _input(block_id: str, **more: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": "typed"}
    return {
        "type": "input", "block_id": block_id, "label": {"type": "plain_text", "text": "?"}, "element": element, **more
    }  # fmt: skip


def _open(slack: Slack, bolt: App, view: Json) -> None:
    bolt.command("/deploy")(
        lambda ack, client, command: (client.views_open(trigger_id=command["trigger_id"], view=view), ack())
    )
    assert slack.person("U0LINUS", "command", channel=PAYMENTS, command="/deploy", text="")["ok"]
