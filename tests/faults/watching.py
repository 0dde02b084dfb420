"""Somebody who watches a story while a call of it is spoilt: was it, what are people told, who waits how long."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tests.faults.calls import Call
from tests.faults.kinds import LONG, Kind
from tests.faults.memory import ClockedMemory
from tests.stories.town import Town

LONGEST = 200.0
"""Seconds for anything to come about."""
QUIET = 1.5
"""Seconds in which somebody who does not wait would have knocked again."""
LOOK_EVERY = 0.2
MARK = "⏱️"
"""Before each sentence on what something waits for."""


class Watch:
    """Spoils the call and moves the clock for whoever was asked to wait long."""

    def __init__(self, town: Town, memory: ClockedMemory, call: Call | None, kind: Kind | None) -> None:
        self._town = town
        self._memory = memory
        self._call = call
        self._kind = kind
        self._failure: BaseException | None = None
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self.heard: list[str] = []

    def begin(self) -> None:
        if self._call is None or self._kind is None:
            return
        rule = {**self._kind.rules(self._call.system), "times": self._kind.times, "containing": self._call.sign}
        self._town.standins.post(self._call.system, "faults", call=pattern_of(self._call.name), **rule)
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Raises: what the watch saw go wrong."""
        self._over.set()
        if self._thread:
            self._thread.join(timeout=LONGEST)
            assert not self._thread.is_alive(), "the fault came to no end"
        if self._failure:
            raise self._failure

    def spoilt(self) -> int:
        return sum(1 for _ in self._spoilt()) if self._call else 0

    def _run(self) -> None:
        assert self._call and self._kind
        try:
            self._town.until(lambda: list(self._spoilt()), f"{self._call} is spoilt", within=LONGEST)
            if self._kind.comes_late:
                self._town.until(lambda: next(self._spoilt())["seconds"], "it takes effect", within=LONGEST)
            while self._kind.is_long and not self._over.wait(LOOK_EVERY):
                if self._memory.long_waits():
                    self._wait_long()
        except BaseException as failure:
            self._failure = failure

    def _spoilt(self) -> Iterator[dict[str, Any]]:
        assert self._call
        return (entry for entry in self._town.standins.get(self._call.system, "diary") if entry["fault"])

    def _wait_long(self) -> None:
        """Nothing of it is sent before its time; people know why; and when the time has come it goes on."""
        assert self._call
        time.sleep(QUIET)
        assert not (self._call.is_effect and self._is_made_again()), f"{self._call} was sent before its time"
        if self._call.system != "slack":
            self.heard = self._town.until(lambda: told_now(self._town), "people are told why it takes so long")
        self._memory.move_clock(timedelta(seconds=LONG + 60))

    def _is_made_again(self) -> bool:
        assert self._call
        first = next(self._spoilt())
        diary = self._town.standins.get(self._call.system, "diary")
        later = (entry for entry in diary if entry["seq"] > first["seq"] and entry["path"] == first["path"])
        return any(self._call.is_made_by(entry) for entry in later)


def pattern_of(name: str) -> str:
    """As the rules match calls, like file names."""
    return name.replace("[", "[[]")


def told_now(town: Town) -> list[str]:
    """What the card or the requester's DM says about waiting."""
    cards = [json.dumps(card["blocks"], ensure_ascii=False) for card in town.cards()]
    return [said for said in [*cards, *town.dms("linus")] if MARK in said]
