"""What ``/deploy …`` and ``/change …`` mean.

/deploy [service [version [to env]] [emergency] [why…]]
/deploy start|done|failed|rolled-back|cancel CHG… [why]
/deploy status [service] | help
/change CHG… | queue | digest | help
"""

import difflib
import re
from collections.abc import Collection
from dataclasses import dataclass

from bot.change.announcement import Announcement, Report, ReportWord
from bot.change.errors import UnknownCommand
from bot.slack.typed import normalise

NUMBER = re.compile(r"CHG\d{4,12}", re.IGNORECASE)
EXAMPLE_NUMBER = "CHG0030042"
REPORTS = {str(word): word for word in ReportWord}
DEPLOY_WORDS = (*REPORTS, "status", "help")
MEANT = {
    "started": "start", "begin": "start", "finish": "done", "finished": "done", "succeeded": "done", "success": "done",
    "fail": "failed", "rollback": "rolled-back", "revert": "rolled-back", "abort": "cancel", "stop": "cancel",
}  # fmt: skip
"""What people say for our words: suggested, never acted upon."""
CHANGE_WORDS = ("queue", "digest", "help")


@dataclass(frozen=True)
class OpenForm:
    """Nothing, or too little, was said: ask with a form."""

    service: str = ""
    environment: str = ""


@dataclass(frozen=True)
class ShowStatus:
    """One's own deploys, and the queue of a service."""

    service: str = ""


@dataclass(frozen=True)
class ShowChange:
    number: str


@dataclass(frozen=True)
class ShowQueue:
    pass


@dataclass(frozen=True)
class ShowDigest:
    pass


@dataclass(frozen=True)
class ShowHelp:
    pass


Meaning = Announcement | Report | OpenForm | ShowStatus | ShowChange | ShowQueue | ShowDigest | ShowHelp


def read_deploy(text: str, services: Collection[str]) -> Meaning:
    """What follows ``/deploy``. Raises: UnknownCommand, with the nearest command and an example."""
    words = _words(text)
    if not words:
        return OpenForm()
    first = words[0].lower()
    if first in services:
        return _request(words)
    if first in REPORTS:
        return _report(REPORTS[first], words)
    if first == "status" and len(words) <= 2:
        return ShowStatus("".join(words[1:]).lower())
    if first == "help":
        return ShowHelp()
    return _request_of_unknown(words, services)


def read_change(text: str) -> Meaning:
    """What follows ``/change``. Raises: UnknownCommand."""
    words = _words(text) or ["help"]
    first = words[0].lower()
    if NUMBER.fullmatch(first):
        return ShowChange(first.upper())
    meanings: dict[str, Meaning] = {"queue": ShowQueue(), "digest": ShowDigest(), "help": ShowHelp()}
    if first in meanings:
        return meanings[first]
    near = _nearest(first, CHANGE_WORDS)
    raise UnknownCommand(first, f"/change {near or 'CHG…'}", f"/change {near or EXAMPLE_NUMBER}")


def read_anything(text: str, services: Collection[str]) -> Meaning:
    """What is said to Cabbie where slash commands cannot be typed. Raises: UnknownCommand."""
    words = _words(text)
    first = words[0].lower().removeprefix("/") if words else "help"
    rest = " ".join(words[1:])
    if first == "deploy":
        return read_deploy(rest, services)
    if first == "change":
        return read_change(rest)
    return read_change(" ".join(words))


def _request(words: list[str]) -> Meaning:
    """service [version [to env]] [emergency] [why…]"""
    service, rest = words[0].lower(), words[1:]
    if not rest:
        return OpenForm(service)
    if rest[0].lower() == "to":
        return OpenForm(service, "".join(rest[1:2]))
    version, rest = rest[0], rest[1:]
    environment = ""
    if len(rest) > 1 and rest[0].lower() == "to":
        environment, rest = rest[1].rstrip(".,:;"), rest[2:]
    is_emergency = bool(rest) and rest[0].lower().rstrip(".,:;!") == "emergency"
    why = " ".join(rest[1:] if is_emergency else rest).strip("\"' ")
    return Announcement(service, version, environment, why=why, is_emergency=is_emergency)


def _report(word: ReportWord, words: list[str]) -> Report:
    if len(words) < 2 or not NUMBER.fullmatch(words[1]):
        raise UnknownCommand(" ".join(words), f"/deploy {word} CHG…", f"/deploy {word} {EXAMPLE_NUMBER}")
    return Report(words[1].upper(), word, why=" ".join(words[2:]).strip("\"' "))


def _request_of_unknown(words: list[str], services: Collection[str]) -> Meaning:
    """A misspelled word, or a service the desk will refuse with its nearest name."""
    first = words[0].lower()
    is_about_a_change = len(words) > 1 and NUMBER.fullmatch(words[1])
    verb = MEANT.get(first) or _nearest(first, DEPLOY_WORDS, 0.4 if is_about_a_change else 0.75)
    service = _nearest(first, services)
    if verb and (is_about_a_change or not service):
        number = f" {EXAMPLE_NUMBER}" if verb in REPORTS else ""
        raise UnknownCommand(first, f"/deploy {verb}{' CHG…' if number else ''}", f"/deploy {verb}{number}")
    if len(words) > 1 and not is_about_a_change:
        return _request(words)
    known = service or next(iter(sorted(services)), "payments")
    raise UnknownCommand(" ".join(words), "/deploy service version [to environment] [why]", f"/deploy {known} 2.4.1")


def _nearest(word: str, known: Collection[str], cutoff: float = 0.6) -> str:
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=cutoff)), "")


def _words(text: str) -> list[str]:
    words = normalise(text).split()
    if len(words) > 1 and [w.lower() for w in words[:2]] == ["rolled", "back"]:
        return [str(ReportWord.ROLLED_BACK), *words[2:]]
    return words
