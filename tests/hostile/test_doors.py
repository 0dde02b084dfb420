"""Every hostile string through every door: it is heard as one line of text, or refused in words; nothing breaks."""

import json
import re
import unicodedata
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from bot.api import app as api
from bot.api import pipeline
from bot.api.tokens import Tokens
from bot.change.announcement import Announcement, Heard
from bot.change.errors import UnknownChange, UnknownCommand
from bot.slack.announced import LONGEST, WrongField, read_announcement
from bot.slack.grammar import read_anything, read_change, read_deploy
from bot.slack.http_door import read_body
from tests.api.test_limits import DeskDouble
from tests.builders import NOW
from tests.hostile.words import HOSTILE
from tests.slack.front import Front
from tests.slack.test_text import harmless
from tests.story.conftest import migrated  # noqa: F401  # a fixture
from tests.story.world import POLICY, World

FIELDS = ("service", "version", "environment", "why", "url", "requested_by")
JSON = {"Content-Type": "application/json"}
every_word = pytest.mark.parametrize("word", HOSTILE.values(), ids=HOSTILE.keys())


def is_one_line(text: str) -> bool:
    return not any(unicodedata.category(c) in ("Cc", "Zl", "Zp") for c in text)


def check_was_heard(heard: Announcement) -> None:
    for name in FIELDS:
        assert is_one_line(getattr(heard, name)), name
    assert all(is_one_line(commit.subject) for commit in heard.commits)
    assert re.fullmatch(r"(https?://\S+)?", heard.url)


def url_of(word: str) -> str:
    return word if re.match("https?:|[a-z]+:|//", word) else f"https://ci.example/{word}"


# ----------------------------------------------------------------------------------------------------------- pipelines


@pytest.fixture(scope="module")
def door(migrated: Path) -> tuple[TestClient, DeskDouble]:  # noqa: F811
    desk, tokens, reads = DeskDouble(), Tokens({"a token": ["*"]}), World(migrated).reads
    routes = pipeline.routes(desk, reads, lambda: POLICY, tokens, lambda: NOW, patience=timedelta(minutes=1))
    health = api.Health(is_ready=lambda: (True, ""), version="1")
    app = api.build(health=health, slack=None, routers=[routes])
    return TestClient(app, raise_server_exceptions=False, headers={"Authorization": "Bearer a token"}), desk


def announcements(word: str) -> list[dict[str, Any]]:
    """One in which each field says it, and all do that may be so long."""
    plain = {"service": "payments", "version": "2.4.1"}
    commit = {"sha": "ab" * 20, "message": word[:20_000], "author_name": word[:200], "author_email": word[:200]}
    each = [plain | {name: url_of(word) if name == "url" else word} for name in (*FIELDS, "id", "sha", "status")]
    short = dict.fromkeys((*FIELDS, "id"), word[:100]) | {"url": url_of(word[:100])}
    return [*each, short, plain | {"commits": [commit]}, plain | {word[:50]: word[:50]}, {"service": [word], word: {}}]


@every_word
def test_a_pipeline_is_heard_in_one_line_or_refused(door: tuple[TestClient, DeskDouble], word: str) -> None:
    client, desk = door
    desk.heard.clear()

    for said in announcements(word):
        answer = client.post("/api/v1/announcements", content=json.dumps(said), headers=JSON)
        assert answer.status_code in (202, 422), answer.text
        assert len(answer.text) < 1500
        assert answer.json()

    for heard in desk.heard:
        assert isinstance(heard, Heard) and isinstance(heard.body, Announcement)
        check_was_heard(heard.body)
    assert desk.heard or "\ud83d" in word, "an announcement with its commits is heard at least"


@every_word
def test_questions_are_answered_or_refused(door: tuple[TestClient, DeskDouble], word: str) -> None:
    client, _ = door
    asked = word.encode("utf-8", "replace").decode()[:300]

    for name in ("service", "version", "sha", "environment"):
        answer = client.get("/api/v1/gate", params={"service": "payments", name: asked})
        assert answer.status_code in (200, 404, 422), answer.text
        assert answer.status_code != 200 or answer.json()["open"] is False
    assert client.get(f"/api/v1/changes/{quote(asked, safe='')}").status_code in (404, 422, 405)


# --------------------------------------------------------------------------------------------------------------- Slack


@every_word
def test_a_bots_announcement_is_heard_in_one_line_or_refused(word: str) -> None:
    for name in (*LONGEST, "sha", "status", "kind", "is_emergency", word):
        payload = {"service": "payments", "version": "2.4.1", name: url_of(word) if name == "url" else word}
        check_is_read_or_refused(payload, word)
    check_is_read_or_refused({"service": "payments", "version": "1", "commits": [{"sha": word, "subject": word}]}, word)
    for shape in (word, [word], {word: word}, None):
        check_is_read_or_refused(shape, word)


def check_is_read_or_refused(payload: Any, word: str) -> None:
    try:
        heard = read_announcement(payload, channel="C0PAYMENTS", message_ts="1.2")
    except WrongField as wrong:
        assert len(str(wrong)) < 200
        assert len(word) < 12 or word not in str(wrong)
    else:
        check_was_heard(heard)


@every_word
@pytest.mark.parametrize("read", [lambda w: read_deploy(w, ["payments"]), read_change, lambda w: read_anything(w, [])])
def test_what_is_typed_is_understood_or_refused(read: Callable[[str], Any], word: str) -> None:
    for typed in (word, f"payments {word}", f"payments 2.4.1 {word}", f"payments 2.4.1 to {word} {word}", f"CHG{word}",
                  f"failed CHG0030042 {word}"):  # fmt: skip
        try:
            meant = read(typed)
        except (UnknownCommand, UnknownChange) as refusal:
            assert len(str(refusal)) < 1500
        else:
            assert len(str(meant)) < 3000


@every_word
def test_a_command_is_answered_with_harmless_text(word: str) -> None:
    front = Front()

    for name in ("/deploy", "/change"):
        for typed in (word, f"payments {word}", f"status {word}"):
            said = front.command(name, typed.encode("utf-8", "replace").decode())["text"]
            assert harmless(said) and len(said) < 4000


@every_word
def test_a_body_is_read_or_refused(word: str) -> None:
    for body in (word, f"payload={word}", json.dumps([word]), json.dumps({"x": word}), f"command=/deploy&text={word}"):
        try:
            read = read_body(body.encode("utf-8", "surrogatepass"), "application/x-www-form-urlencoded")
        except ValueError:
            continue
        assert isinstance(read, dict)
