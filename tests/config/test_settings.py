"""Settings come from the environment; what is missing is named, what is secret never shown."""

import json
import os
from pathlib import Path

import pytest

from bot.accounts import new_key
from config.settings import BadSettings, missing_for_own_accounts, read_settings
from integrations.standin.secrets import invent

NAMES = ("SLACK_", "JIRA_", "SERVICENOW_", "CABBIE_", "DATABASE_URL", "PORT", "LOG_")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:

    for name in list(os.environ):
        if name.startswith(NAMES):
            monkeypatch.delenv(name)
    secrets = invent()
    variables = {
        "SLACK_BOT_TOKEN": secrets.slack_bot_token,
        "SLACK_SIGNING_SECRET": secrets.slack_signing_secret,
        "JIRA_URL": "https://acme.example",
        "JIRA_EMAIL": secrets.jira_email,
        "JIRA_API_TOKEN": secrets.jira_api_token,
        "SERVICENOW_URL": "https://acme.example",
        "SERVICENOW_CLIENT_ID": secrets.servicenow_client_id,
        "SERVICENOW_CLIENT_SECRET": secrets.servicenow_client_secret,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables


def test_a_complete_environment_is_read(environment: dict[str, str]):
    settings = read_settings()

    assert settings.slack_bot_token.get_secret_value() == environment["SLACK_BOT_TOKEN"]
    assert not settings.has_approval_account
    assert environment["SLACK_BOT_TOKEN"] not in repr(settings)


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "JIRA_URL", "SERVICENOW_URL"])
def test_a_missing_setting_is_named(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(name)

    with pytest.raises(BadSettings, match=f"{name} is not set"):
        read_settings()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("SLACK_SIGNING_SECRET", "SLACK_SIGNING_SECRET .* or SLACK_APP_TOKEN"),
        ("JIRA_API_TOKEN", "JIRA_EMAIL and JIRA_API_TOKEN"),
        ("SERVICENOW_CLIENT_SECRET", "SERVICENOW_CLIENT_ID and SERVICENOW_CLIENT_SECRET"),
    ],
)
def test_half_an_account_is_none(name: str, said: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(name)

    with pytest.raises(BadSettings, match=said):
        read_settings()


def test_a_secret_can_stand_in_a_file(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    held = tmp_path / "token"
    held.write_text(environment["SLACK_BOT_TOKEN"] + "\n")
    monkeypatch.delenv("SLACK_BOT_TOKEN")
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(held))

    assert read_settings().slack_bot_token.get_secret_value() == environment["SLACK_BOT_TOKEN"]


def test_a_wrong_value_is_named_and_not_repeated(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CABBIE_API_TOKENS", '{"very secret": 7}')

    with pytest.raises(BadSettings) as refused:
        read_settings()

    assert "CABBIE_API_TOKENS" in str(refused.value)
    assert "very secret" not in str(refused.value)


def own_accounts(monkeypatch: pytest.MonkeyPatch, **changed: str) -> dict[str, str]:
    secrets = invent()
    variables = {
        "SERVICENOW_USER_CLIENT_ID": secrets.servicenow_user_client_id,
        "SERVICENOW_USER_CLIENT_SECRET": secrets.servicenow_user_client_secret,
        "CABBIE_PUBLIC_URL": "https://cabbie.acme.example/",
        "CABBIE_TOKEN_KEYS": f"{new_key()}, {new_key()}",
    }
    for name, value in (variables | changed).items():
        monkeypatch.setenv(name, value)
    return variables | changed


def test_own_accounts_are_had_when_everything_is_there(monkeypatch: pytest.MonkeyPatch):
    variables = own_accounts(monkeypatch)
    settings = read_settings()

    assert settings.missing_for_own_accounts == ()
    assert settings.cabbie_public_url == "https://cabbie.acme.example"
    assert len(settings.token_keys) == 2
    assert not any(key in repr(settings) for key in settings.token_keys)
    monkeypatch.setenv("CABBIE_TOKEN_KEYS", "")
    assert read_settings().missing_for_own_accounts == ("CABBIE_TOKEN_KEYS",)
    assert missing_for_own_accounts({**variables, "CABBIE_PUBLIC_URL": ""}) == ("CABBIE_PUBLIC_URL",)


def test_a_key_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    own_accounts(monkeypatch, CABBIE_TOKEN_KEYS="")
    key = tmp_path / "keys"
    key.write_text(f"{new_key()}\n{new_key()}\n")
    monkeypatch.setenv("CABBIE_TOKEN_KEYS_FILE", str(key))

    assert len(read_settings().token_keys) == 2
    assert missing_for_own_accounts(os.environ) == ()


@pytest.mark.parametrize("keys", ["short", "x" * 44, "ü" * 44])
def test_a_key_that_is_none_is_said_and_not_shown(keys: str, monkeypatch: pytest.MonkeyPatch):
    own_accounts(monkeypatch, CABBIE_TOKEN_KEYS=f"{new_key()},{keys}")

    with pytest.raises(BadSettings, match=r"CABBIE_TOKEN_KEYS.*cabbie keys new") as refused:
        read_settings()

    assert keys not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "is_good"),
    [
        ("https://cabbie.acme.example", True),
        ("https://cabbie.acme.example:8443/below", True),
        ("http://127.0.0.1:3000", True),
        ("http://localhost:3000", True),
        ("http://cabbie.acme.example", False),
        ("https://user:word@cabbie.acme.example", False),
        ("https://cabbie.acme.example/?next=x", False),
        ("https://cabbie.acme.example/#x", False),
        ("cabbie.acme.example", False),
        ("https://", False),
    ],
)
def test_browsers_come_over_https(url: str, is_good: bool, monkeypatch: pytest.MonkeyPatch):
    own_accounts(monkeypatch, CABBIE_PUBLIC_URL=url)

    if is_good:
        assert read_settings().cabbie_public_url == url
    else:
        with pytest.raises(BadSettings, match="CABBIE_PUBLIC_URL"):
            read_settings()


def test_webhooks_have_secrets_of_known_senders_only(monkeypatch: pytest.MonkeyPatch):
    secret = invent().slack_signing_secret
    monkeypatch.setenv("CABBIE_WEBHOOK_SECRET", json.dumps({"github": [secret, "an older one"]}))
    assert [s.get_secret_value() for s in read_settings().cabbie_webhook_secret["github"]] == [secret, "an older one"]

    monkeypatch.setenv("CABBIE_WEBHOOK_SECRET", json.dumps({"githab": [secret]}))
    with pytest.raises(BadSettings, match="there is no githab") as wrong:
        read_settings()
    assert secret not in str(wrong.value)


def test_webhooks_secrets_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "hooks").write_text('{"gitlab": ["s"]}')
    monkeypatch.setenv("CABBIE_WEBHOOK_SECRET_FILE", str(tmp_path / "hooks"))

    assert list(read_settings().cabbie_webhook_secret) == ["gitlab"]
