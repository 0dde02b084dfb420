"""chat.*: posting, editing, deleting, whispering, linking."""

import time
from typing import TYPE_CHECKING

from integrations.slack.sandbox.arguments import Arguments
from integrations.slack.sandbox.ephemerals import Ephemeral
from integrations.slack.sandbox.errors import Json, SlackError
from integrations.slack.sandbox.messages import Message
from integrations.slack.sandbox.methods.places import check_may_post, place, read_look
from integrations.slack.sandbox.posting import Content, check_thread, post, read_metadata
from integrations.slack.sandbox.previews import preview
from integrations.slack.sandbox.removal import take_down

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

LONGEST_EDIT = 4000  # docs.slack.dev/reference/methods/chat.update: msg_too_long


def post_message(workspace: "Workspace", args: Arguments) -> Json:
    look = read_look(workspace, args)
    channel = place(workspace, args.need("channel"), is_customized=bool(look))
    content = Content.read(args.sent, workspace)
    thread_ts, broadcast = args.text("thread_ts"), args.flag("reply_broadcast")
    check_may_post(workspace, channel, thread_ts, broadcast)
    metadata = read_metadata(args.data("metadata", error="invalid_metadata_format"))
    message = post(
        workspace, channel.id, content, app=workspace.us, thread_ts=thread_ts, broadcast=broadcast, metadata=metadata,
        **look,
    )  # fmt: skip
    workspace.events.posted(message)
    preview(workspace, message, links=args.flag("unfurl_links"), media=args.flag("unfurl_media", True))
    return {"channel": channel.id, "ts": message.ts, "message": workspace.timeline.as_wire(message, metadata="all")}


def update(workspace: "Workspace", args: Arguments) -> Json:
    """What is given replaces; text without blocks takes the blocks away; metadata left out stays."""
    message = _own(workspace, args, "cant_update_message")
    _check_still_open(workspace, message)
    if not any(name in args for name in ("text", "blocks", "attachments", "markdown_text")):
        raise SlackError("no_text")
    content = Content.read(args.sent, workspace, longest=LONGEST_EDIT)
    metadata = args.data("metadata", error="invalid_metadata_format")
    new_metadata = message.metadata if metadata is None else read_metadata(metadata)
    before = workspace.timeline.as_wire(message, metadata="all")
    if any(name in args for name in ("text", "markdown_text", "blocks")):
        # docs.slack.dev/reference/methods/chat.update: blocks go when text comes without them; attachments stay.
        message.text, message.blocks = content.text, content.blocks
    if args.sent.get("attachments") is not None:
        message.attachments = content.attachments
    old_metadata, message.metadata = message.metadata, new_metadata
    if args.flag("reply_broadcast") and message.is_reply:
        message.subtype = "thread_broadcast"
    if not content.blocks:
        # An edit of blocks shows no "edited" flag.
        message.edited = {"user": workspace.us.id, "ts": workspace.stamps.next().partition(".")[0] + ".000000"}
    workspace.events.changed(message, before)
    workspace.events.metadata_changed(message, old_metadata)
    workspace.revision.bump()
    shown = workspace.timeline.as_wire(message, metadata="all")
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": shown}


def delete(workspace: "Workspace", args: Arguments) -> Json:
    """A parent with replies leaves a tombstone, and is told as an edit."""
    message = _own(workspace, args, "cant_delete_message")
    take_down(workspace, message)
    return {"channel": message.channel, "ts": message.ts}


def post_ephemeral(workspace: "Workspace", args: Arguments) -> Json:
    """Shown to one person; nothing is kept that the API could find again."""
    channel = place(workspace, args.need("channel"))
    user = workspace.users.get(args.need("user"))
    content = Content.read(args.sent, workspace)
    if not user or user.deleted or user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    thread_ts = args.text("thread_ts")
    check_thread(workspace, channel.id, thread_ts)
    ephemeral = Ephemeral(
        workspace.stamps.next(), channel.id, user.id, content.text, workspace.us, content.blocks, content.attachments,
        thread_ts,
    )  # fmt: skip
    parent = workspace.timeline.find(channel.id, thread_ts)
    # Nobody keeps it for those who are not there, nor for a thread that has no reply yet
    # (docs.slack.dev/reference/methods/chat.postEphemeral), and nobody says so.
    if user.is_online and (not parent or workspace.timeline.replies(parent)):
        workspace.ephemerals.add(ephemeral)
        workspace.revision.bump()
    return {"message_ts": ephemeral.ts}


def get_permalink(workspace: "Workspace", args: Arguments) -> Json:
    channel = workspace.channel(args.need("channel"))
    message = workspace.timeline.find(channel.id, args.need("message_ts"))
    if not message:
        raise SlackError("message_not_found")
    link = f"{workspace.team.url}archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def _check_still_open(workspace: "Workspace", message: Message) -> None:
    """The channel still lives, and so does the time to edit, where the workspace limits it."""
    if workspace.channels[message.channel].is_archived:
        raise SlackError("is_inactive")
    seconds = workspace.switches["edit_window_seconds"]
    if seconds is not None and time.time() - float(message.ts) > seconds:
        raise SlackError("edit_window_closed")


def _own(workspace: "Workspace", args: Arguments, refusal: str) -> Message:
    """Our own message. A person's id does not name a direct message here, and ephemerals cannot be found."""
    channel = workspace.channel(args.need("channel"))
    message = workspace.timeline.find(channel.id, args.need("ts"))
    if not message or message.is_tombstone:
        raise SlackError("message_not_found")
    if message.app is not workspace.us:
        raise SlackError(refusal)
    return message
