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
from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError

from bot.ledger.database import is_sqlite

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 0x0CABB1E
ASK_AGAIN_SECONDS = 0.2
LOCK_TIMEOUT = "200ms"
"""Less than the second after which PostgreSQL looks for a deadlock: who gives way is the migration, and not a person's
press that stands in its way."""
TRIES = 300
VERSION_TABLE = "cabbie_migrations"


class TablesInUse(Exception):
    """Somebody's transaction stays open."""

    def __str__(self) -> str:
        return (
            f"For {self.args[0]} s and more a transaction has held a table that is to be changed: end it "
            "(pg_stat_activity names it), then run `cabbie migrate` again."
        )


def migrate(database: Engine, *, further: Callable[[], None]) -> None:
    """Our tables, then the engine's (``further``), under one lock."""
    with _alone(database):
        if is_behind(database):
            _upgrade(database)
        further()


def is_behind(database: Engine) -> bool:
    """Whether a migration is missing that this code needs. One that this code does not know yet is none of those:
    the next release migrates while we still run."""
    with database.connect() as connection:
        if not inspect(connection).has_table(VERSION_TABLE):
            return True
        at = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar_one_or_none()
    return at is None or (at in known_revisions() and at != known_revisions()[0])


def _upgrade(database: Engine) -> None:
    """While the code before this one goes on: a table in use is asked for again and again. Raises: TablesInUse."""
    for _ in range(TRIES):
        try:
            with database.connect() as connection:
                if not is_sqlite(database):
                    _be_impatient(connection)
                command.upgrade(configuration(connection), "head")
                connection.commit()
            return
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable | DeadlockDetected):
                raise
        time.sleep(ASK_AGAIN_SECONDS)
    raise TablesInUse(round(TRIES * ASK_AGAIN_SECONDS))


def _be_impatient(connection: Connection) -> None:
    connection.detach()  # nobody else gets one that is so
    connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
    connection.commit()


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
