"""One thing said, and what it may touch while it is written down."""

from dataclasses import dataclass

from bot.change.announcement import Heard
from bot.change.errors import UnknownChange
from bot.change.model import Change, Person
from bot.change.policy import Policy
from bot.engine import Queue
from bot.ledger.ledger import Transaction

LONGEST_WHY = 1000


@dataclass(frozen=True)
class Hearing:
    """Open for as long as the transaction is."""

    tx: Transaction
    queue: Queue
    policy: Policy
    heard: Heard
    speaker: Person | None
    """None when a pipeline speaks."""

    def numbered(self, number: str) -> tuple[Change, Person]:
        """The change a person speaks of. Raises: UnknownChange."""
        change = self.tx.change_numbered(number)
        if change is None or self.speaker is None:
            raise UnknownChange(number)
        return change, self.speaker

    def have_looked_at(self, change_id: str) -> None:
        self.queue.look_at(self.tx.session, change_id)
