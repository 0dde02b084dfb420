"""The other control routes: other apps' posts, deliveries, sockets."""

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from integrations.slack.sandbox import http_delivery
from integrations.slack.sandbox.errors import Json
from integrations.slack.sandbox.messages import Message
from integrations.slack.sandbox.normalise import attachments_as_shown, blocks_as_shown, text_as_shown
from integrations.slack.sandbox.people import App
from integrations.slack.sandbox.posting import Content, post
from integrations.slack.sandbox.sockets import REASONS
from integrations.slack.sandbox.stamps import short_id

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace


class Control:
    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/apps/{name}/message", self.app_message, methods=["POST"]),
            Route("/apps/{name}/edit", self.app_edit, methods=["POST"]),
            Route("/apps/{name}/webhook", self.app_webhook, methods=["POST"]),
            Route("/deliveries", self.deliveries, methods=["GET", "DELETE"]),
            Route("/delivery", self.delivery, methods=["GET", "POST"]),
            Route("/redeliver", self.redeliver, methods=["POST"]),
            Route("/verification", self.verification, methods=["POST"]),
            Route("/sockets", self.sockets, methods=["GET", "POST"]),
        ]

    async def app_message(self, request: Request) -> Response:
        """Another app posts, as it would with its own token. ``shape``: modern, classic or workflow."""
        sent, app = await request.json(), self._app(request)
        if not app:
            return _no("app_not_found")
        workspace = self._workspace
        channel = workspace.channels.get(sent["channel"])
        if sent["channel"] in workspace.users:
            channel = workspace.dm(sent["channel"], app)
        if not channel:
            return _no("channel_not_found")
        if app.id not in channel.members:
            return _no("not_in_channel")
        message = post(
            workspace, channel.id, _as_sent(sent), app=app, thread_ts=sent.get("thread_ts") or "",
            metadata=sent.get("metadata") or None, shape=sent.get("shape", ""), username=sent.get("username") or "",
            broadcast=bool(sent.get("reply_broadcast")),
        )  # fmt: skip
        workspace.events.posted(message)
        return JSONResponse({"ok": True, "ts": message.ts})

    async def app_webhook(self, request: Request) -> Response:
        """Somebody adds an incoming webhook of this app to a channel; gives its address."""
        app, channel = self._app(request), self._workspace.channels.get((await request.json())["channel"])
        if not app or not channel:
            return _no("app_not_found" if not app else "channel_not_found")
        return JSONResponse({"ok": True, "url": self._workspace.webhooks.mint(app, channel.id)})

    async def app_edit(self, request: Request) -> Response:
        sent, app = await request.json(), self._app(request)
        message = self._workspace.timeline.find(sent["channel"], sent["ts"])
        if not app or not message or message.app is not app:
            return _no("message_not_found")
        before = self._workspace.timeline.as_wire(message, metadata="all")
        _edit(message, sent, _as_sent(sent))
        message.edited = {"user": app.id, "ts": self._workspace.stamps.next()}
        self._workspace.events.changed(message, before)
        self._workspace.revision.bump()
        return JSONResponse({"ok": True, "ts": message.ts})

    async def deliveries(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._workspace.courier.log.clear()
        return JSONResponse(self._workspace.courier.as_json())

    async def delivery(self, request: Request) -> Response:
        if request.method == "POST":
            self._workspace.courier.url = (await request.json())["url"]
        return JSONResponse({"ok": True, "url": self._workspace.courier.url})

    async def redeliver(self, request: Request) -> Response:
        event_id = (await request.json())["event_id"]
        return JSONResponse({"ok": True}) if self._workspace.courier.redeliver(event_id) else _no("event_not_found")

    async def verification(self, _: Request) -> Response:
        """What happens when an admin saves the Request URL: it must echo the challenge."""
        courier, challenge = self._workspace.courier, short_id() * 8
        payload = {"token": "verification-token", "challenge": challenge, "type": "url_verification"}
        answer = await http_delivery.post(
            courier.url, "events_api", payload,
            secret=self._workspace.secrets.slack_signing_secret, seconds=3.0, age=0, headers={},
        )  # fmt: skip
        echoed = answer.body.get("challenge") if isinstance(answer.body, dict) else answer.body
        return JSONResponse(
            {"ok": not answer.error and echoed == challenge, "status": answer.status, "error": answer.error}
        )

    async def sockets(self, request: Request) -> Response:
        """``reason`` says goodbye to every connection; ``ghosts`` sets how many dead ones Slack still counts."""
        sockets = self._workspace.sockets
        sent = await request.json() if request.method == "POST" else {}
        if sent.get("reason", REASONS[0]) not in REASONS:
            return _no("no_such_reason")
        if "ghosts" in sent:
            sockets.haunt(int(sent["ghosts"]))
        told = await sockets.disconnect(sent["reason"]) if "reason" in sent else 0
        return JSONResponse({"ok": True, "sockets": sockets.as_json(), "told": told})

    def _app(self, request: Request) -> App | None:
        return self._workspace.apps.get(request.path_params["name"])


def _as_sent(sent: Json) -> Content:
    """Other apps' posts are the world: taken as they are, shown as Slack shows them."""
    return Content(
        text_as_shown(sent.get("text") or ""),
        blocks_as_shown(sent.get("blocks") or []),
        attachments_as_shown(sent.get("attachments") or []),
    )


def _edit(message: Message, sent: Json, content: Content) -> None:
    if "text" in sent or "blocks" in sent:
        message.text, message.blocks = content.text, content.blocks
    if "attachments" in sent:
        message.attachments = content.attachments
    if "metadata" in sent:
        message.metadata = sent["metadata"] or None


def _no(error: str) -> Response:
    return JSONResponse({"ok": False, "error": error})
