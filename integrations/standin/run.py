"""The whole sandbox in one event loop: three stand-ins, their page, and the repositories."""

import asyncio
import json
import os
import signal
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from integrations.git.sandbox import build_repositories
from integrations.standin.clock import Clock
from integrations.standin.environment import ApiTokens, environment
from integrations.standin.page.app import Sandbox, build_page
from integrations.standin.pulse import Pulse
from integrations.standin.secrets import invent
from integrations.standin.startover import StartOver
from integrations.standin.systems import NAMES, Systems
from integrations.standin.wire import Server
from integrations.standin.world import load_world

PARENT_LOOK_SECONDS = 0.5
LAST_CALLS_SECONDS = 0.3
"""By then the servers take no new requests."""


class BusyPort(Exception):
    """A wanted port is taken."""


@dataclass(frozen=True)
class Choices:
    """What can be chosen at the start."""

    page_port: int = 8080
    slack_port: int = 0
    jira_port: int = 0
    servicenow_port: int = 0
    bot_url: str = "http://127.0.0.1:3000"
    repositories: Path | None = None
    socket_mode: bool = False
    print_environment: bool = False
    exit_with_parent: bool = False
    tell_resets: bool = False


def run(choices: Choices) -> None:
    """Serve until told to end.

    Raises:
        BusyPort: when one of the ports is taken.
    """
    with tempfile.TemporaryDirectory(prefix="cabbie-") as directory:
        asyncio.run(_serve(choices, Path(directory).absolute()))


async def _serve(choices: Choices, directory: Path) -> None:
    world, secrets, tokens = load_world(), invent(), ApiTokens()
    repositories = (choices.repositories or directory / "repositories").absolute()
    systems = Systems(world, secrets, Clock(kept_in=directory / "clock"))
    servers = _servers(systems, tokens, choices, repositories)
    urls = {name: server.url for name, server in servers.items()}
    systems.reach(slack_url=urls["slack"], bot_url=choices.bot_url)
    build_repositories(world, repositories)
    variables = environment(
        secrets, tokens, urls, repositories, bot_url=choices.bot_url, socket_mode=choices.socket_mode
    )
    variables["CABBIE_REHEARSAL_CLOCK"] = str(directory / "clock")
    ended = _end_of_run()
    async with asyncio.TaskGroup() as tasks:
        for server in servers.values():
            tasks.create_task(server.serve())
        _announce(variables, urls, choices)
        await _wait_for(ended, choices)
        for server in servers.values():
            server.stop()
        await asyncio.sleep(LAST_CALLS_SECONDS)
        systems.let_go()


def _servers(systems: Systems, tokens: ApiTokens, choices: Choices, repositories: Path) -> dict[str, Server]:
    """The stand-ins, and the page that looks at them."""
    servers = {name: _server(systems.door(name), name, getattr(choices, f"{name}_port")) for name in NAMES}
    pulse = Pulse(choices.bot_url)
    start_over = StartOver(systems, pulse, _tell if choices.tell_resets else None)
    sandbox = Sandbox(systems, pulse, start_over, servers["servicenow"].url, tokens.page, repositories)
    return {"page": _server(build_page(sandbox), "page", choices.page_port), **servers}


def _server(app: ASGIApp, name: str, port: int) -> Server:
    try:
        return Server(app, port=port)
    except OSError as error:
        raise BusyPort(f"Port {port} is taken; give the sandbox another one with --{name}-port.") from error


def _announce(variables: dict[str, str], urls: dict[str, str], choices: Choices) -> None:
    """One line for whoever starts the bot; the same as shell words for a person, where they do not mix with it."""
    if choices.print_environment:
        lines = [f"export {name}='{value}'" for name, value in variables.items()]
        print("\n".join([*lines, f"# the page: {urls['page']}"]), file=sys.stderr, flush=True)
    _tell({"environment": variables, "standins": urls})


def _tell(fact: dict[str, Any]) -> None:
    """A line for whoever started this."""
    print(json.dumps(fact), flush=True)


def _end_of_run() -> asyncio.Event:
    """Set by SIGTERM or SIGINT."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    return ended


async def _wait_for(ended: asyncio.Event, choices: Choices) -> None:
    """Until a signal, or the end of the parent."""
    parent = os.getppid()
    while not ended.is_set():
        try:
            await asyncio.wait_for(ended.wait(), timeout=PARENT_LOOK_SECONDS)
        except TimeoutError:
            if choices.exit_with_parent and os.getppid() != parent:
                return
