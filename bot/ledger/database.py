"""One database for our tables and the engine's: SQLite in one process, PostgreSQL for replicas."""

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url

BUSY = 30_000


def connect(url: str) -> Engine:
    """An engine for a SQLite file or PostgreSQL; ``postgres://`` is understood."""
    if url.startswith(("postgres://", "postgresql://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(url)
    return create_engine(url, pool_size=20, max_overflow=20, pool_pre_ping=True)


def is_sqlite(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"


def _sqlite(url: str) -> Engine:
    path = make_url(url).database
    if path and path != ":memory:":
        _make_private(Path(path))
    engine = create_engine(url, pool_size=20, max_overflow=20, connect_args={"timeout": BUSY / 1000})
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
