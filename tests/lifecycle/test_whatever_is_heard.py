"""Whatever is heard, in whatever order, with whatever going wrong: what must hold, holds.

A machine plays people, pipelines, ServiceNow's own screen, outages, lost answers and deaths; after each step the
promises are looked at, and in the end, when nothing is wrong any more, everything has come to rest and says the same.
"""

import os
from pathlib import Path

import pytest
from hypothesis import Phase

from bot.desk.front import KINDS
from tests.lifecycle.board import Board
from tests.lifecycle.machine import CHAPTERS, Everything, play
from tests.lifecycle.machine import KINDS as PLAYED

EXAMPLES = int(os.environ.get("CABBIE_EXAMPLES", "2"))
"""More of them find more, and take longer."""
SEED = int(os.environ.get("CABBIE_SEED", "1"))
STEPS = int(os.environ.get("CABBIE_STEPS", "6"))


@pytest.mark.parametrize("name", CHAPTERS)
def test_what_must_hold_holds(migrated: Path, name: str) -> None:
    Board.empty_ledger = migrated

    play(CHAPTERS[name], number=SEED, examples=EXAMPLES, steps=STEPS, phases=(Phase.generate, Phase.shrink))


def test_everything_that_the_desk_hears_is_said() -> None:
    assert set(PLAYED) == set(KINDS)
    assert all(issubclass(Everything, part) for parts in PLAYED.values() for part in parts)
