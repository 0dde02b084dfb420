"""What only replicas on PostgreSQL meet: two transactions that really run at one time, and another order of nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from bot.change.announcement import Heard, Report, ReportWord, Speaker
from bot.change.model import Change, Kind, Outcome, Progress, State, Transport, Want
from bot.desk import FrontDesk
from bot.ledger.database import connect
from bot.ledger.ledger import Ledger, Transaction
from bot.ledger.migrate import is_behind, migrate
from bot.ledger.standing import standing
from tests.builders import LINUS, NOW
from tests.doubles.queue import QueueDouble
from tests.postgres import Postgres, postgres  # noqa: F401  # a fixture
from tests.story.world import POLICY


class Overtaking(Ledger):
    """A ledger on which a worker moves the change just after it was read, once."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger.database, ledger.now)
        self._worker: Ledger | None = ledger

    @contextmanager
    def begin(self, *, is_urgent: bool = False) -> Iterator[Transaction]:
        with super().begin(is_urgent=is_urgent) as tx:
            read = tx.change_numbered

            def change_numbered(number: str) -> Change | None:
                change = read(number)
                if change and self._worker:
                    self._worker.update(change, trouble="Jira does not answer")
                    self._worker = None
                return change

            tx.change_numbered = change_numbered  # type: ignore[method-assign]  # a reader that is slow
            yield tx


@pytest.fixture
def ledger(postgres: Postgres) -> Ledger:  # noqa: F811
    database = connect(postgres.database())
    migrate(database, further=lambda: None)
    return Ledger(database, lambda: NOW)


def add(ledger: Ledger, version: str, **facts: object) -> str:
    with ledger.begin() as tx:
        requester = tx.person(slack_team=LINUS.slack_team, slack_id=LINUS.slack_id, name=LINUS.name)
        born = {"environment": "production", "kind": Kind.DEPLOY, "requested_at": NOW, "source": "slack"}
        born |= {"want": Want.DEPLOY, "progress": Progress.CLEARED, "service": "payments", "version": version}
        return tx.add_change(requester, **born | facts)


def test_a_report_is_heard_although_a_worker_was_quicker(ledger: Ledger) -> None:
    change_id = add(ledger, "2.4.1", number="CHG1", sys_id="1", state=State.IMPLEMENT)
    desk = FrontDesk(Overtaking(ledger), QueueDouble(), lambda: POLICY)  # type: ignore[arg-type]
    by = Speaker(Transport.HTTP, slack_id=LINUS.slack_id, slack_team=LINUS.slack_team)

    answer = desk.hear(Heard(by, NOW, "click", Report("CHG1", ReportWord.DONE)))

    assert not answer.is_refusal, answer.sentence
    change = ledger.change(change_id)
    assert (change.outcome, change.trouble) == (Outcome.SUCCEEDED, "Jira does not answer")


def test_the_last_good_version_is_the_one_that_ended_last(ledger: Ledger) -> None:
    add(ledger, "1.0.0", sha="a" * 40, outcome=Outcome.SUCCEEDED)  # nobody knows when it ended
    add(ledger, "2.0.0", sha="b" * 40, outcome=Outcome.SUCCEEDED, finished_at=NOW)
    add(ledger, "1.9.0", sha="c" * 40, outcome=Outcome.SUCCEEDED, finished_at=NOW - timedelta(days=1))

    with ledger.reading() as tx:
        good = tx.last_good("payments", "production")

    assert good is not None and good.version == "2.0.0"


def test_what_is_under_way_is_counted_there_too(ledger: Ledger) -> None:
    add(ledger, "1.0.0", progress=Progress.STUCK, requested_at=NOW - timedelta(hours=2))
    add(ledger, "2.0.0", progress=Progress.STUCK, stage_at=NOW - timedelta(days=2))
    add(ledger, "3.0.0", progress=Progress.DONE)

    assert standing(ledger) == {(Progress.STUCK, "under_4h"): 1, (Progress.STUCK, "over_1d"): 1}


def test_a_migrated_database_is_not_behind(ledger: Ledger) -> None:
    assert not is_behind(ledger.database)


def test_an_alarm_is_taken_once_there_too(ledger: Ledger) -> None:
    with ledger.begin() as tx:
        tx.find_out("stuck", "payments 2.4.1 is stuck", once="stuck:1")

    def take() -> list[bool]:
        with ledger.begin() as tx:
            return [tx.take_alarm(finding) for finding in tx.untold(["stuck"])]

    assert (take(), take()) == ([True], [])
