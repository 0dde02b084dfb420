"""Replicas killed, and paused past their lease, in turn and under load: everything finished, nothing doubled."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.postgres import Postgres
from tests.replicas import judge
from tests.replicas.conftest import Length, is_long
from tests.replicas.crowd import Crowd
from tests.replicas.fleet import ALL, CLOCK, WEB, WORKER, Fleet, fleet
from tests.replicas.place import HASTE, cabbie, place, way_to
from tests.stories.processes import eventually

LAYOUTS = {"three that do all": (ALL, ALL, ALL), "as in the Procfile": (WEB, WORKER, WORKER, CLOCK)}
PACES = {"in haste": HASTE, "with production's own settings": {}}
A_JOB = "SELECT workflow_uuid FROM dbos.workflow_status WHERE status = 'SUCCESS' AND name = 'advance' LIMIT 1"
CLAIM = (
    "UPDATE dbos.workflow_status SET status = 'PENDING', owner_xid = 'lost', executor_id = %s WHERE workflow_uuid = %s"
)
STATE = "SELECT status, executor_id FROM dbos.workflow_status WHERE workflow_uuid = %s"
REPLICAS = "SELECT id, beat_at FROM cabbie_replicas ORDER BY beat_at DESC"
INTRODUCE = "INSERT INTO cabbie_replicas VALUES (%s, extract(epoch FROM clock_timestamp()) + 3600, '1')"
FORGET = "DELETE FROM cabbie_replicas WHERE id = %s"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    everything = is_long(metafunc.config)
    for name, choices in (("layout", tuple(LAYOUTS)), ("pace", tuple(PACES))):
        metafunc.parametrize(name, choices if everything else choices[:1], scope="module")


@pytest.fixture(scope="module")
def ours(layout: str, pace: str, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    first, *further = LAYOUTS[layout]
    directory = Path(tmp_path_factory.mktemp("replicas"))
    with ExitStack() as stack:
        relay = stack.enter_context(way_to(postgres))
        town = stack.enter_context(place(directory, postgres, relay, cabbie=cabbie(first), **PACES[pace]))
        yield stack.enter_context(fleet(town, postgres, directory, *further))


def test_killed_and_paused_in_turn(ours: Fleet, length: Length) -> None:
    with Crowd(ours.town, length.at_once).deploying() as crowd:
        for _ in range(length.rounds):
            first, second = ours.workers[:2]
            ours.freeze(first)
            ours.kill(first)
            ours.begin(first.arguments)
            ours.until_taken_over(first)
            ours.freeze(second)
            ours.until_taken_over(second)
            ours.thaw(second)
            for bot in [bot for bot in ours.members if bot not in ours.workers]:
                ours.kill(bot)
                ours.begin(bot.arguments)

    judge.check(ours, crowd.deploys)


def test_a_claim_whose_answer_was_lost_is_taken_back(ours: Fleet) -> None:
    """The connection broke after a worker's claim was written: the database has it at work, and it knows of nothing."""
    [(job,)], [(replica, _), *_others] = ours.ask(A_JOB), ours.ask(REPLICAS)

    ours.tell(CLAIM, replica, job)

    eventually(lambda: ours.ask(STATE, job)[0][0] == "SUCCESS", within=180, what="an end of the lost job")
    assert any("engine.took_back" in path.read_text() and str(job) in path.read_text() for path in ours.logs())


def test_a_replica_that_is_new_is_not_taken_for_dead(ours: Fleet) -> None:
    """It begins, and claims a job, while the others look who is at work."""
    [(job,)] = ours.ask(A_JOB)
    with ours.locked("dbos.workflow_status") as tell:
        ours.until_beaten(3)  # all of them wait in the middle of their look by now
        tell(INTRODUCE, "newcomer")
        tell(CLAIM, "newcomer", job)

    ours.until_beaten(4)
    assert ours.ask(STATE, job) == [("PENDING", "newcomer")]
    ours.tell(FORGET, "newcomer")
    eventually(lambda: ours.ask(STATE, job)[0][0] == "SUCCESS", within=180, what="a take-over once it is dead")
