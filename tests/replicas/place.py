"""A town for replicas: on PostgreSQL, reached through a relay, with services and versions of its own."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import yaml

from tests.postgres import Postgres
from tests.replicas.crowd import NAMES, SERVICES
from tests.replicas.relay import Relay
from tests.stories.processes import ROOT, Bot
from tests.stories.source import Repository
from tests.stories.town import Town, town

HASTE = {"CABBIE_LEASE": "PT2S", "CABBIE_BEAT": "PT0.5S", "CABBIE_LOOK_EVERY": "PT1S", "CABBIE_TICK": "PT1S"}
"""Who is silent for so long is taken to be dead. Without it: production's own settings."""


@contextmanager
def way_to(postgres: Postgres) -> Iterator[Relay]:
    """The server by TCP, which can be cut."""
    socket = str(postgres.directory / ".s.PGSQL.5432")
    with Relay(partial(asyncio.open_unix_connection, socket)).running() as relay:
        yield relay


def cabbie(arguments: tuple[str, ...]) -> Callable[..., Bot]:
    """A replica of that role, as a town begins it."""
    return partial(Bot, arguments=arguments)


@contextmanager
def place(
    directory: Path,
    postgres: Postgres,
    relay: Relay,
    *,
    cabbie: Callable[..., Bot] = Bot,
    url: str = "",
    **environment: str,
) -> Iterator[Town]:
    """url: a database's; a fresh one with today's tables unless given."""
    url = url or postgres.migrated()
    by_tcp = f"postgresql://postgres@127.0.0.1:{relay.port}/{postgres.name_in(url)}"
    environment.setdefault("CABBIE_POLICY", policy_of(ROOT, directory / "policy-of-today.yaml"))
    with town(directory, database_url=by_tcp, cabbie=cabbie, **environment) as here:
        for service in NAMES:
            Repository.create(Path(here.environment["CABBIE_REPOSITORIES"]), service).commit("Begin", tag="v1.0")
        yield here
    postgres.drop(url)


def policy_of(code: Path, path: Path) -> str:
    """What a release brings along, with the crowd's services, written to a file; where."""
    policy = yaml.safe_load((code / "config/policy.yaml").read_text())
    policy["services"] += SERVICES
    path.write_text(yaml.safe_dump(policy))
    return str(path)
