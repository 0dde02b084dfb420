"""Incoming webhooks: the addresses by which other tools post without a token, as CI servers like to."""

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from integrations.slack.sandbox.errors import Json, SlackError
from integrations.slack.sandbox.people import App
from integrations.slack.sandbox.posting import Content, check_thread, post

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

# Each refusal has a status of its own: docs.slack.dev/messaging/sending-messages-using-incoming-webhooks.
STATUS = {"no_service": 404, "channel_not_found": 404, "channel_is_archived": 410, "action_prohibited": 403}


@dataclass
class Hook:
    path: str
    app: App
    channel: str


class Webhooks:
    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._all: dict[str, Hook] = {}

    def mint(self, app: App, channel: str) -> str:
        """An address good for one app and one channel until somebody removes it."""
        path = f"/services/{self._workspace.team.id}/{app.bot_id}/{secrets.token_urlsafe(18)}"
        self._all[path] = Hook(path, app, channel)
        return self._workspace.address + path

    async def take(self, request: Request) -> Response:
        """``ok``, or one word and its status; never JSON, and no ts to find the message by."""
        hook = self._all.get(request.url.path)
        if hook and (seconds := self._workspace.rates.check_message(f"{hook.app.app_id}/{hook.channel}")):
            # One a second as well: docs.slack.dev/apis/web-api/rate-limits
            return PlainTextResponse("rate_limited", status_code=429, headers={"retry-after": str(seconds)})
        try:
            self._post(hook, _payload(await request.body()))
        except SlackError as refusal:
            return PlainTextResponse(refusal.error, status_code=STATUS.get(refusal.error, 400))
        return PlainTextResponse("ok")

    def _post(self, hook: Hook | None, sent: Json) -> None:
        """The channel is the hook's own; metadata is not carried (no text seen that says it is)."""
        if not hook:
            raise SlackError("no_service")
        workspace = self._workspace
        channel = workspace.channels[hook.channel]
        if channel.is_archived:
            raise SlackError("channel_is_archived")
        if channel.restriction == "read_only":
            raise SlackError("action_prohibited")
        content, thread_ts = Content.read(sent, workspace), str(sent.get("thread_ts") or "")
        check_thread(workspace, channel.id, thread_ts)
        message = post(
            workspace,
            channel.id,
            content,
            app=hook.app,
            thread_ts=thread_ts,
            shape="classic",
            username=str(sent.get("username") or ""),
        )
        workspace.events.posted(message)


def _payload(body: bytes) -> Json:
    """JSON, or the old form with the JSON in its field ``payload``."""
    text: Any = body.decode(errors="replace")
    if text.startswith("payload="):
        text = parse_qs(text).get("payload", [""])[0]
    try:
        found = json.loads(text)
    except ValueError:
        raise SlackError("invalid_payload") from None
    if not isinstance(found, dict):
        raise SlackError("invalid_payload")
    return found
