"""Remembering: the ledger's chain, and what a change's history and the queue show."""

import json
import re
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.ledger import chain
from bot.ledger.database import connect
from bot.ledger.ledger import Ledger
from bot.ledger.reads import Reads
from bot.ledger.tables import EntryRow, HeadRow
from tests.stories.town import Town, number_in, town


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    directory = Path(tmp_path_factory.mktemp("remembering"))
    anchor = {"CABBIE_ANCHOR": f"file://{directory}/heads.jsonl", "CABBIE_ANCHOR_EVERY": "PT0.5S"}
    with town(directory, **anchor) as place:
        yield place


@pytest.fixture(scope="module")
def number(acme: Town) -> str:
    """A deploy that went the whole way."""
    made = acme.deploy_through()
    acme.press("linus", "deploy.succeeded", number=made)
    acme.until_state("closed", made)
    acme.until_card("deployed", number=made)
    return made


@pytest.fixture
def memory(acme: Town, number: str, tmp_path: Path) -> sqlite3.Connection:
    """A copy of the database, without what keeps the ledger from being changed."""
    copied = sqlite3.connect(tmp_path / "copy.db", isolation_level=None)
    sqlite3.connect(_file_of(acme)).backup(copied)
    for (name,) in copied.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        copied.execute(f"DROP TRIGGER {name}")
    return copied


def _file_of(place: Town) -> str:
    return place.database_url.removeprefix("sqlite:///")


def verified(memory: sqlite3.Connection) -> tuple[int, int, str]:
    """How many entries were walked; the first that does not hold, 0 for none; and why."""
    path = memory.execute("PRAGMA database_list").fetchone()[2]
    count, broken = Reads(Ledger(connect(f"sqlite:///{path}"), lambda: datetime.now(UTC))).verify()
    return count, broken.seq if broken else 0, broken.why if broken else ""


def test_a_whole_ledger_holds(acme: Town, number: str) -> None:
    said = acme.bot.run("ledger", "verify")

    assert said.returncode == 0, said.stderr
    assert re.fullmatch(r"\d+ entries, every one holds\.", said.stdout.strip())


def test_the_database_itself_refuses_to_change_an_entry(acme: Town, number: str) -> None:
    memory = sqlite3.connect(_file_of(acme), timeout=10)

    for deed in ("UPDATE cabbie_ledger SET kind = 'x' WHERE seq = 2", "DELETE FROM cabbie_ledger WHERE seq = 2"):
        with pytest.raises(sqlite3.DatabaseError):
            memory.execute(deed)


@pytest.mark.parametrize(
    ("deed", "broken", "why"),
    [
        ("UPDATE cabbie_ledger SET actor = 'somebody else' WHERE seq = 5", 5, "changed after it was written"),
        ("UPDATE cabbie_ledger SET at = '2020-01-01T00:00:00+00:00' WHERE seq = 1", 1, "changed after it was written"),
        ("UPDATE cabbie_ledger_bodies SET body = '{}' WHERE seq = 4", 4, "body was changed"),
        ("DELETE FROM cabbie_ledger WHERE seq = 6", 6, "is missing"),
        ("DELETE FROM cabbie_ledger WHERE seq > 7", 8, "entries were cut off"),
        ("UPDATE cabbie_ledger SET seq = -seq WHERE seq > 5", 1, "is missing"),
        ("UPDATE cabbie_ledger_head SET fingerprint = 'x'", None, "head names"),
    ],
)
def test_the_first_broken_entry_is_named(memory: sqlite3.Connection, deed: str, broken: int | None, why: str) -> None:
    last = memory.execute("SELECT max(seq) FROM cabbie_ledger").fetchone()[0]

    memory.execute(deed)

    _, seq, said = verified(memory)
    assert (seq, why in said) == (last if broken is None else broken, True), said


@pytest.mark.parametrize("after", [3, None])
def test_an_entry_that_was_slipped_in_is_named(memory: sqlite3.Connection, after: int | None) -> None:
    last = memory.execute("SELECT max(seq) FROM cabbie_ledger").fetchone()[0]
    place = (after or last) + 1
    memory.execute("UPDATE cabbie_ledger SET seq = -(seq + 1) WHERE seq >= ?", (place,))
    memory.execute("UPDATE cabbie_ledger SET seq = -seq WHERE seq < 0")
    memory.execute(
        "INSERT INTO cabbie_ledger (seq, at, kind, change_id, actor, body_fingerprint, previous, fingerprint)"
        " SELECT ?, at, 'decided', change_id, actor, body_fingerprint, fingerprint, fingerprint"
        " FROM cabbie_ledger WHERE seq = ?",
        (place, place - 1),
    )

    assert verified(memory)[1] == place


def test_the_broken_entry_makes_the_command_say_no(acme: Town, memory: sqlite3.Connection) -> None:
    memory.execute("UPDATE cabbie_ledger SET kind = 'approved' WHERE seq = 9")
    path = memory.execute("PRAGMA database_list").fetchone()[2]

    said = _run_on(path, acme, "ledger", "verify")

    assert said.returncode == 1
    assert "Entry 9 does not hold" in said.stderr


