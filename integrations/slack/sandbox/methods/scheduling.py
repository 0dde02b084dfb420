"""chat.scheduleMessage and its two companions."""

from typing import TYPE_CHECKING

from integrations.slack.sandbox.arguments import Arguments
from integrations.slack.sandbox.errors import Json, SlackError
from integrations.slack.sandbox.methods.conversations import paged
from integrations.slack.sandbox.methods.places import check_may_post, place
from integrations.slack.sandbox.posting import Content, read_metadata
from integrations.slack.sandbox.scheduled import as_listed

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace


def schedule(workspace: "Workspace", args: Arguments) -> Json:
    channel = place(workspace, args.need("channel"))
    try:
        post_at = int(args.need("post_at"))
    except ValueError:
        raise SlackError("invalid_time") from None
    content, thread_ts = Content.read(args.sent, workspace), args.text("thread_ts")
    check_may_post(workspace, channel, thread_ts, args.flag("reply_broadcast"))
    metadata = read_metadata(args.data("metadata", error="invalid_metadata_format"))
    one = workspace.schedule.add(
        channel.id, post_at, content,
        thread_ts=thread_ts, broadcast=args.flag("reply_broadcast"), never=metadata is not None,
    )  # fmt: skip
    shown: Json = {
        "text": content.text, "username": workspace.us.name, "bot_id": workspace.us.bot_id,
        "type": "delayed_message", "subtype": "bot_message",
    }  # fmt: skip
    shown |= {n: v for n, v in (("blocks", content.blocks), ("attachments", content.attachments)) if v}
    return {"channel": channel.id, "scheduled_message_id": one.id, "post_at": one.post_at, "message": shown}


def list_waiting(workspace: "Workspace", args: Arguments) -> Json:
    if "channel" in args:
        workspace.channel(args.text("channel"))
    oldest, latest = args.number("oldest", 0), args.number("latest", 0)
    if latest and oldest >= latest:
        raise SlackError("invalid_time")
    found = [
        one for one in workspace.schedule.waiting()
        if args.text("channel", one.channel) == one.channel
        and one.post_at >= oldest and (not latest or one.post_at <= latest)
    ]  # fmt: skip
    page, metadata = paged(found, args, default=100, of="scheduled")
    return {"scheduled_messages": [as_listed(one) for one in page], "response_metadata": metadata}


def unschedule(workspace: "Workspace", args: Arguments) -> Json:
    channel = workspace.channel(args.need("channel"))
    workspace.schedule.remove(channel.id, args.need("scheduled_message_id"))
    return {}
