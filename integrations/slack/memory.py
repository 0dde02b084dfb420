"""What Slack said a moment ago, kept for a while: answers that decide nothing."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

Clock = Callable[[], datetime]
T = TypeVar("T")


class Memory(Generic[T]):
    """Answers by key, each for a while. Threads may share it."""

    def __init__(self, clock: Clock, *, keep: timedelta) -> None:
        self._clock = clock
        self._keep = keep
        self._entries: dict[str, tuple[datetime, T]] = {}
        self._lock = threading.Lock()

    def of(self, key: str, ask: Callable[[], T]) -> T:
        """What is known, or what asking gives. Asked outside the lock: a slow answer holds nobody else up."""
        with self._lock:
            entry = self._entries.get(key)
        if entry is not None and self._clock() - entry[0] < self._keep:
            return entry[1]
        found = ask()
        with self._lock:
            self._entries[key] = (self._clock(), found)
        return found
