"""conversations.*, the part that reads: channels, who is in them, what was said."""

import base64
import re
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from integrations.slack.sandbox.arguments import Arguments
from integrations.slack.sandbox.channels import Channel
from integrations.slack.sandbox.errors import Json, SlackError
from integrations.slack.sandbox.messages import Message
from integrations.slack.sandbox.stamps import as_stamp

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

LARGEST_PAGE = 999  # "an integer under 1000": docs.slack.dev/reference/methods/conversations.list
SCOPES_OF_KINDS = {
    "public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read", "mpim": "mpim:read",
}  # fmt: skip
_NUMBER = re.compile(r"\d{1,9}")
_PLACES = {"next_ts": re.compile(r"\d+\.\d{6}")}
T = TypeVar("T")


def info(workspace: "Workspace", args: Arguments) -> Json:
    channel = _readable(workspace, args, "read")
    with_count = args.flag("include_num_members")
    return {"channel": channel.as_wire(me=workspace.us.id, team=workspace.team.id, with_count=with_count)}


def list_all(workspace: "Workspace", args: Arguments) -> Json:
    wanted = args.items("types") or ["public_channel"]
    _require_kinds(workspace, wanted)
    found = [c for c in workspace.channels.values() if _type(c) in wanted and _is_visible(workspace, c)]
    if args.flag("exclude_archived"):
        found = [c for c in found if not c.is_archived]
    _check_limit(args)
    page, metadata = paged(found, args, default=100, of="channels")
    shown = [c.as_wire(me=workspace.us.id, team=workspace.team.id, with_count=not c.is_im) for c in page]
    return {"channels": shown, "response_metadata": metadata}


def members(workspace: "Workspace", args: Arguments) -> Json:
    channel = _readable(workspace, args, "read")
    _check_limit(args)
    page, metadata = paged(channel.members, args, default=100, of="members")
    return {"members": page, "response_metadata": metadata}


def history(workspace: "Workspace", args: Arguments) -> Json:
    """Newest first; replies only when they were sent to the channel too. A cursor holds its place as more is posted."""
    channel = _inside(workspace, _readable(workspace, args, "history"))
    oldest, latest = _bound(args, "oldest"), _bound(args, "latest")
    inclusive, cursor = args.flag("inclusive"), _from_cursor(args.text("cursor"), "next_ts")
    walk = workspace.timeline.newest_first(channel.id, oldest, cursor or latest, inclusive=inclusive or bool(cursor))
    limit = _limit(args, 100)
    found = [m for m in islice(walk, limit + 2) if inclusive or m.ts != oldest][: limit + 1]
    page, has_more = found[:limit], len(found) > limit
    answer: Json = {"messages": _shown(workspace, page, args), "has_more": has_more, "pin_count": len(channel.pins)}
    return answer | ({"response_metadata": {"next_cursor": _cursor("next_ts", found[limit].ts)}} if has_more else {})


def replies(workspace: "Workspace", args: Arguments) -> Json:
    """The first message, then its replies, oldest first."""
    channel = _inside(workspace, _readable(workspace, args, "history"))
    parent = workspace.timeline.find(channel.id, args.need("ts"))
    if not parent:
        raise SlackError("thread_not_found")
    if parent.is_reply:
        parent = workspace.timeline.find(channel.id, parent.thread_ts) or parent
    oldest, latest, inclusive = _bound(args, "oldest"), _bound(args, "latest"), args.flag("inclusive")
    replies_ = [m for m in workspace.timeline.replies(parent) if _is_between(m.ts, oldest, latest, inclusive)]
    found = [parent, *replies_]
    page, metadata = paged(found, args, default=LARGEST_PAGE, of="replies")
    has_more = bool(metadata["next_cursor"])
    answer: Json = {"messages": _shown(workspace, page, args), "has_more": has_more}
    return answer | ({"response_metadata": metadata} if has_more else {})


def of_user(workspace: "Workspace", args: Arguments) -> Json:
    """users.conversations: where somebody is, as far as our app may see; ourselves unless another is named."""
    wanted, who = args.items("types") or ["public_channel"], args.text("user") or workspace.us.id
    _require_kinds(workspace, wanted)
    if who not in workspace.users:
        raise SlackError("user_not_found")
    found = [
        c for c in workspace.channels.values() if who in c.members and _type(c) in wanted and _is_visible(workspace, c)
    ]
    if args.flag("exclude_archived"):
        found = [c for c in found if not c.is_archived]
    _check_limit(args)
    page, metadata = paged(found, args, default=100, of="places")
    shown = [c.as_wire(me=workspace.us.id, team=workspace.team.id) for c in page]
    return {"channels": shown, "response_metadata": metadata}


def paged(found: list[T], args: Arguments, *, default: int, of: str) -> tuple[list[T], Json]:
    """One page and its ``response_metadata``; an empty cursor ends it. A cursor is good for the list it came from."""
    limit = _limit(args, default)
    start = int(_from_cursor(args.text("cursor"), of) or 0)
    rest = start + limit < len(found)
    return found[start : start + limit], {"next_cursor": _cursor(of, str(start + limit)) if rest else ""}


def _check_limit(args: Arguments) -> None:
    if not 1 <= args.number("limit", 100) <= LARGEST_PAGE:
        raise SlackError("invalid_limit")


def _limit(args: Arguments, default: int) -> int:
    return min(max(args.number("limit", default), 1), LARGEST_PAGE)


def _cursor(kind: str, place: str) -> str:
    return base64.b64encode(f"{kind}:{place}".encode()).decode()


def _from_cursor(cursor: str, kind: str) -> str:
    """The place a cursor of this kind names; empty for the first page."""
    if not cursor:
        return ""
    try:
        found, _, place = base64.b64decode(cursor, validate=True).decode().partition(":")
        if found != kind or not _PLACES.get(kind, _NUMBER).fullmatch(place):
            raise ValueError(cursor)
    except ValueError:
        raise SlackError("invalid_cursor") from None
    return place


def _require_kinds(workspace: "Workspace", wanted: list[str]) -> None:
    """The scope of each kind of conversation asked for."""
    if set(wanted) - set(SCOPES_OF_KINDS):
        raise SlackError("invalid_types")
    workspace.require_scope(*(SCOPES_OF_KINDS[kind] for kind in wanted))


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


def _bound(args: Arguments, name: str) -> str:
    """``oldest`` or ``latest``, comparable with message timestamps; empty when not given."""
    if not (value := args.text(name)):
        return ""
    try:
        return as_stamp(value)
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None


def _is_between(ts: str, oldest: str, latest: str, inclusive: bool) -> bool:
    """The bounds themselves are outside unless ``inclusive``."""
    if inclusive:
        return ts >= oldest and (not latest or ts <= latest)
    return ts > oldest and (not latest or ts < latest)


def _shown(workspace: "Workspace", messages: list[Message], args: Arguments) -> list[Json]:
    everything = args.flag("include_all_metadata")
    return [workspace.timeline.as_wire(m, metadata="all" if everything else "type") for m in messages]
