"""Where the stories meet the faults: a nursery, a database made once, and the tellings that nobody disturbed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.calls import Call
from tests.faults.kinds import Kind
from tests.faults.nursery import Nursery, opened_nursery
from tests.faults.telling import Told, told_in
from tests.mutants.village import make_database

Tell = Callable[[str, Call | None, Kind | None, Path], Told]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-fault", action="store_true", help="every call meets every fault, not a sample")


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = Path(tmp_path_factory.mktemp("migrated")) / "migrated.db"
    make_database(path)
    return path


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    with opened_nursery(Path(tmp_path_factory.mktemp("nursery")) / "log") as here:
        yield here


@pytest.fixture(scope="session")
def tell(nursery: Nursery, migrated: Path) -> Tell:
    def telling(story: str, call: Call | None, kind: Kind | None, directory: Path) -> Told:
        nursery.tell(directory, migrated, story, call, kind.name if kind else "")
        told = told_in(directory)
        log = directory / "cabbie.log"
        assert not told.trouble, f"{told.trouble}\n--- Cabbie's log:\n{log.read_text()[-4000:] if log.exists() else ''}"
        return told

    return telling


@pytest.fixture(scope="session")
def undisturbed(tell: Tell, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Told]:
    """By the story's name; each is told once."""
    known: dict[str, Told] = {}

    def told(story: str) -> Told:
        if story not in known:
            known[story] = tell(story, None, None, Path(tmp_path_factory.mktemp(story)))
        return known[story]

    return told
