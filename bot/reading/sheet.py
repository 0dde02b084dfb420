"""A message as a sheet of lines, each with the place it stands at; what is beyond the caps is left out, and said."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from bot.reading.text import Link, lines_of

MOST_CHARACTERS = 200_000
"""Slack's own limits come to somewhat less: 50 blocks of 3,000 characters, and 40,000 of text."""
MOST_LINES = 2000
LONGEST_LINE = 2000
MOST_PARTS = 200
"""Of any one list: blocks, fields, attachments, elements."""
LABELLED = ("text", "block", "body")
PAIR = re.compile(r"([A-Za-z][\w /()#&-]{0,60}?) ?:(?: (.*))?$")


class Line(NamedTuple):
    place: str
    text: str
    whole: str
    """Both, as the patterns are matched."""


class Sheet(NamedTuple):
    lines: tuple[Line, ...]
    is_cut: bool
    """Something was left out."""


class Pen:
    """Writes a sheet, up to its caps."""

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}
        self._left = MOST_CHARACTERS
        self._is_cut = False

    @property
    def is_full(self) -> bool:
        return self._left <= 0 or len(self._lines) >= MOST_LINES

    def leave_out(self) -> None:
        self._is_cut = True

    def sheet(self) -> Sheet:
        return Sheet(tuple(self._lines.values()), self._is_cut)

    def write(self, place: str, text: Any) -> None:
        """The lines of a text, each followed by its links. A "Title: value" line is a field, too."""
        if not isinstance(text, str) or not text or self._cannot_write():
            return
        for words in self._words(text):
            self._put(place, words.line)
            if place in LABELLED and ": " in words.line and (found := PAIR.match(words.line)):
                self._put(f"field {found[1]}", found[2])
            for link in words.links:
                self.link(link)

    def field(self, title: Any, value: Any) -> None:
        """A value under its title."""
        self.write(f"field {self._title(title)}", value)

    def pair(self, text: Any) -> None:
        """``*Title*: value``, or the title on a line of its own: the two ways that Block Kit's fields are written."""
        if not isinstance(text, str) or not text or self._cannot_write():
            return
        lines = self._words(text)
        found = PAIR.match(lines[0].line) if lines else None
        is_titled = len(lines) > 1 and len(lines[0].line) <= 60 and not (found and found[2])
        title = found[1] if found else lines[0].line if is_titled else ""
        for at, words in enumerate(lines):
            line = (found[2] or "") if found and not at else "" if is_titled and not at else words.line
            self._put(f"field {self._title(title)}" if title else "block", line)
            for link in words.links:
                self.link(link)

    def link(self, link: Link) -> None:
        self._put("link", f"{link.target} {link.label}")

    def anchor(self, target: Any, label: Any) -> None:
        """A link that stands beside its label: a button, a title with a link."""
        if isinstance(target, str) and target.startswith(("http://", "https://")) and len(target) <= LONGEST_LINE:
            seen = self._words(label)[0].line if isinstance(label, str) and self._words(label) else ""
            address = next((words.links[0].target for words in lines_of(f"<{target}>") if words.links), "")
            self.link(Link(address or "-", seen))

    def _words(self, text: str) -> list[Any]:
        part = text[: max(self._left, 0)]
        self._is_cut = self._is_cut or len(part) < len(text)
        self._left -= len(part)
        return lines_of(part)

    def _put(self, place: str, text: str) -> None:
        if not text or self._cannot_write():
            return
        self._is_cut = self._is_cut or len(text) > LONGEST_LINE
        whole = f"{place}\t{text[:LONGEST_LINE]}"
        self._lines.setdefault(whole, Line(place, text[:LONGEST_LINE], whole))

    def _cannot_write(self) -> bool:
        self._is_cut = self._is_cut or self.is_full
        return self.is_full

    def _title(self, title: Any) -> str:
        lines = lines_of(title[:200]) if isinstance(title, str) else []
        return lines[0].line.rstrip(" :") if lines else ""


def parts_of(value: Any) -> list[Any]:
    """A list, up to its cap; anything else is an empty one."""
    return value[:MOST_PARTS] if isinstance(value, list) else []


def object_of(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
