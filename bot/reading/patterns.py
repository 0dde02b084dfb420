"""Patterns that cannot run away: RE2, with caps on length and size."""

import re2

MOST_CHARACTERS = 1000
"""Of one pattern."""
GROUPS = frozenset(
    [
        "service",
        "environment",
        "version",
        "previous_version",
        "ref",
        "tag",
        "sha",
        "actor",
        "job",
        "app",
        "word",
        "url",
    ]  # what a line can say
)
PLACES = ("text", "header", "block", "title", "pretext", "body", "fallback", "author", "footer", "button", "link")
ANYWHERE = ("text", "header", "block", "title", "pretext", "body", "fallback", "author", "field")
"""What ``any`` stands for: where tools say what happened."""


def options(most_memory: int) -> re2.Options:
    chosen = re2.Options()
    chosen.max_mem = most_memory
    chosen.log_errors = False
    return chosen


SMALL = options(1 << 20)
"""A single pattern: larger than this, RE2 refuses it."""
LARGE = options(64 << 20)
"""All signatures in one automaton: an upper bound. What does not fit is forgotten, and worked out again."""
MOST_STEPS = 200_000
"""Of the programs of all patterns together; the shipped ones come to a tenth. More would not fit the automaton."""


def pattern_of(where: str, line: str) -> str:
    """The RE2 pattern for a whole line with the place it stands at in front."""
    places = "|".join(_place(part) for part in _parts(where))
    return f"(?:{places})\t(?:{line})"


def wrong_pattern(line: str, groups: frozenset[str] = GROUPS) -> str:
    """Why a pattern cannot be used; empty when it can."""
    if len(line) > MOST_CHARACTERS:
        return f"longer than {MOST_CHARACTERS} characters"
    try:
        named = re2.compile(f"(?:{line})", SMALL).groupindex
    except (re2.error, UnicodeError) as error:
        return f"not a pattern RE2 takes ({_why(error)})"
    if odd := sorted(set(named) - groups):
        return f"the group “{odd[0]}” is none of {', '.join(sorted(groups))}"
    return ""


def steps_of(where: str, line: str) -> int:
    """How large the program of a valid rule is."""
    size: int = re2.compile(pattern_of(where, line), SMALL).programsize
    return size


def wrong_place(where: str) -> str:
    """Why there is no such place in a message; empty when there is."""
    for part in _parts(where):
        if part not in (*PLACES, "any", "field") and not part.startswith("field "):
            return f"“{part[:60]}” is none of {', '.join(PLACES)}, field, field <its title>, any"
        if len(part) > 100 or "\t" in part:
            return "longer than 100 characters, or with a tab in it"
    return ""


def stands_at(where: str) -> tuple[str, ...]:
    """The first words of the places a rule looks at: a cheap test before the pattern."""
    heads = (part.split(" ")[0] for part in _parts(where))
    return tuple(dict.fromkeys(place for head in heads for place in (ANYWHERE if head == "any" else (head,))))


def _parts(where: str) -> list[str]:
    return [part.strip() for part in where.split(" | ")]


def _place(part: str) -> str:
    if part == "any":
        return "|".join(_place(place) for place in ANYWHERE)
    if part == "field":
        return "field [^\t]*"
    if part.startswith("field "):
        return f"field (?i:{re2.escape(part.removeprefix('field ').strip())})"
    return part


def _why(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)
