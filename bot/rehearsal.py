"""What Cabbie takes for now: the machine's time, which a rehearsal may move."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

Now = Callable[[], datetime]


def machine_time() -> datetime:
    return datetime.now(UTC)


def clock_of(moved_by: Path | None) -> Now:
    """Windows, expiries and digests go by it; signatures and tokens keep the machine's time.

    moved_by: a file that holds the seconds by which now is moved, read at each look; missing or empty: none."""
    if moved_by is None:
        return machine_time
    return lambda: machine_time() + _offset(moved_by)


def _offset(path: Path) -> timedelta:
    """Raises: ValueError when the file holds something else, for no time is better than a wrong one."""
    try:
        return timedelta(seconds=float(path.read_text().strip() or 0))
    except FileNotFoundError:
        return timedelta()
