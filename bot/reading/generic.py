"""An unknown tool's message: about a deploy of a service and to an environment that are known? Only ever to ask."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from bot.change.model import Kind, Status
from bot.change.reading import Reading
from bot.reading.assemble import full_sha, issue_keys_in
from bot.reading.gather import gather, is_from_an_app
from bot.reading.generic_words import BACK, DOING, DONE, NEGATED, NOT_A_DEPLOY, STATUSES, SUBJECT, WAITING
from bot.reading.sheet import Line, Sheet

FORMAT = "guess"
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./@:+-]*")
TWO_WORDS = re.compile(r"\b(roll(?:ed|ing)?) (back|out)\b", re.IGNORECASE)
LIVE = re.compile(r"\b(?:is|are|now|went|gone) live\b", re.IGNORECASE)
REPOSITORY = re.compile(r"https?://[^/ ]+/([^/ ]+/[^/ ]+)/(?:pull|commit|commits|actions|releases|compare|tree|-)/")
VERSION = re.compile(r"v?[0-9]+(?:\.[0-9]+)+(?:[-+.][\w.+-]*\w)?|v[0-9]+", re.IGNORECASE)
SHA = re.compile(r"(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}", re.IGNORECASE)
ACTOR = re.compile(r"\bby (?P<actor>@?\w[\w.@+-]*\w(?: [A-Z][\w-]+)?)")
ACTOR_FIELDS = frozenset({"by", "user", "actor", "author", "deployed by", "triggered by", "requested by", "started by"})
STATUS_FIELDS = frozenset({"field status", "field result", "field state", "field outcome"})
AROUND = "“”‘’«»…—–()[]{}<>\"'`,;!"
TOWARDS = frozenset({"to", "into", "on", "in", "->", "→", "=>"})
OTHER_NAMES = {"prod": "production", "prd": "production", "live": "production", "stage": "staging", "stg": "staging"}


class Mention(NamedTuple):
    """One word of one line."""

    line: Line
    word: str
    before: str
    """The word in front of it."""


@dataclass(frozen=True)
class Guess:
    """What an unknown tool's message seems to say; a person has to confirm it."""

    reading: Reading
    headline: Line
    """The line that tells of the deploy."""
    status_line: Line
    """The line that tells how it went; often the same."""
    found: tuple[tuple[str, str], ...]
    """What was found, by name, in the very words of the message."""


def guess(message: Any, services: Collection[str], environments: Collection[str]) -> Guess | None:
    """What it says, when it is about a deploy of one of these services, and one only, to one of these environments."""
    if not is_from_an_app(message):
        return None
    sheet = gather(message)
    mentions = [mention for line in sheet.lines for mention in _mentions(line)]
    if any(mention.word.lower() in WAITING for mention in mentions):
        return None
    headlines = [line for line in sheet.lines if _is_about_a_deploy(line)]
    told = [(line, status) for line in sheet.lines if (status := _status(line, headlines))]
    service = _one(
        _services((mention.word for mention in mentions), services) or _services(_repositories(sheet), services)
    )
    environment = _environment(mentions, environments)
    if not headlines or not told or not service or not environment:
        return None
    return _guess(sheet, headlines, told, mentions, service, environment)


def _guess(
    sheet: Sheet,
    headlines: list[Line],
    told: list[tuple[Line, Status]],
    mentions: list[Mention],
    service: tuple[str, str],
    environment: tuple[str, str],
) -> Guess:
    order = [status for status, _ in STATUSES]
    status_line, status = min(told, key=lambda one: order.index(one[1]))
    said = {"service": service[1], "environment": environment[1], **_details(sheet, headlines, mentions)}
    reading = Reading(
        format=FORMAT,
        status=status,
        kind=Kind.ROLLBACK if any(_words(line) & BACK for line in headlines) else Kind.DEPLOY,
        service=service[0],
        environment=environment[0],
        version=said["version"],
        sha=full_sha(said["sha"].lower(), sheet),
        actor=said["actor"].removeprefix("@"),
        issue_keys=issue_keys_in(sheet),
    )
    headline = status_line if status_line in headlines else headlines[0]
    return Guess(reading, headline, status_line, tuple((name, words) for name, words in said.items() if words))


