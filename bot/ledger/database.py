"""One database for our tables and the engine's: SQLite in one process, PostgreSQL for replicas."""

import sqlite3
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, event, make_url

from bot.ledger.turns import Turns, connection_class

BUSY = 30_000
# A server that went dark says nothing: without these a connection waits for hours (keepalives) or minutes (its own
# words unacknowledged). A URL that names one of them has its way. postgresql.org/docs/current/libpq-connect.html
PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
SHARED: Mapping[str, Any] = {"pool_size": 20, "max_overflow": 20, "hide_parameters": True}
"""Of both databases. An error that says its parameters would put names and e-mails into the log."""
LONGEST_PAUSE = timedelta(seconds=10)
"""Of a transaction, before the server takes its locks away: whoever is stopped with the ledger's head in hand would
stop everybody. Ours pause for milliseconds."""


def connect(url: str, *, longest_pause: timedelta = LONGEST_PAUSE) -> Engine:
    """An engine for a SQLite file or PostgreSQL; ``postgres://`` is understood."""
    if url.startswith(("postgres://", "postgresql://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(url)
    return _postgresql(url, longest_pause)


def is_sqlite(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"


def _postgresql(url: str, longest_pause: timedelta) -> Engine:
    said = make_url(url).query
    patience = {name: value for name, value in PATIENCE.items() if name not in said}
    engine = create_engine(url, pool_pre_ping=True, connect_args=patience, **SHARED)

    @event.listens_for(engine, "connect")
    def limit_pauses(connection: psycopg.Connection[Any], _: Any) -> None:
        # By a command and not in the URL: a pooler between us refuses a start with options that it does not know.
        connection.autocommit = True
        connection.execute(f"SET idle_in_transaction_session_timeout = {round(longest_pause.total_seconds() * 1000)}")
        connection.autocommit = False

    return engine


def _sqlite(url: str) -> Engine:
    path = make_url(url).database
    if path and path != ":memory:":
        _make_private(Path(path))
    lined_up = connection_class(Turns(patience=BUSY / 1000))
    engine = create_engine(url, connect_args={"timeout": BUSY / 1000, "factory": lined_up}, **SHARED)
    event.listen(engine, "connect", _prepare)
    return engine


def _make_private(path: Path) -> None:
    """Whoever can write the engine's tables can run code as us: the file is the owner's alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)


def _prepare(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = "IMMEDIATE"
    connection.execute(f"PRAGMA busy_timeout={BUSY}")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA journal_mode=WAL")
    # WAL's default may lose the last commits in a power cut, and we have answered Slack by then.
    connection.execute("PRAGMA synchronous=FULL")
    if sqlite3.sqlite_version_info < (3, 42):
        # Older SQLite has no unixepoch('subsec'), which the engine's tables use as a default.
        connection.create_function("unixepoch", 1, lambda _modifier: time.time())
