"""Taking a message away, and telling so."""

from typing import TYPE_CHECKING

from integrations.slack.sandbox.messages import Message

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace


def take_down(workspace: "Workspace", message: Message) -> None:
    """Delete it. Where its replies stay, a tombstone does too, and apps hear of an edit instead of a deletion."""
    before = workspace.timeline.as_wire(message, metadata="all")
    author, metadata = message.app, message.metadata
    channel = workspace.channels[message.channel]
    if message.ts in channel.pins:
        channel.pins.remove(message.ts)
    workspace.timeline.remove(message)
    if message.is_tombstone:
        workspace.events.changed(message, before)
    else:
        workspace.events.deleted(message, before)
    workspace.events.metadata_deleted(message, author, metadata)
    workspace.revision.bump()