def _details(sheet: Sheet, headlines: list[Line], mentions: list[Mention]) -> dict[str, str]:
    """Version, sha and actor, in the message's own words; empty what is not there."""
    sha = _first(mentions, SHA)
    version = _first((one for one in mentions if one.word != sha), VERSION)
    return {"version": version, "sha": sha, "actor": _actor(sheet, headlines)}


def _mentions(line: Line) -> Iterator[Mention]:
    """The words of a line, without addresses, and without those that hold letters of another alphabet."""
    if line.place in ("link", "button", "footer"):
        return
    before = ""
    for part in line.text.split(" "):
        bare = part.strip(AROUND)
        for word in WORD.findall(bare) if bare.isascii() and "://" not in bare else ():
            yield Mention(line, word.rstrip(".:-/@"), before)
            before = ""
        before = part.lower()


def _repositories(sheet: Sheet) -> Iterator[str]:
    """Those that the message links to."""
    for line in sheet.lines:
        if line.place == "link" and (found := REPOSITORY.match(line.text)):
            yield found[1]


def _is_about_a_deploy(line: Line) -> bool:
    words = _words(line)
    is_speech = line.place not in ("link", "button", "footer", "author") and "?" not in line.text
    return is_speech and bool(words & (DOING | DONE | SUBJECT | BACK)) and not words & (NOT_A_DEPLOY | NEGATED)


def _status(line: Line, headlines: Collection[Line]) -> Status | None:
    """What a line says of how the deploy went: one that is about it, or a field that says nothing else."""
    if line not in headlines and line.place.lower() not in STATUS_FIELDS:
        return None
    words = _words(line)
    for status, telling in STATUSES:
        if words & telling:
            return status
    if words & (DONE | {"rolled-back", "reverted"}):
        return Status.SUCCEEDED
    return Status.STARTED if words & (DOING | {"rolling-back", "reverting"}) else None


def _words(line: Line) -> set[str]:
    text = TWO_WORDS.sub(r"\1-\2", LIVE.sub("succeeded", line.text.replace("in progress", "in-progress")))
    return {word.lower().strip(".,:;!()[]'\"…") for word in text.split(" ")}


def _services(words: Iterable[str], services: Collection[str]) -> dict[str, str]:
    """Service → the word that names it: itself, or as the last part of a repository's name."""
    known = {service.lower(): service for service in services}
    found: dict[str, str] = {}
    for word in words:
        plain = word.lower()
        if name := known.get(plain) or known.get(plain.rpartition("/")[2].removesuffix(".git")):
            found.setdefault(name, word)
    return found


def _environment(mentions: Iterable[Mention], environments: Collection[str]) -> tuple[str, str] | None:
    """The one that is named; of several, the one that it goes to."""
    known = {environment.lower(): environment for environment in environments}
    found: dict[str, str] = {}
    target: dict[str, str] = {}
    for mention in mentions:
        word, goes_there = mention.word.lower(), mention.before in TOWARDS
        name = known.get(word) or known.get(OTHER_NAMES.get(word, ""))
        if name and goes_there:
            target.setdefault(name, mention.word)
        if name and (goes_there or word != "live"):  # "it is live" names no environment
            found.setdefault(name, mention.word)
    return _one(target) or (_one(found) if not target else None)


def _one(found: dict[str, str]) -> tuple[str, str] | None:
    return next(iter(found.items())) if len(found) == 1 else None


def _first(mentions: Iterable[Mention], shape: re.Pattern[str]) -> str:
    return next((mention.word for mention in mentions if shape.fullmatch(mention.word)), "")


def _actor(sheet: Sheet, headlines: Collection[Line]) -> str:
    for line in sheet.lines:
        if line.place.lower().removeprefix("field ") in ACTOR_FIELDS and line.place.startswith("field "):
            return line.text
    for line in sheet.lines:
        if line in headlines and (found := ACTOR.search(line.text)):
            return found["actor"]
    return ""
