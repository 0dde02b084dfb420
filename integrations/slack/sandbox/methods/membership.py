"""conversations.*, the part that changes a channel: open, join, leave, invite, topic and purpose."""

from typing import TYPE_CHECKING

from integrations.slack.sandbox.arguments import Arguments
from integrations.slack.sandbox.channels import Channel
from integrations.slack.sandbox.errors import Json, SlackError

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

LONGEST_SENTENCE = 250  # docs.slack.dev/reference/methods/conversations.setTopic: too_long
MOST_IN_GROUP = 8


def open_dm(workspace: "Workspace", args: Arguments) -> Json:
    users = args.items("users")
    if not users and "channel" not in args:
        raise SlackError("users_list_not_supplied")
    if len(users) > MOST_IN_GROUP:
        raise SlackError("too_many_users")
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
    is_new = not workspace.has_dm(user.id)
    channel = workspace.dm(user.id)
    answer: Json = {} if is_new else {"no_op": True, "already_open": True}
    return answer | {"channel": _shown(workspace, channel) if args.flag("return_im") else {"id": channel.id}}


def join(workspace: "Workspace", args: Arguments) -> Json:
    channel = _changeable(workspace, args, "channels:join")
    if channel.is_private:
        raise SlackError("method_not_supported_for_channel_type")
    answer: Json = {}
    if workspace.us.id in channel.members:
        answer = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    else:
        channel.members.append(workspace.us.id)
        workspace.events.joined(workspace.us.id, channel, "")
        workspace.revision.bump()
    return {"channel": _shown(workspace, channel)} | answer


def leave(workspace: "Workspace", args: Arguments) -> Json:
    channel = _changeable(workspace, args, "channels:manage", "groups:write")
    if workspace.us.id not in channel.members:
        return {"not_in_channel": True}
    workspace.events.left(workspace.us.id, channel)
    channel.members.remove(workspace.us.id)
    workspace.revision.bump()
    return {}


def invite(workspace: "Workspace", args: Arguments) -> Json:
    channel = _inside(workspace, _changeable(workspace, args, "channels:manage", "groups:write"))
    wanted = args.items("users")
    if not wanted:
        raise SlackError("no_user")
    refusals = [
        {"user": user, "ok": False, "error": why} for user in wanted if (why := _why_not(workspace, channel, user))
    ]
    if refusals and not (args.flag("force") and len(refusals) < len(wanted)):
        raise SlackError(str(refusals[0]["error"]), errors=refusals)
    refused = {one["user"] for one in refusals}
    for user in dict.fromkeys(wanted):
        if user not in refused:
            channel.members.append(user)
            workspace.events.joined(user, channel, workspace.us.id)
    workspace.revision.bump()
    return {"channel": _shown(workspace, channel)} | ({"errors": refusals} if refusals else {})


def set_topic(workspace: "Workspace", args: Arguments) -> Json:
    return _write(workspace, args, "topic")


def set_purpose(workspace: "Workspace", args: Arguments) -> Json:
    return _write(workspace, args, "purpose")


def _write(workspace: "Workspace", args: Arguments, name: str) -> Json:
    channel = _inside(workspace, _changeable(workspace, args, "channels:manage", "groups:write"))
    sentence = args.text(name)
    if len(sentence) > LONGEST_SENTENCE:
        raise SlackError("too_long")
    setattr(channel, name, sentence)
    workspace.revision.bump()
    return {"channel": _shown(workspace, channel)}


def _changeable(workspace: "Workspace", args: Arguments, public: str, private: str = "") -> Channel:
    """A channel that still lives; the scope depends on its kind."""
    channel = workspace.channel(args.need("channel"))
    workspace.require_scope(private if private and channel.is_private else public)
    if channel.is_im:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    return channel


def _inside(workspace: "Workspace", channel: Channel) -> Channel:
    if workspace.us.id not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _why_not(workspace: "Workspace", channel: Channel, user_id: str) -> str:
    user = workspace.users.get(user_id)
    if user_id == workspace.us.id:
        return "cant_invite_self"
    if not user or user.deleted:
        return "user_not_found"
    if user.team != workspace.team.id:
        return "cant_invite"
    if user.is_ultra_restricted:
        return "ura_max_channels"
    return "already_in_channel" if user_id in channel.members else ""


def _shown(workspace: "Workspace", channel: Channel) -> Json:
    return channel.as_wire(me=workspace.us.id, team=workspace.team.id)
