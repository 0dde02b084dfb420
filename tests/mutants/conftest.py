"""Where mutants are tried, and where the short stories are told that notice them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mutants.mutant import Mutant
from tests.mutants.trial import Court, Outcome, opened_court
from tests.mutants.village import village
from tests.stories.processes import ROOT
from tests.stories.town import Town

SAMPLE = 24
"""Without ``--every-mutant``, one in so many of those that take a village to be noticed, and none of a file that has
few; a file may say otherwise."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-mutant", action="store_true", help="try every deliberate bug, not a sample")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One case for each mutant of the file."""
    if "mutant" in metafunc.fixturenames:
        mutants: tuple[Mutant, ...] = metafunc.module.MUTANTS
        if not metafunc.config.getoption("--every-mutant", default=False):
            one_in = getattr(metafunc.module, "SAMPLE", SAMPLE)
            is_sampled = getattr(metafunc.module, "IS_SAMPLED", False)  # the quick ones too
            mutants = mutants[one_in // 2 :: one_in] if is_sampled else sample_of(mutants, one_in=one_in)
        metafunc.parametrize("mutant", mutants, ids=[mutant.name.replace(" ", "-") for mutant in mutants])


def sample_of(mutants: tuple[Mutant, ...], *, one_in: int) -> tuple[Mutant, ...]:
    """Those noticed by a client or a rule at once; of those that need processes, a few of each part."""
    slow = [mutant for mutant in mutants if "/story_of_" in mutant.test or "/stories/" in mutant.test]
    return tuple(mutant for mutant in mutants if mutant not in slow or slow.index(mutant) % one_in == one_in // 2)


@pytest.fixture(scope="session")
def court(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Court]:
    directory: Path = tmp_path_factory.mktemp("mutants")
    with opened_court(ROOT, directory) as here:
        yield here
    shutil.rmtree(directory)


@pytest.fixture(scope="session")
def controls() -> dict[str, Outcome]:
    """What became of each test on Cabbie as it is, by its node id."""
    return {}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Town]:
    with village(tmp_path) as here:
        yield here
