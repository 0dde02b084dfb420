"""A queue without an engine: it only remembers what is to be looked at."""

from collections import deque
from datetime import timedelta

from sqlalchemy.orm import Session


class QueueDouble:
    def __init__(self) -> None:
        self.waiting: deque[str] = deque()
        """Ids of changes, in the order in which they were queued."""
        self.errands: list[tuple[str, ...]] = []

    def look_at(self, session: Session, change_id: str, *, after: float = 0) -> None:
        self.look_again(change_id, after)

    def look_again(self, change_id: str, after: float = 0) -> None:
        if change_id not in self.waiting:
            self.waiting.append(change_id)

    def errand(self, session: Session, name: str, *words: str) -> None:
        self.errands.append((name, *words))

    def clean_up(self, *, older_than: timedelta) -> int:
        return 0

    def is_behind(self) -> bool:
        return False

    def close(self) -> None:
        self.waiting.clear()
