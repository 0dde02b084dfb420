"""SQLite's writers one after the other, in the order they came; whoever is waited for at a door goes first.

SQLite lets one write at a time, and whoever waits only looks again now and then: under load some wait for seconds while
others who came later go ahead. Slack gives us three. One process holds the file, so we can line up here.
"""

import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Self, TypeVar

WRITING = ("INSERT", "UPDATE", "DELETE", "REPLACE", "BEGIN IMMEDIATE")
"""How a statement starts that takes the write lock: the first four begin a transaction by themselves."""
URGENT = "BEGIN IMMEDIATE -- urgent"
"""Somebody waits for an answer, and Slack gives us three seconds for it."""
T = TypeVar("T")


class Turns:
    """A lock for many, given to whoever has waited longest: of the urgent ones while there are any."""

    def __init__(self, *, patience: float) -> None:
        """patience: seconds."""
        self._patience = patience
        self._guard = threading.Lock()
        self._urgent: deque[threading.Lock] = deque()
        self._waiting: deque[threading.Lock] = deque()
        self._is_taken = False

    def __len__(self) -> int:
        """So many wait."""
        return len(self._urgent) + len(self._waiting)

    def take(self, *, is_urgent: bool = False) -> None:
        """Raises: sqlite3.OperationalError, as SQLite does when it has waited long enough."""
        line = self._urgent if is_urgent else self._waiting
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return
            called = threading.Lock()
            called.acquire()
            line.append(called)
        if called.acquire(timeout=self._patience):
            return
        with self._guard:
            if called in line:
                line.remove(called)
                raise sqlite3.OperationalError("database is locked")
        # called at the very moment that patience ended

    def give_back(self) -> None:
        with self._guard:
            if line := self._urgent or self._waiting:
                line.popleft().release()
            else:
                self._is_taken = False


def connection_class(turns: Turns) -> type[sqlite3.Connection]:
    """Connections to one file; each holds its turn from its first write to the end of the transaction."""

    class Connection(sqlite3.Connection):
        has_turn = False

        def cursor(self, *_: Any) -> sqlite3.Cursor:  # type: ignore[override]  # nobody here asks for another kind
            return super().cursor(Cursor)

        def commit(self) -> None:
            self.ending(super().commit)

        def rollback(self) -> None:
            self.ending(super().rollback)

        def close(self) -> None:
            self.ending(super().close, is_over=True)

        def writing(self, statement: str, execute: Callable[[], T]) -> T:
            if self.in_transaction or not statement.lstrip()[:15].upper().startswith(WRITING):
                return execute()
            turns.take(is_urgent=statement == URGENT)
            self.has_turn = True
            return self.ending(execute)

        def ending(self, what: Callable[[], T], *, is_over: bool = False) -> T:
            """It is over unless a transaction is open afterwards."""
            try:
                return what()
            finally:
                if self.has_turn and (is_over or not self.in_transaction):
                    self.has_turn = False
                    turns.give_back()

    class Cursor(sqlite3.Cursor):
        def execute(self, statement: str, *parameters: Any) -> Self:
            return self._write(statement, lambda: super(Cursor, self).execute(statement, *parameters))

        def executemany(self, statement: str, parameters: Any) -> Self:
            return self._write(statement, lambda: super(Cursor, self).executemany(statement, parameters))

        def _write(self, statement: str, execute: Callable[[], T]) -> T:
            assert isinstance(self.connection, Connection)
            return self.connection.writing(statement, execute)

    return Connection
