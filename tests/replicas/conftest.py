"""How long the replicas' tests last: a short version in every run, the long one by ``make replicas``."""

from dataclasses import dataclass

import pytest

from tests.postgres import postgres  # noqa: F401  # a fixture


@dataclass(frozen=True)
class Length:
    """What differs between the short and the long version."""

    is_long: bool
    at_once: int
    """Deploys under way at one time."""
    rounds: int
    """How often each disturbance comes."""
    away_seconds: float
    """How long PostgreSQL cannot be reached."""


SHORT = Length(is_long=False, at_once=3, rounds=1, away_seconds=3)
LONG = Length(is_long=True, at_once=6, rounds=3, away_seconds=60)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="more of everything, and with production's own settings")


@pytest.fixture(scope="session")
def length(request: pytest.FixtureRequest) -> Length:
    return LONG if request.config.getoption("--long", default=False) else SHORT
