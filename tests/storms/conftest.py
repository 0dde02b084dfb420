"""How hard it blows: a breeze in every run, the storm by ``make storm``."""

from dataclasses import dataclass

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
STORM = Strength(services=25, duplicates=20, talk=10_000, deploys=10, versions=20)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--storm", action="store_true", help="five hundred announcements, ten thousand messages")


@pytest.fixture(scope="session")
def strength(request: pytest.FixtureRequest) -> Strength:
    return STORM if request.config.getoption("--storm", default=False) else BREEZE
