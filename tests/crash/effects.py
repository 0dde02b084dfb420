"""Every effect of the main story, as the stand-ins' diaries tell it, and the list of those that have kill cases."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from tests.stories.town import Standins

LIST = Path(__file__).with_name("effects.txt")
SYSTEMS = ("servicenow", "slack", "jira")


@dataclass(frozen=True)
class Effect:
    """The nth call of its kind that changes something."""

    system: str
    call: str
    nth: int

    def __str__(self) -> str:
        return f"{self.system}-{self.call.replace(' ', '-').replace('/', '.')}-{self.nth}"


def told(standins: Standins) -> list[str]:
    """One line per effect: which system, which call, what it was about. Calls made side by side come in any order."""
    return [
        f"{system} | {entry['call']} | {_about(entry)}".rstrip(" |")
        for system in SYSTEMS
        for entry in standins.diary(system)
        if entry["is_effect"]
    ]


def known() -> list[str]:
    lines = LIST.read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def numbered(lines: Iterable[str]) -> list[Effect]:
    """What there is to kill at."""
    seen: Counter[tuple[str, str]] = Counter()
    effects = []
    for line in lines:
        system, call = line.split(" | ")[:2]
        seen[system, call] += 1
        effects.append(Effect(system, call, seen[system, call]))
    return effects


def _about(entry: dict[str, Any]) -> str:
    """What tells it from the other calls of its kind, without ids and times."""
    if entry["call"] == "response_url":
        return "a whisper"
    if not entry["body"].startswith("{"):
        return ", ".join(name for name in parse_qs(entry["body"]) if name == "grant_type")
    body = json.loads(entry["body"])
    if "metadata" in body:
        kind, _, rest = body["metadata"]["event_payload"]["marker"].partition(":")
        about: str = rest.partition(":")[0]
        return f"{kind} {about}" if kind in ("thread", "dm") else str(kind)
    if entry["method"] == "PATCH":
        return ", ".join(f"{name}={body[name]}" if name == "state" else name for name in sorted(body))
    if "object" in body:
        return str(body["object"]["summary"])
    return ""
