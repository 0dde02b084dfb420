"""The chain: whoever edits, deletes, inserts, reorders or truncates it is found, and the entry named."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from bot.ledger.chain import GENESIS
from bot.ledger.database import connect
from bot.ledger.ledger import Ledger
from bot.ledger.migrate import migrate
from bot.ledger.reads import Reads
from bot.ports import Head

Tamper = Callable[[Ledger], None]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    database = connect(f"sqlite:///{tmp_path}/memory.db")
    migrate(database, further=lambda: None)
    ledger = Ledger(database, lambda: datetime.now(UTC))
    for number in range(1, 6):
        with ledger.begin() as tx:
            tx.enter("test", change_id="c1", actor="somebody", number=number, sentence=f"entry {number}")
    return ledger


def without_triggers(*statements: str) -> Tamper:
    """What somebody with the database's password can do."""

    def tamper(ledger: Ledger) -> None:
        with ledger.begin() as tx:
            for statement in (
                "DROP TRIGGER cabbie_ledger_no_update",
                "DROP TRIGGER cabbie_ledger_no_delete",
                "PRAGMA defer_foreign_keys = ON",
                *statements,
            ):
                tx.session.execute(text(statement))

    return tamper


def test_an_untouched_ledger_holds(ledger: Ledger):
    assert Reads(ledger).verify() == (5, None)


@pytest.mark.parametrize("statement", ["UPDATE cabbie_ledger SET actor = 'x'", "DELETE FROM cabbie_ledger"])
def test_the_database_refuses_edits(ledger: Ledger, statement: str):
    with pytest.raises(DatabaseError, match="append-only"), ledger.begin() as tx:
        tx.session.execute(text(statement))


@pytest.mark.parametrize(
    ("statements", "first_broken"),
    [
        (["UPDATE cabbie_ledger SET actor = 'x' WHERE seq = 3"], 3),
        (["UPDATE cabbie_ledger SET at = '2020-01-01T00:00:00+00:00' WHERE seq = 1"], 1),
        (["UPDATE cabbie_ledger_bodies SET body = '{}' WHERE seq = 4"], 4),
        (["DELETE FROM cabbie_ledger_bodies WHERE seq = 2", "DELETE FROM cabbie_ledger WHERE seq = 2"], 2),
        (["DELETE FROM cabbie_ledger_bodies WHERE seq = 5", "DELETE FROM cabbie_ledger WHERE seq = 5"], 5),
        (["UPDATE cabbie_ledger SET previous = fingerprint WHERE seq = 3"], 3),
    ],
)
def test_whoever_touches_it_is_found(ledger: Ledger, statements: list[str], first_broken: int):
    without_triggers(*statements)(ledger)

    _, broken = Reads(ledger).verify()

    assert broken is not None
    assert broken.seq == first_broken


def test_an_erased_body_leaves_the_chain_whole(ledger: Ledger):
    with ledger.begin() as tx:
        tx.session.execute(text("DELETE FROM cabbie_ledger_bodies WHERE seq = 3"))

    assert Reads(ledger).verify() == (5, None)


def test_what_is_rolled_back_was_never_entered(ledger: Ledger):
    with pytest.raises(RuntimeError), ledger.begin() as tx:
        tx.enter("test", sentence="never")
        raise RuntimeError

    assert Reads(ledger).verify() == (5, None)


# ------------------------------------------------------------------------------------------------ held against outside


def head_of(ledger: Ledger) -> Head:
    with ledger.reading() as tx:
        return tx.head()


def rewrite_everything(ledger: Ledger) -> None:
    """What somebody with the database's password and this program can do: a whole chain that holds in itself."""
    with ledger.begin() as tx:
        for statement in (
            "DROP TRIGGER cabbie_ledger_no_update",
            "DROP TRIGGER cabbie_ledger_no_delete",
            "DELETE FROM cabbie_ledger_bodies",
            "DELETE FROM cabbie_ledger",
            f"UPDATE cabbie_ledger_head SET seq = 0, fingerprint = '{GENESIS}'",
        ):
            tx.session.execute(text(statement))
    for number in range(1, 6):
        with ledger.begin() as tx:
            tx.enter("test", change_id="c1", actor="somebody", number=number, sentence="nothing happened")


def test_a_rewrite_of_the_whole_chain_holds_in_itself_and_is_found_from_outside(ledger: Ledger):
    kept = head_of(ledger)

    rewrite_everything(ledger)

    assert Reads(ledger).verify() == (5, None)
    _, broken = Reads(ledger).verify([kept])
    assert broken is not None
    assert (broken.seq, "anchored at" in broken.why) == (5, True)


def test_what_was_anchored_still_holds_when_the_chain_has_grown(ledger: Ledger):
    kept = [head_of(ledger)]
    with ledger.begin() as tx:
        tx.enter("test", sentence="entry 6")
    kept.append(head_of(ledger))

    assert Reads(ledger).verify(kept) == (6, None)


def test_a_chain_cut_off_together_with_its_head_is_found_from_outside(ledger: Ledger):
    kept = head_of(ledger)
    with ledger.reading() as tx:
        fourth = tx.session.execute(text("SELECT fingerprint FROM cabbie_ledger WHERE seq = 4")).scalar_one()
    without_triggers(
        "DELETE FROM cabbie_ledger_bodies WHERE seq = 5",
        "DELETE FROM cabbie_ledger WHERE seq = 5",
        f"UPDATE cabbie_ledger_head SET seq = 4, fingerprint = '{fourth}'",
    )(ledger)

    assert Reads(ledger).verify() == (4, None)
    _, broken = Reads(ledger).verify([kept])
    assert broken is not None
    assert (broken.seq, broken.why) == (5, f"the chain ends at 4, entry 5 was anchored at {kept.at}")
