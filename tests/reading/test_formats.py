"""Every format that is known, by messages of our own: what each says, word for word."""

from dataclasses import asdict, fields
from typing import Any

import pytest

from bot.change.reading import Reading
from bot.reading import read, reader_of
from config.announcements import shipped_announcements
from tests.reading.examples import EXAMPLES, Example

READER = reader_of(shipped_announcements())
EMPTY = {field.name: field.default for field in fields(Reading) if field.name not in ("format", "status")}


def said(reading: Reading | None) -> dict[str, Any] | None:
    """What is not empty."""
    if reading is None:
        return None
    return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(reading).items() if v != EMPTY.get(name)}


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_it_says_what_it_says_and_nothing_else(example: Example):
    assert said(read(example.message, READER).reading) == example.reads


def test_every_format_has_an_example():
    shown = {example.reads["format"] for example in EXAMPLES if example.reads}

    assert shown == {ready.format.format for ready in READER.formats}


JENKINS = {
    "Success": ("succeeded", ""),
    "Back to normal": ("succeeded", "back to normal"),
    "Fixed": ("succeeded", "fixed"),
    "Failure": ("failed", ""),
    "Still Failing": ("failed", "still failing"),
    "Aborted": ("failed", "aborted"),
    "Unstable": ("failed", "unstable"),
    "Still Unstable": ("failed", "still unstable"),
    "Not built": ("failed", "not built"),
    "Regression": ("failed", "regression"),
}


@pytest.mark.parametrize(("word", "meaning"), JENKINS.items(), ids=JENKINS)
def test_each_of_jenkins_words_keeps_what_it_says_beyond_the_status(word: str, meaning: tuple[str, str]):
    body = f"deploy-till-staging - #7 {word} after 3 min 12 sec (<https://ci.acme.example/job/7/|Open>)\nTest Status:"
    message = {"bot_id": "B1", "attachments": [{"color": "good", "fallback": body, "fields": [{"value": body}]}]}

    reading = read(message, READER).reading

    assert reading is not None
    assert (reading.status, reading.word) == meaning


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.reads], ids=str)
def test_it_reads_the_same_however_slack_passes_it_on(example: Example):
    assert said(read(as_the_wire_has_it(example.message), READER).reading) == example.reads


def as_the_wire_has_it(message: dict[str, Any]) -> dict[str, Any]:
    """Attachments numbered, colours without '#', and what an app that is no webhook posts with."""
    attachments = [
        {**part, "id": at, "color": str(part.get("color", "")).removeprefix("#")}
        for at, part in enumerate(message.get("attachments", ()), 1)
    ]
    profile = {"id": message["bot_id"], "app_id": message.get("app_id", "A0TOOL0001"), "name": "a tool"}
    rest = {name: value for name, value in message.items() if name not in ("subtype", "attachments")}
    return {**rest, "attachments": attachments, "bot_profile": profile, "user": "U0TOOL0001", "team": "T0ACME"}


def test_the_reader_holds_nothing_of_one_message_when_it_reads_the_next():
    twice = [[read(example.message, READER) for example in EXAMPLES] for _ in range(2)]

    assert twice[0] == twice[1]
