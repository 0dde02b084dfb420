"""How many changes stand where: counted by the database, at a cost that does not grow with history."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.dialects import sqlite

from bot.change.model import Kind, Progress, Want
from bot.ledger.database import connect
from bot.ledger.ledger import Ledger
from bot.ledger.standing import query, standing
from tests.builders import LINUS, NOW
from tests.story.conftest import ledger_file, migrated  # fixtures

__all__ = ["ledger_file", "migrated"]


@pytest.fixture
def ledger(ledger_file: Path) -> Ledger:
    return Ledger(connect(f"sqlite:///{ledger_file}"), lambda: NOW)


def add(ledger: Ledger, progress: Progress, age: timedelta, **facts: Any) -> None:
    with ledger.begin() as tx:
        requester = tx.person(slack_team=LINUS.slack_team, slack_id=LINUS.slack_id, name=LINUS.name)
        born = {"environment": "production", "kind": Kind.DEPLOY, "source": "slack", "want": Want.DEPLOY}
        tx.add_change(requester, **born, service="x", version="1", requested_at=NOW - age, progress=progress, **facts)


def test_each_is_counted_by_how_long_it_has_stood_where_it_stands(ledger: Ledger) -> None:
    add(ledger, Progress.OPENING, timedelta(minutes=14))
    add(ledger, Progress.OPENING, timedelta(minutes=15))
    add(ledger, Progress.WAITING, timedelta(days=3), stage_at=NOW - timedelta(hours=2))
    add(ledger, Progress.WAITING, timedelta(hours=3))
    add(ledger, Progress.STUCK, timedelta(days=1))
    add(ledger, Progress.DONE, timedelta(days=1))

    assert standing(ledger) == {
        (Progress.OPENING, "under_15m"): 1,
        (Progress.OPENING, "under_1h"): 1,
        (Progress.WAITING, "under_4h"): 2,
        (Progress.STUCK, "over_1d"): 1,
    }


def test_what_is_over_is_not_looked_at(ledger: Ledger) -> None:
    words = query(NOW).compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})

    with ledger.database.connect() as connection:
        plan = [str(row[-1]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}")]

    assert any("SEARCH cabbie_changes USING INDEX" in step and "(progress=?)" in step for step in plan), plan
    assert not any(step.startswith("SCAN cabbie_changes") for step in plan), plan
