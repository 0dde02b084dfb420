"""A town for replicas: on PostgreSQL, reached through a relay, with services and versions of its own."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.postgres import Postgres
from tests.replicas.crowd import NAMES, SERVICES
from tests.replicas.relay import Relay
from tests.stories.processes import Bot
from tests.stories.source import Repository, policy_with
from tests.stories.town import Town, town

HASTE = {"CABBIE_LEASE": "PT2S", "CABBIE_BEAT": "PT0.5S"}
"""Who is silent for so long is taken to be dead. Without it: production's own settings."""


@contextmanager
def way_to(postgres: Postgres) -> Iterator[Relay]:
    """The server by TCP, which can be cut."""
    socket = str(postgres.directory / ".s.PGSQL.5432")
    with Relay(partial(asyncio.open_unix_connection, socket)).running() as relay:
        yield relay


@contextmanager
def place(
    directory: Path, postgres: Postgres, relay: Relay, *, cabbie: type[Bot] = Bot, **environment: str
) -> Iterator[Town]:
    name = postgres.name_in(url := postgres.migrated())
    by_tcp = f"postgresql://postgres@127.0.0.1:{relay.port}/{name}"
    variables = {"CABBIE_POLICY": policy_with(directory / "policy.yaml", *SERVICES), **environment}
    with town(directory, database_url=by_tcp, cabbie=cabbie, **variables) as here:
        for service in NAMES:
            Repository.create(Path(here.environment["CABBIE_REPOSITORIES"]), service).commit("Begin", tag="v1.0")
        yield here
    postgres.drop(url)
