"""The Web API's door: tokens, scopes, encodings; and who is who."""

import json
import re
from typing import Any

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from integrations.slack.sandbox import ABSENT, COVERAGE
from integrations.slack.sandbox.methods import METHODS
from tests.integrations.slack.conftest import Slack


def error_of(call: Any, **args: Any) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as refusal:
        call(**args)
    return dict(refusal.value.response.data)


def raw(slack: Slack, method: str, **request: Any) -> requests.Response:
    return requests.post(f"{slack.url}/api/{method}", timeout=5, **request)


def bearer(slack: Slack) -> dict[str, str]:
    return {"authorization": f"Bearer {slack.secrets.slack_bot_token}"}


def served(slack: Slack) -> set[str]:
    routes = {f"POST {r.path}" for r in slack.workspace.standin.routes if getattr(r, "methods", None)}
    return routes - {"POST /api/{method}"} | {f"POST /api/{name}" for name in METHODS} | {"GET /link/"}


def test_coverage_names_what_is_served(slack: Slack) -> None:
    assert set(COVERAGE) == served(slack)
    form = re.compile(r"(supported|partial: [^()]+) \(facts §\d(\.\d)?(, §\d)*\)")
    assert [f"{call}: {said}" for call, said in COVERAGE.items() if not form.fullmatch(said)] == []


@pytest.mark.parametrize("call", ABSENT)
def test_what_is_absent_is_not_served_and_says_why(slack: Slack, call: str) -> None:
    answer = raw(slack, call, headers=bearer(slack)).json()

    assert (answer["error"], f"POST /api/{call}" in COVERAGE) == ("unknown_method", False)
    assert len(ABSENT[call]) > 10


def test_tokens_are_asked_for_and_known(slack: Slack) -> None:
    stranger = WebClient("xoxb-unknown", base_url=f"{slack.url}/api/")

    assert raw(slack, "auth.test").json() == {"ok": False, "error": "not_authed"}
    assert error_of(stranger.auth_test)["error"] == "invalid_auth"
    in_query = requests.get(f"{slack.url}/api/auth.test?token={slack.secrets.slack_bot_token}", timeout=5)
    assert in_query.json()["error"] == "not_authed"
    slack.switch(token_revoked=True)
    assert error_of(slack.client.auth_test)["error"] == "token_revoked"


def test_a_missing_scope_is_named(slack: Slack) -> None:
    slack.switch(scopes=["chat:write"])

    assert error_of(slack.client.users_info, user="U0LINUS") == {
        "ok": False, "error": "missing_scope", "needed": "users:read", "provided": "chat:write",
    }  # fmt: skip
    assert error_of(slack.client.conversations_info, channel="C0PAYMENTS")["needed"] == "channels:read"
    assert error_of(slack.client.conversations_open, users="U0LINUS")["needed"] == "im:write"


def test_every_encoding_is_read(slack: Slack) -> None:
    fields = {"channel": "C0PAYMENTS", "text": "x", "team_id": "T0ACME", "unfurl_links": "0"}
    blocks = json.dumps([{"type": "divider"}])

    as_form = raw(slack, "chat.postMessage", data={**fields, "blocks": blocks}, headers=bearer(slack)).json()
    as_parts = raw(
        slack, "chat.postMessage", files={k: (None, v) for k, v in fields.items()}, headers=bearer(slack)
    ).json()
    as_json = raw(slack, "chat.postMessage", json=fields, headers=bearer(slack)).json()
    in_body = raw(slack, "chat.postMessage", data={**fields, "token": slack.secrets.slack_bot_token}).json()
    nothing = raw(slack, "auth.test", data="", headers={**bearer(slack), "content-type": "application/json"}).json()

    assert [a["ok"] for a in (as_form, as_parts, as_json, in_body, nothing)] == [True] * 5
    assert as_form["message"]["blocks"][0]["type"] == "divider"
    assert as_json["warning"] == "missing_charset"


def test_bad_requests_have_their_words(slack: Slack) -> None:
    header = bearer(slack)
    kind = {**header, "content-type": "application/json"}

    assert raw(slack, "chat.teleport", headers=header).json()["error"] == "unknown_method"
    assert raw(slack, "chat.postMessage", data="{", headers=kind).json()["error"] == "invalid_json"
    assert raw(slack, "chat.postMessage", data="[]", headers=kind).json()["error"] == "json_not_object"
    assert raw(slack, "chat.postMessage", json={"text": "x"}, headers=header).json()["error"] == "invalid_arguments"


def test_people_carry_the_flags_that_decide(slack: Slack) -> None:
    def user(slack_id: str) -> dict[str, Any]:
        return dict(slack.client.users_info(user=slack_id)["user"])

    assert user("U0GUS")["is_restricted"] is True
    assert user("U0OTTO")["deleted"] is True
    assert user("U0PIPELINE")["is_bot"] is True
    assert (user("U0EVE")["is_stranger"], user("U0EVE")["team_id"]) == (True, "T0RIVAL")
    assert "email" not in user("U0EVE")["profile"]
    assert user("U0ADA")["profile"]["email"] == "ada@acme.example"
    slack.switch(scopes=["users:read"])
    assert "email" not in user("U0ADA")["profile"]


def test_an_email_is_looked_up_exactly(slack: Slack) -> None:
    look = slack.client.users_lookupByEmail

    assert look(email="ada@acme.example")["user"]["id"] == "U0ADA"
    for nobody in ("ada@acme", "Ada@acme.example", "otto@acme.example", "eve@rival.example"):
        assert error_of(look, email=nobody)["error"] == "users_not_found"


def test_channels_groups_and_bots_are_listed(slack: Slack) -> None:
    channels = {c["id"]: c for c in slack.client.conversations_list(limit=200)["channels"]}
    groups = {g["handle"]: g["id"] for g in slack.client.usergroups_list()["usergroups"]}

    assert (channels["C0PARTNERS"]["is_ext_shared"], channels["C0LONELY"]["is_member"]) == (True, False)
    assert "U0OTTO" not in slack.client.conversations_members(channel="C0PAYMENTS")["members"]
    assert slack.client.usergroups_users_list(usergroup=groups["cab-approval"])["users"] == ["U0GRACE", "U0BARBARA"]
    assert slack.client.bots_info(bot="B0PIPELINE")["bot"]["app_id"] == "A0PIPELINE"
    members = [u["id"] for page in slack.client.users_list(limit=4) for u in page["members"]]
    assert "U0LINUS" in members
    assert "U0EVE" not in members


def test_a_private_channel_is_not_there_for_outsiders(slack: Slack) -> None:
    slack.workspace.channels["C0LONELY"].is_private = True

    assert error_of(slack.client.conversations_info, channel="C0LONELY")["error"] == "channel_not_found"
    assert error_of(slack.client.chat_postMessage, channel="C0LONELY", text="x")["error"] == "channel_not_found"


def test_reads_are_no_effects(slack: Slack) -> None:
    slack.client.auth_test()
    slack.client.conversations_history(channel="C0PAYMENTS")

    assert [(e["call"], e["is_effect"]) for e in slack.control("diary")] == [
        ("auth.test", False), ("conversations.history", False),
    ]  # fmt: skip


def test_a_lost_answer_leaves_the_message(slack: Slack) -> None:
    slack.control("faults", {"call": "chat.postMessage", "action": "drop_after"})

    with pytest.raises(OSError):
        slack.client.chat_postMessage(channel="C0PAYMENTS", text="card")

    assert [m["text"] for m in slack.seen("U0LINUS", "C0PAYMENTS")] == ["card"]
