"""The page's own server: static files, and JSON from the stand-ins beside it."""

import asyncio
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from integrations.standin.page import jira, ledger, servicenow
from integrations.standin.page.deeds import Deeds
from integrations.standin.page.guard import Guard
from integrations.standin.page.people import People
from integrations.standin.page.screens import Screens
from integrations.standin.page.seed import seed_for_page
from integrations.standin.page.timeline.endpoints import TimelineEndpoints
from integrations.standin.page.timeline.masking import Masking
from integrations.standin.page.timeline.rows import Timeline
from integrations.standin.page.tools import OtherTools
from integrations.standin.page.trouble import Trouble
from integrations.standin.page.whole import Whole
from integrations.standin.pulse import Pulse
from integrations.standin.startover import StartOver
from integrations.standin.systems import Systems

STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True)
class Sandbox:
    """What the page shows, and what it can turn."""

    systems: Systems
    pulse: Pulse
    start_over: StartOver
    servicenow_url: str
    token: str
    """The page's own token at the bot's API."""
    repositories: Path
    """Where other tools deploy from."""


class Page:
    """The page's endpoints, over one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        systems, mask = sandbox.systems, Masking(sandbox.systems.secrets, [sandbox.token])
        self._sandbox = sandbox
        self._seed = seed_for_page(systems.world, systems["slack"].switches["commands"])
        self._deeds = Deeds()
        timeline = Timeline(systems, self._deeds, mask)
        trouble = Trouble(systems)
        self._parts = (
            Whole(systems, sandbox.pulse, sandbox.start_over, trouble),
            trouble,
            People(systems, self._deeds),
            Screens(systems, self._deeds),
            OtherTools(systems, self._deeds, sandbox.repositories),
            TimelineEndpoints(systems, timeline, mask),
        )
        systems.on_renewal(self._deeds.clear)
        systems.on_renewal(timeline.forget)

    def routes(self) -> list[Route | Mount]:
        return [
            Route("/", self.index),
            Route("/page/seed", self.seed),
            Route("/page/systems", self.systems),
            Route("/page/ledger/{number}", self.ledger),
            Route("/page/coverage", self.coverage),
            *(route for part in self._parts for route in part.routes()),
            Mount("/static", StaticFiles(directory=STATIC)),
        ]

    async def index(self, _: Request) -> Response:
        return FileResponse(STATIC / "index.html")

    async def seed(self, _: Request) -> Response:
        return JSONResponse(self._seed)

    async def systems(self, request: Request) -> Response:
        """Both systems, or only the revision when nothing changed since the one the caller has seen."""
        systems = self._sandbox.systems
        state = systems["servicenow"].state()
        shown = {
            "servicenow": servicenow.view(state, systems.world.people, self._sandbox.servicenow_url),
            "jira": jira.view(systems["jira"].state()),
        }
        revision = hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:16]
        if request.query_params.get("seen") == revision:
            return JSONResponse({"revision": revision})
        return JSONResponse({"revision": revision, **shown})

    async def ledger(self, request: Request) -> Response:
        number, bot = request.path_params["number"], self._sandbox.pulse.url
        return JSONResponse(await asyncio.to_thread(ledger.read, bot, self._sandbox.token, number))

    async def coverage(self, _: Request) -> Response:
        return JSONResponse(
            {one.system: {"calls": one.coverage, "absent": one.absent} for one in self._sandbox.systems.all}
        )


def build_page(sandbox: Sandbox) -> ASGIApp:
    return Guard(Starlette(routes=Page(sandbox).routes()))
