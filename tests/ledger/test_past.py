"""What is asked at every tick is found by an index: what is over, and what was told, is not read again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bot.change.model import Kind, Progress, State, Want
from bot.ledger.database import connect
from bot.ledger.ledger import Ledger, Transaction
from bot.story.alarm import ALARMING
from tests.builders import LINUS, NOW
from tests.story.conftest import ledger_file, migrated  # fixtures

__all__ = ["ledger_file", "migrated"]


@pytest.fixture
def ledger(ledger_file: Path) -> Ledger:
    return Ledger(connect(f"sqlite:///{ledger_file}"), lambda: NOW)


def plan_of(ledger: Ledger, ask: Callable[[Transaction], object]) -> list[str]:
    """How the database looks for what is asked."""
    asked: list[tuple[str, Any]] = []

    def remember(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(ledger.database, "before_cursor_execute", remember)
    with ledger.reading() as tx:
        ask(tx)
    event.remove(ledger.database, "before_cursor_execute", remember)
    selects = [(words, values) for words, values in asked if words.startswith("SELECT")]
    with ledger.database.connect() as connection:
        return [
            str(row[-1])
            for words, values in selects
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", values)
        ]


@pytest.mark.parametrize(
    ("ask", "found_by"),
    [
        (lambda tx: tx.under_way(), "SEARCH cabbie_changes USING INDEX ix_cabbie_changes_left (progress=?)"),
        (lambda tx: tx.under_way_ids(), "SEARCH cabbie_changes USING INDEX ix_cabbie_changes_left (progress=?)"),
        (lambda tx: tx.open_in_servicenow(), "USING INDEX ix_cabbie_changes_left (progress=? AND state=?)"),
        (
            lambda tx: tx.live("payments", "production", "deploy"),
            "USING INDEX ix_cabbie_changes_place (service=? AND environment=? AND progress=?)",
        ),
        (lambda tx: tx.left_in(State.REVIEW), "USING INDEX ix_cabbie_changes_left (progress=? AND state=?)"),
        (lambda tx: tx.untold(ALARMING), "SEARCH cabbie_findings USING INDEX ix_cabbie_findings_untold (kind=?)"),
    ],
    ids=["under way", "their ids", "open in ServiceNow", "live in a place", "left in review", "untold"],
)
def test_what_every_tick_asks_is_found_by_an_index(
    ledger: Ledger, ask: Callable[[Transaction], object], found_by: str
) -> None:
    plan = plan_of(ledger, ask)

    assert any(found_by in step for step in plan), plan
    assert not any(step.startswith("SCAN") for step in plan), plan


def test_all_that_is_not_over_is_under_way_oldest_first(ledger: Ledger) -> None:
    for progress in reversed(Progress):
        add(ledger, progress)

    with ledger.reading() as tx:
        found = [change.progress for change in tx.under_way()]

    assert found == [progress for progress in Progress if progress is not Progress.DONE]


def test_an_alarm_is_taken_once(ledger: Ledger) -> None:
    with ledger.begin() as tx:
        tx.find_out("stuck", "payments 2.4.1 is stuck", once="stuck:1")
        tx.find_out("went wrong", "told in the digest", once="wrong:1")

    def take() -> list[str]:
        with ledger.begin() as tx:
            return [finding.sentence for finding in tx.untold(ALARMING) if tx.take_alarm(finding)]

    with ledger.reading() as tx:
        seen_before = tx.untold(ALARMING)
    assert (take(), take()) == (["payments 2.4.1 is stuck"], [])
    with ledger.begin() as tx:  # by one who looked before the other took it
        assert [tx.take_alarm(finding) for finding in seen_before] == [False]


def add(ledger: Ledger, progress: Progress) -> None:
    with ledger.begin() as tx:
        requester = tx.person(slack_team=LINUS.slack_team, slack_id=LINUS.slack_id, name=LINUS.name)
        born = {"environment": "production", "kind": Kind.DEPLOY, "source": "slack", "want": Want.DEPLOY}
        age = list(Progress).index(progress)
        tx.add_change(
            requester, **born, service="x", version="1", requested_at=NOW.replace(microsecond=age), progress=progress
        )
