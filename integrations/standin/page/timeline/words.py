"""What is told about calls: an infinitive for what was wanted, its past for what was done."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

PASTS = {
    "answer": "answered",
    "ask": "asked",
    "attach": "attached",
    "call": "called",
    "change": "changed",
    "check": "checked",
    "close": "closed",
    "comment": "commented",
    "deliver": "delivered",
    "join": "joined",
    "link": "linked",
    "look": "looked",
    "make": "made",
    "mark": "marked",
    "move": "moved",
    "open": "opened",
    "post": "posted",
    "put": "put",
    "react": "reacted",
    "read": "read",
    "record": "recorded",
    "remove": "removed",
    "repaint": "repainted",
    "reply": "replied",
    "search": "searched",
    "send": "sent",
    "show": "showed",
    "sign": "signed",
    "take": "took",
    "tell": "told",
    "upload": "uploaded",
    "write": "wrote",
}
LONGEST_QUOTE = 90


def past(phrase: str) -> str:
    """
    >>> past("move CHG0030001 to Assess")
    'moved CHG0030001 to Assess'
    """
    verb, space, rest = phrase.partition(" ")
    return f"{PASTS[verb]}{space}{rest}"


def quote(text: str) -> str:
    """
    >>> quote("One line\\n\\nand more")
    '“One line and more”'
    """
    line = " ".join(text.split())
    return f"“{line[:LONGEST_QUOTE].rstrip()}…”" if len(line) > LONGEST_QUOTE else f"“{line}”"


@dataclass(frozen=True)
class Call:
    """One request as its vendor's words need it."""

    name: str
    path: str
    query: str
    body: str
    answer: str

    @cached_property
    def sent(self) -> dict[str, Any]:
        """The body's fields, from JSON or a form; empty for anything else."""
        return fields_of(self.body)

    @cached_property
    def got(self) -> dict[str, Any]:
        return fields_of(self.answer)

    @cached_property
    def asked(self) -> dict[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True))

    def part(self, n: int) -> str:
        """Of the path, counted from its end."""
        parts = self.path.strip("/").split("/")
        return parts[-n] if n <= len(parts) else ""


def fields_of(text: str) -> dict[str, Any]:
    try:
        read = json.loads(text)
    except ValueError:
        return dict(parse_qsl(text, keep_blank_values=True)) if "=" in text.partition(" ")[0] else {}
    return read if isinstance(read, dict) else {}


def within(value: Any, *names: str) -> Any:
    """What stands so deep in JSON that may be anything; None where there is no such thing."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value
