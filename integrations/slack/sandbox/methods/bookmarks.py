"""bookmarks.*: links at the head of a channel."""

from typing import TYPE_CHECKING

from integrations.slack.sandbox.arguments import Arguments
from integrations.slack.sandbox.channels import Channel
from integrations.slack.sandbox.errors import Json, SlackError
from integrations.slack.sandbox.people import SEEDED_AT
from integrations.slack.sandbox.stamps import new_id

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

MOST_BOOKMARKS = 100  # docs.slack.dev/reference/methods/bookmarks.add: too_many_bookmarks


def add(workspace: "Workspace", args: Arguments) -> Json:
    channel = _place(workspace, args)
    title, kind, link = args.need("title"), args.need("type"), args.text("link")
    if kind != "link":
        raise SlackError("invalid_bookmark_type")
    _check_link(link)
    if len(channel.bookmarks) >= MOST_BOOKMARKS:
        raise SlackError("too_many_bookmarks")
    bookmark: Json = {
        "id": new_id("Bk", 11), "channel_id": channel.id, "title": title, "link": link, "type": kind,
        "emoji": args.text("emoji"), "icon_url": "", "entity_id": None, "date_created": SEEDED_AT, "date_updated": 0,
        "rank": str(len(channel.bookmarks)), "last_updated_by_user_id": workspace.us.id,
        "last_updated_by_team_id": workspace.team.id, "shortcut_id": None, "app_id": workspace.us.app_id,
    }  # fmt: skip
    channel.bookmarks.append(bookmark)
    workspace.revision.bump()
    return {"bookmark": bookmark}


def edit(workspace: "Workspace", args: Arguments) -> Json:
    bookmark = _find(_place(workspace, args), args)
    if "link" in args:
        _check_link(args.text("link"))
    bookmark |= {name: args.text(name) for name in ("title", "link", "emoji") if name in args}
    workspace.revision.bump()
    return {"bookmark": bookmark}


def remove(workspace: "Workspace", args: Arguments) -> Json:
    channel = _place(workspace, args)
    channel.bookmarks.remove(_find(channel, args))
    workspace.revision.bump()
    return {}


def list_all(workspace: "Workspace", args: Arguments) -> Json:
    return {"bookmarks": list(_place(workspace, args).bookmarks)}


def _place(workspace: "Workspace", args: Arguments) -> Channel:
    """These methods name the channel ``channel_id``."""
    channel = workspace.channel(args.need("channel_id"))
    if workspace.us.id not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _find(channel: Channel, args: Arguments) -> Json:
    wanted = args.need("bookmark_id")
    found = next((one for one in channel.bookmarks if one["id"] == wanted), None)
    if not found:
        raise SlackError("bookmark_not_found")
    return found


def _check_link(link: str) -> None:
    if not link.startswith(("https://", "http://")):
        raise SlackError("invalid_link")
