"""When a configuration item may be worked on: maintenance windows, blackouts, and who has it already."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from integrations.servicenow.sandbox.data.display import SYSTEM_ZONE
from integrations.servicenow.sandbox.data.finding import find_all
from integrations.servicenow.sandbox.data.store import STAMP, SYSTEM, Record
from integrations.servicenow.sandbox.engine.spans import Span, joined, within, without
from integrations.servicenow.sandbox.instance import Instance

# A schedule's own way of writing a time; with a Z it is UTC, without one the schedule's zone.
MOMENT = "%Y%m%dT%H%M%S"
DAY = timedelta(days=1)
AHEAD = timedelta(days=30)
"""How far ahead a free slot is looked for."""


def moment(stored: str) -> datetime:
    return datetime.strptime(stored, STAMP).replace(tzinfo=UTC)


def planned(change: Record) -> Span | None:
    """The change's window, when it has one."""
    if not (change["start_date"] and change["end_date"]) or change["start_date"] >= change["end_date"]:
        return None
    return Span(moment(change["start_date"]), moment(change["end_date"]))


def windows(inst: Instance, item: Record, frame: Span) -> list[Span] | None:
    """The item's maintenance windows within the frame; None when it has no schedule and may be worked on always."""
    schedule = inst.store.find("cmn_schedule", item["maintenance_schedule"])
    return None if schedule is None else within(_spans(inst, schedule, frame), frame)


def blackouts(inst: Instance, item: Record, frame: Span) -> list[tuple[Record, Span]]:
    """Blackouts that hold for the item within the frame, each with its schedule."""
    schedules = [s for s in inst.store.rows("cmn_schedule_blackout") if _concerns(inst, s, item)]
    return [(s, span) for s in schedules for span in within(_spans(inst, s, frame), frame)]


def taken(inst: Instance, item: Record, frame: Span, but: Record | None = None) -> list[tuple[Record, Span]]:
    """Other active changes of the item within the frame. Inactive ones are not considered."""
    changes = inst.store.where("change_request", cmdb_ci=item.sys_id, active="true")
    spans = ((change, planned(change)) for change in changes if but is None or change.sys_id != but.sys_id)
    return [(change, span) for change, span in spans if span and span.overlaps(frame)]


def free(inst: Instance, item: Record, frame: Span, but: Record | None = None) -> list[Span]:
    """When the item can be worked on within the frame."""
    allowed = windows(inst, item, frame)
    holes = [span for _, span in (*blackouts(inst, item, frame), *taken(inst, item, frame, but))]
    return without([frame] if allowed is None else allowed, holes)


def first_slot(inst: Instance, item: Record, length: timedelta, but: Record | None = None) -> Span | None:
    """The first free stretch of this length from now on."""
    now = inst.clock.now().replace(microsecond=0)
    long_enough = (span for span in free(inst, item, Span(now, now + AHEAD), but) if span.length >= length)
    found = next(long_enough, None)
    return Span(found.start, found.start + length) if found else None


def _concerns(inst: Instance, schedule: Record, item: Record) -> bool:
    found = find_all(inst, "cmdb_ci", f"{schedule['condition']}^sys_id={item.sys_id}", SYSTEM, "UTC")
    return not schedule["condition"] or bool(found)


def _spans(inst: Instance, schedule: Record, frame: Span) -> list[Span]:
    entries = inst.store.where("cmn_schedule_span", schedule=schedule.sys_id)
    zone = schedule["time_zone"] or SYSTEM_ZONE
    return joined(span for entry in entries for span in _occurrences(entry, zone, frame))


def _occurrences(entry: Record, zone: str, frame: Span) -> Iterator[Span]:
    """Each time the entry comes round within the frame, by the wall clock of its zone."""
    start, end = (_wall(entry[name], zone) for name in ("start_date_time", "end_date_time"))
    last = _wall(entry["repeat_until"], zone) if entry["repeat_until"] else None
    if not entry["repeat_type"]:
        yield from _if_seen(start, end, frame)
        return
    length, day = end.replace(tzinfo=None) - start.replace(tzinfo=None), max(start, frame.start - (end - start) - DAY)
    while day < frame.end + DAY and (last is None or day <= last):
        begin = start.replace(year=day.year, month=day.month, day=day.day)
        if begin >= start and _comes_round(entry, begin, start):
            finish = (begin.replace(tzinfo=None) + length).replace(tzinfo=start.tzinfo)
            yield from _if_seen(begin, finish, frame)
        day += DAY


def _comes_round(entry: Record, begin: datetime, start: datetime) -> bool:
    match entry["repeat_type"]:
        case "daily":
            return True
        case "weekly":
            return str(begin.isoweekday()) in (entry["days_of_week"] or str(start.isoweekday()))
        case "yearly":
            return (begin.month, begin.day) == (start.month, start.day)
    return False


def _if_seen(start: datetime, end: datetime, frame: Span) -> Iterator[Span]:
    span = Span(start.astimezone(UTC), end.astimezone(UTC))
    if span.overlaps(frame):
        yield span


def _wall(text: str, zone: str) -> datetime:
    return datetime.strptime(text.rstrip("Z"), MOMENT).replace(tzinfo=UTC if text.endswith("Z") else ZoneInfo(zone))
