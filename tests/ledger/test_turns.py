"""SQLite's writers wait in line: whoever came first writes first, and nobody holds the line up for good."""

import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import IntegrityError

from bot.ledger.database import connect
from bot.ledger.ledger import Ledger
from bot.ledger.turns import URGENT, Turns, connection_class
from tests.builders import NOW
from tests.stories.processes import eventually

WRITERS = 12


@pytest.fixture
def database(tmp_path: Path) -> Engine:
    database = connect(f"sqlite:///{tmp_path}/cabbie.db")
    with database.begin() as connection:
        connection.execute(text("CREATE TABLE said (place INTEGER PRIMARY KEY, name TEXT UNIQUE)"))
    return database


def say(database: Engine, name: str) -> None:
    with database.begin() as connection:
        connection.execute(text("INSERT INTO said (name) VALUES (:name)"), {"name": name})


def said(database: Engine) -> list[str]:
    with database.connect() as connection:
        return list(connection.execute(text("SELECT name FROM said ORDER BY place")).scalars())


def order_of(urgent: set[int]) -> list[int]:
    """The order in which writers write who came one after the other while somebody else wrote."""
    turns, written = Turns(patience=30), list[int]()

    def write(number: int) -> None:
        turns.take(is_urgent=number in urgent)
        written.append(number)
        turns.give_back()

    turns.take()
    writers = []
    for number in range(WRITERS):
        writers.append(threading.Thread(target=write, args=[number], daemon=True))
        writers[-1].start()
        eventually(lambda: len(turns) == len(writers), what="a writer in the line")
    turns.give_back()
    for writer in writers:
        writer.join(timeout=30)
    return written


def test_whoever_came_first_writes_first() -> None:
    assert order_of(urgent=set()) == list(range(WRITERS))


def test_whoever_is_waited_for_at_a_door_goes_ahead() -> None:
    assert order_of(urgent={5, 9}) == [5, 9, *(n for n in range(WRITERS) if n not in (5, 9))]


def test_the_desk_is_urgent(database: Engine) -> None:
    """What it begins a transaction with is a word that the line knows."""
    begun: list[str] = []
    event.listen(database, "before_cursor_execute", lambda *given: begun.append(given[2]))

    with Ledger(database, lambda: NOW).begin(is_urgent=True):
        pass

    assert begun == [URGENT]


def test_a_turn_ends_with_the_transaction_however_it_ends(database: Engine) -> None:
    say(database, "committed")
    with pytest.raises(IntegrityError):
        say(database, "committed")
    with database.connect() as connection:
        connection.execute(text("INSERT INTO said (name) VALUES ('rolled back')"))
        connection.rollback()
    with database.connect() as connection:
        connection.execute(text("INSERT INTO said (name) VALUES ('left open')"))
    with database.connect() as connection:
        connection.execute(text("INSERT INTO said (name) VALUES ('connection lost')"))
        connection.invalidate()
    with database.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.execute(text("INSERT INTO said (name) VALUES ('taken first')"))
        connection.commit()

    say(database, "next")

    assert said(database) == ["committed", "taken first", "next"]


def test_readers_wait_for_nobody(database: Engine) -> None:
    say(database, "before")
    with database.begin() as writing:
        writing.execute(text("INSERT INTO said (name) VALUES ('meanwhile')"))

        assert said(database) == ["before"]


def test_a_line_that_does_not_move_is_an_error_as_before(tmp_path: Path) -> None:
    lined_up = connection_class(Turns(patience=0.05))
    first, second = (sqlite3.connect(tmp_path / "file.db", factory=lined_up) for _ in range(2))
    first.cursor().execute("BEGIN IMMEDIATE")

    with pytest.raises(sqlite3.OperationalError, match="locked"):
        second.cursor().execute("BEGIN IMMEDIATE")

    first.rollback()
    second.cursor().execute("BEGIN IMMEDIATE")
    assert second.in_transaction


def test_many_writers_at_once_lose_nothing(database: Engine) -> None:
    names = [f"{writer}-{number}" for writer in range(WRITERS) for number in range(10)]
    writers = [
        threading.Thread(target=lambda own=own: [say(database, name) for name in own], daemon=True)
        for own in (names[at::WRITERS] for at in range(WRITERS))
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=60)

    assert sorted(said(database)) == sorted(names)
