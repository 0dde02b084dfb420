"""What admins do while our app looks on: change people, groups and channels, revoke its token, uninstall it."""

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from integrations.slack.sandbox.channels import Channel
from integrations.slack.sandbox.errors import Json
from integrations.slack.sandbox.people import SEEDED_AT, SLACKBOT, User

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace


class Admin:
    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/users", self.new_user, methods=["POST"]),
            Route("/users/{id}", self.user, methods=["POST"]),
            Route("/channels/{id}", self.channel, methods=["POST"]),
            Route("/usergroups/{id}", self.usergroup, methods=["POST"]),
            Route("/tokens/revoke", self.revoke, methods=["POST"]),
            Route("/uninstall", self.uninstall, methods=["POST"]),
            Route("/event", self.event, methods=["POST"]),
        ]

    async def new_user(self, request: Request) -> Response:
        """Somebody joins, e.g. ``{"id": "U0NEW", "name": "new", "real_name": "New One"}``."""
        sent = await request.json()
        if {"id", "name", "real_name"} - set(sent) or sent["id"] in self._workspace.users:
            return _no("invalid_user")
        user = User(sent.pop("id"), sent.pop("name"), sent.pop("real_name"), self._workspace.team.id)
        if not _change(user, sent):
            return _no("no_such_property")
        self._workspace.users[user.id] = user
        self._workspace.events.happened({"type": "team_join", "user": self._shown(user), "cache_ts": 0})
        self._workspace.revision.bump()
        return JSONResponse({"ok": True})

    async def user(self, request: Request) -> Response:
        """Change an account, e.g. ``{"deleted": true}``: deactivated people leave their channels."""
        user = self._workspace.users.get(request.path_params["id"])
        if not user or not _change(user, await request.json()):
            return _no("user_not_found" if not user else "no_such_property")
        if user.deleted:
            for channel in self._channels_of(user):
                channel.members.remove(user.id)
        self._workspace.events.happened({"type": "user_change", "user": self._shown(user), "cache_ts": 0})
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
        before = replace(channel)
        if not _change(channel, sent):
            return _no("no_such_property")
        self._tell_channel(before, channel)
        self._workspace.revision.bump()
        return JSONResponse({"ok": True})

    async def usergroup(self, request: Request) -> Response:
        """Change a user group, e.g. ``{"is_disabled": true}`` or ``{"users": ["U…"]}``."""
        group, sent = self._workspace.usergroups.get(request.path_params["id"]), await request.json()
        if not group:
            return _no("no_such_subteam")
        before = list(group.users)
        if not _change(group, sent):
            return _no("no_such_property")
        team, events = self._workspace.team.id, self._workspace.events
        events.happened({"type": "subteam_updated", "subteam": group.as_wire(team=team, with_users=True)})
        if group.users != before:
            changes: Json = {
                "subteam_id": group.id, "team_id": team,
                "added_users": [u for u in group.users if u not in before],
                "removed_users": [u for u in before if u not in group.users],
            }  # fmt: skip
            events.happened({"type": "subteam_members_changed"} | changes)
        return JSONResponse({"ok": True})

    async def revoke(self, _: Request) -> Response:
        self._workspace.switches["token_revoked"] = True
        self._workspace.events.happened({"type": "tokens_revoked", "tokens": {"bot": [self._workspace.us.id]}})
        return JSONResponse({"ok": True})

    async def uninstall(self, _: Request) -> Response:
        """The app goes: both last words are told, in no promised order, and its tokens are good for nothing."""
        events = self._workspace.events
        events.happened({"type": "app_uninstalled"})
        events.happened({"type": "tokens_revoked", "tokens": {"bot": [self._workspace.us.id]}})
        self._workspace.switches["installed"] = False
        for channel in self._workspace.channels.values():
            if self._workspace.us.id in channel.members and not channel.is_im:
                channel.members.remove(self._workspace.us.id)
        self._workspace.revision.bump()
        return JSONResponse({"ok": True})

    async def event(self, request: Request) -> Response:
        """Any other event, told as given if the app subscribed to it."""
        event = await request.json()
        self._workspace.events.happened(event, self._workspace.channels.get(str(event.get("channel", ""))))
        return JSONResponse({"ok": True})

    def _shown(self, user: User) -> Json:
        return user.as_wire(
            home_team=self._workspace.team.id, with_email="users:read.email" in self._workspace.scopes, with_locale=True
        )

    def _tell_channel(self, before: Channel, channel: Channel) -> None:
        kind, happened = channel.kind, self._workspace.events.happened
        if channel.is_ext_shared != before.is_ext_shared:
            self._tell_sharing(channel)
        if channel.is_archived != before.is_archived:
            word = "archive" if channel.is_archived else "unarchive"
            who = channel.members[0] if channel.members else SLACKBOT
            happened({"type": f"{kind}_{word}", "channel": channel.id, "user": who}, channel)
        if channel.name != before.name:
            named = {"id": channel.id, "name": channel.name, "name_normalized": channel.name, "created": SEEDED_AT}
            happened({"type": f"{kind}_rename", "channel": named}, channel)

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
