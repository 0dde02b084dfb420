"""What Cabbie remembers during a telling, seen from beside, by a clock of its own."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.crash.memory import WAKING_SECONDS, SqliteMemory
from tests.mutants.village import set_clock

LONG_WAIT = timedelta(minutes=10)
UNFINISHED = """
SELECT (SELECT count(*) FROM workflow_status WHERE status IN ('ENQUEUED', 'PENDING', 'DELAYED'))
     + (SELECT count(*) FROM cabbie_changes WHERE progress <> 'done' AND wake_at < ?)
     + (SELECT count(*) FROM cabbie_projections WHERE sent_at IS NOT NULL)
"""


class ClockedMemory(SqliteMemory):
    """Cabbie's now is the machine's, moved."""

    def __init__(self, path: Path, clock: Path, ahead: timedelta) -> None:
        super().__init__(path)
        self._file = path
        self._clock = clock
        self._ahead = ahead
        set_clock(clock, ahead)

    def move_clock(self, by: timedelta) -> None:
        self._ahead += by
        set_clock(self._clock, self._ahead)

    def is_idle(self) -> bool:
        soon = self._now() + timedelta(seconds=WAKING_SECONDS)
        return self._one(UNFINISHED, f"{soon:%Y-%m-%d %H:%M:%S}")[0] == 0

    def long_waits(self) -> list[str]:
        """Moves that are not tried again for long."""
        with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True, timeout=10)) as connection:
            rows = connection.execute("SELECT troubles FROM cabbie_changes").fetchall()
        troubles = [(name, one["retry_at"]) for (said,) in rows for name, one in json.loads(said or "{}").items()]
        return [name for name, at in troubles if datetime.fromisoformat(at) > self._now() + LONG_WAIT]

    def _now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def _one(self, question: str, *words: str) -> tuple[int, ...]:
        with closing(sqlite3.connect(self._file, timeout=30)) as connection:
            found: tuple[int, ...] = connection.execute(question, words).fetchone()
            return found
