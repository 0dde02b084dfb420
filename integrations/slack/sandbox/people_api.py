"""The control routes by which people act: type, click, submit, look. Used by the page and by story tests."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from integrations.slack.sandbox import interactions, payloads
from integrations.slack.sandbox.ephemerals import Ephemeral
from integrations.slack.sandbox.errors import Json
from integrations.slack.sandbox.form_state import NoSuchElement, complaints, fill, find_element
from integrations.slack.sandbox.people import User
from integrations.slack.sandbox.reach import Cannot, Reach
from integrations.slack.sandbox.screen import screen_of
from integrations.slack.sandbox.talk import Talk

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

LONGEST_WAIT_SECONDS = 10.0


class PeopleApi:
    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._reach = Reach(workspace)
        self._talk = Talk(workspace, self._reach)

    def routes(self) -> list[BaseRoute]:
        deeds = {
            "command": self.command, "click": self.click, "submit": self.submit, "close": self.close,
            "suggest": self.suggest, "shortcut": self.shortcut, "home": self.home, **self._talk.deeds(),
        }  # fmt: skip
        at = "/people/{user}"
        does = [Route(f"{at}/{name}", self._door(deed), methods=["POST"]) for name, deed in deeds.items()]
        return [*does, Route(f"{at}/screen", self.screen, methods=["GET"])]

    def _door(self, deed: Callable[[User, Json], Awaitable[Json]]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            sent = await request.json() if await request.body() else {}
            try:
                return JSONResponse(await deed(self._reach.person(request), sent))
            except Cannot as refusal:
                return JSONResponse({"ok": False, "error": str(refusal)})
            except NoSuchElement:
                return JSONResponse({"ok": False, "error": "no_such_element"})

        return answer

    async def command(self, user: User, sent: Json) -> Json:
        channel, command = self._reach.open_place(user, sent), sent["command"]
        if command not in self._workspace.switches["commands"] or not self._workspace.switches["installed"]:
            raise Cannot("invalid_command")
        if user.team != self._workspace.team.id or "commands" not in self._workspace.scopes:
            raise Cannot("invalid_command")  # commands belong to the workspace that installed the app
        return await interactions.run_command(self._workspace, user, channel.id, command, sent.get("text", ""))

    async def click(self, user: User, sent: Json) -> Json:
        self._reach.our_app()
        workspace = self._workspace
        if "view_id" in sent:
            view = self._reach.view(user, sent["view_id"])
            block, element = find_element(view["blocks"], sent["action_id"], sent.get("block_id", ""))
            fill(view["blocks"], view["state"], sent.get("values", {}))
            _check_dispatch(block)
            payload = payloads.click_on_view(workspace, user, view, block, element, sent)
        else:
            message = self._reach.message(user, sent)
            block, element = self._reach.element(message, sent)
            _check_dispatch(block)
            payload = payloads.click_on_message(workspace, user, message, block, element, sent)
        error = interactions.error_shown(await interactions.interact(workspace, payload))
        return {"ok": False, "error": error} if error else {"ok": True}

    async def submit(self, user: User, sent: Json) -> Json:
        self._reach.our_app()
        view = self._reach.view(user, sent["view_id"])
        if not view["submit"]:
            raise Cannot("no_submit_button")
        fill(view["blocks"], view["state"], sent.get("values", {}))
        if found := complaints(view["blocks"], view["state"]):
            return {"ok": False, "error": "incomplete", "errors": found}  # the client never sends it
        return await interactions.submit(self._workspace, user, view)

    async def close(self, user: User, sent: Json) -> Json:
        view, modals = self._reach.view(user, sent["view_id"]), self._workspace.modals
        is_cleared = bool(view["clear_on_close"] or sent.get("is_cleared"))
        modals.clear(user.id) if is_cleared else modals.close(user.id, view)
        if view["notify_on_close"]:
            payload = payloads.closed(self._workspace, user, view, is_cleared)
            await interactions.interact(self._workspace, payload, accepts_response=False)
        return {"ok": True}

    async def suggest(self, user: User, sent: Json) -> Json:
        self._reach.our_app()
        workspace = self._workspace
        if "view_id" in sent:
            view = self._reach.view(user, sent["view_id"])
            block, element = find_element(view["blocks"], sent["action_id"], sent.get("block_id", ""))
            where: Json = {"container": {"type": "view", "view_id": view["id"]}, "view": dict(view)}
        else:
            message = self._reach.message(user, sent)
            block, element = self._reach.element(message, sent)
            where = payloads.place_of(workspace, message, block)
        payload = payloads.suggestion(workspace, user, block, element, sent.get("value", ""), where)
        return await interactions.suggest(workspace, payload)

    async def shortcut(self, user: User, sent: Json) -> Json:
        workspace = self._workspace
        self._reach.our_app()
        if user.team != workspace.team.id or sent["callback_id"] not in workspace.switches["shortcuts"]:
            raise Cannot("invalid_shortcut")  # the manifest names each; strangers see none
        if "commands" not in workspace.scopes:
            raise Cannot("invalid_shortcut")  # docs.slack.dev/reference/scopes/commands: shortcuts and commands alike
        if "ts" in sent:
            message = self._reach.message(user, sent)
            if isinstance(message, Ephemeral):
                raise Cannot("message_not_found")  # ephemerals have no menu
            payload = payloads.message_shortcut(workspace, user, sent["callback_id"], message)
        else:
            payload = payloads.global_shortcut(workspace, user, sent["callback_id"])
        answer = await interactions.interact(workspace, payload, accepts_response=False)
        error = interactions.error_shown(answer)
        return {"ok": False, "error": error} if error else {"ok": True}

    async def home(self, user: User, sent: Json) -> Json:
        self._workspace.events.home_opened(user.id, sent.get("tab", "home"))
        return {"ok": True, "view": self._workspace.homes.get(user.id)}

    async def screen(self, request: Request) -> Response:
        try:
            user = self._reach.person(request)
        except Cannot as refusal:
            return JSONResponse({"ok": False, "error": str(refusal)})
        if wait := request.query_params.get("wait"):
            await self._workspace.revision.wait(int(wait), LONGEST_WAIT_SECONDS)
        return JSONResponse(screen_of(self._workspace, user))


def _check_dispatch(block: Json) -> None:
    """Input blocks keep quiet until submitted, unless asked: docs.slack.dev/reference/block-kit/blocks/input-block."""
    if block["type"] == "input" and not block.get("dispatch_action"):
        raise Cannot("input_not_dispatched")
