"""pins.*: what a channel keeps at hand."""

from typing import TYPE_CHECKING

from integrations.slack.sandbox.arguments import Arguments
from integrations.slack.sandbox.channels import Channel
from integrations.slack.sandbox.errors import Json, SlackError
from integrations.slack.sandbox.messages import Message
from integrations.slack.sandbox.people import SEEDED_AT

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

MOST_PINS = 100  # slack.com/help/articles/205239997


def add(workspace: "Workspace", args: Arguments) -> Json:
    channel, message = _target(workspace, args)
    if message.ts in channel.pins:
        raise SlackError("already_pinned")
    if len(channel.pins) >= MOST_PINS:
        raise SlackError("too_many_pins")
    channel.pins.insert(0, message.ts)
    message.pinned_to = [channel.id]
    _tell(workspace, "pin_added", channel, message)
    return {}


def remove(workspace: "Workspace", args: Arguments) -> Json:
    channel, message = _target(workspace, args)
    if message.ts not in channel.pins:
        raise SlackError("no_pin")
    channel.pins.remove(message.ts)
    message.pinned_to = []
    _tell(workspace, "pin_removed", channel, message)
    return {}


def list_all(workspace: "Workspace", args: Arguments) -> Json:
    channel = workspace.channel(args.need("channel"))
    if workspace.us.id not in channel.members:
        raise SlackError("not_in_channel")
    found = [m for ts in channel.pins if (m := workspace.timeline.find(channel.id, ts))]
    return {"items": [_item(workspace, channel, message) for message in found]}


def _target(workspace: "Workspace", args: Arguments) -> tuple[Channel, Message]:
    channel = workspace.channel(args.need("channel"))
    if "timestamp" not in args:
        raise SlackError("no_item_specified")
    message = workspace.timeline.find(channel.id, args.text("timestamp"))
    if not message:
        raise SlackError("message_not_found")
    if message.is_tombstone:
        raise SlackError("not_pinnable")
    if workspace.us.id not in channel.members:
        raise SlackError("not_in_channel")
    return channel, message


def _item(workspace: "Workspace", channel: Channel, message: Message) -> Json:
    shown = workspace.timeline.as_wire(message)
    return {
        "type": "message", "channel": channel.id, "message": shown, "created": SEEDED_AT,
        "created_by": workspace.us.id,
    }  # fmt: skip


def _tell(workspace: "Workspace", kind: str, channel: Channel, message: Message) -> None:
    event: Json = {
        "type": kind, "user": workspace.us.id, "channel_id": channel.id, "item": _item(workspace, channel, message),
        "pin_count": len(channel.pins), "has_pins": bool(channel.pins),
    }  # fmt: skip
    workspace.events.happened(event, channel)
    workspace.revision.bump()
