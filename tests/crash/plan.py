"""From a seed the plan: which worlds there are, and what goes wrong at each deploy that is told in them."""

import math
from dataclasses import dataclass
from random import Random

from tests.crash.boundaries import Boundary
from tests.crash.cases import CREATES
from tests.crash.door import Moment
from tests.crash.effects import Effect, known, numbered
from tests.crash.memory import SHELVES
from tests.crash.people import ACTS, MAIN, Deploy
from tests.crash.stories import MAIN as MAIN_STORY
from tests.faults.kinds import KINDS, Kind

DEPLOYS = (Deploy("2.4.0", ("PAY-104",)), MAIN, Deploy("2.5.0", ("PAY-140",)))
"""What each world tells, one after the other."""
KILLS_PER_DEPLOY = 10
KILLS_PER_WORLD = KILLS_PER_DEPLOY * len(DEPLOYS)
FAULTS_PER_DEPLOY = 4
AT_DOOR, AT_RANDOM = 0.15, 0.15
"""How many of the kills, about; the others are at boundaries."""
LONGEST_MOMENT = 2.5
"""Seconds after an act: by then most of what follows it is done."""
RARE = ("time-out after", "late")
"""These take half a minute each."""


@dataclass(frozen=True)
class AtBoundary:
    effect: Effect
    boundary: Boundary

    def __str__(self) -> str:
        return f"{self.boundary} {self.effect}"


@dataclass(frozen=True)
class AtDoor:
    act: str
    moment: Moment

    def __str__(self) -> str:
        return f"{self.moment} at the door: {self.act}"


@dataclass(frozen=True)
class AtRandom:
    act: str
    seconds: float

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s after: {self.act}"


@dataclass(frozen=True)
class Spoilt:
    effect: Effect
    kind: Kind

    def __str__(self) -> str:
        return f"{self.kind}: {self.effect}"


Kill = AtBoundary | AtDoor | AtRandom


@dataclass(frozen=True)
class Step:
    """One deploy, and what goes wrong meanwhile."""

    deploy: Deploy
    kills: tuple[Kill, ...] = ()
    faults: tuple[Spoilt, ...] = ()


@dataclass(frozen=True)
class World:
    """Its own three systems, its own database, told from the first deploy to the last."""

    number: int
    shelf: str
    steps: tuple[Step, ...]

    @property
    def kills(self) -> int:
        return sum(len(step.kills) for step in self.steps)

    @property
    def is_late(self) -> bool:
        """Something of it takes effect when it has been sent again: a duplicate, canceled with a note, is right."""
        faults = any(fault.kind.comes_late for step in self.steps for fault in step.faults)
        kills = [kill for step in self.steps for kill in step.kills if isinstance(kill, AtBoundary)]
        return faults or any(kill.boundary is Boundary.LATE for kill in kills)

    def only(self, step: int) -> "World":
        """The same with what goes wrong at one deploy (from 1) alone."""
        calm = (here if place == step else Step(here.deploy) for place, here in enumerate(self.steps, start=1))
        return World(self.number, self.shelf, tuple(calm))


CALM = World(0, SHELVES[0], tuple(Step(deploy) for deploy in DEPLOYS))


def plan(seed: str, kills: int) -> list[World]:
    """Worlds with so many kills together. A world is the same however many follow it."""
    worlds = math.ceil(kills / KILLS_PER_WORLD)
    left = [min(KILLS_PER_WORLD, kills - KILLS_PER_WORLD * place) for place in range(worlds)]
    return [_world(seed, number, most) for number, most in enumerate(left, start=1)]


def chosen(worlds: list[World], only: str) -> list[World]:
    """only: nothing for all, or the number of a world, or world.step."""
    if not only:
        return worlds
    world, _, step = only.partition(".")
    found = [one for one in worlds if one.number == int(world)]
    return [one.only(int(step)) for one in found] if step else found


def _world(seed: str, number: int, most: int) -> World:
    chance = Random(f"{seed}/{number}")
    steps = []
    for deploy in DEPLOYS:
        kills = _kills(chance, deploy)[: max(0, most - sum(len(step.kills) for step in steps))]
        steps.append(Step(deploy, kills, _faults(chance, deploy)))
    return World(number, SHELVES[number % len(SHELVES)], tuple(steps))


def _kills(chance: Random, deploy: Deploy) -> tuple[Kill, ...]:
    effects = chance.sample(effects_of(deploy), KILLS_PER_DEPLOY)
    acts = chance.sample(ACTS, len(ACTS))
    return tuple(_kill(chance, effect, acts) for effect in effects)


def _kill(chance: Random, effect: Effect, acts: list[str]) -> Kill:
    """acts: those that nobody is killed at yet."""
    drawn = chance.random()
    if drawn < AT_DOOR and acts:
        return AtDoor(acts.pop(), chance.choice(list(Moment)))
    if drawn < AT_DOOR + AT_RANDOM:
        return AtRandom(chance.choice(ACTS), chance.uniform(0, LONGEST_MOMENT))
    boundaries = [b for b in Boundary if b is not Boundary.LATE or effect.call in CREATES]
    return AtBoundary(effect, chance.choice(boundaries))


def _faults(chance: Random, deploy: Deploy) -> tuple[Spoilt, ...]:
    kinds = [kind for kind in KINDS if not kind.is_long and not kind.ahead]
    weights = [1 if kind.name in RARE else 4 for kind in kinds]
    effects = chance.sample(effects_of(deploy), FAULTS_PER_DEPLOY)
    drawn = chance.choices(kinds, weights, k=FAULTS_PER_DEPLOY)
    return tuple(Spoilt(effect, kind) for effect, kind in zip(effects, drawn, strict=True))


def effects_of(deploy: Deploy) -> list[Effect]:
    """The main story's, for as many stories as this deploy has."""
    most = len(deploy.stories)
    return [effect for effect in numbered(known(MAIN_STORY)) if effect.system != "jira" or effect.nth <= most]
