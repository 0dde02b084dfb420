"""Each deliberate bug is noticed by its test, and that test passes on Cabbie as it is."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.mutants.books import BOOKS
from tests.mutants.mutant import Mutant
from tests.mutants.trial import Court, Outcome, court, why_no_control, why_not_killed
from tests.stories.town import ROOT

MUTANTS = tuple(mutant for book in BOOKS for mutant in book)
LEAST = 36


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Court]:
    directory: Path = tmp_path_factory.mktemp("mutants")
    with court(ROOT, directory) as here:
        yield here
    shutil.rmtree(directory)


@pytest.fixture(scope="module")
def controls() -> dict[str, Outcome]:
    """What became of each test on Cabbie as it is, by its node id."""
    return {}


def _name(mutant: Mutant) -> str:
    return mutant.name.replace(" ", "-")


@pytest.mark.parametrize("mutant", MUTANTS, ids=_name)
def test_a_bug_is_noticed(
    bench: Court, controls: dict[str, Outcome], mutant: Mutant, record_property: Callable[[str, object], None]
) -> None:
    if mutant.test not in controls:
        controls[mutant.test] = bench.control(mutant.test)
    assert not (why := why_no_control(controls[mutant.test])), why

    outcome = bench.against(mutant)

    record_property("test", mutant.test)
    record_property("seconds", outcome.seconds)
    record_property("busy", outcome.busy)
    record_property("control", f"{controls[mutant.test].seconds} s, busy {controls[mutant.test].busy}")
    assert not (why := why_not_killed(outcome)), f"{mutant.bug}\n{why}"


def test_there_are_many_and_each_is_told_apart() -> None:
    assert len(MUTANTS) >= LEAST
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert len({mutant.edits for mutant in MUTANTS}) == len(MUTANTS)
    assert all(mutant.bug.endswith(".") for mutant in MUTANTS)
