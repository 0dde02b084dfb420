"""The main calls as they went over the wire; ``tests/integrations/recording.py`` says how they are recorded anew."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.ports import NotThere
from integrations.slack.client import SlackMessenger
from tests.integrations.recording import CASSETTES, FROM_STANDIN, FROM_SYSTEM, GIVEN, Recorder, is_real, only_replay
from tests.integrations.slack.conftest import Slack
from tests.integrations.slack.rig import a_message, a_messenger, now

pytestmark = only_replay("slack")
FOLDER = CASSETTES / "slack"
URL = "http://slack.example"
KEPT_HEADERS = ("content-type", "date", "x-oauth-scopes", "retry-after")
CARD, ANSWERED, ANSWER, DM = "card:cassette", "card:threaded", "thread:cassette", "dm:cassette"


@dataclass(frozen=True)
class Workspace:
    """Where to speak to, where to post, and whom to look at."""

    messenger: SlackMessenger
    url: str
    channel: str
    user: str
    token: str = ""

    def tidy(self) -> None:
        """What the scenes posted is deleted again, answers before what they answer."""
        find, web = self.messenger.find, self.messenger.web
        answered = find(self.channel, ANSWERED)
        answer = find(self.channel, ANSWER, thread=answered) if answered else ""
        for ref in (answer, answered, find(self.channel, CARD), find(self.user, DM)):
            if ref:
                channel, _, ts = ref.partition("/")
                web.chat_delete(channel=channel, ts=ts)


@pytest.fixture
def workspace(request: pytest.FixtureRequest) -> Iterator[Workspace]:
    """The recorded workspace; while recording, a living one."""
    path = FOLDER / f"{request.node.name.removeprefix('test_')}.yaml"
    match_on = ("method", "path", "body")
    if request.config.getoption("--record-mode") in (None, "none"):
        with Recorder(is_recording=False, kept_headers=KEPT_HEADERS, match_on=match_on).tape(path):
            yield _recorded()
        return
    found = _real() if is_real("slack") else _standin(request.getfixturevalue("slack"))
    facts = {"team": found.messenger.team, "channel": found.channel, "user": found.user}
    (FOLDER / "about.json").write_text(json.dumps(facts) + "\n")
    replaced = {found.url: URL}
    try:
        with Recorder(True, is_real("slack"), frozenset({found.token}), replaced, KEPT_HEADERS, match_on).tape(path):
            yield found
    finally:
        found.tidy()


def _recorded() -> Workspace:
    facts = json.loads((FOLDER / "about.json").read_text())
    messenger = SlackMessenger(token="anything", base_url=f"{URL}/api/", team=facts["team"], clock=now)
    return Workspace(messenger, URL, facts["channel"], facts["user"])


def _real() -> Workspace:
    base_url, token = GIVEN.get("SLACK_API_URL", "https://slack.com/api/"), GIVEN["SLACK_BOT_TOKEN"]
    messenger = SlackMessenger(token=token, base_url=base_url, team=GIVEN["SLACK_TEST_TEAM"], clock=now)
    url = base_url.removesuffix("/api/")
    return Workspace(messenger, url, GIVEN["SLACK_TEST_CHANNEL"], GIVEN["SLACK_TEST_USER"], token)


def _standin(slack: Slack) -> Workspace:
    return Workspace(a_messenger(slack), slack.url, "C0PAYMENTS", "U0ADA", slack.secrets.slack_bot_token)


def test_post_and_find_and_edit(workspace: Workspace) -> None:
    slack = workspace.messenger

    ref = slack.post(workspace.channel, a_message("A card", CARD))
    slack.edit(ref, a_message("A card, edited", CARD))

    assert slack.find(workspace.channel, CARD) == ref
    assert "/archives/" in slack.permalink(ref)


def test_answer_in_a_thread(workspace: Workspace) -> None:
    slack = workspace.messenger
    ref = slack.post(workspace.channel, a_message("A card", ANSWERED))

    reply = slack.post(workspace.channel, a_message("A reply", ANSWER), thread=ref, broadcast=True)

    assert slack.find(workspace.channel, ANSWER, thread=ref) == reply


def test_write_to_a_person(workspace: Workspace) -> None:
    slack = workspace.messenger

    ref = slack.post(workspace.user, a_message("Approved", DM))
    slack.whisper("", workspace.channel, workspace.user, "Only you see this")

    assert ref.startswith("D")
    assert slack.find(workspace.user, DM) == ref


def test_ask_who_somebody_is(workspace: Workspace) -> None:
    member = workspace.messenger.member(workspace.user)

    assert (member.slack_id, member.objection) == (workspace.user, "")
    found = workspace.messenger.member_by_email(member.email)
    assert found is not None
    assert found.slack_id == workspace.user
    with pytest.raises(NotThere):
        workspace.messenger.member("U0NOBODY00")


def test_examine(workspace: Workspace) -> None:
    checks = workspace.messenger.check([workspace.channel])

    assert {check.verdict for check in checks} == {"good"}


def test_what_recording_leaves_is_deleted_again(slack: Slack) -> None:
    found = _standin(slack)
    card = found.messenger.post(found.channel, a_message("A card", ANSWERED))
    found.messenger.post(found.channel, a_message("A reply", ANSWER), thread=card)
    found.messenger.post(found.channel, a_message("A card", CARD))
    found.messenger.post(found.user, a_message("Approved", DM))

    found.tidy()

    assert [found.messenger.find(found.channel, marker) for marker in (CARD, ANSWERED)] == ["", ""]
    assert found.messenger.find(found.user, DM) == ""


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_cassette_says_where_it_came_from_and_holds_no_secret(path: Path) -> None:
    text = path.read_text()

    assert text.startswith((FROM_STANDIN, FROM_SYSTEM))
    assert not re.search(r"(?i)bearer |x(?:ox[a-z]|app)-|127\.0\.0\.1|localhost|hooks\.slack\.com|set-cookie", text)


def test_every_scene_has_its_cassette() -> None:
    scenes = {name.removeprefix("test_") for name, thing in globals().items() if _is_scene(name, thing)}

    assert {path.stem for path in FOLDER.glob("*.yaml")} == scenes


def _is_scene(name: str, thing: Any) -> bool:
    return name.startswith("test_") and "workspace" in getattr(thing, "__annotations__", {})
