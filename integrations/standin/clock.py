"""What the stand-ins take for now: the machine's time, moved by as much as somebody chose."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any


class Clock:
    """One for all stand-ins of a sandbox. Ids, signatures and tokens keep the machine's time, as transport does."""

    def __init__(self, kept_in: Path | None = None) -> None:
        """kept_in: a file that always holds the seconds, for others to go by."""
        self._ahead = timedelta()
        self._kept_in = kept_in

    @property
    def ahead(self) -> timedelta:
        """By how much the clock is ahead of the machine's; negative: behind."""
        return self._ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def as_json(self) -> dict[str, Any]:
        return {"seconds": self._ahead.total_seconds(), "now": self.now().isoformat()}

    def move(self, by: timedelta) -> None:
        """Raises: OverflowError when now would leave the calendar."""
        ahead = self._ahead + by
        _ = datetime.now(UTC) + ahead
        self._ahead = ahead
        self._keep()

    def reset(self) -> None:
        self._ahead = timedelta()
        self._keep()

    def _keep(self) -> None:
        """At once, so that nobody reads half a number."""
        if self._kept_in:
            draft = self._kept_in.with_suffix(".draft")
            draft.write_text(f"{self._ahead.total_seconds()}\n")
            draft.replace(self._kept_in)
