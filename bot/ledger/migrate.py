"""Brings the schema to this code's version, once, whoever asks at the same time."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from bot.ledger.database import is_sqlite

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 0x0CABB1E
ASK_AGAIN_SECONDS = 0.2
VERSION_TABLE = "cabbie_migrations"


def migrate(database: Engine, *, further: Callable[[], None]) -> None:
    """Our tables, then the engine's (``further``), under one lock."""
    with _alone(database):
        with database.connect() as connection:
            command.upgrade(configuration(connection), "head")
            connection.commit()
        further()


def is_behind(database: Engine) -> bool:
    """Whether a migration is missing that this code needs. One that this code does not know yet is none of those:
    the next release migrates while we still run."""
    with database.connect() as connection:
        if not inspect(connection).has_table(VERSION_TABLE):
            return True
        at = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar_one_or_none()
    return at is None or (at in known_revisions() and at != known_revisions()[0])


@cache
def known_revisions() -> tuple[str, ...]:
    """Of this code, the newest first."""
    return tuple(script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions())


def configuration(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _alone(database: Engine) -> Iterator[None]:
    if is_sqlite(database):
        with open(f"{database.url.database}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        return
    # The engine builds indexes CONCURRENTLY, which waits for every open transaction to end: neither the lock's holder
    # nor one who waits for it may have one. Hence no transaction, and asking again instead of waiting in the database.
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": LOCK}).scalar_one():
            time.sleep(ASK_AGAIN_SECONDS)
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
