"""The same client on recorded conversations: no network, every call in them used."""

from pathlib import Path

import pytest

from bot.change.model import Found
from bot.ports import BadCredentials
from tests.integrations.jira.cassettes import FOLDER, ISSUE, MARKER, Site, cassette
from tests.integrations.jira.clients import LINK
from tests.integrations.jira.conftest import RunningJira
from tests.integrations.recording import FROM_STANDIN, FROM_SYSTEM, only_replay

pytestmark = only_replay("jira")
FACES = pytest.mark.parametrize(("face", "deployment"), [("cloud", "Cloud"), ("data_center", "Server")])


@FACES
def test_stories_are_read(face: str, deployment: str, request: pytest.FixtureRequest) -> None:
    with cassette(f"{face}_read", request, deployment=deployment) as client:
        there, missing = client.read([ISSUE, "NOPE-999999"])

    assert (there.key, there.found, missing.found) == (ISSUE, Found.READ, Found.MISSING)
    assert there.summary
    assert there.url.endswith(f"/browse/{ISSUE}")


@FACES
def test_a_link_reads_back(face: str, deployment: str, request: pytest.FixtureRequest) -> None:
    with cassette(f"{face}_link", request, deployment=deployment) as client:
        client.link(ISSUE, LINK)
        found = client.linked(ISSUE, LINK.global_id)

    assert found == LINK


@FACES
def test_a_comment_is_found_again(face: str, deployment: str, request: pytest.FixtureRequest) -> None:
    with cassette(f"{face}_comment", request, deployment=deployment) as client:
        written = client.comment(ISSUE, "Approved by *Ada* {panel}", MARKER)
        found = client.find_comment(ISSUE, MARKER)

    assert written == found != ""


@FACES
def test_the_doctor_is_content(face: str, deployment: str, request: pytest.FixtureRequest) -> None:
    with cassette(f"{face}_doctor", request, deployment=deployment) as client:
        found = client.check()

    assert {check.verdict for check in found} == {"good"}


@FACES
def test_a_dead_token_is_told(face: str, deployment: str, request: pytest.FixtureRequest) -> None:
    tape = cassette(f"{face}_dead_token", request, deployment=deployment, login="dead")
    with tape as client, pytest.raises(BadCredentials):
        client.read([ISSUE])


def test_what_recording_leaves_on_the_issue_goes_away_again(jira: RunningJira) -> None:
    site = Site(jira.url, ISSUE, *jira.basic)
    client = site.client(login="good")
    client.link(ISSUE, LINK)
    client.comment(ISSUE, "Approved", MARKER)

    site.tidy()

    assert client.linked(ISSUE, LINK.global_id) is None
    assert client.find_comment(ISSUE, MARKER) == ""


def test_every_cassette_says_where_it_comes_from_and_holds_no_login() -> None:
    tapes: list[Path] = sorted(FOLDER.glob("*.yaml"))

    assert len(tapes) == 10
    for tape in tapes:
        text = tape.read_text()
        assert text.startswith((FROM_STANDIN, FROM_SYSTEM))
        assert "uthorization" not in text
        assert "127.0.0.1" not in text
