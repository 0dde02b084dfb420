"""A town with services of the storm's own, Slack's and Jira's limits as they are documented."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.stories.source import Repository, policy_with
from tests.stories.town import CHANNELS, Town, town

VERSION = "1.1.0"
SHARED = "OPS-7"
"""A story that every release brings, so that all write to one issue."""
OWN = ("PAY-101", "PAY-102", "PAY-103", "PAY-104")
PLACES = ("platform", "payments")


@dataclass
class Deploy:
    """One of them, as everybody who announces it knows it."""

    service: str
    sha: str
    stories: tuple[str, ...]
    channel: str
    version: str = VERSION


@contextmanager
def place(directory: Path, services: int, *, channels: tuple[str, ...] = PLACES) -> Iterator[tuple[Town, list[Deploy]]]:
    """A town, and one deploy of each of so many services that nobody has announced yet."""
    names = [f"storm-{number}" for number in range(1, services + 1)]
    where = dict(zip(names, itertools.cycle(channels), strict=False))
    policy = policy_with(
        directory / "policy.yaml",
        *({"service": n, "repository": f"{n}.git", "channel": CHANNELS[where[n]]} for n in names),
    )
    with town(directory, CABBIE_POLICY=policy) as here:
        folder = Path(here.environment["CABBIE_REPOSITORIES"])
        own = itertools.cycle(OWN)
        yield here, [_released(folder, name, (SHARED, next(own)), where[name]) for name in names]


def _released(folder: Path, service: str, stories: tuple[str, ...], channel: str) -> Deploy:
    repository = Repository.create(folder, service)
    repository.commit("Begin", tag="v1.0.0")
    return Deploy(service, repository.commit(f"{' '.join(stories)}: rain", tag=f"v{VERSION}"), stories, channel)
