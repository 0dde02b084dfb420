"""What was asked of a stand-in, call by call: tests read outcomes and call budgets from it."""

import itertools
import time
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

MOST_ENTRIES = 20_000
"""The oldest go: a sandbox may run for days."""
LONGEST_BODY = 20_000
"""Characters of a body or an answer that every listing shows; longer ones are kept aside, packed."""
MOST_KEPT = 64_000_000
"""Bytes kept aside in all. Beyond that the oldest are let go: a sandbox may run for weeks."""
SENDER = "x-standin-sender"
"""A header by which a test says that it, and not the app, makes a call."""
HEADERS = ("content-type", "accept", "user-agent", SENDER)
"""What is kept of a request's headers: nothing that opens a door."""


@dataclass
class Entry:
    """One request and what became of it."""

    seq: int
    at: str
    system: str
    call: str
    """The route asked for, e.g. ``POST /rest/api/2/issue/{key}/comment`` or ``chat.postMessage``."""
    method: str
    path: str
    query: str
    body: str
    status: int | None = None
    """None when the connection was dropped instead of answered."""
    seconds: float | None = None
    """From its arrival to its answer; None while it is under way."""
    answer: str = ""
    is_effect: bool = False
    """It may change something: everything but reads."""
    fault: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    """Of the request, those named above."""
    answer_type: str = ""
    """The answer's Content-Type."""
    cut: list[str] = field(default_factory=list)
    """Which of body and answer are longer than shown."""
    notes: dict[str, Any] = field(default_factory=dict)


class Diary:
    """An append-only list of entries, in the order the requests arrived."""

    def __init__(self, most_kept: int = MOST_KEPT) -> None:
        self._entries: deque[Entry] = deque(maxlen=MOST_ENTRIES)
        self._numbers = itertools.count(1)
        self._started: dict[int, float] = {}
        self.revision = 0
        """Rises with every entry opened or closed."""
        self._aside: dict[tuple[int, str], bytes] = {}
        self._kept = 0
        self._most_kept = most_kept

    def open(self, *, body: str, **facts: Any) -> Entry:
        entry = Entry(seq=next(self._numbers), at=datetime.now(UTC).isoformat(), body="", **facts)
        self._write(entry, "body", body)
        self._entries.append(entry)
        self._started[entry.seq] = time.monotonic()
        self.revision += 1
        return entry

    def answered(self, entry: Entry, status: int, answer: str, answer_type: str) -> None:
        entry.status, entry.answer_type = status, answer_type
        self._write(entry, "answer", answer)

    def close(self, entry: Entry) -> None:
        """Its answer leaves, or its connection is gone; what is closed stays so."""
        started = self._started.pop(entry.seq, None)
        if started is not None:
            entry.seconds = round(time.monotonic() - started, 4)
            self.revision += 1

    def find(self, seq: int) -> dict[str, Any] | None:
        """One entry with all of it that was kept."""
        return next((self._whole(entry) for entry in self._entries if entry.seq == seq), None)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def newest_first(self) -> Iterator[Entry]:
        return iter(list(reversed(self._entries)))

    def as_json(self, *, whole: bool = False) -> list[dict[str, Any]]:
        """whole: long bodies and answers too, as far as they were kept."""
        return [self._whole(entry) if whole else asdict(entry) for entry in self._entries]

    def clear(self) -> None:
        self._entries.clear()
        self.revision += 1
        self._aside.clear()
        self._kept = 0

    def _write(self, entry: Entry, part: str, text: str) -> None:
        setattr(entry, part, text[:LONGEST_BODY])
        if len(text) <= LONGEST_BODY:
            return
        entry.cut.append(part)
        packed = zlib.compress(text.encode(errors="surrogatepass"), 1)
        self._aside[entry.seq, part] = packed
        self._kept += len(packed)
        while self._kept > self._most_kept:
            self._kept -= len(self._aside.pop(next(iter(self._aside))))

    def _whole(self, entry: Entry) -> dict[str, Any]:
        kept = {part: self._aside[entry.seq, part] for part in entry.cut if (entry.seq, part) in self._aside}
        unpacked = {part: zlib.decompress(packed).decode(errors="surrogatepass") for part, packed in kept.items()}
        return asdict(entry) | unpacked | {"cut": [part for part in entry.cut if part not in unpacked]}
