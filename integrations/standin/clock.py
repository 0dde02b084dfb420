"""What the stand-ins take for now: the machine's time, moved by as much as somebody chose."""

from datetime import UTC, datetime, timedelta


class Clock:
    """One for all stand-ins of a sandbox. Ids, signatures and tokens keep the machine's time, as transport does."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    @property
    def ahead(self) -> timedelta:
        """By how much the clock is ahead of the machine's; negative: behind."""
        return self._ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def move(self, by: timedelta) -> None:
        self._ahead += by

    def reset(self) -> None:
        self._ahead = timedelta()
