"""Every effect of a story, as the stand-ins' diaries tell it, and the lists of those that have kill cases."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.stories.processes import Standins

SYSTEMS = ("servicenow", "slack", "jira")
IN_BURSTS = ("chat.update", "views.publish")
"""Calls of which some may stand for several: how many there are is a matter of luck, which kinds there are is not."""
BROWSERS = ("POST /oauth_auth.do",)
"""What a person sends from their own browser: Cabbie has no part in it."""
ALONE = "-"
"""In the list: a call that needs no sign."""
SIGNS = {
    "chat.postMessage": r'"marker": "(?:card|thread:\w+|dm:\w+|digest|alarm|question|word)',
    "chat.update": r"(?<=CHG\d{7} )[^:]+(?=:)",
    "response_url": r'(?<="text": ")[A-Z][a-z]+',
    "PATCH /api/sn_chg_rest/v1/change/{sys_id}": r'"state": "-?\d+"|"description"',
    "PATCH /api/now/table/sysapproval_approver/{sys_id}": r"(?<=Recorded by Cabbie for )[\w ]+",
    "POST /rest/api/2/issue/{key}/remotelink": r'"summary": "[\w ]+"',
}
"""What in its body tells a call from others of its kind."""


@dataclass(frozen=True)
class Effect:
    """The nth call with this sign that changes something."""

    system: str
    call: str
    sign: str
    nth: int

    def __str__(self) -> str:
        words = re.findall(r"[\w{}.-]+", f"{self.system} {self.call.rpartition('/')[2]} {self.sign}")
        return f"{'-'.join(words)}-{self.nth}"


def told(standins: Standins) -> list[str]:
    """One line per effect: which system, which call, its sign; in order, as far as calls were not made side by side."""
    lines = [
        f"{system} | {entry['call']} | {_sign(entry)}"
        for system in SYSTEMS
        for entry in standins.diary(system)
        if entry["is_effect"] and entry["call"] not in BROWSERS
    ]
    return [line for place, line in enumerate(lines) if not (_is_in_burst(line) and line in lines[:place])]


def list_of(story: str) -> Path:
    return Path(__file__).with_name(f"effects_{story}.txt")


def known(story: str) -> list[str]:
    lines = list_of(story).read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def numbered(lines: Iterable[str]) -> list[Effect]:
    """What there is to kill at."""
    seen: Counter[str] = Counter()
    effects = []
    for line in lines:
        seen[line] += 1
        system, call, sign = line.split(" | ")
        effects.append(Effect(system, call, sign.removeprefix(ALONE), seen[line]))
    return effects


def _sign(entry: dict[str, Any]) -> str:
    found = re.search(SIGNS[entry["call"]], entry["body"]) if entry["call"] in SIGNS else None
    return found.group() if found else ALONE


def _is_in_burst(line: str) -> bool:
    return line.split(" | ")[1] in IN_BURSTS
