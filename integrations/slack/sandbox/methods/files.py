"""files v2: an address to upload to, the upload, the sharing."""

from typing import TYPE_CHECKING

from integrations.slack.sandbox.arguments import Arguments
from integrations.slack.sandbox.errors import Json, SlackError, invalid_arguments
from integrations.slack.sandbox.files import File
from integrations.slack.sandbox.posting import Content, post

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace


def get_upload_url(workspace: "Workspace", args: Arguments) -> Json:
    name, length = args.need("filename"), args.number("length", 0)
    if length < 1:
        raise invalid_arguments("must be more than 0: length")
    file = workspace.files.expect(name, length)
    return {"upload_url": f"{workspace.address}/upload/v1/{file.ticket}", "file_id": file.id}


def complete(workspace: "Workspace", args: Arguments) -> Json:
    """Shares what was uploaded; the message comes later, its ts is not in the answer."""
    files = [_uploaded(workspace, entry) for entry in args.data("files", error="invalid_arguments") or []]
    if not files:
        raise invalid_arguments("missing required field: files")
    channel = args.text("channel_id") or args.text("channels").partition(",")[0]
    if channel:
        _share(workspace, files, channel, args)
    return {"files": [{"id": f.id, "title": f.title or f.name} for f in files]}


def _uploaded(workspace: "Workspace", entry: Json) -> File:
    file = workspace.files.find(str(entry.get("id")))
    if not file or file.content is None:
        raise SlackError("file_not_found")
    file.title = str(entry.get("title") or file.name)
    return file


def _share(workspace: "Workspace", files: list[File], channel_id: str, args: Arguments) -> None:
    try:
        channel = workspace.channel(channel_id)
    except SlackError:
        raise SlackError("invalid_channel") from None
    if workspace.us.id not in channel.members:
        raise SlackError("posting_to_channel_denied")
    content = Content(text=args.text("initial_comment"))
    message = post(workspace, channel.id, content, app=workspace.us, thread_ts=args.text("thread_ts"))
    message.subtype, message.files = "file_share", [file.as_wire() for file in files]
    for file in files:
        file.channel = channel.id
    workspace.events.posted(message)
