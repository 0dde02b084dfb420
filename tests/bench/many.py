"""A memory full of closed changes: one that Cabbie took all the way, written down ten thousand times over."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

from bot.ledger.chain import link_of
from bot.ledger.tables import EntryRow

OF_CHANGE = ("aliases", "stories", "projections", "claims", "verdicts", "heard")
"""Tables whose rows belong to a change, by change_id."""
UNIQUE = {"aliases": ("alias",), "claims": ("id",), "verdicts": ("id", "claim"), "heard": ("once",)}
"""Columns that must differ from copy to copy."""
DONE = "SELECT count(*) FROM cabbie_changes WHERE number = ? AND progress = 'done'"
Row = dict[str, Any]


def is_done(url: str, number: str) -> bool:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=10)) as memory:
        return bool(memory.execute(DONE, (number,)).fetchone()[0])


def multiply(url: str, times: int) -> None:
    """Copies of the one change, with everything that hangs on it; the ledger's chain goes on unbroken."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=10)) as memory, memory:
        (change,) = _rows(memory, "SELECT * FROM cabbie_changes WHERE progress = 'done'")
        _write(memory, "changes", (_copy_of_change(change, n) for n in range(times)))
        for table in OF_CHANGE:
            rows = _rows(memory, f"SELECT * FROM cabbie_{table} WHERE change_id = ?", change["id"])
            _write(memory, table, (_copy(row, table, n) for n in range(times) for row in rows))
        _enter(memory, change["id"], times)


def _copy_of_change(change: Row, n: int) -> Row:
    """Each with a service of its own kind, so that what is asked for next is not new to it."""
    number = f"CHG{1_000_000 + n:07d}"
    names = {"id": _nth(change["id"], n), "key": _nth(change["key"], n), "sys_id": _nth(change["sys_id"], n)}
    return {**change, **names, "number": number, "version": f"0.{n}.0"}


def _copy(row: Row, table: str, n: int) -> Row:
    own = {name: _nth(row[name], n) for name in ("change_id", *UNIQUE.get(table, ())) if row[name] is not None}
    return {name: value for name, value in {**row, **own}.items() if not (table == "heard" and name == "id")}


def _nth(name: str, n: int) -> str:
    """An id of the same length, or a longer name."""
    return f"{n:08x}{name[8:]}" if re.fullmatch(r"[0-9a-f]{32,64}", name) else f"{name}#{n}"


def _enter(memory: sqlite3.Connection, change_id: str, times: int) -> None:
    """The entries of the change, once more for each copy, each with the fingerprint of the one before."""
    entries = _rows(memory, "SELECT * FROM cabbie_ledger WHERE change_id = ? ORDER BY seq", change_id)
    bodies = {row["seq"]: row["body"] for row in _rows(memory, "SELECT * FROM cabbie_ledger_bodies")}
    (head,) = _rows(memory, "SELECT * FROM cabbie_ledger_head")
    seq, previous = head["seq"], head["fingerprint"]
    links, kept = [], []
    for n in range(times):
        for told in entries:
            seq += 1
            row = {**told, "seq": seq, "change_id": _nth(change_id, n), "previous": previous}
            previous = row["fingerprint"] = link_of(EntryRow(**row))
            links.append(row)
            kept.append({"seq": seq, "body": bodies[told["seq"]]})
    _write(memory, "ledger", links)
    _write(memory, "ledger_bodies", kept)
    memory.execute("UPDATE cabbie_ledger_head SET seq = ?, fingerprint = ?", (seq, previous))


def _rows(memory: sqlite3.Connection, sql: str, *words: str) -> list[Row]:
    found = memory.execute(sql, words)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]


def _write(memory: sqlite3.Connection, table: str, rows: Iterator[Row] | Sequence[Row]) -> None:
    rows = list(rows)
    if rows:
        names = ", ".join(rows[0])
        marks = ", ".join(f":{name}" for name in rows[0])
        memory.executemany(f"INSERT INTO cabbie_{table} ({names}) VALUES ({marks})", rows)
