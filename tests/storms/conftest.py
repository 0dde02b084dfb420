"""How hard it blows: a breeze in every run, the storm by ``make storm``, ten thousand announcements by ``--flood``."""

from dataclasses import dataclass, replace

import pytest


@dataclass(frozen=True)
class Strength:
    """What differs between the short and the long version."""

    services: int
    duplicates: int
    """How often each deploy is announced."""
    talk: int
    """Messages in the busy channel that concern nobody."""
    deploys: int
    """Announced amid the talk."""
    versions: int = 0
    """Of each service, in a flood; 0: there is none."""


BREEZE = Strength(services=6, duplicates=10, talk=1_000, deploys=3)
STORM = Strength(services=25, duplicates=20, talk=10_000, deploys=10, versions=4)
FLOOD = replace(STORM, versions=20)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--storm", action="store_true", help="five hundred announcements, ten thousand messages")
    parser.addoption(
        "--flood", action="store_true", help="five hundred deploys, each announced twenty times; it takes long"
    )


@pytest.fixture(scope="session")
def strength(request: pytest.FixtureRequest) -> Strength:
    if request.config.getoption("--flood", default=False):
        return FLOOD
    return STORM if request.config.getoption("--storm", default=False) else BREEZE
