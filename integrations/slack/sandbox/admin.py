"""What admins do while our app looks on: change people and channels, revoke its token."""

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from integrations.slack.sandbox.channels import Channel
from integrations.slack.sandbox.errors import Json
from integrations.slack.sandbox.people import User

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace


class Admin:
    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/users/{id}", self.user, methods=["POST"]),
            Route("/channels/{id}", self.channel, methods=["POST"]),
            Route("/tokens/revoke", self.revoke, methods=["POST"]),
            Route("/event", self.event, methods=["POST"]),
        ]

    async def user(self, request: Request) -> Response:
        """Change an account, e.g. ``{"deleted": true}``: deactivated people leave their channels."""
        user = self._workspace.users.get(request.path_params["id"])
        if not user or not _change(user, await request.json()):
            return _no("user_not_found" if not user else "no_such_property")
        if user.deleted:
            for channel in self._channels_of(user):
                channel.members.remove(user.id)
        shown = user.as_wire(home_team=self._workspace.team.id, with_email="users:read.email" in self._workspace.scopes)
        self._workspace.events.happened({"type": "user_change", "user": shown, "cache_ts": 0})
        self._workspace.revision.bump()
        return JSONResponse({"ok": True})

    async def channel(self, request: Request) -> Response:
        """Change a channel, e.g. ``{"is_ext_shared": true}``; ``{"remove": "U…"}`` takes somebody out."""
        channel, sent = self._workspace.channels.get(request.path_params["id"]), await request.json()
        if not channel:
            return _no("channel_not_found")
        if leaver := sent.pop("remove", ""):
            if leaver not in channel.members:
                return _no("not_in_channel")
            self._workspace.events.left(leaver, channel)
            channel.members.remove(leaver)
        was_shared = channel.is_ext_shared
        if not _change(channel, sent):
            return _no("no_such_property")
        if channel.is_ext_shared != was_shared:
            self._tell_sharing(channel)
        self._workspace.revision.bump()
        return JSONResponse({"ok": True})

    async def revoke(self, _: Request) -> Response:
        self._workspace.switches["token_revoked"] = True
        self._workspace.events.happened({"type": "tokens_revoked", "tokens": {"bot": [self._workspace.us.id]}})
        return JSONResponse({"ok": True})

    async def event(self, request: Request) -> Response:
        """Any other event, told as given if the app subscribed to it."""
        event = await request.json()
        self._workspace.events.happened(event, self._workspace.channels.get(str(event.get("channel", ""))))
        return JSONResponse({"ok": True})

    def _tell_sharing(self, channel: Channel) -> None:
        other = self._workspace.other_team.id
        if channel.is_ext_shared:
            event: Json = {"type": "channel_shared", "connected_team_id": other, "channel": channel.id}
        else:
            event = {
                "type": "channel_unshared", "previously_connected_team_id": other, "channel": channel.id,
                "is_ext_shared": False,
            }  # fmt: skip
        self._workspace.events.happened(event, channel)

    def _channels_of(self, user: User) -> list[Channel]:
        return [c for c in self._workspace.channels.values() if not c.is_im and user.id in c.members]


def _change(thing: Any, sent: Json) -> bool:
    """Set the named properties; False when one of them does not exist."""
    if set(sent) - {field.name for field in fields(thing)}:
        return False
    for name, value in sent.items():
        setattr(thing, name, value)
    return True


def _no(error: str) -> Response:
    return JSONResponse({"ok": False, "error": error})
