"""The control routes by which people act: type, click, submit, look. Used by the page and by story tests."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from integrations.slack.sandbox import interactions, payloads
from integrations.slack.sandbox.channels import Channel
from integrations.slack.sandbox.composer import composed
from integrations.slack.sandbox.ephemerals import Ephemeral
from integrations.slack.sandbox.errors import Json
from integrations.slack.sandbox.form_state import NoSuchElement, complaints, fill, find_element
from integrations.slack.sandbox.messages import Message
from integrations.slack.sandbox.normalise import rich_text
from integrations.slack.sandbox.people import User
from integrations.slack.sandbox.screen import screen_of
from integrations.slack.sandbox.stamps import short_id

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

LONGEST_WAIT_SECONDS = 10.0


class Cannot(Exception):
    """The person cannot do that; Slack's client would not offer it."""


class PeopleApi:
    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace

    def routes(self) -> list[BaseRoute]:
        deeds = {
            "command": self.command, "message": self.message, "click": self.click, "submit": self.submit,
            "close": self.close, "suggest": self.suggest, "shortcut": self.shortcut, "home": self.home,
            "invite": self.invite,
        }  # fmt: skip
        at = "/people/{user}"
        does = [Route(f"{at}/{name}", self._door(deed), methods=["POST"]) for name, deed in deeds.items()]
        return [*does, Route(f"{at}/screen", self.screen, methods=["GET"])]

    def _door(self, deed: Callable[[User, Json], Awaitable[Json]]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            sent = await request.json() if await request.body() else {}
            try:
                return JSONResponse(await deed(self._person(request), sent))
            except Cannot as refusal:
                return JSONResponse({"ok": False, "error": str(refusal)})
            except NoSuchElement:
                return JSONResponse({"ok": False, "error": "no_such_element"})

        return answer

    async def command(self, user: User, sent: Json) -> Json:
        channel, command = self._place(user, sent), sent["command"]
        if command not in self._workspace.switches["commands"]:
            raise Cannot("invalid_command")
        if user.team != self._workspace.team.id or "commands" not in self._workspace.scopes:
            raise Cannot("invalid_command")  # commands belong to the workspace that installed the app
        return await interactions.run_command(self._workspace, user, channel.id, command, sent.get("text", ""))

    async def message(self, user: User, sent: Json) -> Json:
        channel, workspace = self._place(user, sent), self._workspace
        thread_ts = sent.get("thread_ts") or ""
        if thread_ts and not workspace.timeline.find(channel.id, thread_ts):
            raise Cannot("thread_not_found")
        text = composed(workspace, sent["text"])
        message = Message(
            workspace.stamps.next(), channel.id, text, user.team, user.id, blocks=rich_text(text),
            thread_ts=thread_ts, client_msg_id=f"{short_id()}-{short_id()}",
        )  # fmt: skip
        workspace.timeline.add(message)
        workspace.revision.bump()
        workspace.events.posted(message)
        return {"ok": True, "ts": message.ts}

    async def click(self, user: User, sent: Json) -> Json:
        workspace = self._workspace
        if "view_id" in sent:
            view = self._view(user, sent["view_id"])
            block, element = find_element(view["blocks"], sent["action_id"], sent.get("block_id", ""))
            fill(view["blocks"], view["state"], sent.get("values", {}))
            payload = payloads.click_on_view(workspace, user, view, block, element, sent)
        else:
            message = self._message(user, sent)
            block, element = self._element(message, sent)
            payload = payloads.click_on_message(workspace, user, message, block, element, sent)
        error = interactions.error_shown(await interactions.interact(workspace, payload))
        return {"ok": False, "error": error} if error else {"ok": True}

    async def submit(self, user: User, sent: Json) -> Json:
        view = self._view(user, sent["view_id"])
        fill(view["blocks"], view["state"], sent.get("values", {}))
        if found := complaints(view["blocks"], view["state"]):
            return {"ok": False, "error": "incomplete", "errors": found}  # the client never sends it
        return await interactions.submit(self._workspace, user, view)

    async def close(self, user: User, sent: Json) -> Json:
        view, modals = self._view(user, sent["view_id"]), self._workspace.modals
        is_cleared = bool(view["clear_on_close"] or sent.get("is_cleared"))
        modals.clear(user.id) if is_cleared else modals.close(user.id, view)
        if view["notify_on_close"]:
            payload = payloads.closed(self._workspace, user, view, is_cleared)
            await interactions.interact(self._workspace, payload, accepts_response=False)
        return {"ok": True}

    async def suggest(self, user: User, sent: Json) -> Json:
        workspace = self._workspace
        if "view_id" in sent:
            view = self._view(user, sent["view_id"])
            block, element = find_element(view["blocks"], sent["action_id"], sent.get("block_id", ""))
            where: Json = {"container": {"type": "view", "view_id": view["id"]}, "view": dict(view)}
        else:
            message = self._message(user, sent)
            block, element = self._element(message, sent)
            where = payloads.place_of(workspace, message, block)
        payload = payloads.suggestion(workspace, user, block, element, sent.get("value", ""), where)
        return await interactions.suggest(workspace, payload)

    async def shortcut(self, user: User, sent: Json) -> Json:
        workspace = self._workspace
        if user.team != workspace.team.id:
            raise Cannot("invalid_shortcut")
        if "ts" in sent:
            message = self._message(user, sent, ours_only=False)
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

    async def invite(self, user: User, sent: Json) -> Json:
        """Bring somebody, or an app, into a channel."""
        channel, invitee = self._place(user, sent), self._workspace.users.get(sent["invitee"])
        if not invitee or invitee.deleted:
            raise Cannot("user_not_found")
        if invitee.id in channel.members:
            raise Cannot("already_in_channel")
        channel.members.append(invitee.id)
        self._workspace.revision.bump()
        self._workspace.events.joined(invitee.id, channel, user.id)
        return {"ok": True}

    async def screen(self, request: Request) -> Response:
        try:
            user = self._person(request)
        except Cannot as refusal:
            return JSONResponse({"ok": False, "error": str(refusal)})
        if wait := request.query_params.get("wait"):
            await self._workspace.revision.wait(int(wait), LONGEST_WAIT_SECONDS)
        return JSONResponse(screen_of(self._workspace, user))

    def _person(self, request: Request) -> User:
        user = self._workspace.users.get(request.path_params["user"])
        if not user or user.is_bot:
            raise Cannot("user_not_found")
        if user.deleted:
            raise Cannot("account_inactive")
        return user

    def _place(self, user: User, sent: Json) -> Channel:
        """A channel the person is in; our app's direct message by its id or the bot's."""
        if sent["channel"] in (self._workspace.us.id, f"D{user.id[1:]}"):
            return self._workspace.dm(user.id)
        channel = self._workspace.channels.get(sent["channel"])
        if not channel:
            raise Cannot("channel_not_found")
        if user.id not in channel.members:
            raise Cannot("not_in_channel")
        return channel

    def _message(self, user: User, sent: Json, *, ours_only: bool = True) -> Message | Ephemeral:
        channel, workspace = self._place(user, sent), self._workspace
        ephemeral = workspace.ephemerals.find(sent["ts"])
        if ephemeral and ephemeral.to == user.id:
            return ephemeral
        message = workspace.timeline.find(channel.id, sent["ts"])
        if not message:
            raise Cannot("message_not_found")
        if ours_only and message.app is not workspace.us:
            raise Cannot("not_our_app")  # the click goes to the app that posted
        return message

    def _element(self, message: Message | Ephemeral, sent: Json) -> tuple[Json, Json]:
        blocks = [*message.blocks, *(b for a in message.attachments for b in a.get("blocks", []))]
        return find_element(blocks, sent["action_id"], sent.get("block_id", ""))

    def _view(self, user: User, view_id: str) -> Json:
        home = self._workspace.homes.get(user.id)
        if home and home["id"] == view_id:
            return home
        found = self._workspace.modals.find(view_id)
        if not found or found[0] != user.id:
            raise Cannot("view_not_found")
        return found[1]
