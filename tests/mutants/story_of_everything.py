"""Everything that can be heard, played by one seed: the machine of ``tests/lifecycle`` in a few short plays."""

from pathlib import Path

import pytest
from hypothesis import Phase

from tests.lifecycle.board import Board
from tests.lifecycle.machine import CHAPTERS, play
from tests.story.conftest import migrated  # a fixture

__all__ = ["migrated"]
EXAMPLES, STEPS, SEEDS = 5, 15, 4


@pytest.mark.parametrize("number", range(1, SEEDS + 1))
@pytest.mark.parametrize("name", CHAPTERS)
def test_what_must_hold_holds(migrated: Path, name: str, number: int) -> None:
    """The first break is enough: nobody reads how it came about."""
    Board.empty_ledger = migrated

    play(CHAPTERS[name], number=number, examples=EXAMPLES, steps=STEPS, phases=(Phase.generate,))
