"""One door for all tests that need no other; each finds it as if nobody had been there."""

from collections.abc import Iterator

import pytest

from tests.api.webhooks.door import Door


@pytest.fixture(scope="session")
def door_of_all() -> Iterator[Door]:
    door = Door()
    with door.client:  # one event loop for all of its requests
        yield door


@pytest.fixture
def door(door_of_all: Door) -> Iterator[Door]:
    yield door_of_all
    door_of_all.listener.heard.clear()
