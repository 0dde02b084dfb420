"""Every call of the stories, reads too, as the stand-ins' diaries tell them, and the list of those with fault cases."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.crash.effects import ALONE, SIGNS, SYSTEMS
from tests.stories.processes import Standins

LIST = Path(__file__).with_name("calls.txt")


@dataclass(frozen=True)
class Call:
    """A kind of call that a story makes at least once."""

    story: str
    system: str
    name: str
    sign: str
    """What in its body tells it from others of its name; empty where nothing has to."""
    is_effect: bool

    def __str__(self) -> str:
        words = re.findall(r"[\w{}.-]+", f"{self.story} {self.system} {self.name} {self.sign}")
        return "-".join(words)

    @property
    def line(self) -> str:
        kind = "write" if self.is_effect else "read"
        return f"{self.story} | {self.system} | {kind} | {self.name} | {self.sign or ALONE}"

    def is_made_by(self, entry: dict[str, Any]) -> bool:
        return entry["call"] == self.name and self.sign in entry["body"]


def told(story: str, standins: Standins) -> list[Call]:
    """The kinds of calls that a telling made, each once, in order."""
    calls = [
        Call(story, system, entry["call"], _sign(entry), entry["is_effect"])
        for system in SYSTEMS
        for entry in standins.diary(system)
    ]
    return list(dict.fromkeys(calls))


def known() -> list[Call]:
    lines = LIST.read_text().splitlines()
    return [_call(line) for line in lines if line and not line.startswith("#")]


def as_list(calls: Iterable[Call]) -> str:
    return "\n".join(call.line for call in calls)


def _call(line: str) -> Call:
    story, system, kind, name, sign = line.split(" | ")
    return Call(story, system, name, sign.removeprefix(ALONE) if sign == ALONE else sign, kind == "write")


def _sign(entry: dict[str, Any]) -> str:
    found = re.search(SIGNS[entry["call"]], entry["body"]) if entry["call"] in SIGNS else None
    return found.group() if found else ""
