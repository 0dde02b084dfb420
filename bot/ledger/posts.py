"""What tools say: their posts in Slack by their place, and the sources of a change by their names."""

from datetime import datetime

from sqlalchemy import select

from bot.change.announcement import Told
from bot.change.model import Person, Status
from bot.ledger.entries import Entries
from bot.ledger.rows import TOLD
from bot.ledger.tables import PostRow, SourceRow


class Posts(Entries):
    """Reads and writes what tools say."""

    def post(self, channel: str, ts: str) -> PostRow | None:
        return self.session.get(PostRow, (channel, ts)) if channel and ts else None

    def keep_post(self, channel: str, ts: str, *, change_id: str, told: Told | None = None) -> None:
        """This post is about that change. told: what it says, while something is missing that a person is asked for."""
        lacking = TOLD.dump_python(told, mode="json") if told else None
        self.session.merge(
            PostRow(channel=channel, ts=ts, change_id=change_id or None, heard_at=self.now, told=lacking)
        )
        self.session.flush()

    def question(self, channel: str, ts: str) -> Told | None:
        """What was posted, while something is missing; None when it is complete, or was never heard."""
        row = self.post(channel, ts)
        return TOLD.validate_python(row.told) if row and row.told is not None else None

    def add_source(self, change_id: str, source: str, status: Status, *, person: Person | None, at: datetime) -> bool:
        """True when this source had not said this of the change before."""
        if self.session.get(SourceRow, (change_id, source, status.value)) is not None:
            return False
        self.session.add(
            SourceRow(
                change_id=change_id, source=source, status=status.value, person=person.id if person else None, at=at
            )
        )
        self.session.flush()
        return True

    def sources(self, change_id: str) -> tuple[str, ...]:
        """Who told us of this change, in the order we were told."""
        rows = self.session.scalars(
            select(SourceRow.source).where(SourceRow.change_id == change_id).order_by(SourceRow.at, SourceRow.source)
        )
        return tuple(dict.fromkeys(rows))
