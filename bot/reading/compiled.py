"""The formats made ready: every signature in one automaton, so that a message is looked at once for all of them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import re2

from bot.change.reading import Name
from bot.reading.formats import Announcements, Format, Rule
from bot.reading.patterns import LARGE, SMALL, pattern_of, stands_at
from bot.reading.sheet import Line, Sheet
from bot.reading.vocabulary import GRAVEST_FIRST, Vocabulary

NOT_LITERAL = re.compile(r"\(\?(?:P<\w+>|i)|\\.|\[[^\]]*\]")
LITERAL = re.compile(r"[A-Za-z]{4}")


@dataclass(frozen=True)
class Shape:
    """A rule with its pattern compiled."""

    rule: Rule
    pattern: Any
    heads: tuple[str, ...]

    def find(self, sheet: Sheet) -> dict[str, str] | None:
        """What the first line of this shape says; None when there is none."""
        for line in sheet.lines:
            if line.place.startswith(self.heads) and (found := self.pattern.fullmatch(line.whole)):
                return {name: value for name, value in found.groupdict().items() if value}
        return None


@dataclass(frozen=True)
class Ready:
    """A format with its rules in the order in which they are tried."""

    format: Format
    shapes: tuple[Shape, ...]
    vocabulary: Vocabulary


@dataclass(frozen=True)
class Named:
    """A naming rule with its pattern compiled."""

    name: Name
    pattern: Any


@dataclass(frozen=True)
class Look:
    """What one pass over a message found of a format: which of its signature's rules, and an ``unless``."""

    ready: Ready
    found: tuple[Rule, ...]
    missing: tuple[Rule, ...]
    against: Rule | None

    @property
    def is_it(self) -> bool:
        return not self.missing and not self.against

    @property
    def looks_like_it(self) -> bool:
        """Words of the format's own are there, not only something under a common title."""
        return any(LITERAL.search(NOT_LITERAL.sub("", rule.line)) for rule in self.found)


class Reader:
    """Formats, names and words, compiled once; it holds nothing of any message."""

    def __init__(self, announcements: Announcements, formats: Iterable[Format], names: Iterable[Name]) -> None:
        self.own = own = tuple(named(name) for name in names)
        self.vocabulary = Vocabulary(announcements.words)
        self.jobs = (*own, *(named(name) for name in announcements.jobs))
        self.apps = (*own, *(named(name) for name in announcements.apps))
        self.formats = tuple(self._ready(format) for format in (*formats, *announcements.formats))
        self.of_app = _formats_of_apps(self.formats)
        self._signatures, self._meaning = _automaton(self.formats)

    def looks(self, sheet: Sheet) -> list[Look]:
        """Every format of which something is in the message, in their order."""
        found = self._found(sheet)
        return [self._look(place, rules) for place, rules in sorted(found.items())]

    def _found(self, sheet: Sheet) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        for line in sheet.lines:
            for hit in self._hits(line):
                place, rule = self._meaning[hit]
                found.setdefault(place, set()).add(rule)
        return found

    def _hits(self, line: Line) -> list[int]:
        hits: list[int] | None = self._signatures.Match(line.whole)
        return hits or []

    def _look(self, place: int, found: set[int]) -> Look:
        ready = self.formats[place]
        signature, unless = ready.format.signature, ready.format.unless
        there = tuple(rule for at, rule in enumerate(signature) if at in found)
        missing = tuple(rule for at, rule in enumerate(signature) if at not in found)
        against = next((rule for at, rule in enumerate(unless, len(signature)) if at in found), None)
        return Look(ready, there, missing, against)

    def _ready(self, format: Format) -> Ready:
        rules = sorted((*format.signature, *format.read), key=_turn)
        return Ready(format, tuple(shape(rule) for rule in rules), self.vocabulary.with_words(format.words))


def reader_of(announcements: Announcements, formats: Sequence[Format] = (), names: Sequence[Name] = ()) -> Reader:
    """The shipped formats, with a team's own in front of them."""
    return Reader(announcements, formats, names)


def shape(rule: Rule) -> Shape:
    return Shape(rule, re2.compile(pattern_of(rule.where, rule.line), SMALL), stands_at(rule.where))


def named(name: Name) -> Named:
    return Named(name, re2.compile(f"(?:{name.pattern})", SMALL))


def _turn(rule: Rule) -> int:
    """Lines that say a status come first, failures before starts; the others as they stand."""
    return GRAVEST_FIRST.index(rule.status) if rule.status else len(GRAVEST_FIRST)


def _formats_of_apps(formats: Sequence[Ready]) -> Mapping[str, frozenset[str]]:
    """App id → the formats that it speaks."""
    found: dict[str, set[str]] = {}
    for ready in formats:
        for app in ready.format.apps:
            found.setdefault(app, set()).add(ready.format.format)
    return {app: frozenset(names) for app, names in found.items()}


def _automaton(formats: Sequence[Ready]) -> tuple[Any, list[tuple[int, int]]]:
    """One set of patterns, and what each hit means: which rule of which format."""
    signatures, meaning = re2.Set.FullMatchSet(LARGE), []
    for place, ready in enumerate(formats):
        for at, rule in enumerate((*ready.format.signature, *ready.format.unless)):
            signatures.Add(pattern_of(rule.where, rule.line))
            meaning.append((place, at))
    signatures.Compile()
    return signatures, meaning
