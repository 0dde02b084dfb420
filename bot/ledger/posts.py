"""What tools say: their posts in Slack by their place, and the sources of a change by their names."""

from datetime import datetime

from sqlalchemy import select, update

from bot.change.announcement import Question
from bot.change.model import Person, Status
from bot.ledger.entries import Entries
from bot.ledger.rows import QUESTION
from bot.ledger.tables import PostRow, SourceRow


class Posts(Entries):
    """Reads and writes what tools say."""

    def post(self, channel: str, ts: str) -> PostRow | None:
        return self.session.get(PostRow, (channel, ts)) if channel and ts else None

    def keep_post(self, channel: str, ts: str, *, change_id: str, question: Question | None = None) -> None:
        """This post is about that change. question: what a person is asked about it."""
        lacking = QUESTION.dump_python(question, mode="json") if question else None
        self.session.merge(
            PostRow(channel=channel, ts=ts, change_id=change_id or None, heard_at=self.now, question=lacking)
        )
        self.session.flush()

    def question(self, channel: str, ts: str) -> Question | None:
        """What was posted, while something is missing; None when it is complete, or was never heard."""
        row = self.post(channel, ts)
        return QUESTION.validate_python(row.question) if row and row.question is not None else None

    def asked_at(self, channel: str, ts: str) -> datetime:
        return self.session.get_one(PostRow, (channel, ts)).heard_at

    def add_source(self, change_id: str, source: str, status: Status, *, person: Person | None, at: datetime) -> bool:
        """True when this source had not said this of the change before."""
        who = person.id if person else ""
        if self.session.get(SourceRow, (change_id, source, status.value, who)) is not None:
            return False
        self.session.add(SourceRow(change_id=change_id, source=source, status=status.value, person=who, at=at))
        self.session.flush()
        return True

    def hand_over(self, change_id: str, *, to: str) -> list[tuple[str, Status, str]]:
        """Two were asked for, and are one: what was said of this one is said of that. What is new to it, the oldest
        first: source, status, and the id of the person it names."""
        self.session.execute(update(PostRow).where(PostRow.change_id == change_id).values(change_id=to))
        said = select(SourceRow).where(SourceRow.change_id == change_id).order_by(SourceRow.at, SourceRow.source)
        new = [
            row
            for row in self.session.scalars(said)
            if self.session.get(SourceRow, (to, row.source, row.status, row.person)) is None
        ]
        self.session.add_all(
            SourceRow(change_id=to, source=row.source, status=row.status, person=row.person, at=row.at) for row in new
        )
        self.session.flush()
        return [(row.source, Status(row.status), row.person) for row in new]

    def sources(self, change_id: str) -> tuple[str, ...]:
        """Who told us of this change, in the order we were told."""
        rows = self.session.scalars(
            select(SourceRow.source).where(SourceRow.change_id == change_id).order_by(SourceRow.at, SourceRow.source)
        )
        return tuple(dict.fromkeys(rows))
