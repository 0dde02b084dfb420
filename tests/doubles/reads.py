"""What we remember, as a test wants it remembered."""

from dataclasses import dataclass
from datetime import datetime

from bot.change.announcement import Question
from bot.change.model import Change, RowState


@dataclass(frozen=True)
class Line:
    """One line of a change's history."""

    seq: int
    at: datetime
    kind: str
    by: str
    sentence: str


class ReadsDouble:
    def __init__(self, *changes: Change, history: tuple[Line, ...] = ()) -> None:
        self.changes = list(changes)
        self.lines = history
        self.questions: dict[tuple[str, str], Question] = {}

    def change(self, number: str) -> Change | None:
        return next((c for c in self.changes if c.number == number), None)

    def question(self, channel: str, ts: str) -> Question | None:
        return self.questions.get((channel, ts))

    def queue(self) -> tuple[Change, ...]:
        return tuple(c for c in self.changes if not c.is_over)

    def waiting_for(self, slack_id: str) -> tuple[Change, ...]:
        def asks(change: Change) -> bool:
            asked = (row.approver for row in change.rows if row.state is RowState.REQUESTED)
            return any(change.slack_ids.get(sys_user) == slack_id for sys_user in asked)

        return tuple(c for c in self.queue() if asks(c))

    def history(self, number: str) -> tuple[Line, ...]:
        return self.lines
