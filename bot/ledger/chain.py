"""The append-only chain: each entry carries the fingerprint of the one before."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.ledger.storable import storable_body
from bot.ledger.tables import BodyRow, EntryRow, HeadRow
from bot.ports import Head

GENESIS = "0" * 64
PAGE = 1000


@dataclass(frozen=True)
class Broken:
    """The first entry that does not hold."""

    seq: int
    why: str


def fingerprint_of(value: Any) -> str:
    """SHA-256 of a value's canonical JSON (RFC 8785)."""
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()


def append(session: Session, *, kind: str, change_id: str, actor: str, body: dict[str, Any], now: datetime) -> int:
    """Write the next entry; its number. The head's lock, held until commit, orders all writers."""
    head = session.scalars(select(HeadRow).where(HeadRow.id == 1).with_for_update()).one()
    text = rfc8785.dumps(storable_body(body)).decode()
    entry = EntryRow(
        seq=head.seq + 1,
        at=now.astimezone(UTC).isoformat(),
        kind=kind,
        change_id=change_id,
        actor=actor,
        body_fingerprint=hashlib.sha256(text.encode()).hexdigest(),
        previous=head.fingerprint,
    )
    entry.fingerprint = link_of(entry)
    session.add(entry)
    session.flush()
    session.add(BodyRow(seq=entry.seq, body=text))
    head.seq, head.fingerprint = entry.seq, entry.fingerprint
    session.flush()
    return entry.seq


def head(session: Session, now: datetime) -> Head:
    """The chain's end, as whoever is outside may keep it."""
    row = session.get_one(HeadRow, 1)
    return Head(row.seq, row.fingerprint, now.astimezone(UTC).isoformat())


def entered_after(session: Session, seq: int) -> datetime | None:
    at = session.scalars(select(EntryRow.at).where(EntryRow.seq > seq).order_by(EntryRow.seq).limit(1)).first()
    return datetime.fromisoformat(at) if at else None


def verify(session: Session, heads: Iterable[Head] = ()) -> tuple[int, Broken | None]:
    """How many entries there are, and the first that does not hold. heads: what others kept of it."""
    anchored: dict[int, list[Head]] = {}
    for kept in heads:
        anchored.setdefault(kept.seq, []).append(kept)
    previous, count = GENESIS, 0
    for entry, body in _all(session):
        count += 1
        if entry.seq != count:
            return count, Broken(count, f"entry {count} is missing: the next one is {entry.seq}")
        if entry.previous != previous:
            return count, Broken(entry.seq, "it does not follow from the entry before")
        if entry.fingerprint != link_of(entry):
            return count, Broken(entry.seq, "it was changed after it was written")
        if body is not None and hashlib.sha256(body.encode()).hexdigest() != entry.body_fingerprint:
            return count, Broken(entry.seq, "its body was changed after it was written")
        for kept in anchored.pop(entry.seq, []):
            if kept.fingerprint != entry.fingerprint:
                return count, Broken(entry.seq, f"it is not the entry that was anchored at {kept.at}")
        previous = entry.fingerprint
    anchored.pop(0, None)  # a chain without entries
    if anchored:
        lost = min(anchored)
        return count, Broken(
            count + 1, f"the chain ends at {count}, entry {lost} was anchored at {anchored[lost][0].at}"
        )
    return count, _at_the_end(session.get_one(HeadRow, 1), count, previous)


def _at_the_end(head: HeadRow, count: int, last: str) -> Broken | None:
    if head.seq > count:
        return Broken(count + 1, f"the chain ends at {count}, its head says {head.seq}: entries were cut off")
    if head.seq < count:
        return Broken(head.seq + 1, f"it was added behind the chain's head, which says {head.seq}")
    return None if head.fingerprint == last else Broken(count, "it is not the entry that the chain's head names")


def link_of(entry: EntryRow) -> str:
    """An entry's fingerprint: of everything in it, and of the entry before."""
    return fingerprint_of(
        {
            "seq": entry.seq,
            "at": entry.at,
            "kind": entry.kind,
            "change": entry.change_id,
            "actor": entry.actor,
            "body": entry.body_fingerprint,
            "previous": entry.previous,
        }
    )


def _all(session: Session) -> Iterator[tuple[EntryRow, str | None]]:
    """Every entry in order, a page at a time: memory does not grow with history."""
    entries = select(EntryRow, BodyRow.body).outerjoin(BodyRow, BodyRow.seq == EntryRow.seq).order_by(EntryRow.seq)
    further = entries  # from the very beginning: whatever was put below entry 1 is seen too
    while True:
        page = session.execute(further.limit(PAGE)).all()
        yield from ((entry, body) for entry, body in page)
        if len(page) < PAGE:
            return
        further = entries.where(EntryRow.seq > page[-1][0].seq)
        session.expunge_all()
