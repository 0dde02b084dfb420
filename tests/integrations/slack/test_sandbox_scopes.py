"""Every call asks for its scope and says which scopes were granted; every token and limit is checked at one door."""

import json
from typing import Any

import pytest
import requests

from integrations.slack.sandbox.methods import METHODS, Method
from tests.integrations.slack.conftest import Slack

# What a call needs to get as far as its scopes.
ENOUGH = {
    "channel": "C0PAYMENTS", "channel_id": "C0PAYMENTS", "user": "U0ADA", "users": "U0ADA", "types": "public_channel",
}  # fmt: skip


def call(slack: Slack, name: str, **sent: Any) -> requests.Response:
    token = slack.secrets.slack_app_token if METHODS[name].token == "app" else slack.secrets.slack_bot_token
    header = {"authorization": f"Bearer {token}"}
    return requests.post(f"{slack.url}/api/{name}", data=sent, headers=header, timeout=5)


NEEDING = {
    name: method for name, method in METHODS.items() if (method.scopes or method.kinds) and method.token == "bot"
}
FREE = {name: method for name, method in METHODS.items() if name not in NEEDING}


@pytest.mark.parametrize(("name", "method"), NEEDING.items(), ids=NEEDING)
def test_without_its_scope_a_call_names_what_is_needed(slack: Slack, name: str, method: Method) -> None:
    slack.switch(scopes=["commands"])

    answer = call(slack, name, **ENOUGH)

    assert answer.json() == {
        "ok": False, "error": "missing_scope", "needed": (*method.scopes, *method.kinds)[0], "provided": "commands",
    }  # fmt: skip
    assert answer.headers["x-oauth-scopes"] == "commands"
    assert answer.headers["x-accepted-oauth-scopes"] == ",".join((*method.scopes, *method.kinds))


@pytest.mark.parametrize("name", FREE)
def test_some_calls_need_no_scope_and_tell_what_was_granted(slack: Slack, name: str) -> None:
    slack.switch(scopes=["commands"])

    answer = call(slack, name)

    assert answer.json().get("error") != "missing_scope"
    granted = "connections:write,authorizations:read" if FREE[name].token == "app" else "commands"
    assert answer.headers["x-oauth-scopes"] == granted


@pytest.mark.parametrize("name", METHODS)
def test_every_call_has_a_limit_in_whole_seconds(slack: Slack, name: str) -> None:
    tier = METHODS[name].tier
    slack.switch(tiers={tier: 1}, scopes=sorted({s for m in METHODS.values() for s in (*m.scopes, *m.kinds)}))
    call(slack, name)

    answer = call(slack, name)

    assert (answer.status_code, answer.json()) == (429, {"ok": False, "error": "ratelimited"})
    assert 1 <= int(answer.headers["retry-after"]) <= 60


def test_the_kind_of_channel_decides_which_scope(slack: Slack) -> None:
    slack.control("channels/C0CHANGES", {"is_private": True})
    slack.switch(scopes=["channels:history", "channels:read"])

    assert call(slack, "conversations.history", channel="C0PAYMENTS").json()["ok"]
    assert call(slack, "conversations.history", channel="C0CHANGES").json()["needed"] == "groups:history"
    assert call(slack, "conversations.list", types="public_channel,im").json()["needed"] == "im:read"
    assert call(slack, "conversations.list", types="secret").json()["error"] == "invalid_types"


def test_a_form_with_a_charset_is_one_word_too_many(slack: Slack) -> None:
    header = {
        "authorization": f"Bearer {slack.secrets.slack_bot_token}",
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
    }

    answer = requests.post(f"{slack.url}/api/auth.test", data="", headers=header, timeout=5).json()

    assert (answer["ok"], answer["warning"]) == (True, "superfluous_charset")


def test_what_is_wrong_with_slack_itself_comes_from_the_faults(slack: Slack) -> None:
    slack.control("faults", {"call": "auth.test", "action": "answer", "status": 503, "body": "<html>down</html>"})

    down = call(slack, "auth.test")
    up = call(slack, "auth.test")

    assert (down.status_code, down.headers["content-type"], json.loads(up.text)["ok"]) == (503, "text/html", True)
