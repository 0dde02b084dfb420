"""conversations.*: channels, who is in them, what was said."""

import base64
from typing import TYPE_CHECKING, TypeVar

from integrations.slack.sandbox.arguments import Arguments
from integrations.slack.sandbox.channels import Channel
from integrations.slack.sandbox.errors import Json, SlackError
from integrations.slack.sandbox.messages import Message

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

LARGEST_PAGE = 999
T = TypeVar("T")


def info(workspace: "Workspace", args: Arguments) -> Json:
    channel = _readable(workspace, args, "read")
    with_count = args.flag("include_num_members")
    return {"channel": channel.as_wire(me=workspace.us.id, team=workspace.team.id, with_count=with_count)}


def list_all(workspace: "Workspace", args: Arguments) -> Json:
    wanted = args.items("types") or ["public_channel"]
    scopes = {"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read", "mpim": "mpim:read"}
    workspace.require_scope(*(scopes[kind] for kind in wanted if kind in scopes))
    found = [c for c in workspace.channels.values() if _type(c) in wanted and _is_visible(workspace, c)]
    if args.flag("exclude_archived"):
        found = [c for c in found if not c.is_archived]
    page, metadata = paged(found, args, default=100)
    shown = [c.as_wire(me=workspace.us.id, team=workspace.team.id, with_count=not c.is_im) for c in page]
    return {"channels": shown, "response_metadata": metadata}


def members(workspace: "Workspace", args: Arguments) -> Json:
    channel = _readable(workspace, args, "read")
    page, metadata = paged(channel.members, args, default=100)
    return {"members": page, "response_metadata": metadata}


def history(workspace: "Workspace", args: Arguments) -> Json:
    """Newest first; replies only when they were sent to the channel too."""
    channel = _inside(workspace, _readable(workspace, args, "history"))
    found = [m for m in workspace.timeline.of(channel.id) if not m.is_reply or m.subtype == "thread_broadcast"]
    found = [m for m in found if _in_range(m, args)][::-1]
    page, metadata = paged(found, args, default=100)
    has_more = bool(metadata["next_cursor"])
    answer: Json = {"messages": _shown(workspace, page, args), "has_more": has_more, "pin_count": 0}
    return answer | ({"response_metadata": metadata} if has_more else {})


def replies(workspace: "Workspace", args: Arguments) -> Json:
    """The first message, then its replies, oldest first."""
    channel = _inside(workspace, _readable(workspace, args, "history"))
    parent = workspace.timeline.find(channel.id, args.need("ts"))
    if not parent:
        raise SlackError("thread_not_found")
    if parent.is_reply:
        parent = workspace.timeline.find(channel.id, parent.thread_ts) or parent
    found = [parent, *(m for m in workspace.timeline.replies(parent) if _in_range(m, args))]
    page, metadata = paged(found, args, default=1000)
    has_more = bool(metadata["next_cursor"])
    answer: Json = {"messages": _shown(workspace, page, args), "has_more": has_more}
    return answer | ({"response_metadata": metadata} if has_more else {})


def open_dm(workspace: "Workspace", args: Arguments) -> Json:
    users = args.items("users")
    if not users and "channel" not in args:
        raise SlackError("users_list_not_supplied")
    if len(users) > 1:
        raise SlackError("method_not_supported_for_channel_type")
    if not users:
        return {"channel": {"id": workspace.channel(args.text("channel")).id}}
    user = workspace.users.get(users[0])
    if not user or user.team != workspace.team.id:
        raise SlackError("user_not_found")
    if user.deleted:
        raise SlackError("user_disabled")
    if user.is_bot:
        raise SlackError("cannot_dm_bot")
    is_new = not any(c.im_user == user.id and c.im_app == workspace.us.key for c in workspace.channels.values())
    channel = workspace.dm(user.id)
    answer: Json = {} if is_new else {"no_op": True, "already_open": True}
    if args.flag("return_im"):
        return answer | {"channel": channel.as_wire(me=workspace.us.id, team=workspace.team.id)}
    return answer | {"channel": {"id": channel.id}}


def join(workspace: "Workspace", args: Arguments) -> Json:
    channel = workspace.channel(args.need("channel"))
    if channel.is_im or channel.is_private:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    answer: Json = {}
    if workspace.us.id in channel.members:
        answer = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    else:
        channel.members.append(workspace.us.id)
        workspace.events.joined(workspace.us.id, channel, "")
        workspace.revision.bump()
    return {"channel": channel.as_wire(me=workspace.us.id, team=workspace.team.id)} | answer


def paged(found: list[T], args: Arguments, *, default: int) -> tuple[list[T], Json]:
    """One page and its ``response_metadata``; an empty cursor ends it."""
    limit = min(max(args.number("limit", default), 1), LARGEST_PAGE + 1)
    start = _from_cursor(args.text("cursor"))
    rest = start + limit < len(found)
    return found[start : start + limit], {"next_cursor": _cursor(start + limit) if rest else ""}


def _cursor(start: int) -> str:
    return base64.b64encode(f"next:{start}".encode()).decode()


def _from_cursor(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:"))
    except ValueError:
        raise SlackError("invalid_cursor") from None


def _readable(workspace: "Workspace", args: Arguments, word: str) -> Channel:
    """The channel, if the scopes for its kind are granted."""
    channel = workspace.channel(args.need("channel"))
    workspace.require_scope(f"{channel.scope_word}:{word}")
    return channel


def _inside(workspace: "Workspace", channel: Channel) -> Channel:
    if workspace.us.id not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _is_visible(workspace: "Workspace", channel: Channel) -> bool:
    try:
        return bool(workspace.channel(channel.id))
    except SlackError:
        return False


def _type(channel: Channel) -> str:
    return {"im": "im", "group": "private_channel", "channel": "public_channel"}[channel.kind]


def _in_range(message: Message, args: Arguments) -> bool:
    """``oldest`` and ``latest`` are outside unless ``inclusive``."""
    oldest, latest, ts = _ts(args, "oldest"), _ts(args, "latest"), float(message.ts)
    if args.flag("inclusive"):
        return (oldest is None or ts >= oldest) and (latest is None or ts <= latest)
    return (oldest is None or ts > oldest) and (latest is None or ts < latest)


def _ts(args: Arguments, name: str) -> float | None:
    if not (value := args.text(name)):
        return None
    try:
        return float(value)
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None


def _shown(workspace: "Workspace", messages: list[Message], args: Arguments) -> list[Json]:
    everything = args.flag("include_all_metadata")
    return [workspace.timeline.as_wire(m, metadata="all" if everything else "type") for m in messages]
