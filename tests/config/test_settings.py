"""Settings come from the environment; what is missing is named, what is secret never shown."""

import os
from pathlib import Path

import pytest

from config.settings import BadSettings, read_settings
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
