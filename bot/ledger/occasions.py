"""What happens once: things said at the doors, ticks of the clock, and how far a poll has read."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update

from bot.ledger.entries import Entries
from bot.ledger.tables import HeardRow, OccasionRow, WatermarkRow


class Occasions(Entries):
    """Reads and writes what must not happen twice."""

    def heard_before(self, once: str) -> HeardRow | None:
        return self.session.scalars(select(HeardRow).where(HeardRow.once == once)).first()

    def add_heard(self, **facts: Any) -> None:
        self.session.add(HeardRow(received_at=self.now, **facts))
        self.session.flush()

    def take_occasion(self, job: str, audience: str, slot: str) -> bool:
        """True for the one who takes it first."""
        if self.session.get(OccasionRow, (job, audience, slot)) is not None:
            return False
        # Two replicas may both see none; the key lets only one commit.
        self.session.add(OccasionRow(job=job, audience=audience, slot=slot, taken_at=self.now, ref=""))
        self.session.flush()
        return True

    def occasion_if_any(self, job: str, audience: str, slot: str) -> OccasionRow | None:
        return self.session.get(OccasionRow, (job, audience, slot))

    def occasion(self, job: str, audience: str, slot: str) -> OccasionRow:
        return self.session.get_one(OccasionRow, (job, audience, slot))

    def about_to_send(self, job: str, audience: str, slot: str, *, seen: datetime | None, at: datetime) -> bool:
        """True for the one who may send it now. seen: when it was last about to be sent, None for never."""
        sent = OccasionRow.sent_at.is_(None) if seen is None else OccasionRow.sent_at == seen
        done = self.session.execute(
            update(OccasionRow)
            .where(*_is_occasion(job, audience, slot), sent, OccasionRow.done_at.is_(None))
            .values(sent_at=at)
        )
        return bool(done.rowcount == 1)  # type: ignore[attr-defined]  # an UPDATE always gives a CursorResult

    def was_not_sent(self, job: str, audience: str, slot: str) -> None:
        """Certainly not: whoever is next need not look for it."""
        self.session.execute(update(OccasionRow).where(*_is_occasion(job, audience, slot)).values(sent_at=None))

    def finish_occasion(self, job: str, audience: str, slot: str, *, ref: str) -> bool:
        """True for the one who finishes it first. ref: where what was sent stands."""
        done = self.session.execute(
            update(OccasionRow)
            .where(*_is_occasion(job, audience, slot), OccasionRow.done_at.is_(None))
            .values(done_at=self.now, ref=ref)
        )
        return bool(done.rowcount == 1)  # type: ignore[attr-defined]  # an UPDATE always gives a CursorResult

    def last_sent(self, job: str, audience: str) -> datetime | None:
        """When this audience was last sent something."""
        mine = (OccasionRow.job == job, OccasionRow.audience == audience)
        sent = (OccasionRow.done_at.is_not(None), OccasionRow.sent_at.is_not(None))
        newest = select(OccasionRow.sent_at).where(*mine, *sent).order_by(OccasionRow.sent_at.desc())
        return self.session.scalars(newest).first()

    def forget_occasions(self, job: str, *, older_than: timedelta) -> None:
        self.session.execute(
            delete(OccasionRow).where(OccasionRow.job == job, OccasionRow.taken_at < self.now - older_than)
        )

    def watermark(self, name: str) -> str:
        row = self.session.get(WatermarkRow, name)
        return row.value if row else ""

    def set_watermark(self, name: str, value: str) -> None:
        self.session.merge(WatermarkRow(name=name, value=value))


def _is_occasion(job: str, audience: str, slot: str) -> tuple[ColumnElement[bool], ...]:
    return OccasionRow.job == job, OccasionRow.audience == audience, OccasionRow.slot == slot
