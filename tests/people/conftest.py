"""One town for the whole table."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot import wiring
from bot.ledger.database import connect
from tests.people.persons import UNPROVEN, world_of_all
from tests.people.stage import Stage
from tests.people.town import town
from tests.stories.source import Repository


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    directory = Path(tmp_path_factory.mktemp("people"))
    database = connect(f"sqlite:///{directory}/cabbie.db")
    wiring.migrate_all(database)
    database.dispose()
    with town(world_of_all(), directory, directory / "cabbie.db") as place:
        like = place.policy.service("payments")
        unproven = replace(like, service=UNPROVEN, repository=f"{UNPROVEN}.git")
        place.policy = replace(place.policy, services=(*place.policy.services, unproven))
        Repository.create(place.repositories, UNPROVEN).commit("Refunds 2.0.0", tag="v2.0.0")
        yield Stage(place)
