"""What stands for a value in a query without being one: functions, days relative to now, and nothing at all."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from integrations.jira.sandbox.errors import refused
from integrations.jira.sandbox.models import Version
from integrations.jira.sandbox.view import View


@dataclass(frozen=True)
class Function:
    """``name(arguments)``; EMPTY is one without brackets."""

    name: str
    arguments: tuple[str, ...] = ()


Operand = str | Function
EMPTY = Function("empty")
PERIOD = re.compile(r"([+-]?\d+)([wdhm])")
UNITS = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
FORMATS = ("%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M", "%Y/%m/%d", "%Y-%m-%d")
BAD_DATE = (
    "Date value '{}' for field '{}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm',"
    " 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
)


def words_of(view: View, field: str, operand: Operand) -> set[str]:
    """The values meant, in small letters.

    Raises:
        Refused: 400 for a function that there is not, or not for this field.
    """
    if isinstance(operand, str):
        return {operand.lower()}
    known = FUNCTIONS.get(operand.name.lower())
    if not known:
        raise refused(400, f"Unable to find JQL function '{operand.name}({', '.join(operand.arguments)})'.")
    fields, words = known
    if field not in fields:
        raise refused(400, f"The JQL function '{operand.name}()' is not supported by the field '{field}'.")
    return {word.lower() for word in words(view, operand.arguments)}


def _me(view: View, _: tuple[str, ...]) -> set[str]:
    return {view.caller.account.account_id, view.caller.account.key} if view.caller.account else set()


def _members(view: View, arguments: tuple[str, ...]) -> set[str]:
    """Of our own groups only ourselves are known."""
    return _me(view, ()) if set(arguments) & set(view.site.switches["groups"]) else set()


def _versions(view: View, arguments: tuple[str, ...], chosen: Callable[[Version], bool]) -> set[str]:
    named = {argument.upper() for argument in arguments}
    projects = [p for p in view.store.projects.values() if view.may_browse(p) and (not named or p.key in named)]
    return {v.name for project in projects for v in project.versions if chosen(v) and not v.archived}


def _last(view: View, arguments: tuple[str, ...], *, is_released: bool) -> set[str]:
    """The latest released one is the last of its kind, the earliest unreleased one the first."""
    projects = [view.store.projects[key.upper()] for key in arguments[:1] if key.upper() in view.store.projects]
    names = [v.name for p in projects for v in p.versions if v.released == is_released and not v.archived]
    return {names[-1 if is_released else 0]} if names else set()


PEOPLE, RELEASES = frozenset({"assignee", "reporter"}), frozenset({"fixversion"})
FUNCTIONS: dict[str, tuple[frozenset[str], Callable[[View, tuple[str, ...]], set[str]]]] = {
    "currentuser": (PEOPLE, _me),
    "membersof": (PEOPLE, _members),
    "releasedversions": (RELEASES, lambda view, args: _versions(view, args, lambda v: v.released)),
    "unreleasedversions": (RELEASES, lambda view, args: _versions(view, args, lambda v: not v.released)),
    "latestreleasedversion": (RELEASES, lambda view, args: _last(view, args, is_released=True)),
    "earliestunreleasedversion": (RELEASES, lambda view, args: _last(view, args, is_released=False)),
}
STARTS: dict[str, Callable[[datetime], datetime]] = {
    "day": lambda at: at.replace(hour=0, minute=0, second=0, microsecond=0),
    "week": lambda at: STARTS["day"](at) - timedelta(days=(at.weekday() + 1) % 7),  # weeks begin on Sunday there
    "month": lambda at: STARTS["day"](at).replace(day=1),
    "year": lambda at: STARTS["day"](at).replace(month=1, day=1),
}
NEXT: dict[str, Callable[[datetime], datetime]] = {
    "day": lambda at: at + timedelta(days=1),
    "week": lambda at: at + timedelta(weeks=1),
    "month": lambda at: STARTS["month"](at + timedelta(days=32)),
    "year": lambda at: at.replace(year=at.year + 1),
}


def moment_of(view: View, field: str, operand: Operand) -> datetime:
    """A moment in UTC, which is the zone of this site and of our account.

    Raises:
        Refused: 400, with the formats that there are.
    """
    try:
        return _moment(field, operand, view.store.clock.now())
    except OverflowError:  # beyond the calendar
        raise refused(400, BAD_DATE.format(operand if isinstance(operand, str) else operand.name, field)) from None


def _moment(field: str, operand: Operand, now: datetime) -> datetime:
    if isinstance(operand, Function):
        return _moment_of_function(field, operand, now)
    if re.fullmatch(rf"(?:{PERIOD.pattern}\s*)+", operand.strip()):
        sign = -1 if operand.strip().startswith("-") else 1
        return now + sum((sign * abs(int(n)) * UNITS[unit] for n, unit in PERIOD.findall(operand)), timedelta())
    for form in FORMATS:
        try:
            return datetime.strptime(operand, form).replace(tzinfo=now.tzinfo)
        except ValueError:
            continue
    raise refused(400, BAD_DATE.format(operand, field))


def _moment_of_function(field: str, function: Function, now: datetime) -> datetime:
    name = function.name.lower()
    if name == "now":
        return now
    found = re.fullmatch(r"(start|end)of(day|week|month|year)", name)
    if not found:
        raise refused(400, f"The JQL function '{function.name}()' is not supported by the field '{field}'.")
    start = STARTS[found[2]](now)
    at = start if found[1] == "start" else NEXT[found[2]](start) - timedelta(minutes=1)
    for argument in function.arguments[:1]:
        for number, unit in PERIOD.findall(argument):
            at += int(number) * UNITS[unit]
        if re.fullmatch(r"[+-]?\d+", argument):
            at += int(argument) * (timedelta(weeks=1) if found[2] == "week" else timedelta(days=1))
    return at
