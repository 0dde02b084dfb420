"""The small rules Block Kit is described with. Each takes a value and where it stands, and yields what is wrong."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Rule = Callable[[Any, str], Iterator[str]]
Extra = Callable[[dict[str, Any], str], Iterator[str]]
"""A rule about several properties of one object."""


@dataclass(frozen=True)
class Need:
    """A property that must be there."""

    rule: Rule


Shape = dict[str, "Rule | Need"]


def wrong(message: str, at: str) -> str:
    """A complaint in Slack's form, with its JSON pointer."""
    return f"[ERROR] {message} [json-pointer:{at}]"


def string(longest: int, shortest: int = 0) -> Rule:
    def rule(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield wrong("must be a string", at)
        elif len(value) > longest:
            yield wrong(f"must be less than {longest + 1} characters", at)
        elif len(value) < shortest:
            yield wrong(f"must be more than {shortest - 1} characters", at)

    return rule


def boolean(value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, bool):
        yield wrong("must be a boolean", at)


def integer(least: int = 0, most: int | None = None) -> Rule:
    def rule(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield wrong("must be an integer", at)
        elif value < least or (most is not None and value > most):
            yield wrong(f"must be between {least} and {most if most is not None else 'any'}", at)

    return rule


def number(value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, int | float) or isinstance(value, bool):
        yield wrong("must be a number", at)


def choice(*words: str | int) -> Rule:
    def rule(value: Any, at: str) -> Iterator[str]:
        if isinstance(value, bool) or value not in words:
            yield wrong(f"must be a valid enum value: {', '.join(map(str, words))}", at)

    return rule


def matching(pattern: str, meant: str) -> Rule:
    """A string of this form; ``meant`` says in words which."""
    form = re.compile(pattern)

    def rule(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield wrong("must be a string", at)
        elif not form.search(value):
            yield wrong(f"must be {meant}", at)

    return rule


def objects(value: Any, at: str) -> Iterator[str]:
    """Any object, whatever is in it."""
    if not isinstance(value, dict):
        yield wrong("must be an object", at)


def anything(_value: Any, _at: str) -> Iterator[str]:
    yield from ()


def listed(each: Rule, most: int | None, least: int = 1) -> Rule:
    def rule(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield wrong("must be an array", at)
            return
        if most is not None and len(value) > most:
            yield wrong(f"no more than {most} items allowed", at)
        if len(value) < least:
            yield wrong(f"no less than {least} items allowed", at)
        for number_, item in enumerate(value):
            yield from each(item, f"{at}/{number_}")

    return rule


def shaped(shape: Shape, *extras: Extra) -> Rule:
    """An object with these properties and no others; the extras judge only what has its shape."""

    def rule(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield wrong("must be an object", at)
            return
        problems = [*_properties(shape, value, at)]
        unknown = (name for name in value if name not in shape and name != "type")
        problems += [wrong(f"invalid additional property: {name}", at) for name in unknown]
        yield from problems
        if not problems:
            for extra in extras:
                yield from extra(value, at)

    return rule


def _properties(shape: Shape, value: dict[str, Any], at: str) -> Iterator[str]:
    for name, part in shape.items():
        if value.get(name) is not None:
            yield from (part.rule if isinstance(part, Need) else part)(value[name], f"{at}/{name}")
        elif isinstance(part, Need):
            yield wrong(f"missing required field: {name}", at)


def typed(table: dict[str, Rule], *allowed: str) -> Rule:
    """An object whose ``type`` picks the rule; ``allowed`` narrows the table, and is looked up only when used."""

    def rule(value: Any, at: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in table or (allowed and kind not in allowed):
            yield wrong(f"unsupported type: {kind}", f"{at}/type" if isinstance(value, dict) else at)
            return
        yield from table[kind](value, at)

    return rule


def one_of(*names: str) -> Extra:
    """At least one of these properties."""

    def extra(value: dict[str, Any], at: str) -> Iterator[str]:
        if not any(value.get(name) for name in names):
            yield wrong(f"missing required field: {' or '.join(names)}", at)

    return extra


def has_something(value: dict[str, Any], at: str) -> Iterator[str]:
    """An object without a single property says nothing."""
    if not set(value) - {"type"}:
        yield wrong("must have at least one property", at)


def not_above(low: str, high: str) -> Extra:
    """One number of an object stays at or below another; both may come as strings."""

    def extra(value: dict[str, Any], at: str) -> Iterator[str]:
        try:
            least, most = float(value[low]), float(value[high])
        except (KeyError, TypeError, ValueError):
            return  # absent, or wrong in a way that is told elsewhere
        if least > most:
            yield wrong(f"must not be more than {high}", f"{at}/{low}")

    return extra


def exactly_one_of(*names: str) -> Extra:
    def extra(value: dict[str, Any], at: str) -> Iterator[str]:
        if sum(value.get(name) is not None for name in names) != 1:
            yield wrong(f"must have exactly one of: {', '.join(names)}", at)

    return extra
