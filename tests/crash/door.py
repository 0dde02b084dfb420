"""Killed while somebody speaks to it: before it is written down, as it is answered, or right after."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum

from tests.crash.memory import Memory
from tests.crash.people import Bystander
from tests.stories.processes import eventually
from tests.stories.town import Town


class Moment(StrEnum):
    UNWRITTEN = "unwritten"
    """Heard and not written down: whoever spoke sees an error."""
    ANSWERED = "answered"
    """Written down; the answer leaves, or does not, at this moment."""
    ACKNOWLEDGED = "acknowledged"
    """Slack has the answer; nobody has begun to work on it."""


class KilledAtTheDoor(Bystander):
    """Kills Cabbie once, at this moment of this act, and starts it again."""

    def __init__(self, town: Town, memory: Memory, act: str, moment: Moment) -> None:
        self._town = town
        self._memory = memory
        self._act = act
        self._moment = moment
        self._killer: threading.Thread | None = None
        self._failure: BaseException | None = None

    def __str__(self) -> str:
        return f"{self._moment} at the door: {self._act}"

    def about_to(self, act: str) -> None:
        if act != self._act:
            return
        if self._moment is Moment.UNWRITTEN:
            locked = threading.Event()
            self._begin(lambda: self._kill_unwritten(locked))
            assert locked.wait(10), self._failure
        elif self._moment is Moment.ANSWERED:
            before = self._memory.heard()
            self._begin(lambda: self._kill_answered(before))

    def acted(self, act: str) -> None:
        if act == self._act and self._moment is Moment.ACKNOWLEDGED:
            self._restart()
        if self._killer:
            self._killer.join()
        if self._failure:
            raise self._failure

    def _begin(self, kill: Callable[[], None]) -> None:
        def run() -> None:
            try:
                kill()
            except BaseException as failure:
                self._failure = failure

        self._killer = threading.Thread(target=run, name="killer")
        self._killer.start()

    def _kill_unwritten(self, locked: threading.Event) -> None:
        with self._memory.locked():
            locked.set()
            self._memory.until_blocked()
            self._town.bot.kill()
        self._town.bot.start()

    def _kill_answered(self, before: int) -> None:
        eventually(lambda: self._memory.heard() > before, what="it is written down")
        self._restart()

    def _restart(self) -> None:
        self._town.bot.kill()
        self._town.bot.start()


def killed_at_the_door(town: Town, memory: Memory, act: str, moment: Moment) -> AbstractContextManager[Bystander]:
    return nullcontext(KilledAtTheDoor(town, memory, act, moment))
