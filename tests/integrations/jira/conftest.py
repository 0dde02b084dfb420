"""A Jira of one's own for each test, on a free loopback port they share."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from jira import JIRA
from starlette.types import Receive, Scope, Send

from integrations.jira.sandbox import build
from integrations.standin.secrets import Secrets, invent
from integrations.standin.wire import Server, Standin
from integrations.standin.world import load_world

WORLD = load_world()


@dataclass
class RunningJira:
    """The stand-in, and the ways a test reaches it."""

    standin: Standin
    url: str
    secrets: Secrets
    session: requests.Session = field(default_factory=requests.Session)

    @property
    def basic(self) -> tuple[str, str]:
        return self.secrets.jira_email, self.secrets.jira_api_token

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secrets.jira_token}"}

    def call(self, method: str, path: str, body: Any = None, *, version: str = "2", **more: Any) -> requests.Response:
        """One raw call below /rest/api/2, signed in."""
        if self.standin.switches["deployment"] == "Cloud":
            more.setdefault("auth", self.basic)
        else:
            more.setdefault("headers", self.bearer)
        address = f"{self.url}/rest/api/{version}{path}"
        return self.session.request(method, address, json=body, timeout=10, allow_redirects=False, **more)

    def switch(self, **switches: Any) -> None:
        requests.post(f"{self.url}/_standin/switches", json=switches, timeout=10).raise_for_status()

    def change(self, key: str, **facts: Any) -> requests.Response:
        """What somebody does to an issue behind the bot's back."""
        return requests.post(f"{self.url}/_standin/issues/{key}", json=facts, timeout=10)

    def add(self, *issues: dict[str, Any]) -> requests.Response:
        return requests.post(f"{self.url}/_standin/issues", json=list(issues), timeout=10)

    def client(self) -> JIRA:
        """The ``jira`` library as the product would open it."""
        if self.standin.switches["deployment"] == "Cloud":
            return JIRA(self.url, basic_auth=self.basic, timeout=10, max_retries=0)
        return JIRA(self.url, token_auth=self.secrets.jira_token, timeout=10, max_retries=0)

    def issue_state(self, key: str) -> dict[str, Any]:
        return next(issue for issue in self.standin.state()["issues"] if issue["key"] == key)


class Socket:
    """One port for the whole run; behind it, the Jira of the test that runs now."""

    def __init__(self) -> None:
        self.standin: Standin | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.standin
        await self.standin.app(scope, receive, send)


@pytest.fixture(scope="session")
def jira_socket() -> Iterator[tuple[Socket, str]]:
    socket = Socket()
    server = Server(socket)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    yield socket, server.url
    server.stop()
    thread.join(timeout=10)


@pytest.fixture
def jira(jira_socket: tuple[Socket, str]) -> Iterator[RunningJira]:
    socket, url = jira_socket
    secrets = invent()
    socket.standin = build(WORLD, secrets)
    running = RunningJira(socket.standin, url, secrets)
    yield running
    running.session.close()


@pytest.fixture
def data_center(jira: RunningJira) -> RunningJira:
    jira.switch(deployment="Server")
    return jira
