"""How many changes stand where, and for how long: what is under way, counted; what is over is never looked at."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, select

from bot.change.model import Progress
from bot.ledger.changes import UNDER_WAY
from bot.ledger.ledger import Ledger
from bot.ledger.tables import ChangeRow

AGES: Mapping[str, timedelta] = {
    "under_15m": timedelta(minutes=15),
    "under_1h": timedelta(hours=1),
    "under_4h": timedelta(hours=4),
    "under_1d": timedelta(days=1),
}
OLDER = "over_1d"

Standing = Mapping[tuple[Progress, str], int]
"""(what we do about it, how long it has stood there) → so many changes; without those that are none."""


def standing(ledger: Ledger) -> Standing:
    with ledger.reading() as tx:
        return {(Progress(progress), age): count for progress, age, count in tx.session.execute(query(tx.now))}


def query(now: datetime) -> Select[Any]:
    since = func.coalesce(ChangeRow.stage_at, ChangeRow.requested_at)
    age = case(*((since > now - limit, name) for name, limit in AGES.items()), else_=OLDER).label("age")
    return (
        select(ChangeRow.progress, age, func.count())
        .where(ChangeRow.progress.in_([progress.value for progress in UNDER_WAY]))
        .group_by(ChangeRow.progress, "age")  # by its name: spelled out again, PostgreSQL takes it for another one
    )
