"""The ``javascript:`` values that an integration is likely to put into a query."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from integrations.servicenow.sandbox.data.display import SYSTEM_ZONE, from_zone
from integrations.servicenow.sandbox.data.record import Actor
from integrations.servicenow.sandbox.data.store import STAMP

_CALL = re.compile(r"gs\.(\w+)\((.*)\)")
_DATE_GENERATE = re.compile(r"'(\d{4}-\d\d-\d\d)','(\d\d:\d\d:\d\d)'")
_UNITS = {"minutesAgo": "minutes", "hoursAgo": "hours", "daysAgo": "days"}
DAY = timedelta(days=1)


def evaluate(script: str, by: Actor, zone: str, now: datetime) -> str | None:
    """What the script comes to, as stored UTC where it is a time; None when it is not known here."""
    call = _CALL.fullmatch(script)
    if not call:
        return None
    name, argument = call[1], call[2].replace(" ", "")
    if name == "getUserID" and not argument:
        return by.sys_id
    if name == "getUserName" and not argument:
        return by.user_name
    if name == "dateGenerate" and (made := _DATE_GENERATE.fullmatch(argument)):
        return _generated(f"{made[1]} {made[2]}", zone)
    moment = _moment(name, argument, zone, now)
    return moment.astimezone(UTC).strftime(STAMP) if moment else None


def _generated(text: str, zone: str) -> str | None:
    """``dateGenerate`` speaks in the session's own time."""
    try:
        return from_zone(text, zone)
    except ValueError:
        return None


def _moment(name: str, argument: str, zone: str, now: datetime) -> datetime | None:
    today = now.astimezone(ZoneInfo(zone or SYSTEM_ZONE)).replace(hour=0, minute=0, second=0, microsecond=0)
    count = int(argument) if argument.isdecimal() and len(argument) < 6 else None
    if name in _UNITS and count is not None:
        return now - timedelta(**{_UNITS[name]: count})
    if name == "daysAgoStart" and count is not None:
        return today - count * DAY
    if name == "daysAgoEnd" and count is not None:
        return today - count * DAY + DAY - timedelta(seconds=1)
    plain = {"beginningOfToday": today, "endOfToday": today + DAY - timedelta(seconds=1), "nowDateTime": now}
    return plain.get(name) if not argument else None
