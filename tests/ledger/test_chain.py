"""The chain on SQLite and on PostgreSQL: the database refuses every edit; without its triggers each edit is named."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from bot.ledger import chain
from bot.ledger.database import connect
from bot.ledger.ledger import Ledger
from bot.ledger.reads import Reads
from bot.ledger.tables import EntryRow, HeadRow
from bot.ports import Head
from tests.postgres import Postgres, postgres  # noqa: F401  # a fixture
from tests.story.conftest import migrated  # noqa: F401  # likewise

ENTRIES = 5
FREE = {
    "sqlite": (
        "DROP TRIGGER cabbie_ledger_no_update",
        "DROP TRIGGER cabbie_ledger_no_delete",
        "PRAGMA defer_foreign_keys = ON",
    ),
    "postgresql": (
        "ALTER TABLE cabbie_ledger DISABLE TRIGGER cabbie_ledger_no_edit",
        "ALTER TABLE cabbie_ledger_bodies DROP CONSTRAINT fk_cabbie_ledger_bodies_seq",
    ),
}
"""What somebody with the database's password can do first."""


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Ledger:
    """Five entries."""
    if request.param == "sqlite":
        copied = shutil.copy(request.getfixturevalue("migrated"), tmp_path / "memory.db")
        database = connect(f"sqlite:///{copied}")
    else:
        found: Postgres = request.getfixturevalue("postgres")
        database = connect(found.migrated())
    ledger = Ledger(database, lambda: datetime.now(UTC))
    for number in range(1, ENTRIES + 1):
        say(ledger, f"entry {number}")
    return ledger


def say(ledger: Ledger, sentence: str) -> None:
    with ledger.begin() as tx:
        tx.enter("test", change_id="c1", actor="somebody", sentence=sentence)


def tamper(ledger: Ledger, *statements: str) -> None:
    with ledger.begin() as tx:
        for statement in (*FREE[ledger.database.dialect.name], *statements):
            tx.session.execute(text(statement))


def broken(ledger: Ledger, *kept: Head) -> tuple[int, str]:
    """The entry that is named, 0 for none; and why."""
    _, found = Reads(ledger).verify(kept)
    return (found.seq, found.why) if found else (0, "")


def head_of(ledger: Ledger) -> Head:
    with ledger.reading() as tx:
        return tx.head()


def test_it_holds_while_it_grows_under_the_reader(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = chain.link_of

    def slow_reader(entry: EntryRow) -> str:
        if entry.seq == ENTRIES:
            monkeypatch.setattr(chain, "link_of", honest)
            say(ledger, "written after the last entry was read, before the head was")
        return honest(entry)

    monkeypatch.setattr(chain, "link_of", slow_reader)

    assert Reads(ledger).verify() == (ENTRIES, None)
    assert Reads(ledger).verify() == (ENTRIES + 1, None)


# --------------------------------------------------------------------------------------------------------- the database


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cabbie_ledger SET actor = 'x' WHERE seq = 3",
        "UPDATE cabbie_ledger SET seq = seq + 10 WHERE seq > 3",
        "DELETE FROM cabbie_ledger WHERE seq = 3",
        "DELETE FROM cabbie_ledger",
    ],
)
def test_the_database_refuses(ledger: Ledger, statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), ledger.begin() as tx:
        tx.session.execute(text(statement))

    assert broken(ledger) == (0, "")


def test_postgresql_does_not_empty_it_at_one_stroke(postgres: Postgres) -> None:  # noqa: F811
    with (
        postgres.connect(postgres.name_in(postgres.migrated())) as connection,
        pytest.raises(psycopg.DatabaseError, match="append-only"),
    ):
        connection.execute("TRUNCATE cabbie_ledger CASCADE")


# ------------------------------------------------------------------------------------------------ without its triggers


CLONE = (
    "INSERT INTO cabbie_ledger (seq, at, kind, change_id, actor, body_fingerprint, previous, fingerprint)"
    " SELECT {seq}, at, 'decided', change_id, actor, body_fingerprint, {previous}, fingerprint"
    " FROM cabbie_ledger WHERE seq = {like}"
)
MAKE_ROOM = (
    "UPDATE cabbie_ledger_bodies SET seq = -(seq + 1) WHERE seq >= 3",
    "UPDATE cabbie_ledger SET seq = -(seq + 1) WHERE seq >= 3",
    "UPDATE cabbie_ledger SET seq = -seq WHERE seq < 0",
    "UPDATE cabbie_ledger_bodies SET seq = -seq WHERE seq < 0",
)
SWAP = tuple(
    f"UPDATE {table} SET seq = {to} WHERE seq = {seq}"
    for table in ("cabbie_ledger", "cabbie_ledger_bodies")
    for seq, to in ((2, -2), (4, 2), (-2, 4))
)
WITHOUT = ("DELETE FROM cabbie_ledger_bodies WHERE seq {}", "DELETE FROM cabbie_ledger WHERE seq {}")


def without(which: str) -> tuple[str, ...]:
    return tuple(statement.format(which) for statement in WITHOUT)


