"""What the kill cases share: the databases, and the telling that nobody disturbed."""

from pathlib import Path

import pytest

from tests.crash.case import Told, telling
from tests.crash.memory import PostgresShelf, SqliteShelf
from tests.postgres import Postgres, postgres  # noqa: F401  # a fixture


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-boundary", action="store_true", help="kill Cabbie at every boundary, not at a sample")


@pytest.fixture(scope="session")
def sqlite_shelf(tmp_path_factory: pytest.TempPathFactory) -> SqliteShelf:
    return SqliteShelf(Path(tmp_path_factory.mktemp("sqlite")))


@pytest.fixture(scope="session")
def postgres_shelf(postgres: Postgres) -> PostgresShelf:  # noqa: F811
    return PostgresShelf(postgres)


@pytest.fixture(scope="session")
def unkilled(sqlite_shelf: SqliteShelf, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The story as it goes when nothing happens. What it leaves behind is the same on either database."""
    return telling(sqlite_shelf, Path(tmp_path_factory.mktemp("unkilled")))
