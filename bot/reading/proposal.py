"""The entry that would have Cabbie hear an unknown tool's message next time: a proposal for review."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.reading.gather import gather
from bot.reading.generic import REPOSITORY, Guess
from bot.reading.sheet import Line

SHAPES = {
    "service": r"[A-Za-z0-9](?:[\w./-]*\w)?",
    "environment": r"[A-Za-z0-9](?:[\w./-]*\w)?",
    "version": r"\w(?:[\w.+-]*\w)?",
    "sha": r"[0-9a-f]{7,40}",
    "actor": r"\S.*?",
}
LINKED_REPOSITORY = (
    r"https?://[^/ ]+/(?P<service>[^/ ]+/[^/ ]+)/(?:pull|commits?|actions|releases|compare|tree|-)/\S+ .*"
)
NUMBERED = re.compile(r"\S*[0-9]\S*")
"""A word with a number in it will be another next time: a duration, a build, a time."""
SPECIAL = frozenset("\\.+*?()|[]{}^$")
PLAIN_PLACE = re.compile(r"[a-z]+(?: [A-Za-z0-9 /()#&_-]{1,60})?")
NAME = re.compile(r"[^a-z0-9]+")
MOST_CHARACTERS = 400
"""Of the headline that a pattern is made of."""


def propose(message: Any, guess: Guess) -> str:
    """YAML to go under ``formats:``, in the policy: it reads this message and others of its shape."""
    found, status = dict(guess.found), f", status: {guess.reading.status}"
    is_one = guess.headline == guess.status_line
    signature = [_rule(guess.headline, found, (status if is_one else "") + _kind(guess))]
    signature += [] if is_one else [_rule(guess.status_line, {}, status)]
    left = {name: words for name, words in found.items() if f"(?P<{name}>" not in signature[0]}
    others = [line for line in gather(message).lines if line not in (guess.headline, guess.status_line)]
    more = list(_elsewhere(others, left))
    lines = ["formats:", f"  - format: {_name(message)}"]
    lines += ["    signature:", *(f"      - {rule}" for rule in signature)]
    lines += ["    read:", *(f"      - {rule}" for rule in more)] if more else []
    return "\n".join(lines) + "\n"


def _kind(guess: Guess) -> str:
    return ", kind: rollback" if guess.reading.kind == "rollback" else ""


def _rule(line: Line, found: Mapping[str, str], says: str = "") -> str:
    pattern = _pattern(line.text[:MOST_CHARACTERS], found) + (".*" if len(line.text) > MOST_CHARACTERS else "")
    return f"{{where: {_quoted(_where(line))}, line: {_quoted(pattern)}{says}}}"


def _where(line: Line) -> str:
    """A field whose title is no plain word is any field."""
    return line.place if PLAIN_PLACE.fullmatch(line.place) else "field"


def _elsewhere(lines: list[Line], left: dict[str, str]) -> Iterator[str]:
    """A rule for each line that says something the headline does not."""
    for line in lines:
        linked = REPOSITORY.match(line.text) if line.place == "link" else None
        if linked and linked[1] == left.get("service"):
            left = {name: words for name, words in left.items() if name != "service"}
            yield f"{{where: link, line: {_quoted(LINKED_REPOSITORY)}}}"
        here = {name: words for name, words in left.items() if _next(line.text, {name: words})[1]}
        if here and line.place not in ("link", "button"):
            left = {name: words for name, words in left.items() if name not in here}
            yield _rule(line, here)


def _pattern(text: str, found: Mapping[str, str]) -> str:
    """The line with what was found as groups, and with numbers free to be others."""
    pattern, rest, open_names = "", text, dict(found)
    while rest:
        at, name = _next(rest, open_names)
        if not name:
            return pattern + _literal(rest)
        pattern += _literal(rest[:at]) + f"(?P<{name}>{SHAPES[name]})"
        rest = rest[at + len(open_names.pop(name)) :]
    return pattern


def _next(text: str, found: Mapping[str, str]) -> tuple[int, str]:
    """Where the next of the found words stands as a word of its own, and its name."""
    places = []
    for name, words in found.items():
        if at := re.search(rf"(?<![\w./-]){re.escape(words)}(?![\w/-]|\.\w)", text):
            places.append((at.start(), name))
    return min(places, default=(len(text), ""))


def _literal(text: str) -> str:
    parts = re.split(r"( +)", text)
    return "".join(r"\S+" if NUMBERED.fullmatch(part) else "".join(map(_escaped, part)) for part in parts)


def _escaped(character: str) -> str:
    """One that YAML does not take may be any."""
    if not character.isprintable():
        return "."
    return f"\\{character}" if character in SPECIAL else character


def _name(message: Any) -> str:
    """After the bot's own name; anybody may choose that, and a reviewer may choose another."""
    profile = message.get("bot_profile")
    said = (profile.get("name") if isinstance(profile, Mapping) else None) or message.get("username")
    plain = NAME.sub("-", str(said).lower()).strip("-")[:40] if said else ""
    return plain or "our-own-tool"


def _quoted(text: str) -> str:
    """In single quotes, where YAML changes nothing but the quote itself."""
    return "'" + text.replace("'", "''") + "'"
