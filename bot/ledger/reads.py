"""What everybody may read: changes, their history, and what waits. Facts, never rows."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.change.announcement import Question
from bot.change.model import Change, Finding, Kind, Person, Progress
from bot.ledger import chain
from bot.ledger.ledger import Ledger
from bot.ledger.rows import finding_of
from bot.ledger.tables import BodyRow, ChangeRow, EntryRow, FindingRow, PersonRow
from bot.ports import Head

CARD = "card"
"""The kind of the entries that keep the blocks of a card."""


ASKED = "servicenow asked at"
"""The watermark that says when ServiceNow last told what had changed."""


@dataclass(frozen=True)
class HistoryLine:
    """One ledger entry as a sentence."""

    seq: int
    at: datetime
    kind: str
    by: str
    sentence: str


class Reads:
    """Read-only views of the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def change(self, number: str) -> Change | None:
        with self._ledger.reading() as tx:
            return tx.change_numbered(number)

    def question(self, channel: str, ts: str) -> Question | None:
        """What is asked below this post, while it is."""
        with self._ledger.reading() as tx:
            return tx.question(channel, ts)

    def change_by_id(self, change_id: str) -> Change:
        return self._ledger.change(change_id)

    def named(self, service: str, environment: str, aliases: list[str]) -> Change | None:
        """The deploy or rollback known by these names (``version:2.4.1``, ``sha:…``), which must not contradict.

        A rollback may be called as the deploy it goes back to: the one under way is meant, or the newer."""
        found: list[Change] = []
        with self._ledger.reading() as tx:
            for kind in Kind:
                named = [
                    tx.named(service=service, environment=environment, kind=kind, alias=alias) for alias in aliases
                ]
                known = {change.id: change for change in named if change}
                found += known.values() if len(known) == 1 else ()
        return max(found, key=lambda change: (not change.is_over, change.requested_at), default=None)

    def asked_at(self) -> datetime | None:
        """When ServiceNow last told what had changed."""
        with self._ledger.reading() as tx:
            told = tx.watermark(ASKED)
            return datetime.fromisoformat(told) if told else None

    def queue(self) -> tuple[Change, ...]:
        """Changes that are not over, oldest first."""
        with self._ledger.reading() as tx:
            return tx.under_way()

    def waiting_for(self, slack_id: str) -> tuple[Change, ...]:
        """Changes that ask this person now."""
        return tuple(
            change
            for change in self.queue()
            if change.is_waiting_for_approval
            and any(change.slack_ids.get(row.approver) == slack_id and row.state == "requested" for row in change.rows)
        )

    def card(self, number: str, beginning: str) -> dict[str, Any] | None:
        """The card with this fingerprint as it was shown: text, blocks, and where."""
        with self._ledger.reading() as tx:
            kept = tx.session.scalars(
                select(BodyRow.body)
                .join(EntryRow, EntryRow.seq == BodyRow.seq)
                .join(ChangeRow, ChangeRow.id == EntryRow.change_id)
                .where(ChangeRow.number == number.upper(), EntryRow.kind == CARD)
                .order_by(EntryRow.seq)
            )
            cards: Iterator[dict[str, Any]] = (json.loads(body) for body in kept)
            return next((card for card in cards if beginning and card["card"].startswith(beginning)), None)

    def history(self, number: str) -> tuple[HistoryLine, ...]:
        """Everything the ledger says of a change, oldest first; not how its card looked at each moment."""
        with self._ledger.reading() as tx:
            row = tx.session.scalars(select(ChangeRow).where(ChangeRow.number == number.upper())).first()
            if row is None:
                return ()
            entries = tx.session.execute(
                select(EntryRow, BodyRow.body)
                .outerjoin(BodyRow, BodyRow.seq == EntryRow.seq)
                .where(EntryRow.change_id == row.id, EntryRow.kind != CARD)
                .order_by(EntryRow.seq)
            ).all()
            names = tx.people({entry.actor for entry, _ in entries})
            return tuple(_line(entry, body, names) for entry, body in entries)

    def ended_since(self, since: datetime) -> tuple[Change, ...]:
        """Changes that ended or went wrong since then."""
        with self._ledger.reading() as tx:
            ids = tx.session.scalars(
                select(ChangeRow.id)
                .where(
                    ChangeRow.progress == Progress.DONE.value, ChangeRow.seen_at >= since, ChangeRow.number.is_not(None)
                )
                .order_by(ChangeRow.seen_at)
            ).all()
            return tuple(tx.change(change_id) for change_id in ids)

    def findings(self, since: datetime) -> tuple[Finding, ...]:
        """Open findings, and those made since then."""
        with self._ledger.reading() as tx:
            rows = tx.session.scalars(select(FindingRow).where(FindingRow.at >= since).order_by(FindingRow.at))
            return tuple(finding_of(row) for row in rows)

    def person(self, slack_id: str) -> Person | None:
        with self._ledger.reading() as tx:
            row = tx.session.scalars(select(PersonRow).where(PersonRow.slack_id == slack_id)).first()
            return next(iter(tx.people({row.id}).values())) if row else None

    def verify(self, heads: Iterable[Head] = ()) -> tuple[int, chain.Broken | None]:
        """How many entries the ledger has, and the first that does not hold. heads: what was anchored of it."""
        with self._ledger.reading() as tx:
            return chain.verify(tx.session, heads)


def _line(entry: EntryRow, body: str | None, names: dict[str, Person]) -> HistoryLine:
    said = json.loads(body) if body else {}
    who = names[entry.actor].name if entry.actor in names else ""
    return HistoryLine(
        entry.seq,
        datetime.fromisoformat(entry.at),
        entry.kind,
        who,
        said.get("sentence", entry.kind if body else "(erased)"),
    )
