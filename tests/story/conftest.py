"""A ledger of its own for each test, copied from one that was migrated once."""

import shutil
from pathlib import Path

import pytest

from bot.ledger.database import connect
from bot.ledger.migrate import migrate
from tests.story.world import World


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ledger") / "cabbie.db"
    database = connect(f"sqlite:///{path}")
    migrate(database, further=lambda: None)
    database.dispose()
    return path


@pytest.fixture
def ledger_file(migrated: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(migrated, tmp_path / "cabbie.db"))


@pytest.fixture
def world(ledger_file: Path) -> World:
    return World(ledger_file)
