"""What two replicas do to the ledger at one moment, and what becomes of the one that stalls amid it."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from bot.change.model import Person
from bot.ledger import chain
from bot.ledger.database import connect
from bot.ledger.ledger import Ledger
from bot.ledger.migrate import migrate
from bot.ledger.reads import Reads
from tests.postgres import Postgres
from tests.stories.processes import eventually

SHORT = timedelta(milliseconds=500)
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = %s"


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def url(postgres: Postgres) -> Iterator[str]:
    url = postgres.database()
    migrate(connect(url), further=lambda: None)
    yield url
    postgres.drop(url)


def test_who_stalls_with_the_ledgers_head_in_hand_holds_nobody_up(url: str) -> None:
    """A process that is stopped amid a transaction would keep every other one from writing for as long as it is."""
    stalled = Ledger(connect(url, longest_pause=SHORT), now)
    other = Ledger(connect(url), now)

    with pytest.raises(DBAPIError), stalled.begin() as tx:
        chain.append(tx.session, kind="policy", change_id="", actor="", body={"sentence": "mine"}, now=now())
        with other.begin() as others:  # waits for the head, which it gets
            others.enter("policy", sentence="theirs")

    assert Reads(other).verify() == (1, None)


def test_somebody_met_by_two_at_one_moment_is_one_person(url: str, postgres: Postgres) -> None:
    first, second = Ledger(connect(url), now), Ledger(connect(url), now)
    met: list[Person] = []

    def meet() -> None:
        with second.begin() as tx:
            met.append(tx.person(slack_team="T0ACME", slack_id="U0ADA", name="Ada Lovelace"))

    meeting = threading.Thread(target=meet, daemon=True)
    with first.begin() as tx:
        ada = tx.person(slack_team="T0ACME", slack_id="U0ADA", name="Ada Lovelace")
        meeting.start()
        eventually(lambda: is_anybody_waiting(postgres, url), what="the second one, who waits for the first")
    meeting.join(timeout=60)

    assert met == [ada]


def is_anybody_waiting(postgres: Postgres, url: str) -> bool:
    name = postgres.name_in(url)
    with postgres.connect(name) as connection:
        row = connection.execute(WAITING, (name,)).fetchone()
    return row != (0,)
