"""Our own pace: a system is called as often as it lets us, and not before it has had the pause it asked for.

    pace.turn({"chat.postMessage C0PAYMENTS": (Limit(3, 3.0),)})      # waits; or says when to come again
    pace.hold(["chat.postMessage C0PAYMENTS"], 30.0)                   # it answered 429

Turns are given in the order they were asked for. Each process has a pace of its own: what replicas do together too
often the system refuses, and then each of them waits as told.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.ports import NotOurTurn

MANY = 1_000
"""Names, before those that nobody waits for any more are let go."""


class Limit(NamedTuple):
    """So many calls in any so many seconds."""

    calls: int
    seconds: float


@dataclass
class Past:
    """Of one name: when it was called or will be, and until when it is not to be."""

    calls: deque[float] = field(default_factory=deque)
    held_until: float = 0.0
    promised: float = 0.0
    """When the last of those who were sent away is to come again."""

    def earliest(self, limits: Sequence[Limit]) -> float:
        """When it may be called next."""
        full = (self.calls[-limit.calls] + limit.seconds for limit in limits if len(self.calls) >= limit.calls)
        return max((self.held_until, *full, *list(self.calls)[-1:]))

    def forget(self, before: float) -> None:
        while self.calls and self.calls[0] < before:
            self.calls.popleft()


class Pace:
    """Of one system. Threads share it."""

    def __init__(
        self,
        system: str,
        *,
        patience: float,
        times: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """patience: the longest wait in a thread, in seconds; beyond it the caller comes again.

        times: by how much its limits are higher for us than documented; 0: there are none, but the pauses it asks for.
        """
        self._system = system
        self._patience = patience
        self._times = times
        self._clock = clock
        self._sleep = sleep
        self._past: dict[str, Past] = {}
        self._guard = threading.Lock()

    def turn(self, wanted: Mapping[str, Sequence[Limit]]) -> None:
        """Wait until a call that counts under these names may be made. Raises: NotOurTurn, nothing having been sent."""
        with self._guard:
            at = self._booked(wanted)
        while (wait := max(at, self._held(wanted)) - self._clock()) > 0:
            self._check(wait)  # it may have been held meanwhile
            self._sleep(wait)

    def hold(self, names: Iterable[str], seconds: float) -> None:
        """No call under these names before then."""
        with self._guard:
            until = self._clock() + seconds
            for name in names:
                past = self._past.setdefault(name, Past())
                past.held_until = max(past.held_until, until)

    def _booked(self, wanted: Mapping[str, Sequence[Limit]]) -> float:
        now, wanted = self._clock(), {name: self._ours(limits) for name, limits in wanted.items()}
        longest = max((limit.seconds for limits in wanted.values() for limit in limits), default=0.0)
        if len(self._past) > MANY:
            self._past = {name: past for name, past in self._past.items() if not _is_over(past, now)}
        pasts = {name: self._past.setdefault(name, Past()) for name in wanted}
        for past in pasts.values():
            past.forget(now - longest)
        at = max((now, *(pasts[name].earliest(limits) for name, limits in wanted.items())))
        if at - now > self._patience:
            at = max((at, *(pasts[name].promised + _apart(limits) for name, limits in wanted.items())))
            for past in pasts.values():
                past.promised = at  # each at another time: those who wait do not all come again at once
        self._check(at - now)
        for past in pasts.values():
            past.calls.append(at)
        return at

    def _ours(self, limits: Sequence[Limit]) -> Sequence[Limit]:
        if not self._times:
            return ()
        return [Limit(max(1, round(limit.calls * self._times)), limit.seconds) for limit in limits]

    def _held(self, names: Iterable[str]) -> float:
        with self._guard:
            return max((self._past[name].held_until for name in names if name in self._past), default=0.0)

    def _check(self, wait: float) -> None:
        if wait > self._patience:
            raise NotOurTurn(self._system, "it is called as often as it lets us", str(math.ceil(wait)))


def _apart(limits: Sequence[Limit]) -> float:
    """Seconds between two calls, in the long run."""
    return max((limit.seconds / limit.calls for limit in limits), default=0.0)


def _is_over(past: Past, now: float) -> bool:
    """An hour is longer than any limit looks back."""
    return past.held_until <= now and (not past.calls or past.calls[-1] < now - 3600)
