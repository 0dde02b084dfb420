"""chat.*: posting, editing, deleting, whispering, linking."""

from typing import TYPE_CHECKING

from integrations.slack.sandbox.arguments import Arguments
from integrations.slack.sandbox.channels import Channel
from integrations.slack.sandbox.ephemerals import Ephemeral
from integrations.slack.sandbox.errors import Json, SlackError
from integrations.slack.sandbox.messages import Message
from integrations.slack.sandbox.posting import Content, post, read_metadata

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

LONGEST_EDIT = 4000  # docs.slack.dev/reference/methods/chat.update: msg_too_long


def post_message(workspace: "Workspace", args: Arguments) -> Json:
    channel = _place(workspace, args.need("channel"))
    content = Content.read(args.sent, workspace)
    thread_ts = args.text("thread_ts")
    _check_thread(workspace, channel, thread_ts)
    metadata = read_metadata(args.data("metadata", error="invalid_metadata_format"))
    if any(name in args for name in ("username", "icon_emoji", "icon_url")):
        workspace.require_scope("chat:write.customize")
    message = post(
        workspace, channel.id, content, app=workspace.us, thread_ts=thread_ts,
        broadcast=args.flag("reply_broadcast"), metadata=metadata, username=args.text("username"),
    )  # fmt: skip
    workspace.events.posted(message)
    return {"channel": channel.id, "ts": message.ts, "message": workspace.timeline.as_wire(message, metadata="all")}


def update(workspace: "Workspace", args: Arguments) -> Json:
    """What is given replaces; text without blocks takes the blocks away; metadata left out stays."""
    message = _own(workspace, args, "cant_update_message")
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
    message.metadata = new_metadata
    if not content.blocks:
        # An edit of blocks shows no "edited" flag.
        message.edited = {"user": workspace.us.id, "ts": workspace.stamps.next().partition(".")[0] + ".000000"}
    workspace.events.changed(message, before)
    workspace.revision.bump()
    shown = workspace.timeline.as_wire(message, metadata="all")
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": shown}


def delete(workspace: "Workspace", args: Arguments) -> Json:
    message = _own(workspace, args, "cant_delete_message")
    before = workspace.timeline.as_wire(message, metadata="all")
    workspace.timeline.remove(message)
    workspace.events.deleted(message, before)
    workspace.revision.bump()
    return {"channel": message.channel, "ts": message.ts}


def post_ephemeral(workspace: "Workspace", args: Arguments) -> Json:
    """Shown to one person; nothing is kept that the API could find again."""
    channel = _place(workspace, args.need("channel"))
    user = workspace.users.get(args.need("user"))
    content = Content.read(args.sent, workspace)
    if not user or user.deleted or user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    ephemeral = Ephemeral(
        workspace.stamps.next(), channel.id, user.id, content.text, workspace.us, content.blocks, content.attachments,
        args.text("thread_ts"),
    )  # fmt: skip
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


def _place(workspace: "Workspace", wanted: str) -> Channel:
    """Where to post: a channel by id or name, a direct message by its id or the person's."""
    if wanted.startswith(("U", "W")):
        return _direct(workspace, wanted)
    by_name = next((c for c in workspace.channels.values() if c.name and c.name == wanted.removeprefix("#")), None)
    channel = workspace.channel(by_name.id if by_name else wanted)
    if workspace.us.id not in channel.members:
        raise SlackError("not_in_channel")
    if channel.is_archived:
        raise SlackError("is_archived")
    return channel


def _direct(workspace: "Workspace", user_id: str) -> Channel:
    """Opening one needs no im:write; bots, strangers and people who left cannot be written to."""
    user = workspace.users.get(user_id)
    if not user or user.deleted or user.team != workspace.team.id:
        raise SlackError("channel_not_found")
    if user.is_bot:
        raise SlackError("cannot_dm_bot")
    return workspace.dm(user_id)


def _check_thread(workspace: "Workspace", channel: Channel, thread_ts: str) -> None:
    """``thread_ts`` names the first message of the thread, never a reply."""
    if not thread_ts:
        return
    parent = workspace.timeline.find(channel.id, thread_ts)
    if not parent:
        raise SlackError("thread_not_found")
    if parent.is_reply:
        raise SlackError("cannot_reply_to_message")


def _own(workspace: "Workspace", args: Arguments, refusal: str) -> Message:
    """Our own message. A person's id does not name a direct message here, and ephemerals cannot be found."""
    channel = workspace.channel(args.need("channel"))
    message = workspace.timeline.find(channel.id, args.need("ts"))
    if not message:
        raise SlackError("message_not_found")
    if message.app is not workspace.us:
        raise SlackError(refusal)
    return message
