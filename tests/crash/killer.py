"""Whoever kills Cabbie again and again while a deploy is told, as the plan says, and spoils calls of it beside."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

import requests

from tests.crash.boundaries import Boundary
from tests.crash.door import KilledAtTheDoor
from tests.crash.effects import SYSTEMS
from tests.crash.memory import Memory
from tests.crash.people import Bystander
from tests.crash.plan import AtBoundary, AtDoor, AtRandom, Step
from tests.faults.watching import pattern_of
from tests.stories.processes import eventually
from tests.stories.town import Town

LOOK_EVERY = 0.1
PAUSES = {Boundary.BEFORE: "pause_before", Boundary.LATE: "pause_before"}
PAUSE_AFTER = "pause_after"
T = TypeVar("T")
AT_REST = "at rest"
"""Where a kill comes whose boundary was not reached: one edit may stand for several."""


class Killer(Bystander):
    """Of one step. Kills come one at a time: who is dead already is not killed again."""

    def __init__(self, town: Town, memory: Memory, step: Step) -> None:
        self._town = town
        self._memory = memory
        self._step = step
        self._one_at_a_time = threading.Lock()
        self._boundaries: dict[tuple[str, int], AtBoundary] = {}
        self._spoilers: dict[tuple[str, int], str] = {}
        self._due: dict[AtRandom, float] = {}
        self._doors: dict[str, KilledAtTheDoor] = {}
        self._over = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="killer", daemon=True)
        self.deeds: list[str] = []
        """What was done, in order."""
        self.kills = 0
        self.faults = 0

    # --------------------------------------------------------------------------------------------- what people tell

    def begin(self) -> None:
        for kill in self._step.kills:
            if isinstance(kill, AtBoundary):
                action = PAUSES.get(kill.boundary, PAUSE_AFTER)
                self._boundaries[self._rule(kill.effect.system, kill, action=action, skip=kill.effect.nth - 1)] = kill
            elif isinstance(kill, AtDoor):
                self._doors[kill.act] = KilledAtTheDoor(self._town, self._memory, kill.act, kill.moment)
        for fault in self._step.faults:
            rule = fault.kind.rules(fault.effect.system)
            key = self._rule(fault.effect.system, fault, **rule, times=fault.kind.times)
            self._spoilers[key] = str(fault)
        self._thread.start()

    def _rule(self, system: str, of: Any, **words: Any) -> tuple[str, int]:
        call, sign = pattern_of(of.effect.call), of.effect.sign
        made = patiently(lambda: self._town.standins.post(system, "faults", call=call, containing=sign, **words))
        return system, int(made["id"])

    def about_to(self, act: str) -> None:
        self._check()
        patiently(lambda: self._town.standins.get("slack", "paused"))  # people act when Slack can be reached at all
        now = time.monotonic()
        self._due |= {k: now + k.seconds for k in self._step.kills if isinstance(k, AtRandom) and k.act == act}
        if door := self._doors.get(act):
            self._one_at_a_time.acquire()
            door.about_to(act)

    def acted(self, act: str) -> None:
        if door := self._doors.get(act):
            try:
                door.acted(act)
            finally:
                self._one_at_a_time.release()
            self._did(f"{door}")
        self._check()

    def give_up(self) -> None:
        """The deploy went wrong: nobody is killed any more, and nothing is held."""
        self._over.set()
        self._thread.join(timeout=60)
        self._lift()

    def end(self) -> None:
        """What was not reached is made up for while all is quiet. Raises: what went wrong with a kill."""
        self._over.set()
        self._thread.join(timeout=120)
        assert not self._thread.is_alive(), "a kill came to no end"
        self._check()
        self._lift()
        while self.kills < len(self._step.kills):
            self._restart()
            self._did(AT_REST)
            self._town.until(self._memory.is_idle, "quiet")

    def _check(self) -> None:
        if self._failure:
            raise self._failure

    def _did(self, what: str) -> None:
        self.kills += 1
        self.deeds.append(what)

    def _lift(self) -> None:
        self.faults = sum(key not in self._in_force(key[0]) for key in self._spoilers)
        for system in SYSTEMS:
            patiently(partial(self._town.standins.delete, system, "faults"))

    def _in_force(self, system: str) -> set[tuple[str, int]]:
        """Rules that were not used up yet; one that was used in part counts as used."""
        rules = patiently(lambda: self._town.standins.get(system, "faults"))
        return {(system, rule["id"]) for rule in rules if not rule["hits"]}

    # ----------------------------------------------------------------------------------------------- what is done then

    def _run(self) -> None:
        try:
            while not self._over.wait(LOOK_EVERY):
                self._look()
        except BaseException as failure:
            self._failure = failure

    def _look(self) -> None:
        for kill in [kill for kill, at in self._due.items() if at <= time.monotonic()]:
            with self._one_at_a_time:
                self._restart()
                self._due.pop(kill)
                self._did(str(kill))
        held = next(self._held(), None)
        if held:
            with self._one_at_a_time:
                self._kill_at(*held)

    def _held(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for system in SYSTEMS:
            with suppress(requests.RequestException):  # for a while nobody can connect to it: a fault
                yield from ((system, one) for one in self._town.standins.get(system, "paused"))

    def _kill_at(self, system: str, held: dict[str, Any]) -> None:
        kill = self._kill_of(system, held)
        boundary = kill.boundary if kill else Boundary.BEFORE
        if boundary is Boundary.FORGOTTEN:
            with self._memory.locked():
                self._resume(system, held)
                with suppress(AssertionError):  # it had nothing to write
                    self._memory.until_blocked()
                self._town.bot.kill()
            self._drop()
            self._start()
        elif boundary is Boundary.LATE:
            self._town.bot.kill()
            self._drop(spare=(system, held["id"]))
            self._start()
            self._resume(system, held)
        else:
            self._restart()
        if kill:
            self._did(str(kill))

    def _kill_of(self, system: str, held: dict[str, Any]) -> AtBoundary | None:
        """The rule that holds it is used up; None when another one had been killed with it."""
        in_force = self._in_force(system)
        for key, kill in self._boundaries.items():
            is_used = key[0] == system and key not in in_force
            if (
                is_used
                and kill.effect.call == held["call"]
                and PAUSES.get(kill.boundary, PAUSE_AFTER) == held["action"]
            ):
                return self._boundaries.pop(key)
        return None

    def _resume(self, system: str, held: dict[str, Any]) -> None:
        patiently(lambda: self._town.standins.post(system, "resume", id=held["id"]))

    def _restart(self) -> None:
        self._town.bot.kill()
        self._drop()
        self._start()

    def _start(self) -> None:
        self._town.bot.start()

    def _drop(self, spare: tuple[str, int] | None = None) -> None:
        """Whatever else was on its way died with it; the rules that held it are used up."""
        for system, held in list(self._held()):
            if (system, held["id"]) != spare:
                self._kill_of(system, held)
                patiently(partial(self._town.standins.post, system, "resume", id=held["id"], drop=True))


def patiently(do: Callable[[], T]) -> T:
    """For a while nobody may be able to connect to a system at all: that is one of the faults."""
    return eventually(lambda: [do()], what="a word with a stand-in")[0]
