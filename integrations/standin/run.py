"""The whole sandbox in one event loop: three stand-ins, their page, and the repositories."""

import asyncio
import json
import os
import signal
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from starlette.types import ASGIApp

from integrations.git.sandbox import build_repositories
from integrations.jira import sandbox as jira
from integrations.servicenow import sandbox as servicenow
from integrations.slack import sandbox as slack
from integrations.slack.sandbox import Workspace
from integrations.standin.environment import ApiTokens, environment
from integrations.standin.page.app import Sandbox, build_page
from integrations.standin.secrets import invent
from integrations.standin.wire import Server, Standin
from integrations.standin.world import World, load_world

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


def run(choices: Choices) -> None:
    """Serve until told to end.

    Raises:
        BusyPort: when one of the ports is taken.
    """
    with ExitStack() as held:
        directory = choices.repositories or Path(held.enter_context(tempfile.TemporaryDirectory(prefix="cabbie-")))
        asyncio.run(_serve(choices, directory.absolute()))


async def _serve(choices: Choices, repositories: Path) -> None:
    world, secrets, tokens = load_world(), invent(), ApiTokens()
    workspace = slack.build(world, secrets)
    standins = {
        "slack": workspace.standin,
        "jira": jira.build(world, secrets),
        "servicenow": servicenow.build(world, secrets),
    }
    servers = _servers(standins, world, tokens, choices)
    urls = {name: server.url for name, server in servers.items()}
    workspace.address, workspace.courier.url = urls["slack"], f"{choices.bot_url}/slack/events"
    build_repositories(world, repositories)
    variables = environment(secrets, tokens, urls, repositories, socket_mode=choices.socket_mode)
    ended = _end_of_run()
    async with asyncio.TaskGroup() as tasks:
        for server in servers.values():
            tasks.create_task(server.serve())
        _announce(variables, urls, choices)
        await _wait_for(ended, choices)
        for server in servers.values():
            server.stop()
        await asyncio.sleep(LAST_CALLS_SECONDS)
        _let_go(workspace, standins)


def _servers(standins: dict[str, Standin], world: World, tokens: ApiTokens, choices: Choices) -> dict[str, Server]:
    """The stand-ins, and the page that looks at them."""
    servers = {name: _server(standin.app, name, getattr(choices, f"{name}_port")) for name, standin in standins.items()}
    url = servers["servicenow"].url
    sandbox = Sandbox(world, **standins, servicenow_url=url, bot_url=choices.bot_url, token=tokens.page)
    return {"page": _server(build_page(sandbox), "page", choices.page_port), **servers}


def _let_go(workspace: Workspace, standins: dict[str, Standin]) -> None:
    """Answer those who still wait, for news or for a fault to be lifted."""
    workspace.revision.bump()
    for standin in standins.values():
        standin.faults.resume()


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
    print(json.dumps({"environment": variables, "standins": urls}), flush=True)


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
