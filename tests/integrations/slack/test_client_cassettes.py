"""The main calls as they went over the wire, replayed without a network.

``pytest tests/integrations/slack/test_client_cassettes.py --record-mode=rewrite`` records them again: from our own
stand-in, or, when CABBIE_RECORD_SLACK_TOKEN holds a bot token, from that workspace. It then needs SLACK_TEST_TEAM, and
SLACK_TEST_CHANNEL with the bot and SLACK_TEST_USER in it."""

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import vcr
from vcr.serializers import yamlserializer

from bot.ports import NotThere
from integrations.slack.client import SlackMessenger
from tests.integrations.slack.conftest import Slack
from tests.integrations.slack.rig import a_message, a_messenger, now

CASSETTES = Path(__file__).parents[2] / "cassettes" / "slack"
OWN = "# recorded from Cabbie's own stand-in: proves nothing about the vendor\n"
ELSEWHERE = "# recorded from a Slack workspace\n"
HOST = "slack.example"
KEPT_HEADERS = ("content-type", "date", "x-oauth-scopes", "retry-after")


@dataclass(frozen=True)
class Workspace:
    """Where to speak to, where to post, and whom to look at."""

    messenger: SlackMessenger
    url: str
    channel: str
    user: str
    first_line: str = OWN


class FirstLine:
    """vcrpy's YAML, below a line that says where it came from."""

    def __init__(self, line: str) -> None:
        self._line = line

    def serialize(self, cassette: dict[str, Any]) -> str:
        return self._line + str(yamlserializer.serialize(cassette))

    def deserialize(self, text: str) -> Any:
        return yamlserializer.deserialize(text)


@pytest.fixture
def workspace(request: pytest.FixtureRequest) -> Iterator[Workspace]:
    """The recorded workspace; while recording, a living one."""
    is_recording = request.config.getoption("--record-mode") not in (None, "none")
    path = CASSETTES / f"{request.node.name.removeprefix('test_')}.yaml"
    with _living(request) if is_recording else _recorded() as found:
        cassettes = vcr.VCR(
            record_mode="all" if is_recording else "none",
            match_on=("method", "path", "body"),
            filter_headers=["authorization", "cookie", "user-agent"],
            before_record_request=_without_host,
            before_record_response=_without_secrets(found.url),
            serializer="first line",
        )
        cassettes.register_serializer("first line", FirstLine(found.first_line))
        if is_recording:
            path.unlink(missing_ok=True)
        with cassettes.use_cassette(str(path)) as cassette:
            yield found
            assert is_recording or cassette.all_played


@contextmanager
def _recorded() -> Iterator[Workspace]:
    facts = json.loads((CASSETTES / "about.json").read_text())
    url = f"http://{HOST}"
    messenger = SlackMessenger(token="anything", base_url=f"{url}/api/", team=facts["team"], clock=now)
    yield Workspace(messenger, url, facts["channel"], facts["user"])


@contextmanager
def _living(request: pytest.FixtureRequest) -> Iterator[Workspace]:
    if token := os.environ.get("CABBIE_RECORD_SLACK_TOKEN"):
        base_url = os.environ.get("SLACK_API_URL", "https://slack.com/api/")
        team = os.environ["SLACK_TEST_TEAM"]
        messenger = SlackMessenger(token=token, base_url=base_url, team=team, clock=now)
        channel, user = os.environ["SLACK_TEST_CHANNEL"], os.environ["SLACK_TEST_USER"]
        found = Workspace(messenger, base_url.removesuffix("/api/"), channel, user, ELSEWHERE)
    else:
        slack: Slack = request.getfixturevalue("slack")
        found = Workspace(a_messenger(slack), slack.url, "C0PAYMENTS", "U0ADA")
    facts = {"team": found.messenger.team, "channel": found.channel, "user": found.user}
    (CASSETTES / "about.json").write_text(json.dumps(facts) + "\n")
    yield found


def _without_host(request: Any) -> Any:
    request.uri = re.sub(r"^https?://[^/]+", f"http://{HOST}", request.uri)
    request.headers.pop("Host", None)
    return request


def _without_secrets(url: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    host = url.split("://")[-1]

    def clean(response: dict[str, Any]) -> dict[str, Any]:
        response["headers"] = {k: v for k, v in response["headers"].items() if k.lower() in KEPT_HEADERS}
        text = response["body"]["string"].decode().replace(host, HOST)
        response["body"]["string"] = re.sub(r"x(?:ox[a-z]|app)-[\w-]+", "filtered", text).encode()
        return response

    return clean


def test_post_and_find_and_edit(workspace: Workspace) -> None:
    slack = workspace.messenger

    ref = slack.post(workspace.channel, a_message("A card", "card:cassette"))
    slack.edit(ref, a_message("A card, edited", "card:cassette"))

    assert slack.find(workspace.channel, "card:cassette") == ref
    assert "/archives/" in slack.permalink(ref)


def test_answer_in_a_thread(workspace: Workspace) -> None:
    slack = workspace.messenger
    ref = slack.post(workspace.channel, a_message("A card", "card:threaded"))

    reply = slack.post(workspace.channel, a_message("A reply", "thread:cassette"), thread=ref, broadcast=True)

    assert slack.find(workspace.channel, "thread:cassette", thread=ref) == reply


def test_write_to_a_person(workspace: Workspace) -> None:
    slack = workspace.messenger

    ref = slack.post(workspace.user, a_message("Approved", "dm:cassette"))
    slack.whisper("", workspace.channel, workspace.user, "Only you see this")

    assert ref.startswith("D")
    assert slack.find(workspace.user, "dm:cassette") == ref


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


@pytest.mark.parametrize("path", sorted(CASSETTES.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_cassette_says_where_it_came_from_and_holds_no_secret(path: Path) -> None:
    text = path.read_text()

    assert text.startswith((OWN, ELSEWHERE))
    assert not re.search(r"(?i)bearer |x(?:ox[a-z]|app)-|127\.0\.0\.1|localhost|hooks\.slack\.com|set-cookie", text)


def test_every_scene_has_its_cassette() -> None:
    scenes = {name.removeprefix("test_") for name, thing in globals().items() if _is_scene(name, thing)}

    assert {path.stem for path in CASSETTES.glob("*.yaml")} == scenes


def _is_scene(name: str, thing: Any) -> bool:
    return name.startswith("test_") and "workspace" in getattr(thing, "__annotations__", {})
