"""The plan of kills: the same from the same seed, and nothing left out."""

from collections import Counter

from tests.crash.boundaries import Boundary
from tests.crash.door import Moment
from tests.crash.memory import SHELVES
from tests.crash.plan import KILLS_PER_WORLD, AtBoundary, AtDoor, AtRandom, chosen, plan
from tests.faults.kinds import KINDS


def test_the_same_seed_gives_the_same_plan_however_many_kills_follow() -> None:
    assert plan("7", 10 * KILLS_PER_WORLD)[:3] == plan("7", 3 * KILLS_PER_WORLD)
    assert plan("7", 100) != plan("8", 100)


def test_there_are_as_many_kills_as_asked_for_on_both_databases() -> None:
    worlds = plan("7", 1000)

    assert sum(world.kills for world in worlds) == 1000
    by_shelf = Counter(world.shelf for world in worlds)
    assert set(by_shelf) == set(SHELVES) and max(by_shelf.values()) - min(by_shelf.values()) <= 1


def test_a_thousand_kills_leave_nothing_out() -> None:
    steps = [step for world in plan("7", 1000) for step in world.steps]
    kills = [kill for step in steps for kill in step.kills]

    assert {kill.boundary for kill in kills if isinstance(kill, AtBoundary)} == set(Boundary)
    assert {kill.moment for kill in kills if isinstance(kill, AtDoor)} == set(Moment)
    assert any(isinstance(kill, AtRandom) for kill in kills)
    kinds = {kind.name for kind in KINDS if not kind.is_long and not kind.ahead}
    assert {fault.kind.name for step in steps for fault in step.faults} == kinds


def test_one_world_and_one_step_of_it_can_be_chosen() -> None:
    worlds = plan("7", 100)

    (world,) = chosen(worlds, "2")
    (step,) = chosen(worlds, "2.3")

    assert world == worlds[1]
    assert step.steps[2] == world.steps[2] and not any(step.kills or step.faults for step in step.steps[:2])
