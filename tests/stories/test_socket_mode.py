"""The main story over Socket Mode: the same words, no address of our own."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.stories.pipeline import post, replies
from tests.stories.town import Town, town


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(Path(tmp_path_factory.mktemp("socket")), socket_mode=True) as place:
        yield place


def test_a_deploy_is_asked_for_approved_and_closed_over_a_socket(acme: Town) -> None:
    number = acme.deploy_through()
    acme.press("linus", "deploy.succeeded", number=number)
    acme.until_state("closed", number)

    assert requests.post(f"http://127.0.0.1:{acme.bot.port}/slack/events", timeout=5).status_code == 404
    rows = sqlite3.connect(acme.database_url.removeprefix("sqlite:///")).execute(
        "SELECT body FROM cabbie_ledger JOIN cabbie_ledger_bodies USING (seq) WHERE kind = 'decided'"
    )
    proofs = [json.loads(body)["slack"]["transport"] for (body,) in rows]
    assert proofs == ["authenticated socket"] * 2


def test_forms_errors_and_announcements_come_over_it_too(acme: Town) -> None:
    acme.type("linus", "/deploy", channel="platform")
    refused = acme.fill("linus", service="search", version="3.1.0", environment="staging")
    assert "no environment called “staging”" in refused["errors"]["environment"]

    ts = post(acme, service="nothing", version="1")

    assert "I don't know a service called “nothing”" in acme.until(lambda: replies(acme, ts), "an answer")[0]


def test_when_slack_closes_the_socket_cabbie_comes_back(acme: Town) -> None:
    acme.standins.post("slack", "sockets", reason="refresh_requested")

    acme.until(
        lambda: (
            "1 change" in acme.said_to(acme.type("linus", "/deploy status payments"))
            or "Nothing is under way for payments" in acme.said_to(acme.type("linus", "/deploy status payments"))
        )
    )
