"""What the bench rests on is checked with it, and by ``pytest tests/bench --bench``: it takes half a minute."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--bench", action="store_true", help="see that the baseline ends where Cabbie does")


@pytest.fixture
def asked_for(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--bench", default=False):
        pytest.skip("only with --bench")
