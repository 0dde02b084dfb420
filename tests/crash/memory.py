"""Where Cabbie remembers during a case: SQLite or PostgreSQL, migrated once, copied for each case."""

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Protocol

import psycopg

from tests.postgres import Postgres, migrate
from tests.stories.processes import eventually

WAKING_SECONDS = 20
"""Sooner than that a sleeping change is still at something; later it waits for a person or its window."""
QUIET_SECONDS = 0.5


class Memory(Protocol):
    """One case's database, seen from beside."""

    url: str

    def is_idle(self) -> bool:
        """Cabbie has nothing in hand and nothing that falls due soon."""
        ...

    def heard(self) -> int:
        """How many things were written down at the door."""
        ...

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else can write meanwhile."""
        ...

    def until_blocked(self) -> None:
        """Returns when Cabbie waits for the lock."""
        ...

    def forget(self) -> None: ...


class SqliteMemory:
    def __init__(self, path: Path) -> None:
        self._path = path
        self.url = f"sqlite:///{path}"

    def is_idle(self) -> bool:
        soon = f"datetime('now', '+{WAKING_SECONDS} seconds')"
        return self._count(_UNFINISHED.format(table="workflow_status", soon=soon)) == 0

    def heard(self) -> int:
        return self._count("SELECT count(*) FROM cabbie_heard")

    @contextmanager
    def locked(self) -> Iterator[None]:
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.rollback()

    def until_blocked(self) -> None:
        """A waiting writer of SQLite leaves no trace to read: it has got its answer, and is given time to get there."""
        time.sleep(QUIET_SECONDS)

    def forget(self) -> None:
        return

    def _count(self, question: str) -> int:
        with self._connection() as connection:
            return int(connection.execute(question).fetchone()[0])

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=30)
        try:
            yield connection
        finally:
            connection.close()


class PostgresMemory:
    # Ours that a move writes, and the engine's own note that a move was made.
    TABLES = "cabbie_changes, cabbie_projections, cabbie_claims, cabbie_ledger_head, dbos.operation_outputs"

    def __init__(self, postgres: Postgres, url: str) -> None:
        self._postgres = postgres
        self._name = postgres.name_in(url)
        self.url = url

    def is_idle(self) -> bool:
        soon = f"now() + interval '{WAKING_SECONDS} seconds'"
        return self._count(_UNFINISHED.format(table="dbos.workflow_status", soon=soon)) == 0

    def heard(self) -> int:
        return self._count("SELECT count(*) FROM cabbie_heard")

    @contextmanager
    def locked(self) -> Iterator[None]:
        with psycopg.connect(self.url) as connection:
            connection.execute(f"LOCK TABLE {self.TABLES} IN EXCLUSIVE MODE")
            yield
            connection.rollback()

    def until_blocked(self) -> None:
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        eventually(lambda: self._count(waiting) > 0, within=10, what="a writer that waits for the lock")

    def forget(self) -> None:
        self._postgres.drop(self.url)

    def _count(self, question: str) -> int:
        with self._postgres.connect(self._name) as connection:
            row = connection.execute(question).fetchone()
            assert row is not None
            return int(str(row[0]))


_UNFINISHED = """
SELECT (SELECT count(*) FROM {table} WHERE status IN ('ENQUEUED', 'PENDING', 'DELAYED'))
     + (SELECT count(*) FROM cabbie_changes WHERE progress <> 'done' AND wake_at < {soon})
     + (SELECT count(*) FROM cabbie_projections WHERE sent_at IS NOT NULL)
"""


class SqliteShelf:
    """Hands out copies of one migrated file."""

    name = "sqlite"

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._numbers = count(1)
        self._template = directory / "template.db"
        migrate(f"sqlite:///{self._template}")

    def fresh(self) -> Memory:
        path = self._directory / f"{next(self._numbers)}.db"
        shutil.copy(self._template, path)
        return SqliteMemory(path)


class PostgresShelf:
    """Hands out copies of one migrated database."""

    name = "postgres"

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres

    def fresh(self) -> Memory:
        return PostgresMemory(self._postgres, self._postgres.migrated())


Shelf = SqliteShelf | PostgresShelf
SHELVES = (SqliteShelf.name, PostgresShelf.name)
