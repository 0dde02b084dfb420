"""files.*: an address to upload to, the sharing, a look at what is there, the deletion."""

import asyncio
from typing import TYPE_CHECKING

from integrations.slack.sandbox.arguments import Arguments
from integrations.slack.sandbox.channels import Channel
from integrations.slack.sandbox.errors import Json, SlackError, invalid_arguments
from integrations.slack.sandbox.files import File
from integrations.slack.sandbox.posting import Content, post

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

MOST_CHANNELS = 100  # docs.slack.dev/reference/methods/files.completeUploadExternal


def get_upload_url(workspace: "Workspace", args: Arguments) -> Json:
    name, length = args.need("filename"), args.number("length", 0)
    if length < 1:
        raise invalid_arguments("must be more than 0: length")
    file = workspace.files.expect(name, length)
    return {"upload_url": f"{workspace.address}/upload/v1/{file.ticket}", "file_id": file.id}


def complete(workspace: "Workspace", args: Arguments) -> Json:
    """Shares what was uploaded, in up to a hundred channels; each message comes later, no ts is in the answer."""
    named = args.data("files", error="invalid_arguments") or []
    if not isinstance(named, list) or not named:
        raise invalid_arguments("missing required field: files" if not named else "must be an array: files")
    files = [_uploaded(workspace, entry) for entry in named]
    wanted = [args.text("channel_id")] if "channel_id" in args else args.items("channels")
    if len(wanted) > MOST_CHANNELS:
        raise invalid_arguments(f"no more than {MOST_CHANNELS} items allowed: channels")
    if "thread_ts" in args and len(wanted) > 1:
        raise invalid_arguments("thread_ts needs exactly one channel")
    content = Content.read(args.sent, workspace) if "blocks" in args else Content(text=args.text("initial_comment"))
    channels = [_target(workspace, channel, args.text("thread_ts")) for channel in dict.fromkeys(wanted)]
    for channel in channels:
        workspace.courier.background(_share_later(workspace, files, channel, content, args.text("thread_ts")))
    return {"files": [{"id": f.id, "title": f.title or f.name} for f in files]}


def info(workspace: "Workspace", args: Arguments) -> Json:
    return {"file": _known(workspace, args).as_wire(), "comments": [], "response_metadata": {"next_cursor": ""}}


def delete(workspace: "Workspace", args: Arguments) -> Json:
    """The file goes; the messages it was shared in stay, without it."""
    file = _known(workspace, args)
    workspace.files.remove(file)
    for channel in file.channels:
        for message in workspace.timeline.of(channel):
            message.files = [shown for shown in message.files if shown["id"] != file.id]
    workspace.revision.bump()
    return {}


def _known(workspace: "Workspace", args: Arguments) -> File:
    file = workspace.files.find(args.need("file"))
    if not file or file.content is None:
        raise SlackError("file_not_found")
    return file


def _uploaded(workspace: "Workspace", entry: Json) -> File:
    file = workspace.files.find(str(entry.get("id"))) if isinstance(entry, dict) else None
    if not file or file.content is None:
        raise SlackError("file_not_found")
    file.title = str(entry.get("title") or file.name)
    return file


def _target(workspace: "Workspace", channel_id: str, thread_ts: str) -> Channel:
    try:
        channel = workspace.channel(channel_id)
    except SlackError:
        raise SlackError("invalid_channel") from None
    if workspace.us.id not in channel.members or channel.is_archived:
        raise SlackError("posting_to_channel_denied")
    if thread_ts and not workspace.timeline.find(channel.id, thread_ts):
        raise SlackError("invalid_arguments")
    return channel


async def _share_later(
    workspace: "Workspace", files: list[File], channel: Channel, content: Content, thread_ts: str
) -> None:
    await asyncio.sleep(workspace.switches["file_share_seconds"])
    for file in files:
        file.channels.append(channel.id)
    message = post(workspace, channel.id, content, app=workspace.us, thread_ts=thread_ts)
    message.subtype, message.files = "file_share", [file.as_wire() for file in files]
    workspace.events.posted(message)