def _run_on(path: str, acme: Town, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The command, on a copy of the database."""
    return replace(acme.bot, environment={**acme.bot.environment, "DATABASE_URL": f"sqlite:///{path}"}).run(*arguments)


def test_a_rewrite_of_the_whole_chain_is_found_by_its_anchor_alone(
    acme: Town, memory: sqlite3.Connection, tmp_path: Path
) -> None:
    heads = Path(acme.bot.environment["CABBIE_ANCHOR"].removeprefix("file://"))
    entries = memory.execute("SELECT max(seq) FROM cabbie_ledger").fetchone()[0]
    acme.until(lambda: f'"seq": {entries}' in heads.read_text(), "the head left outside")
    good = acme.bot.run("ledger", "verify", "--anchor")
    assert good.returncode == 0, good.stderr
    assert re.search(r"every one holds\. \d+ anchored heads agree, the last with entry \d+", good.stdout)

    path = memory.execute("PRAGMA database_list").fetchone()[2]
    _rewrite_from(path, 9)

    assert _run_on(path, acme, "ledger", "verify").returncode == 0
    said = _run_on(path, acme, "ledger", "verify", "--anchor")
    first = min(seq for seq in (json.loads(line)["seq"] for line in heads.read_text().splitlines()) if seq >= 9)
    assert (said.returncode, f"Entry {first} does not hold: it is not the entry that was anchored" in said.stderr) == (
        1,
        True,
    )
    exported = tmp_path / "exported.log"
    exported.write_text("\n".join(json.dumps({"message": line}) for line in heads.read_text().splitlines()))
    assert f"Entry {first} " in _run_on(path, acme, "ledger", "verify", "--heads", str(exported)).stderr


def test_an_anchor_that_holds_nothing_of_this_ledger_is_no_proof(acme: Town, number: str, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()

    said = acme.bot.run("ledger", "verify", "--heads", str(tmp_path / "empty"))

    assert (said.returncode, "Nothing of this ledger is anchored there" in said.stderr) == (1, True)


def _rewrite_from(path: str, seq: int) -> None:
    """Another story from this entry on, and every fingerprint made to fit: what this program itself could do."""
    with Ledger(connect(f"sqlite:///{path}"), lambda: datetime.now(UTC)).begin() as tx:
        previous = ""
        for entry in tx.session.scalars(select(EntryRow).where(EntryRow.seq >= seq).order_by(EntryRow.seq)):
            entry.kind = "approved" if entry.seq == seq else entry.kind
            entry.previous = previous or entry.previous
            entry.fingerprint = previous = chain.link_of(entry)
        head = tx.session.get_one(HeadRow, 1)
        head.fingerprint = previous


def test_a_body_may_be_erased_and_the_chain_still_holds(memory: sqlite3.Connection) -> None:
    memory.execute("DELETE FROM cabbie_ledger_bodies WHERE seq = 4")

    assert verified(memory)[1] == 0


def test_the_history_of_a_change_says_who_did_what(acme: Town, number: str) -> None:
    shown = acme.said_to(acme.type("katherine", f"/change {number.lower()}"))

    assert number in shown and "payments 2.4.1" in shown and "Deployed" in shown
    told = (
        "asked to deploy",
        f"Opened {number}",
        "Ada Lovelace approved it",
        "Grace Hopper approved it",
        "Cleared 2.4.1",
    )
    assert [words for words in told if words not in shown] == [], shown
    assert sorted(told, key=shown.index) == list(told)


def test_the_api_gives_the_same_history(acme: Town, number: str) -> None:
    told = acme.api("GET", f"/api/v1/changes/{number}").json()

    kinds = [line["kind"] for line in told["history"]]
    assert kinds[0] == "requested"
    order = ["requested", "listened", "opened", "asked", "decided", "cleared", "reported"]
    assert sorted(order, key=kinds.index) == order
    assert told["outcome"] == "succeeded" and told["state"] == "closed"
    assert "PAY-101" in told["stories"] and len(told["sha"]) == 40
    assert acme.api("GET", "/api/v1/changes/CHG0099999").status_code == 404


def test_the_queue_lists_what_is_under_way_oldest_first(acme: Town, number: str) -> None:
    acme.type("linus", "/deploy checkout 1.1.0", channel="checkout")
    first = number_in(acme.until_card("checkout 1.1.0", channel="checkout")["text"])
    acme.type("linus", "/deploy search 3.1.0", channel="platform")
    second = number_in(acme.until_card("search 3.1.0", channel="platform")["text"])

    shown = acme.said_to(acme.type("katherine", "/change queue"))

    assert "2 changes under way" in shown
    assert shown.index(first) < shown.index(second)
    assert number not in shown


def test_every_refusal_is_an_entry(acme: Town, number: str) -> None:
    acme.type("linus", "/deploy paymnts 2.4.1")

    rows = sqlite3.connect(_file_of(acme)).execute(
        "SELECT body FROM cabbie_ledger JOIN cabbie_ledger_bodies USING (seq) WHERE kind = 'refused'"
    )
    assert any("paymnts" in json.loads(body)["sentence"] for (body,) in rows)
