"""Replicas killed, and paused past their lease, in turn and under load: everything finished, nothing doubled."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import Postgres
from tests.replicas import judge
from tests.replicas.conftest import Length
from tests.replicas.crowd import Crowd
from tests.replicas.fleet import ALL, Fleet, fleet
from tests.replicas.place import HASTE, place, way_to


@pytest.fixture
def three(postgres: Postgres, tmp_path: Path) -> Iterator[Fleet]:
    with (
        way_to(postgres) as relay,
        place(tmp_path, postgres, relay, **HASTE) as town,
        fleet(town, postgres, tmp_path, ALL, ALL) as ours,
    ):
        yield ours


def test_three_killed_and_paused_in_turn(three: Fleet, length: Length) -> None:
    with Crowd(three.town, length.at_once).deploying() as crowd:
        for _ in range(length.rounds):
            first, second, _third = tuple(three.members)
            three.freeze(first)
            three.kill(first)
            three.begin()
            three.until_taken_over(first)
            three.freeze(second)
            three.until_taken_over(second)
            three.thaw(second)

    judge.check(three, crowd.deploys)
