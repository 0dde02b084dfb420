"""Where our app may post, and under which name."""

from typing import TYPE_CHECKING, Any

from integrations.slack.sandbox.arguments import Arguments
from integrations.slack.sandbox.channels import Channel
from integrations.slack.sandbox.errors import SlackError
from integrations.slack.sandbox.people import SLACKBOT_APP
from integrations.slack.sandbox.posting import check_thread

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace


def bucket_of(workspace: "Workspace", wanted: str) -> str:
    """One word for a conversation, whether a post names it by id, by name or by the person at its other end."""
    channel = _known_as(workspace, wanted)
    return (channel.im_user or channel.id) if channel else wanted


def _known_as(workspace: "Workspace", wanted: str) -> Channel | None:
    by_name = (c for c in workspace.channels.values() if c.name and c.name == wanted.removeprefix("#"))
    return workspace.channels.get(wanted) or next(by_name, None)


def place(workspace: "Workspace", wanted: str, *, is_customized: bool = False) -> Channel:
    """Where to post: a channel by id or name, a direct message by its id or the person's."""
    if wanted.startswith(("U", "W")):
        return _direct(workspace, wanted, is_customized)
    known = _known_as(workspace, wanted)
    channel = workspace.channel(known.id if known else wanted)
    if workspace.us.id not in channel.members and not _may_post_anywhere(workspace, channel):
        raise SlackError("not_in_channel")
    if channel.is_archived:
        raise SlackError("is_archived")
    return channel


def _may_post_anywhere(workspace: "Workspace", channel: Channel) -> bool:
    """Public channels take posts from outside with a scope of its own: docs.slack.dev/reference/scopes."""
    return channel.kind == "channel" and "chat:write.public" in workspace.scopes


def check_may_post(workspace: "Workspace", channel: Channel, thread_ts: str, broadcast: bool = False) -> None:
    """Some channels take posts only, some replies only."""
    if channel.restriction == "read_only":
        raise SlackError("restricted_action_read_only_channel")
    if channel.restriction == "thread_only" and (not thread_ts or broadcast):
        raise SlackError("restricted_action_thread_only_channel")
    if channel.restriction == "non_threadable" and thread_ts:
        raise SlackError("restricted_action_non_threadable_channel")
    check_thread(workspace, channel.id, thread_ts)


def read_look(workspace: "Workspace", args: Arguments) -> dict[str, Any]:
    """Another name or picture for one post; needs a scope of its own."""
    if not any(name in args for name in ("username", "icon_emoji", "icon_url")):
        return {}
    workspace.require_scope("chat:write.customize")
    icons = {"emoji": args.text("icon_emoji")} if "icon_emoji" in args else {"image_48": args.text("icon_url")}
    has_icon = "icon_emoji" in args or "icon_url" in args
    return {"shape": "customized", "username": args.text("username"), "icons": icons if has_icon else None}


def _direct(workspace: "Workspace", user_id: str, is_customized: bool) -> Channel:
    """Opening one needs no im:write; bots, strangers and people who left cannot be written to."""
    user = workspace.users.get(user_id)
    if not user or user.deleted or user.team != workspace.team.id:
        raise SlackError("channel_not_found")
    if user.is_bot:
        raise SlackError("cannot_dm_bot")
    # Under another name it lands in the person's talk with Slackbot: docs.slack.dev/reference/methods/chat.postMessage.
    return workspace.dm(user_id, SLACKBOT_APP if is_customized else None)
