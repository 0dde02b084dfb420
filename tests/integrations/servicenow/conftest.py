"""A fresh instance on a free port, and ways to speak to it."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pysnow
import pytest
import requests
from starlette.types import ASGIApp, Receive, Scope, Send

from integrations.servicenow.sandbox import build
from integrations.standin.secrets import Secrets, invent
from integrations.standin.wire import Server, Standin
from integrations.standin.world import World, load_world, sys_id_of

JSON = {"Accept": "application/json", "Content-Type": "application/json"}


@dataclass
class Servicenow:
    """One running instance, as tests speak to it."""

    standin: Standin
    url: str
    secrets: Secrets
    _tokens: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, body: Any = None, *, by: str = "change", **query: str) -> requests.Response:
        """by: change, approval (the two accounts), or a person's key."""
        return requests.request(
            method, f"{self.url}{path}", json=body, params=query, headers=self.headers(by), timeout=5
        )

    def result(self, method: str, path: str, body: Any = None, *, by: str = "change", **query: str) -> Any:
        response = self.call(method, path, body, by=by, **query)
        assert response.ok, response.text
        return response.json()["result"]

    def headers(self, by: str) -> dict[str, str]:
        if by not in self._tokens:
            self._tokens[by] = self._sign_in(by)
        return {**JSON, "Authorization": f"Bearer {self._tokens[by]}"}

    def _sign_in(self, by: str) -> str:
        if by in ("change", "approval"):
            return str(self.token(by).json()["access_token"])
        return str(requests.post(f"{self.url}/_standin/people/{by}/token", timeout=5).json()["access_token"])

    def token(self, account: str) -> requests.Response:
        s = self.secrets
        credentials = {
            "change": (s.servicenow_client_id, s.servicenow_client_secret),
            "approval": (s.servicenow_approval_client_id, s.servicenow_approval_client_secret),
        }
        client_id, secret = credentials[account]
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        return requests.post(f"{self.url}/oauth_token.do", data=form, timeout=5)

    def client(self, by: str = "change") -> pysnow.Client:
        session = requests.Session()
        session.headers["Authorization"] = self.headers(by)["Authorization"]
        return pysnow.Client(host=self.url.removeprefix("http://"), use_ssl=False, session=session)

    def switch(self, **wanted: Any) -> None:
        assert requests.post(f"{self.url}/_standin/switches", json=wanted, timeout=5).ok

    def person(self, key: str, button: str = "", **body: Any) -> requests.Response:
        path = f"{self.url}/_standin/people/{key}" + (f"/{button}" if button else "")
        return requests.post(path, json=body, timeout=5)

    def state(self) -> dict[str, Any]:
        """The newest change as the stand-in's report shows it."""
        changes: list[dict[str, Any]] = requests.get(f"{self.url}/_standin/state", timeout=5).json()["changes"]
        return changes[-1]

    def new_change(self, group: str = "Payments Engineering", **fields: str) -> str:
        """The sys_id of a change just opened."""
        about = {"short_description": "Deploy payments 2.4.1", "assignment_group": self.group(group), **fields}
        return str(self.result("POST", "/api/sn_chg_rest/change", about)["sys_id"]["value"])

    def group(self, name: str) -> str:
        found = self.result("GET", "/api/now/table/sys_user_group", sysparm_query=f"name={name}")
        return str(found[0]["sys_id"])

    def move(self, sys_id: str, state: str, **fields: str) -> requests.Response:
        return self.call("PATCH", f"/api/now/table/change_request/{sys_id}", {"state": state, **fields})

    def change(self, sys_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.result("GET", f"/api/now/table/change_request/{sys_id}")
        return found

    def rows(self, sys_id: str) -> dict[str, str]:
        """Approver's key → state of the row, the newest row of each."""
        found = self.result(
            "GET",
            "/api/now/table/sysapproval_approver",
            sysparm_query=f"sysapproval={sys_id}",
            sysparm_fields="approver.user_name,state",
        )
        return {row["approver.user_name"]: row["state"] for row in found}

    def approve(self, sys_id: str, key: str) -> None:
        answer = self.person(key, "approve", number=self.change(sys_id)["number"])
        assert answer.ok, answer.text

    def until_state(self, sys_id: str, state: str) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            found = self.change(sys_id)
            return found if found["state"] == state else None

        seen: dict[str, Any] = until(look)
        return seen

    def until_asked(self, sys_id: str, *keys: str) -> None:
        until(lambda: all(self.rows(sys_id).get(key) == "requested" for key in keys))

    def scheduled(self, **fields: str) -> str:
        """A low-risk change that its team approved."""
        sys_id = self.new_change(risk="4", **fields)
        self.move(sys_id, "-4")
        self.until_asked(sys_id, "ada")
        self.approve(sys_id, "ada")
        self.until_state(sys_id, "-2")
        return sys_id


def until(look: Callable[[], Any], seconds: float = 3.0) -> Any:
    """The first truthy thing seen."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if seen := look():
            return seen
        threading.Event().wait(0.01)
    raise AssertionError("it never came")


def person_id(key: str) -> str:
    return sys_id_of("sys_user", key)


class Stage:
    """The application on stage: one server for all tests, a fresh instance for each."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def stage() -> Iterator[tuple[Stage, str]]:
    play = Stage()
    server = Server(play)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    yield play, server.url
    server.stop()
    thread.join(timeout=5)


@pytest.fixture
def world() -> World:
    return load_world()


@pytest.fixture
def snow(world: World, stage: tuple[Stage, str]) -> Servicenow:
    play, url = stage
    secrets = invent()
    standin = build(world, secrets)
    play.app = standin.app
    return Servicenow(standin, url, secrets)
