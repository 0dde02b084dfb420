"""How tools announce deploys, from reviewed YAML: the shipped formats and names, and a team's own."""

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from bot.change.reading import Name
from bot.reading import MOST_STEPS, Announcements, Format, Rule, Words, steps_of, wrong_pattern, wrong_place
from config.plain_yaml import NotPlain, read_plain
from config.wrong_field import wrong_field

PATH = Path(__file__).with_name("announcements.yaml")
MOST_FORMATS = 1000
MOST_RULES = 40
"""Of one format."""
MOST_NAMES = 1000
NAME_GROUPS = frozenset({"service", "environment"})
SHORTHAND = re.compile(r"\{([a-z][a-z_]*)\}")
REGION = r"(?:[-_ ](?:eu|us|ap|asia|emea|apac|amer|uk|de|east|west|north|south|central|blue|green|[0-9]{1,2}))*"
"""What may follow an environment's name: a region, a number, a colour."""
SERVICE_NAME = r"(?P<service>[a-z0-9](?:[a-z0-9._-]*?[a-z0-9])?)"
DEPLOY_NAME = (
    r"(?:auto[-_ ]?)?(?:deploy(?:s|ment|ments|ing)?|release|releases|releasing|roll-?out|promot(?:e|ion)|ship"
    r"|roll-?back|revert)"
)


@dataclass(frozen=True)
class ShippedNames:
    """Naming rules as they stand in the file: patterns alone."""

    jobs: tuple[str, ...]
    apps: tuple[str, ...]


@dataclass(frozen=True)
class Shipped:
    """The file as it is written."""

    shorthands: Mapping[str, str]
    environments: str
    words: Words
    names: ShippedNames
    formats: tuple[Format, ...]


@dataclass(frozen=True)
class TeamsOwn:
    """A team's own formats and names, or the lines that say what is wrong with them."""

    formats: tuple[Format, ...] = ()
    names: tuple[Name, ...] = ()
    wrong: tuple[str, ...] = ()


class BadAnnouncements(Exception):
    """The file is not valid; one line per wrong field, with its path."""

    def __init__(self, wrong: Sequence[str]) -> None:
        super().__init__("\n".join(wrong))
        self.wrong = tuple(wrong)


for _part in (Rule, Format, Words, ShippedNames, Shipped, Name):
    with_config(ConfigDict(extra="forbid"))(_part)
SHIPPED, FORMATS, NAMES = TypeAdapter(Shipped), TypeAdapter(tuple[Format, ...]), TypeAdapter(tuple[Name, ...])


@functools.cache
def shipped_announcements() -> Announcements:
    """What comes with Cabbie."""
    return parse_announcements(PATH.read_text(encoding="utf-8"))


def parse_announcements(text: str) -> Announcements:
    """Raises: BadAnnouncements."""
    try:
        raw = SHIPPED.validate_python(read_plain(text))
    except NotPlain as why:
        raise BadAnnouncements([f"not valid YAML: {why}"]) from None
    except ValidationError as error:
        raise BadAnnouncements([wrong_field(problem) for problem in error.errors()]) from None
    whole = _expanded(raw)
    wrong = [*_wrong_formats(whole.formats, "formats"), *_wrong_names((*whole.jobs, *whole.apps), "names")]
    if wrong:
        raise BadAnnouncements(wrong)
    return whole


def teams_own(formats: Any = None, names: Any = None) -> TeamsOwn:
    """A team's own, from what stands in its policy under ``formats:`` and ``names:``; what is wrong is told by path."""
    known, named, wrong = _validated(FORMATS, formats), _validated(NAMES, names), []
    wrong += [f"formats.{line}" if line[:1].isdigit() else f"formats: {line}" for line in known.wrong]
    wrong += [f"names.{line}" if line[:1].isdigit() else f"names: {line}" for line in named.wrong]
    own = _spelled_out(known.items, named.items)
    wrong += [*_wrong_formats(own.formats, "formats"), *_wrong_names(own.names, "names")]
    if not wrong and _steps(own.formats) > MOST_STEPS:
        wrong = ["formats: together they are too large; shorter patterns, or fewer"]
    return TeamsOwn(wrong=tuple(wrong)) if wrong else own


@dataclass(frozen=True)
class _Checked:
    items: tuple[Any, ...] = ()
    wrong: tuple[str, ...] = ()


def _validated(adapter: TypeAdapter[Any], raw: Any) -> _Checked:
    try:
        return _Checked(items=adapter.validate_python([] if raw is None else raw))
    except ValidationError as error:
        return _Checked(wrong=tuple(wrong_field(problem) for problem in error.errors()))


