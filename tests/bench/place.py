"""The bench's town: services whose releases bring one, ten, fifty or a hundred and twenty stories, and a slow world."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from integrations.git.sandbox import build_repositories
from integrations.standin.world import World, load_world
from tests.stories.processes import Bot, Standins, eventually
from tests.stories.source import policy_with
from tests.stories.telling import let_slack_be_quick
from tests.stories.town import Town, town
from tests.traffic.check import SYSTEMS

SIZES = (1, 10, 50, 120)
"""Stories of a release; the sandbox's Jira has BULK-1 … BULK-120."""
CHANNEL = "platform"
LONG = 120.0
"""Seconds: for what a slow world takes."""


def service_of(stories: int) -> str:
    return f"bench-{stories}"


def version_of(number: int) -> str:
    return f"1.0.{number}"


@contextmanager
def bench_town(directory: Path, *, releases: int, cabbie: type[Bot] = Bot, **environment: str) -> Iterator[Town]:
    """A town with a service for each size, and so many releases of each.

    What comes by the clock stays away: the poll of ServiceNow, which is paid by the hour and not by the change, and the
    late second look for a change opened twice. Both would be counted with whatever is under way."""
    quiet = {"CABBIE_LOOK_EVERY": "PT1H", "CABBIE_TICK": "PT1S", "CABBIE_RECORD_PATIENCE": "PT1H", "CABBIE_PACE": "1"}
    policy = policy_for(directory)
    with town(directory, cabbie=cabbie, CABBIE_POLICY=policy, **(quiet | environment)) as place:
        build_releases(directory / "repositories", releases)
        yield let_slack_be_quick(place)


def policy_for(directory: Path) -> str:
    """All of the same risk: many stories are one by themselves, and another risk is another question to ServiceNow."""
    alike = {"projects": ["BULK"], "affected": "Nobody.", "risk": "high"}
    services = [{"service": service_of(n), "repository": f"{service_of(n)}.git", **alike} for n in SIZES]
    return policy_with(directory / "policy.yaml", *services)


def build_releases(folder: Path, releases: int) -> None:
    """A repository for each size: a first version without stories, then one release after the other."""
    seed = {service_of(stories): list(_log(stories, releases)) for stories in SIZES}
    build_repositories(World(people=load_world().people, raw={"git": seed}), folder)


def _log(stories: int, releases: int) -> Iterator[dict[str, Any]]:
    yield {"by": "margaret", "message": "The first one", "tag": f"v{version_of(0)}"}
    for number in range(1, releases + 1):
        for story in range(1, stories):
            yield {"by": "margaret", "message": f"BULK-{story}: for {number}"}
        yield {"by": "margaret", "message": f"BULK-{stories}: for {number}", "tag": f"v{version_of(number)}"}


def slow_down(systems: Standins, seconds: float) -> None:
    """Every call takes so much longer from now on, however many are under way."""
    for system in SYSTEMS:
        systems.delete(system, "faults")
        if seconds:
            systems.fault(system, "*", "delay", seconds=seconds, times=-1)


LINKED = """
SELECT count(CASE WHEN p.kind = 'link' AND p.shown <> '' THEN 1 END),
       count(CASE WHEN p.kind = 'description' AND p.shown <> '' THEN 1 END)
FROM cabbie_changes c JOIN cabbie_projections p ON p.change_id = c.id WHERE c.service = ? AND c.version = ?"""


def until_asked(place: Town, stories: int, version: str) -> None:
    """Until the card is out, every story is linked and the change knows its conversation.

    Looked up in Cabbie's own memory: whoever asked the stand-ins would be in the way of what is measured."""
    eventually(
        lambda: remembered(place, LINKED, service_of(stories), version) == (stories, 1),
        within=LONG,
        what=f"{stories} links of {service_of(stories)} {version}",
    )


def remembered(place: Town, sql: str, *words: str) -> tuple[Any, ...]:
    """The first row of an answer of Cabbie's database."""
    path = place.database_url.removeprefix("sqlite:///")
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10) as memory:
        row: tuple[Any, ...] = memory.execute(sql, words).fetchone()
    return row
