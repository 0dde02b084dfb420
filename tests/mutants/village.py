"""A town in one process: the stand-ins and all of Cabbie in threads, so that a short story takes a second or two."""

import asyncio
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from datetime import timedelta
from pathlib import Path
from typing import Any

import requests

from bot import logs, wiring
from bot.ledger.database import connect
from config.settings import read_settings
from integrations.git.sandbox import build_repositories
from integrations.standin.clock import Clock
from integrations.standin.environment import ApiTokens, environment
from integrations.standin.secrets import invent
from integrations.standin.systems import NAMES, Systems
from integrations.standin.wire import Server
from integrations.standin.world import load_world
from tests.stories.processes import Bot, Standins, eventually, free_port
from tests.stories.telling import let_slack_be_quick, policy_file
from tests.stories.town import Town

ONE_TEST_ONLY = "VILLAGE_ENDS_WITH_ITS_PROCESS"
"""Set: nobody waits for a clean end, the process is about to end anyway."""
MIGRATED = "VILLAGE_DATABASE"
"""A database with all tables, made once for many villages; without it each makes its own."""
HASTE = {
    "CABBIE_LOOK_EVERY": "PT0.5S",
    "CABBIE_TICK": "PT0.5S",
    "CABBIE_PACE": "0",
    "CABBIE_RECORD_PATIENCE": "PT1S",
    "CABBIE_MESSAGE_PATIENCE": "PT1S",
}
OURS = ("SLACK_", "JIRA_", "SERVICENOW_", "CABBIE_", "DATABASE_URL", "PORT")


@contextmanager
def village(
    directory: Path, rules: Callable[[dict[str, Any]], None] = lambda policy: None, **further: str
) -> Iterator[Town]:
    """rules: what this village's team decided otherwise. further: environment variables of Cabbie's."""
    port = free_port()
    database = _database(directory)
    with _standins(directory, port) as systems:
        variables = {
            **systems.environment,
            "DATABASE_URL": f"sqlite:///{database}",
            "PORT": str(port),
            "CABBIE_POLICY": policy_file(directory, rules),
            **HASTE,
            **further,
        }
        with _cabbie(variables, directory / "cabbie.log", port) as bot:
            yield let_slack_be_quick(Town(systems, bot, variables["DATABASE_URL"], variables))


def _database(directory: Path) -> Path:
    path = directory / "cabbie.db"
    if made := os.environ.get(MIGRATED):
        shutil.copy(made, path)
    return path


def make_database(path: Path) -> None:
    """All tables and nothing in them."""
    database = connect(f"sqlite:///{path}")
    wiring.migrate_all(database)
    database.dispose()


def set_clock(path: Path, ahead: timedelta) -> None:
    """Move what Cabbie takes for now (``CABBIE_REHEARSAL_CLOCK``), at once: half a number would be another time."""
    draft = path.with_suffix(".draft")
    draft.write_text(str(ahead.total_seconds()))
    draft.replace(path)


# ---------------------------------------------------------------------------------------------------------- stand-ins


@contextmanager
def _standins(directory: Path, bot_port: int) -> Iterator[Standins]:
    """As ``integrations.standin.run`` puts them together, without the page."""
    world, secrets, repositories = load_world(), invent(), directory / "repositories"
    systems, bot_url = Systems(world, secrets, Clock()), f"http://127.0.0.1:{bot_port}"
    servers = {name: Server(systems.door(name)) for name in NAMES}
    urls = {name: server.url for name, server in servers.items()}
    systems.reach(slack_url=urls["slack"], bot_url=bot_url)
    build_repositories(world, repositories)

    async def serve() -> None:
        await asyncio.gather(*(server.serve() for server in servers.values()))

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="stand-ins", daemon=True)
    thread.start()
    variables = environment(secrets, ApiTokens(), urls, repositories, bot_url=bot_url, socket_mode=False)
    yield Standins(None, variables, urls)  # type: ignore[arg-type]  # no process of their own
    if ONE_TEST_ONLY not in os.environ:
        for server in servers.values():
            server.stop()
        systems.let_go()
        thread.join(timeout=10)


# ------------------------------------------------------------------------------------------------------------- Cabbie


class Neighbour(Bot):
    """Cabbie in a thread of this process: stories look at its log, its port and its environment."""

    service: wiring.Service
    parts: wiring.Parts

    def answers(self) -> bool:
        return requests.get(f"http://127.0.0.1:{self.port}/readyz", timeout=2).ok


@contextmanager
def _cabbie(variables: dict[str, str], log: Path, port: int) -> Iterator[Neighbour]:
    bot = Neighbour(variables, log, port)
    with log.open("a") as written, _environment(variables):
        with redirect_stderr(written):
            logs.set_up("INFO", "text")
        bot.parts = wiring.build(read_settings())
        bot.service = wiring.Service(bot.parts, "all")
        thread = threading.Thread(target=bot.service.run, name="cabbie", daemon=True)
        thread.start()
        eventually(bot.answers, what=f"Cabbie ({log.read_text()[-2000:]})")
        yield bot
        if ONE_TEST_ONLY not in os.environ:
            bot.service.stop()
            thread.join(timeout=30)


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    """These settings and no others of ours, for as long as it lasts."""
    before = dict(os.environ)
    for name in [name for name in before if name.startswith(OURS)]:
        del os.environ[name]
    os.environ.update(variables)
    yield
    os.environ.clear()
    os.environ.update(before)
