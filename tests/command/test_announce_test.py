"""``cabbie announce test``: any shape Slack sends is read, anything else refused; ``announce`` stays what it was."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.cli import app

MESSAGE = {"bot_id": "B0TOOL", "text": "Deployed till 5.0.1 to staging by ada"}
UNKNOWN = {"bot_id": "B0TOOL", "username": "Shipper", "text": "payments release 5.0.1 is live on prod"}
KEYS = ["heard", "format", "service", "environment", "version", "ref", "sha", "status", "kind", "actor", "why"]
SHAPES = {
    "bare": MESSAGE,
    "the Events API's": {"type": "event_callback", "event": {"type": "message", **MESSAGE}},
    "Socket Mode's": {"type": "events_api", "payload": {"event": {"type": "message", **MESSAGE}}},
    "an edit": {"event": {"subtype": "message_changed", "message": MESSAGE, "previous_message": {"text": "old"}}},
    "a shortcut's": {"type": "message_action", "message": MESSAGE},
}
GARBAGE = {
    "nothing": "",
    "no JSON": "deployed",
    "half of it": '{"text": "deployed',
    "a list": "[1]",
    "a number": "7",
    "no message": '{"event": {"type": "reaction_added"}}',
    "not text": b"\xff\xfe\x00",
    "too deep": "[" * 200_000,
}


def test_of(given: Any, *options: str, **environment: str) -> Result:
    text = given if isinstance(given, str | bytes) else json.dumps(given)
    return CliRunner().invoke(app, ["announce", "test", *options], input=text, env={"CABBIE_POLICY": "", **environment})


test_of.__test__ = False  # type: ignore[attr-defined]


@pytest.mark.parametrize("given", SHAPES.values(), ids=SHAPES)
def test_every_shape_in_which_slack_sends_a_message_is_read(given: dict[str, Any]):
    result = test_of(given, "--json")

    assert result.exit_code == 0
    printed = json.loads(result.stdout)
    assert list(printed) == KEYS
    assert printed.pop("why") == ["sentence: heard."]
    assert printed == {
        "heard": True,
        "format": "sentence",
        "service": "till",
        "environment": "staging",
        "version": "5.0.1",
        "ref": None,
        "sha": None,
        "status": "succeeded",
        "kind": "deploy",
        "actor": "ada",
    }


def test_what_is_not_heard_says_why_and_nothing_else():
    result = test_of({"user": "U1", "text": MESSAGE["text"]}, "--json")

    printed = json.loads(result.stdout)
    assert result.exit_code == 1
    assert list(printed) == KEYS
    assert "A person wrote this" in printed.pop("why")[0]
    assert printed.pop("heard") is False
    assert set(printed.values()) == {None}


@pytest.mark.parametrize("given", GARBAGE.values(), ids=GARBAGE)
def test_what_is_no_message_is_refused_in_one_sentence(given: str | bytes):
    result = test_of(given, "--json")

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1


def told_by_metadata(**words: Any) -> dict[str, Any]:
    return {**MESSAGE, "text": "off we go", "metadata": {"event_type": "deploy_announced", "event_payload": words}}


def test_what_a_pipeline_says_in_the_metadata_comes_first():
    result = test_of(
        told_by_metadata(service="till", version="5.0.1", status="started", actor_email="l@acme.example"), "--json"
    )

    printed = json.loads(result.stdout)
    assert (printed["heard"], printed["format"], printed["status"]) == (True, "deploy_announced", "started")
    assert (printed["service"], printed["version"], printed["actor"]) == ("till", "5.0.1", "l@acme.example")


def test_a_wrong_field_in_the_metadata_is_the_reason():
    result = test_of(told_by_metadata(service="till", version=7), "--json")

    assert result.exit_code == 1
    assert "`version` has to be text" in json.loads(result.stdout)["why"][0]


def test_people_are_told_in_words():
    result = test_of(MESSAGE)

    assert result.exit_code == 0
    assert "Heard." in result.stdout
    assert "service          till" in result.stdout


def test_what_only_the_generic_reader_understands_comes_with_the_entry_that_would_have_it_heard():
    result = test_of(UNKNOWN, CABBIE_POLICY="config/policy.yaml")

    assert result.exit_code == 1
    assert "a deploy of payments to production?" in result.stdout
    assert "- format: shipper" in result.stdout


def test_a_policys_own_formats_take_part(tmp_path: Path):
    path = tmp_path / "policy.yaml"
    rule = r"{where: text, line: '{service} release {version} is live on {environment}', status: succeeded}"
    own = f"\nformats:\n  - format: ours\n    signature: [{rule}]\n"
    path.write_text(Path("config/policy.yaml").read_text(encoding="utf-8") + own, encoding="utf-8")

    result = test_of(UNKNOWN, "--json", CABBIE_POLICY=str(path))

    assert json.loads(result.stdout)["format"] == "ours"


def test_a_policy_that_is_not_valid_says_nothing_of_the_message(tmp_path: Path):
    path = tmp_path / "policy.yaml"
    path.write_text("services: 7", encoding="utf-8")

    result = test_of(MESSAGE, CABBIE_POLICY=str(path))

    assert (result.exit_code, result.stdout) == (2, "")
    assert "CABBIE_POLICY is not valid" in result.stderr


def test_a_service_called_test_can_still_be_announced():
    address = "http://127.0.0.1:9"  # nobody listens there
    result = CliRunner().invoke(app, ["announce", "test", "5.0.1", "--api", address, "--token", "of-the-test"])

    assert result.exit_code == 1
    assert "Cabbie does not answer" in result.stderr


@pytest.mark.parametrize("words", [[], ["payments"]], ids=["no word", "no version"])
def test_announce_asks_for_what_it_always_asked_for(words: list[str]):
    result = CliRunner().invoke(app, ["announce", *words])

    assert result.exit_code == 2
    assert "Missing argument" in result.stderr
