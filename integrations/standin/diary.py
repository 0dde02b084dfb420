"""What was asked of a stand-in, call by call: tests read outcomes and call budgets from it."""

import itertools
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

LONGEST_BODY = 20_000


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
    answer: str = ""
    is_effect: bool = False
    """It may change something: everything but reads."""
    fault: str = ""
    notes: dict[str, Any] = field(default_factory=dict)


class Diary:
    """An append-only list of entries, in the order the requests arrived."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._numbers = itertools.count(1)

    def open(self, **facts: Any) -> Entry:
        entry = Entry(seq=next(self._numbers), at=datetime.now(UTC).isoformat(), **facts)
        entry.body = entry.body[:LONGEST_BODY]
        self._entries.append(entry)
        return entry

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def as_json(self) -> list[dict[str, Any]]:
        return [asdict(entry) for entry in self._entries]

    def clear(self) -> None:
        self._entries.clear()
