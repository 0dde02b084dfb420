"""reactions.*: add, remove, get."""

import re
from typing import TYPE_CHECKING

from integrations.slack.sandbox.arguments import Arguments
from integrations.slack.sandbox.errors import Json, SlackError
from integrations.slack.sandbox.messages import Message

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

MOST_REACTIONS = 23  # different emoji by one user on one message: docs.slack.dev/reference/methods/reactions.add
_TS = re.compile(r"^\d+\.\d{6}$")
_NAME = re.compile(r"^[a-z0-9_+'-]+(::skin-tone-[2-6])?$")


def add(workspace: "Workspace", args: Arguments) -> Json:
    message, name = _target(workspace, args)
    if workspace.channels[message.channel].is_archived:
        raise SlackError("is_archived")
    users = message.reactions.setdefault(name, [])
    if workspace.us.id in users:
        raise SlackError("already_reacted")
    if len(message.reactions) > MOST_REACTIONS:
        del message.reactions[name]
        raise SlackError("too_many_reactions")
    users.append(workspace.us.id)
    workspace.events.reacted(workspace.us.id, message, name)
    workspace.revision.bump()
    return {}


def remove(workspace: "Workspace", args: Arguments) -> Json:
    message, name = _target(workspace, args)
    if workspace.us.id not in message.reactions.get(name, []):
        raise SlackError("no_reaction")
    message.reactions[name].remove(workspace.us.id)
    if not message.reactions[name]:
        del message.reactions[name]
    workspace.events.reacted(workspace.us.id, message, name, removed=True)
    workspace.revision.bump()
    return {}


def get(workspace: "Workspace", args: Arguments) -> Json:
    message = _message(workspace, args)
    return {"type": "message", "channel": message.channel, "message": workspace.timeline.as_wire(message)}


def _target(workspace: "Workspace", args: Arguments) -> tuple[Message, str]:
    name = args.need("name")
    if not _NAME.match(name):
        raise SlackError("invalid_name")  # colons do not belong to the name
    return _message(workspace, args), name


def _message(workspace: "Workspace", args: Arguments) -> Message:
    if "channel" not in args or "timestamp" not in args:
        raise SlackError("no_item_specified")
    channel = workspace.channel(args.text("channel"))
    if not _TS.match(args.text("timestamp")):
        raise SlackError("bad_timestamp")
    message = workspace.timeline.find(channel.id, args.text("timestamp"))
    if not message or message.is_tombstone:
        raise SlackError("message_not_found")
    if workspace.us.id not in channel.members:
        raise SlackError("not_in_channel")
    return message
