"""A town with services of the storm's own, Slack's and Jira's limits as they are documented."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.stories.source import Repository, policy_with
from tests.stories.town import CHANNELS, Town, town

SHARED = "OPS-7"
"""A story that every release brings, so that all write to one issue."""
OWN = ("PAY-101", "PAY-102", "PAY-103", "PAY-104")
PLACES = ("platform", "payments")


@dataclass
class Deploy:
    """One of them, as everybody who announces it knows it."""

    service: str
    version: str
    sha: str
    stories: tuple[str, ...]
    channel: str


@contextmanager
def place(
    directory: Path, services: int, *, channels: tuple[str, ...] = PLACES, versions: int = 1
) -> Iterator[tuple[Town, list[Deploy]]]:
    """A town, and deploys of so many services that nobody has announced yet: one of each, or of several versions."""
    names = [f"storm-{number}" for number in range(1, services + 1)]
    where = dict(zip(names, itertools.cycle(channels), strict=False))
    policy = policy_with(
        directory / "policy.yaml",
        *({"service": n, "repository": f"{n}.git", "channel": CHANNELS[where[n]]} for n in names),
    )
    with town(directory, CABBIE_POLICY=policy, CABBIE_PACE="1") as here:
        folder = Path(here.environment["CABBIE_REPOSITORIES"])
        own = itertools.cycle(OWN)
        for name in names:
            Repository.create(folder, name).commit("Begin", tag="v1.0.0")
        yield (
            here,
            [
                _released(folder, name, f"1.{number}.0", (SHARED, next(own)), where[name])
                for name in names
                for number in range(1, versions + 1)
            ],
        )


def _released(folder: Path, service: str, version: str, stories: tuple[str, ...], channel: str) -> Deploy:
    sha = Repository(folder / f"{service}.git").commit(f"{' '.join(stories)}: rain", tag=f"v{version}")
    return Deploy(service, version, sha, stories, channel)