def _spelled_out(formats: Sequence[Format], names: Sequence[Name]) -> TeamsOwn:
    """Formats and names without shorthands."""
    raw = _as_written()
    short = _shorthands(raw.shorthands)
    words = _name_words(raw.environments)
    return TeamsOwn(
        formats=tuple(_spell(format, short) for format in formats),
        names=tuple(replace(name, pattern=_spell_line(name.pattern, words)) for name in names),
    )


@functools.cache
def _as_written() -> Shipped:
    shipped: Shipped = SHIPPED.validate_python(read_plain(PATH.read_text(encoding="utf-8")))
    return shipped


def _expanded(raw: Shipped) -> Announcements:
    short, words = _shorthands(raw.shorthands), _name_words(raw.environments)
    return Announcements(
        formats=tuple(_spell(format, short) for format in raw.formats),
        words=raw.words,
        jobs=tuple(Name(_spell_line(pattern, words)) for pattern in raw.names.jobs),
        apps=tuple(Name(_spell_line(pattern, words)) for pattern in raw.names.apps),
    )


def _shorthands(written: Mapping[str, str]) -> dict[str, str]:
    short: dict[str, str] = {}
    for name, pattern in written.items():
        short[name] = _spell_line(pattern, short)
    return short


def _name_words(environments: str) -> dict[str, str]:
    longest_first = sorted(environments.split(), key=len, reverse=True)
    environment = f"(?P<environment>(?:{'|'.join(map(re.escape, longest_first))}){REGION})"
    return {"environment": environment, "service": SERVICE_NAME, "deploy": DEPLOY_NAME}


def _spell(format: Format, short: Mapping[str, str]) -> Format:
    def spell(rules: Sequence[Rule]) -> tuple[Rule, ...]:
        return tuple(replace(rule, line=_spell_line(rule.line, short)) for rule in rules)

    return replace(format, signature=spell(format.signature), read=spell(format.read), unless=spell(format.unless))


def _spell_line(line: str, short: Mapping[str, str]) -> str:
    return SHORTHAND.sub(lambda found: short.get(found[1], found[0]), line)


def _wrong_formats(formats: Sequence[Format], at: str) -> Iterator[str]:
    """What types cannot say."""
    if len(formats) > MOST_FORMATS:
        yield f"{at}: more than {MOST_FORMATS}"
    names = [format.format for format in formats]
    yield from (f"{at}: {name} is there more than once" for name in sorted({n for n in names if names.count(n) > 1}))
    for place, format in enumerate(formats[:MOST_FORMATS]):
        yield from _wrong_format(format, f"{at}.{place}")


def _wrong_format(format: Format, at: str) -> Iterator[str]:
    if not format.format.strip() or len(format.format) > 60:
        yield f"{at}.format: a name of at most 60 characters"
    if not format.signature:
        yield f"{at}.signature: there has to be at least one rule"
    if len(format.signature) + len(format.read) + len(format.unless) > MOST_RULES:
        yield f"{at}: more than {MOST_RULES} rules"
        return
    for part in ("signature", "read", "unless"):
        for place, rule in enumerate(getattr(format, part)):
            yield from _wrong_rule(rule, f"{at}.{part}.{place}")
    if not any(rule.status or "(?P<word>" in rule.line for rule in (*format.signature, *format.read)):
        yield f"{at}: no rule says a status, by `status:` or by the group “word”"


def _steps(formats: Sequence[Format]) -> int:
    rules = (rule for format in formats for rule in (*format.signature, *format.unless))
    return sum(steps_of(rule.where, rule.line) for rule in rules)


def _wrong_rule(rule: Rule, at: str) -> Iterator[str]:
    if problem := wrong_place(rule.where):
        yield f"{at}.where: {problem}"
    if unknown := SHORTHAND.search(rule.line):
        yield f"{at}.line: there is no shorthand {unknown[0]}"
    elif problem := wrong_pattern(rule.line):
        yield f"{at}.line: {problem}"


def _wrong_names(names: Sequence[Name], at: str) -> Iterator[str]:
    if len(names) > MOST_NAMES:
        yield f"{at}: more than {MOST_NAMES}"
    for place, name in enumerate(names[:MOST_NAMES]):
        if unknown := SHORTHAND.search(name.pattern):
            yield f"{at}.{place}.pattern: there is no shorthand {unknown[0]}"
        elif problem := wrong_pattern(name.pattern, NAME_GROUPS):
            yield f"{at}.{place}.pattern: {problem}"
