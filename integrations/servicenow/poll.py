"""What changed in ServiceNow since we last looked.

The watermark is opaque to its keeper: the latest ``sys_updated_on`` seen in ServiceNow's own data, then the rows seen
within the overlap before it, so that each change of a row is told once though the same span is read again and again. It
holds everything that is remembered: kept together with what was done about the answer, nothing is lost by a crash."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from integrations.servicenow import approvals
from integrations.servicenow.connection import Connection, Row
from integrations.servicenow.query import all_of, among

# Commits arrive out of the order of their timestamps, which tell seconds only: a span is read again.
OVERLAP = timedelta(seconds=120)
TIME = "%Y-%m-%d %H:%M:%S"
MOST_REMEMBERED = 400
"""Row changes kept in a watermark; further ones are told twice, which does no harm."""
SOURCES = (("change_request", "sys_id"), (approvals.TABLE, "sysapproval"))
"""(table, the column that names the change)"""


def changed_since(connection: Connection, sys_ids: Sequence[str], watermark: str) -> tuple[frozenset[str], str]:
    """Which of these changes have something new, and the next watermark. An empty one means from the beginning."""
    latest, seen = _parse(watermark)
    since = _earlier(latest)
    news = [(change, row) for change, row in _updated(connection, sys_ids, since) if _print_of(row) not in seen]
    rows_seen = {_print_of(row): row["sys_updated_on"] for _, row in news if _earlier(row["sys_updated_on"])}
    latest = max([latest, *rows_seen.values()])
    return frozenset(change for change, _ in news), _watermark(latest, seen | rows_seen)


def _updated(connection: Connection, sys_ids: Sequence[str], since: str) -> Iterator[tuple[str, Row]]:
    """(change, row) of every row updated since then; looked at again, since a condition may have been dropped."""
    wanted = frozenset(sys_ids)
    for some in approvals.chunks(sys_ids):
        for table, column in SOURCES:
            query = all_of(among(column, some), *([f"sys_updated_on>={since}"] if since else []))
            columns = tuple(dict.fromkeys(("sys_id", column, "sys_updated_on", "sys_mod_count")))
            for row in connection.all_rows(table, query, columns):
                at = row.get("sys_updated_on", "")
                # A time that may not be read is always news: to miss something is worse than to look again.
                if row.get(column) in wanted and (at >= since or not _earlier(at)):
                    yield row[column], {**row, "sys_updated_on": at}


def _print_of(row: Row) -> str:
    """Eight characters that tell one change of one row from another."""
    what = f"{row.get('sys_id')} {row.get('sys_mod_count')} {row['sys_updated_on']}"
    return hashlib.sha256(what.encode()).hexdigest()[:8]


def _parse(watermark: str) -> tuple[str, dict[str, str]]:
    """(latest, row change → when), the way it was written; nonsense means from the beginning."""
    latest, _, rest = watermark.partition("|")
    if not _earlier(latest):
        return "", {}
    pairs = (one.partition("@") for one in rest.split(",") if one)
    return latest, {mark: _time_before(latest, seconds) for mark, _, seconds in pairs}


def _watermark(latest: str, seen: dict[str, str]) -> str:
    """Only what the next overlap will read again is worth remembering, the newest first."""
    since = _earlier(latest)
    recent = sorted(((at, mark) for mark, at in seen.items() if at >= since), reverse=True)[:MOST_REMEMBERED]
    return f"{latest}|{','.join(f'{mark}@{_seconds_between(at, latest)}' for at, mark in recent)}" if latest else ""


def _earlier(latest: str) -> str:
    """Where the next look begins; empty when ``latest`` is no time."""
    try:
        return (datetime.strptime(latest, TIME) - OVERLAP).strftime(TIME)
    except (ValueError, OverflowError):
        return ""


def _time_before(latest: str, seconds: str) -> str:
    back = timedelta(seconds=int(seconds)) if seconds.isdigit() else timedelta()
    return (datetime.strptime(latest, TIME) - back).strftime(TIME)


def _seconds_between(at: str, latest: str) -> int:
    return int((datetime.strptime(latest, TIME) - datetime.strptime(at, TIME)).total_seconds())