@pytest.mark.parametrize(
    ("statements", "named", "why"),
    [
        pytest.param(["UPDATE cabbie_ledger SET actor = 'x' WHERE seq = 3"], 3, "changed", id="an entry edited"),
        pytest.param(["UPDATE cabbie_ledger SET at = '2020-01-01' WHERE seq = 1"], 1, "changed", id="its time edited"),
        pytest.param(["UPDATE cabbie_ledger_bodies SET body = '{}' WHERE seq = 4"], 4, "body", id="a body edited"),
        pytest.param(
            [
                "UPDATE cabbie_ledger_bodies SET body = '{}' WHERE seq = 4",
                "UPDATE cabbie_ledger SET body_fingerprint = "
                "'44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a' WHERE seq = 4",
            ],
            4,
            "changed",
            id="a body edited with its fingerprint",
        ),
        pytest.param(
            [
                "UPDATE cabbie_ledger_bodies SET body = (SELECT body FROM cabbie_ledger_bodies AS other"
                " WHERE other.seq = 2) WHERE seq = 4"
            ],
            4,
            "body",
            id="a body put in another's place",
        ),
        pytest.param(without("= 2"), 2, "missing", id="one deleted"),
        pytest.param(without("= 1"), 1, "missing", id="the first deleted"),
        pytest.param(
            [*MAKE_ROOM, CLONE.format(seq=3, like=2, previous="fingerprint")], 3, "changed", id="one inserted"
        ),
        pytest.param([CLONE.format(seq=6, like=5, previous="fingerprint")], 6, "changed", id="one added behind"),
        pytest.param([CLONE.format(seq=0, like=1, previous="previous")], 1, "missing", id="one put before the first"),
        pytest.param(SWAP, 2, "follow", id="two reordered"),
        pytest.param(without("> 3"), 4, "cut off", id="cut off"),
        pytest.param(without("> 0"), 1, "cut off", id="emptied"),
        pytest.param(["UPDATE cabbie_ledger_head SET seq = 4"], 5, "behind the chain's head", id="the head put back"),
    ],
)
def test_whoever_touches_it_is_found(ledger: Ledger, statements: list[str], named: int, why: str) -> None:
    tamper(ledger, *statements)

    seq, said = broken(ledger)

    assert (seq, why in said) == (named, True), said


def test_what_is_rolled_back_was_never_entered(ledger: Ledger) -> None:
    with pytest.raises(RuntimeError), ledger.begin() as tx:
        tx.enter("test", sentence="never")
        raise RuntimeError

    assert Reads(ledger).verify() == (ENTRIES, None)


def test_a_body_that_was_erased_leaves_the_chain_whole(ledger: Ledger) -> None:
    with ledger.begin() as tx:
        tx.session.execute(text("DELETE FROM cabbie_ledger_bodies WHERE seq = 3"))

    assert broken(ledger) == (0, "")


# ----------------------------------------------------------------------------------------- only the anchor knows better


def cut_off(ledger: Ledger) -> None:
    """With the head put back to match: a shorter chain that holds in itself."""
    with ledger.reading() as tx:
        third = tx.session.scalars(select(EntryRow.fingerprint).where(EntryRow.seq == 3)).one()
    tamper(ledger, *without("> 3"), f"UPDATE cabbie_ledger_head SET seq = 3, fingerprint = '{third}'")


def rewrite(ledger: Ledger) -> None:
    """From the second entry on, with every fingerprint made to fit."""
    tamper(ledger)
    with ledger.begin() as tx:
        _rewrite(tx.session)


def _rewrite(session: Session) -> None:
    previous = ""
    for entry in session.scalars(select(EntryRow).where(EntryRow.seq >= 2).order_by(EntryRow.seq)):
        entry.actor = "somebody else" if entry.seq == 2 else entry.actor
        entry.previous = previous or entry.previous
        entry.fingerprint = previous = chain.link_of(entry)
    session.get_one(HeadRow, 1).fingerprint = previous


def test_what_was_anchored_still_holds_when_the_chain_has_grown(ledger: Ledger) -> None:
    kept = [head_of(ledger)]
    say(ledger, "one more")
    kept.append(head_of(ledger))

    assert broken(ledger, *kept) == (0, "")


@pytest.mark.parametrize(
    ("deed", "grows", "named", "why"),
    [
        pytest.param(cut_off, 0, 4, "the chain ends at 3, entry 5 was anchored", id="cut off"),
        pytest.param(cut_off, 4, 5, "not the entry that was anchored", id="cut off and grown again"),
        pytest.param(rewrite, 0, 5, "not the entry that was anchored", id="rewritten"),
    ],
)
def test_what_holds_in_itself_is_found_from_outside(
    ledger: Ledger, deed: Callable[[Ledger], None], grows: int, named: int, why: str
) -> None:
    kept = head_of(ledger)
    deed(ledger)
    for number in range(grows):
        say(ledger, f"another story, {number}")

    assert broken(ledger) == (0, "")
    seq, said = broken(ledger, kept)

    assert (seq, why in said) == (named, True), said
