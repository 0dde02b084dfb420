"""One world, told deploy by deploy, with or without a killer about, and what it looks like after each."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.crash.case import difference, telling
from tests.crash.end_state import end_state
from tests.crash.killer import AT_REST, Killer
from tests.crash.memory import Memory, Shelf
from tests.crash.people import Bystander, tell
from tests.crash.plan import Step, World
from tests.crash.stories import Story
from tests.faults.kinds import LATE
from tests.faults.verdict import settled
from tests.stories.telling import let_slack_be_quick
from tests.stories.town import Town

WORLD_SECONDS = 600.0
"""No deploy begins later; each wait within one ends by itself."""
NUMBER = re.compile(r"CHG\d{7}")
State = dict[str, Any]


@dataclass
class Lived:
    """What became of a world."""

    states: list[State] = field(default_factory=list)
    """After each deploy."""
    deeds: list[str] = field(default_factory=list)
    kills: int = 0
    faults: int = 0
    at_rest: int = 0
    seconds: float = 0.0


Judge = Callable[[int, State], None]
"""Step (from 1) and what the three systems hold. Raises: what differs."""


class WentWrong(AssertionError):
    """At one step of a world."""

    def __init__(self, step: int, deeds: list[str], why: object) -> None:
        super().__init__(f"deploy {step}, after [{'; '.join(deeds)}]: {why}")
        self.step = step


def live(world: World, shelf: Shelf, directory: Path, judge: Judge = lambda step, state: None) -> Lived:
    """Raises: WentWrong."""
    lived, began = Lived(), time.monotonic()

    def tell_all(town: Town, memory: Memory, _: Bystander) -> None:
        let_slack_be_quick(town)
        for number, step in enumerate(world.steps, start=1):
            assert time.monotonic() < began + WORLD_SECONDS, "the world took too long"
            killer = Killer(town, memory, step)
            try:
                _tell_one(town, memory, step, killer)
                lived.states.append(end_state(town.standins))
                judge(number, lived.states[-1])
            except BaseException as error:
                raise WentWrong(number, killer.deeds, error) from error
            finally:
                lived.deeds += killer.deeds
                lived.kills += killer.kills
                lived.faults += killer.faults

    telling(shelf, directory, Story(tell_all), **LATE)
    lived.at_rest = lived.deeds.count(AT_REST)
    lived.seconds = time.monotonic() - began
    return lived


def judge_by(calm: Lived, *, is_late: bool) -> Judge:
    def judge(step: int, state: State) -> None:
        expected, found = (_comparable(one, is_late=is_late) for one in (calm.states[step - 1], state))
        assert found == expected, difference(expected, found)

    return judge


def _tell_one(town: Town, memory: Memory, step: Step, killer: Killer) -> None:
    killer.begin()
    try:
        tell(town, memory, killer, step.deploy)
    except BaseException:
        killer.give_up()
        raise
    killer.end()
    town.until(memory.is_idle, "quiet")


def _comparable(state: State, *, is_late: bool) -> State:
    """Without what faults may rightly leave behind, and with each change's place instead of its number."""
    state = settled(state, is_late=is_late)
    numbers = [change["number"] for change in state["servicenow"]]
    found: State = json.loads(NUMBER.sub(lambda m: _place(numbers, m.group()), json.dumps(state)))
    return found


def _place(numbers: list[str], number: str) -> str:
    return f"<change {numbers.index(number) + 1}>" if number in numbers else number
