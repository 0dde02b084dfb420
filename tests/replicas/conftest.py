"""How long the replicas' tests last: a short version in every run, the long one by ``make replicas``."""

from dataclasses import dataclass

import pytest

from tests.postgres import postgres  # noqa: F401  # a fixture


@dataclass(frozen=True)
class Length:
    """What differs between the short and the long version."""

    at_once: int
    """Deploys under way at one time."""
    rounds: int
    """How often replicas are killed and paused."""
    away_seconds: float
    """How long PostgreSQL cannot be reached."""


SHORT = Length(at_once=2, rounds=1, away_seconds=2)
LONG = Length(at_once=6, rounds=2, away_seconds=60)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="more of everything, and with production's own settings")


def is_long(config: pytest.Config) -> bool:
    return bool(config.getoption("--long", default=False))


@pytest.fixture
def only_when_long(request: pytest.FixtureRequest) -> None:
    if not is_long(request.config):
        pytest.skip("only with --long")


@pytest.fixture(scope="session")
def length(request: pytest.FixtureRequest) -> Length:
    return LONG if is_long(request.config) else SHORT
