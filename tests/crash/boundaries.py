"""Where Cabbie is killed: while a call of its is on its way, done but not answered, or answered but not remembered."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum

from tests.crash.effects import Effect
from tests.crash.memory import Memory
from tests.crash.people import Bystander
from tests.stories.processes import eventually
from tests.stories.town import Town

STORY_SECONDS = 120
LATE_PATIENCE = {"CABBIE_RECORD_PATIENCE": "PT15S", "CABBIE_MESSAGE_PATIENCE": "PT15S"}
"""Longer than a restart takes: what is late comes while Cabbie still waits for it."""


class Boundary(StrEnum):
    """Between which two events the process dies."""

    BEFORE = "before"
    """Before the send: the request never arrives."""
    AFTER = "after"
    """After the effect, before the answer."""
    FORGOTTEN = "forgotten"
    """After the answer, before we remember."""
    LATE = "late"
    """While it is on its way: it arrives when the next process has begun to look."""


@contextmanager
def killed_at(town: Town, memory: Memory, effect: Effect, boundary: Boundary) -> Iterator[Bystander]:
    """While the story is told, Cabbie is killed once at this boundary and started again."""
    is_undone = boundary in (Boundary.BEFORE, Boundary.LATE)
    action = "pause_before" if is_undone else "pause_after"
    town.standins.fault(effect.system, effect.call, action, containing=effect.sign, skip=effect.nth - 1)
    over = threading.Event()
    deeds: list[BaseException | None] = []

    def watch() -> None:
        try:
            held = eventually(
                lambda: over.is_set() or town.standins.get(effect.system, "paused"),
                within=STORY_SECONDS,
                what=f"{effect}",
            )
            assert held is not True, f"{effect} was never reached"
            KILLS[boundary](town, memory, effect.system)
            deeds.append(None)
        except BaseException as error:
            deeds.append(error)
            raise

    watcher = threading.Thread(target=watch, name="killer")
    watcher.start()
    try:
        yield Bystander()
    finally:
        over.set()
        watcher.join()
    for error in deeds:
        if error:
            raise error


def _before(town: Town, _: Memory, system: str) -> None:
    town.bot.kill()
    town.standins.post(system, "resume", drop=True)
    town.bot.start()


def _forgotten(town: Town, memory: Memory, system: str) -> None:
    with memory.locked():
        town.standins.post(system, "resume")
        memory.until_blocked()
        town.bot.kill()
    town.bot.start()


def _late(town: Town, _: Memory, system: str) -> None:
    town.bot.kill()
    town.bot.start()
    town.standins.post(system, "resume")


KILLS: dict[Boundary, Callable[[Town, Memory, str], None]] = {
    Boundary.BEFORE: _before,
    Boundary.AFTER: _before,
    Boundary.FORGOTTEN: _forgotten,
    Boundary.LATE: _late,
}
