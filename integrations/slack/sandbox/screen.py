"""What one person sees: their channels, direct messages, open modals and Home tab."""

from typing import TYPE_CHECKING

from integrations.slack.sandbox.channels import Channel
from integrations.slack.sandbox.errors import Json
from integrations.slack.sandbox.messages import Message
from integrations.slack.sandbox.people import SLACKBOT_APP, User

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

SHOWN = (
    "ts", "user", "bot_id", "text", "blocks", "attachments", "thread_ts", "reply_count", "edited", "is_ephemeral",
    "subtype", "metadata", "reactions", "files",
)  # fmt: skip


def screen_of(workspace: "Workspace", user: User) -> Json:
    if user.team == workspace.team.id:
        workspace.dm(user.id)  # our app's direct message is always at hand
    mine = [c for c in workspace.channels.values() if workspace.may_see(user.id, c)]
    return {
        "ok": True,
        "revision": workspace.revision.value,
        "me": {"id": user.id, "name": user.name, "real_name": user.real_name},
        "channels": [_channel(workspace, user, c) for c in mine if not c.is_im],
        "dms": [_channel(workspace, user, c) | _dm(workspace, c) for c in mine if c.is_im],
        "views": workspace.modals.stack(user.id),
        "home": workspace.homes.get(user.id),
        "people": {
            u.id: {"name": u.name, "real_name": u.real_name, "is_bot": u.is_bot} for u in workspace.users.values()
        },
    }


def _channel(workspace: "Workspace", user: User, channel: Channel) -> Json:
    messages = [_message(workspace, message) for message in workspace.timeline.of(channel.id)]
    messages += [_kept(e.as_wire()) for e in workspace.ephemerals.shown_to(user.id, channel.id)]
    return {
        "id": channel.id, "name": channel.name, "is_private": channel.is_private,
        "is_ext_shared": channel.is_ext_shared, "messages": sorted(messages, key=lambda m: m["ts"]),
    }  # fmt: skip


def _dm(workspace: "Workspace", channel: Channel) -> Json:
    app = workspace.apps.get(channel.im_app, SLACKBOT_APP)
    return {"name": app.name, "app": app.key, "user": app.id}


def _message(workspace: "Workspace", message: Message) -> Json:
    wire = _kept(workspace.timeline.as_wire(message, metadata="all"))
    if message.app:
        return wire | {"username": message.username or message.app.name}
    author = workspace.users.get(message.user)
    return wire | {"username": author.name if author else message.user}


def _kept(wire: Json) -> Json:
    return {name: wire[name] for name in (*SHOWN, "username") if name in wire}
