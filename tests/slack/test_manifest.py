"""The app's manifest asks for what the code needs, and for nothing more."""

from pathlib import Path

import yaml

from integrations.slack.doctor import NEEDED_SCOPES

MANIFEST = yaml.safe_load((Path(__file__).parents[2] / "config" / "slack-manifest.yaml").read_text())
# docs.slack.dev/reference/events: the scope each event needs
SCOPE_OF_EVENT = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "app_uninstalled": None,
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "tokens_revoked": None,
}


def test_the_scopes_are_those_the_doctor_checks():
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == NEEDED_SCOPES


def test_every_event_has_its_scope():
    for event in MANIFEST["settings"]["event_subscriptions"]["bot_events"]:
        assert SCOPE_OF_EVENT[event] in {None, *NEEDED_SCOPES}


def test_the_app_is_cabbie_with_its_two_commands():
    commands = MANIFEST["features"]["slash_commands"]

    assert MANIFEST["display_information"]["name"] == "Cabbie"
    assert [command["command"] for command in commands] == ["/deploy", "/change"]
    assert all(command["should_escape"] for command in commands)
    assert all(len(command["usage_hint"]) <= 1000 and len(command["description"]) <= 2000 for command in commands)


def test_everything_arrives_at_one_address():
    settings = MANIFEST["settings"]
    urls = {command["url"] for command in MANIFEST["features"]["slash_commands"]}
    urls |= {settings["event_subscriptions"]["request_url"], settings["interactivity"]["request_url"]}

    assert urls == {"https://cabbie.example.com/slack/events"}
    assert settings["interactivity"]["is_enabled"]
