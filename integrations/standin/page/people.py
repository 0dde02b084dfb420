"""Slack as one person has it: what they see, and what they do there."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from integrations.standin.page.deeds import LOOKS, Deed, Deeds, in_slack
from integrations.standin.page.door import ask
from integrations.standin.page.timeline.words import quote
from integrations.standin.systems import Systems
from integrations.standin.wire import CONTROL


class People:
    def __init__(self, systems: Systems, deeds: Deeds) -> None:
        self._systems = systems
        self._deeds = deeds

    def routes(self) -> list[Route]:
        return [
            Route("/page/people/{user}/screen", self.screen),
            Route("/page/people/{user}/{deed}", self.deed, methods=["POST"]),
            Route("/page/apps/{name}/message", self.app_message, methods=["POST"]),
        ]

    async def screen(self, request: Request) -> Response:
        path = f"{CONTROL}/people/{request.path_params['user']}/screen"
        return await self._slack("GET", path, query=request.url.query)

    async def deed(self, request: Request) -> Response:
        """A command, a message, a click, a submit …: Slack's stand-in knows them."""
        user, deed, told = request.path_params["user"], request.path_params["deed"], await request.json()
        sentence = in_slack(deed, told)
        noted = (
            self._deeds.begin(self._name(user), "slack", sentence, is_effect=deed not in LOOKS) if sentence else None
        )
        told.pop("label", None)  # for the story alone
        return await self._slack("POST", f"{CONTROL}/people/{user}/{deed}", told, noted)

    async def app_message(self, request: Request) -> Response:
        name, told = request.path_params["name"], await request.json()
        noted = self._deeds.begin(self._app(name), "slack", f"posted {quote(str(told.get('text', '')))}")
        return await self._slack("POST", f"{CONTROL}/apps/{name}/message", told, noted)

    async def _slack(
        self, method: str, path: str, body: Any = None, noted: Deed | None = None, *, query: str = ""
    ) -> Response:
        answer = await ask(self._systems["slack"].app, method, path, body, query=query)
        if noted and isinstance(answer.body, dict) and answer.body.get("ok") is False:
            self._deeds.failed(noted, str(answer.body.get("error", "")))
        return JSONResponse(answer.body, status_code=answer.status)

    def _name(self, user: str) -> str:
        people = self._systems.world.people.values()
        return next((human.name for human in people if human.slack == user), user)

    def _app(self, name: str) -> str:
        app = self._systems.world["slack"]["apps"].get(name)
        return str(app["name"]) if app else name
