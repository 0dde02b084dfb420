"""The page's own server: static files, and JSON from the stand-ins beside it."""

import asyncio
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from integrations.standin.page import jira, ledger, servicenow
from integrations.standin.page.door import ask
from integrations.standin.page.guard import Guard
from integrations.standin.page.seed import seed_for_page
from integrations.standin.pulse import Pulse
from integrations.standin.startover import StartOver
from integrations.standin.systems import Systems
from integrations.standin.wire import CONTROL
from integrations.standin.world import World

STATIC = Path(__file__).parent / "static"
VERDICTS = frozenset({"approve", "reject"})


@dataclass(frozen=True)
class Sandbox:
    """What the page shows, and what it can turn."""

    systems: Systems
    pulse: Pulse
    start_over: StartOver
    servicenow_url: str
    token: str
    """The page's own token at the bot's API."""

    @property
    def world(self) -> World:
        return self.systems.world


class Page:
    """The page's endpoints, over one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._seed = seed_for_page(sandbox.world, sandbox.systems["slack"].switches["commands"])

    def routes(self) -> list[Route | Mount]:
        return [
            Route("/", self.index),
            Route("/page/seed", self.seed),
            Route("/page/people/{user}/screen", self.screen),
            Route("/page/people/{user}/{deed}", self.deed, methods=["POST"]),
            Route("/page/apps/{name}/message", self.app_message, methods=["POST"]),
            Route("/page/systems", self.systems),
            Route("/page/changes/{number}/{verdict}", self.verdict, methods=["POST"]),
            Route("/page/ledger/{number}", self.ledger),
            Route("/page/coverage", self.coverage),
            Mount("/static", StaticFiles(directory=STATIC)),
        ]

    async def index(self, _: Request) -> Response:
        return FileResponse(STATIC / "index.html")

    async def seed(self, _: Request) -> Response:
        return JSONResponse(self._seed)

    async def screen(self, request: Request) -> Response:
        path = f"{CONTROL}/people/{request.path_params['user']}/screen"
        return await self._slack("GET", path, query=request.url.query)

    async def deed(self, request: Request) -> Response:
        """A command, a message, a click, a submit …: Slack's stand-in knows them."""
        path = f"{CONTROL}/people/{request.path_params['user']}/{request.path_params['deed']}"
        return await self._slack("POST", path, await request.json())

    async def app_message(self, request: Request) -> Response:
        path = f"{CONTROL}/apps/{request.path_params['name']}/message"
        return await self._slack("POST", path, await request.json())

    async def systems(self, request: Request) -> Response:
        """Both systems, or only the revision when nothing changed since the one the caller has seen."""
        sandbox = self._sandbox
        shown = {
            "servicenow": servicenow.view(
                sandbox.systems["servicenow"].state(), sandbox.world.people, sandbox.servicenow_url
            ),
            "jira": jira.view(sandbox.systems["jira"].state()),
        }
        revision = hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:16]
        if request.query_params.get("seen") == revision:
            return JSONResponse({"revision": revision})
        return JSONResponse({"revision": revision, **shown})

    async def verdict(self, request: Request) -> Response:
        """Somebody decides in ServiceNow's own screen, beside Slack; a refusal is an answer, as in Slack's part."""
        verdict = request.path_params["verdict"]
        if verdict not in VERDICTS:
            return JSONResponse({"error": "no such verdict"}, status_code=404)
        told = await request.json()
        body = {"number": request.path_params["number"], "comments": told.get("comments", "")}
        path = f"{CONTROL}/people/{told.get('person', '')}/{verdict}"
        answer = await ask(self._sandbox.systems["servicenow"].app, "POST", path, body)
        return JSONResponse(answer.body)

    async def ledger(self, request: Request) -> Response:
        number = request.path_params["number"]
        return JSONResponse(await asyncio.to_thread(ledger.read, self._sandbox.pulse.url, self._sandbox.token, number))

    async def coverage(self, _: Request) -> Response:
        return JSONResponse({standin.system: standin.coverage for standin in self._sandbox.systems.all})

    async def _slack(self, method: str, path: str, body: Any = None, *, query: str = "") -> Response:
        answer = await ask(self._sandbox.systems["slack"].app, method, path, body, query=query)
        return JSONResponse(answer.body, status_code=answer.status)


def build_page(sandbox: Sandbox) -> ASGIApp:
    return Guard(Starlette(routes=Page(sandbox).routes()))
