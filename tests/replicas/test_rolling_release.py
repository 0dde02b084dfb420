"""A rolling release, from an earlier commit to this one, while people deploy."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from bot.ledger.migrate import known_revisions
from tests.postgres import Postgres
from tests.replicas import judge
from tests.replicas.conftest import Length, is_long
from tests.replicas.crowd import Crowd
from tests.replicas.earlier import LATER, ROAD_DONE, EarlierBot, unpack
from tests.replicas.fleet import Fleet, fleet
from tests.replicas.place import HASTE, place, policy_of, way_to

AT = "SELECT version_num FROM cabbie_migrations"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    metafunc.parametrize("commit", (ROAD_DONE, LATER) if is_long(metafunc.config) else ())


@pytest.fixture
def earlier(commit: str, postgres: Postgres, tmp_path: Path) -> Iterator[Fleet]:
    """Two replicas of the earlier code, on the database that it made."""
    code = unpack(commit, tmp_path / "code")
    kind = partial(EarlierBot, code=code)
    variables = {**HASTE, "CABBIE_POLICY": policy_of(code, tmp_path / "policy.yaml")}
    with (
        way_to(postgres) as relay,
        place(tmp_path, postgres, relay, cabbie=kind, url=postgres.database(), **variables) as town,
        fleet(town, postgres, tmp_path) as ours,
    ):
        ours.begin(kind=kind)
        yield ours


def test_a_rolling_release_with_work_in_flight(earlier: Fleet, commit: str, length: Length) -> None:
    old = tuple(earlier.members)
    [(before,)] = earlier.ask(AT)
    with Crowd(earlier.town, length.at_once).deploying() as crowd:
        crowd.until_closed(1)
        migrated = earlier.town.bot.run("migrate")
        assert migrated.returncode == 0, migrated.stderr
        crowd.until_closed(length.rounds)  # by the old code, on the new schema
        for bot in old:
            earlier.begin()
            assert earlier.end(bot) == 0
        crowd.until_closed(length.rounds)

    judge.check(earlier, crowd.deploys)
    [(after,)] = earlier.ask(AT)
    assert after == known_revisions()[0]
    assert before != after or commit == LATER
