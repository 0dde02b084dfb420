"""What the kill cases share: the databases, the telling that nobody disturbed, and what chance was asked for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.crash.case import Told, telling
from tests.crash.memory import PostgresShelf, SqliteShelf
from tests.crash.plan import World, chosen, plan
from tests.crash.stories import STORIES
from tests.postgres import Postgres, postgres  # noqa: F401  # a fixture

Unkilled = Callable[[str], Told]
KILLS = 100
BY_CHANCE = "test_by_chance.py"


@dataclass(frozen=True)
class Chance:
    """``make crash SEED=… KILLS=… ONLY=…``"""

    seed: str
    kills: int
    only: str

    @property
    def worlds(self) -> list[World]:
        return chosen(plan(self.seed, self.kills), self.only) if self.seed else []

    def again(self, world: int, step: int) -> str:
        return f"make crash SEED={self.seed} KILLS={self.kills} ONLY={world} (that deploy alone: ONLY={world}.{step})"


def chance_of(config: pytest.Config) -> Chance:
    # Known only to a pytest that was pointed at this folder.
    return Chance(
        str(config.getoption("--seed", default="")),
        int(config.getoption("--kills", default=KILLS)),
        str(config.getoption("--only", default="")),
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-boundary", action="store_true", help="kill Cabbie at every boundary, not at a sample")
    parser.addoption("--seed", default="", help="kill Cabbie by chance, by a plan that this seed gives")
    parser.addoption("--kills", type=int, default=KILLS, help="how often")
    parser.addoption("--only", default="", help="one world of the plan, or one deploy of it: 7, or 7.3")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Nothing is left to chance unless somebody asks for it."""
    return True if collection_path.name == BY_CHANCE and not chance_of(config).seed else None


def pytest_terminal_summary(terminalreporter: "pytest.TerminalReporter") -> None:
    found = [dict(report.user_properties).get("lived") for report in terminalreporter.getreports("passed")]
    if worlds := [lived for lived in found if lived]:
        terminalreporter.write_line(in_sum(worlds))


def in_sum(worlds: Iterable[tuple[int, int, int, float]]) -> str:
    worlds = list(worlds)
    kills, at_rest, faults, seconds = (sum(each) for each in zip(*worlds, strict=True))
    rest = f"{at_rest} of them at rest, their boundary not having been reached"
    return f"{kills} kills ({rest}) and {faults} faults in {len(worlds)} worlds: {seconds:.0f} s, each as if calm."


@pytest.fixture(scope="session")
def sqlite_shelf(tmp_path_factory: pytest.TempPathFactory) -> SqliteShelf:
    return SqliteShelf(Path(tmp_path_factory.mktemp("sqlite")))


@pytest.fixture(scope="session")
def postgres_shelf(postgres: Postgres) -> PostgresShelf:  # noqa: F811
    return PostgresShelf(postgres)


@pytest.fixture(scope="session")
def unkilled(sqlite_shelf: SqliteShelf, tmp_path_factory: pytest.TempPathFactory) -> Unkilled:
    """Each story as it goes when nothing happens. What it leaves behind is the same on either database."""

    @cache
    def told(story: str) -> Told:
        return telling(sqlite_shelf, Path(tmp_path_factory.mktemp("unkilled")), STORIES[story])

    return told
