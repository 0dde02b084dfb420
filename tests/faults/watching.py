"""Somebody who watches a story while a call of it is spoilt: was it, what are people told, who waits how long."""

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.crash.memory import SqliteMemory
from tests.faults.calls import Call
from tests.faults.kinds import LONG, Kind
from tests.mutants.village import set_clock
from tests.stories.town import Town

LONGEST = 90.0
"""Seconds for anything to come about."""
QUIET = 1.5
"""Seconds in which somebody who does not wait would have knocked again."""
SHORTLY = "PT10M"
MARK = "⏱️"
"""Before each sentence on what something waits for."""


class Watch:
    """Spoils the call and moves the clock for whoever was asked to wait long."""

    def __init__(self, town: Town, memory: SqliteMemory, clock: Path, call: Call | None, kind: Kind | None) -> None:
        self._town = town
        self._memory = memory
        self._clock = clock
        self._call = call
        self._kind = kind
        self._failure: BaseException | None = None
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
            if self._kind.is_long:
                self._wait_long()
            if self._kind.comes_late:
                self._town.until(lambda: next(self._spoilt())["seconds"], "it takes effect", within=LONGEST)
        except BaseException as failure:
            self._failure = failure

    def _spoilt(self) -> Iterator[dict[str, Any]]:
        assert self._call
        return (entry for entry in self._town.standins.get(self._call.system, "diary") if entry["fault"])

    def _wait_long(self) -> None:
        """Nothing of it is sent before its time; people know why; and when the time has come it goes on."""
        assert self._call
        is_waiting = self._town.until(lambda: waits_of(self._memory) or self._is_made_again(), "somebody waits")
        if is_waiting is not True:
            time.sleep(QUIET)
            assert not (self._call.is_effect and self._is_made_again()), f"{self._call} was sent before its time"
            if self._call.system != "slack":
                self.heard = self._town.until(lambda: told_now(self._town), "people are told why it takes so long")
        set_clock(self._clock, timedelta(seconds=LONG + 60))

    def _is_made_again(self) -> bool:
        """By somebody else, for whom nothing went wrong; or before its time."""
        assert self._call
        first = next(self._spoilt())["seq"]
        diary = self._town.standins.get(self._call.system, "diary")
        return any(entry["seq"] > first and self._call.is_made_by(entry) for entry in diary)


def pattern_of(name: str) -> str:
    """As the rules match calls, like file names."""
    return name.replace("[", "[[]")


def waits_of(memory: SqliteMemory) -> list[str]:
    """Moves that wait for longer than ten minutes."""
    path = memory.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as connection:
        rows = connection.execute("SELECT troubles FROM cabbie_changes").fetchall()
        far = connection.execute(FAR_AWAY).fetchone()[0]
    return [name for (said,) in rows for name in json.loads(said or "{}")] if far else []


FAR_AWAY = "SELECT count(*) FROM cabbie_changes WHERE wake_at > datetime('now', '+10 minutes')"


def told_now(town: Town) -> list[str]:
    """What the card or the requester's DM says about waiting."""
    cards = [json.dumps(card["blocks"], ensure_ascii=False) for card in town.cards()]
    return [said for said in [*cards, *town.dms("linus")] if MARK in said]
