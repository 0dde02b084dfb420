"""Faults on demand: what goes wrong, on which call, how many times."""

import asyncio
import fnmatch
import itertools
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Action = Literal[
    "answer",  # the given answer instead of doing it
    "answer_after",  # do it, then give the given answer instead of the true one
    "drop_before",  # reset the connection, nothing done
    "drop_after",  # do it, then reset the connection
    "delay",  # wait, then do it
    "delay_after",  # do it, then wait before answering
    "truncate",  # do it, send half of the answer, reset
    "pause_before",  # hold the request until resumed, nothing done yet
    "pause_after",  # do it, hold the answer until resumed
    "refuse",  # reset the connection, nothing done; for a while nobody can connect at all
    "lag",  # do it; for a while who asks does not see it
]


@dataclass
class Fault:
    """One rule. ``call`` is matched like a file name: ``chat.*``, ``POST /rest/api/*/comment``."""

    call: str
    action: Action
    containing: str = ""
    """Only calls whose body holds this."""
    times: int = 1
    """How many matching calls it spoils; -1 for all."""
    skip: int = 0
    """How many matching calls pass first."""
    seconds: float = 0.0
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = ""
    """A string goes out as it is, anything else as JSON."""
    says: str = ""
    """What it is called where people see it."""
    id: int = 0
    hits: int = 0
    """How many calls it has spoiled so far."""


@dataclass
class Pause:
    """A request held in mid-air until somebody resumes it."""

    id: int
    call: str
    action: str
    resumed: asyncio.Event = field(default_factory=asyncio.Event)
    is_dropped: bool = False
    """Its connection is reset instead: it never arrived, or its answer did not."""


class Faults:
    """The rules in force, and the requests they hold."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []
        self._ids = itertools.count(1)
        self.paused: dict[int, Pause] = {}

    def add(self, fault: Fault) -> Fault:
        """Put a rule in force; one for no call at all is spent already."""
        fault.id = next(self._ids)
        if fault.times != 0:
            self._rules.append(fault)
        return fault

    def __iter__(self) -> Iterator[Fault]:
        """Those in force."""
        return iter(self._rules)

    def as_json(self) -> list[dict[str, Any]]:
        return [asdict(rule) for rule in self._rules]

    def remove(self, fault_id: int) -> bool:
        """Lift one; False when it is not in force any more."""
        before = len(self._rules)
        self._rules = [rule for rule in self._rules if rule.id != fault_id]
        return len(self._rules) < before

    def clear(self) -> None:
        self._rules.clear()
        self.resume()

    def take(self, call: str, body: str) -> Fault | None:
        """The fault that hits this call now, used up by one."""
        for rule in self._rules:
            if not fnmatch.fnmatchcase(call, rule.call) or rule.containing not in body:
                continue
            if rule.skip > 0:
                rule.skip -= 1
                continue
            self._use(rule)
            return rule
        return None

    def _use(self, rule: Fault) -> None:
        rule.hits += 1
        if rule.times > 0:
            rule.times -= 1
        if rule.times == 0:
            self._rules.remove(rule)

    async def pause(self, call: str, action: str) -> bool:
        """Hold until resumed, ten minutes at most, so that a forgotten pause ends by itself. True: drop it."""
        held = Pause(next(self._ids), call, action)
        self.paused[held.id] = held
        try:
            await asyncio.wait_for(held.resumed.wait(), timeout=600)
        finally:
            self.paused.pop(held.id, None)
        return held.is_dropped

    def resume(self, pause_id: int | None = None, *, drop: bool = False) -> int:
        """Let go of one held request, or of all; says how many."""
        held = [p for p in self.paused.values() if pause_id in (None, p.id)]
        for pause in held:
            pause.is_dropped = drop
            pause.resumed.set()
        return len(held)
