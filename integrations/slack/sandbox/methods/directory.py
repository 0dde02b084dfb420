"""users.*, usergroups.*, bots.info, team.info: who is who."""

from typing import TYPE_CHECKING

from integrations.slack.sandbox.arguments import Arguments
from integrations.slack.sandbox.errors import Json, SlackError
from integrations.slack.sandbox.methods.conversations import paged
from integrations.slack.sandbox.people import User

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace


def users_info(workspace: "Workspace", args: Arguments) -> Json:
    user = workspace.users.get(args.need("user"))
    if not user:
        raise SlackError("user_not_found")
    if user.team != workspace.team.id and not _shares_channel(workspace, user):
        raise SlackError("user_not_visible")
    return {"user": _shown(workspace, user, args)}


def presence(workspace: "Workspace", args: Arguments) -> Json:
    user = workspace.users.get(args.need("user"))
    if not user:
        raise SlackError("user_not_found")
    return {"presence": "active" if user.is_online and not user.deleted else "away"}


def users_list(workspace: "Workspace", args: Arguments) -> Json:
    ours = [u for u in workspace.users.values() if u.team == workspace.team.id]
    page, metadata = paged(ours, args, default=200, of="users")
    return {"members": [_shown(workspace, user, args) for user in page], "cache_ts": 0, "response_metadata": metadata}


def lookup_by_email(workspace: "Workspace", args: Arguments) -> Json:
    """Exactly this address, of an active account of this workspace; guests count, bots and strangers do not."""
    email = args.need("email")
    for user in workspace.users.values():
        if user.email == email and not user.deleted and not user.is_bot and user.team == workspace.team.id:
            return {"user": _shown(workspace, user, args)}
    raise SlackError("users_not_found")


def usergroups_list(workspace: "Workspace", args: Arguments) -> Json:
    """Disabled groups only when asked for."""
    groups = [g for g in workspace.usergroups.values() if args.flag("include_disabled") or not g.is_disabled]
    with_users, with_count = args.flag("include_users"), args.flag("include_count")
    shown = [g.as_wire(team=workspace.team.id, with_users=with_users, with_count=with_count) for g in groups]
    return {"usergroups": shown}


def usergroups_users(workspace: "Workspace", args: Arguments) -> Json:
    """Deactivated people are no longer in it; a disabled group has to be asked for."""
    group = workspace.usergroups.get(args.need("usergroup"))
    if not group or (group.is_disabled and not args.flag("include_disabled")):
        raise SlackError("no_such_subteam")
    return {"users": [user for user in group.users if not workspace.users[user].deleted]}


def bots_info(workspace: "Workspace", args: Arguments) -> Json:
    wanted = args.need("bot")
    for app in workspace.apps.values():
        if app.bot_id == wanted:
            profile = app.profile(workspace.team.id)
            return {"bot": {name: value for name, value in profile.items() if name != "team_id"}}
    raise SlackError("bot_not_found")


def team_info(workspace: "Workspace", _args: Arguments) -> Json:
    team = workspace.team
    icon = {f"image_{size}": f"{team.url}img/icon_{size}.png" for size in (34, 44, 68, 88, 102, 132)}
    return {
        "team": {
            "id": team.id, "name": team.name, "url": team.url, "domain": team.domain,
            "email_domain": f"{team.domain}.example", "icon": icon | {"image_default": True},
            "avatar_base_url": "https://ca.slack-edge.com/", "is_verified": False,
        }
    }  # fmt: skip


def _shown(workspace: "Workspace", user: User, args: Arguments) -> Json:
    with_email = "users:read.email" in workspace.scopes
    return user.as_wire(home_team=workspace.team.id, with_email=with_email, with_locale=args.flag("include_locale"))


def _shares_channel(workspace: "Workspace", user: User) -> bool:
    both = {user.id, workspace.us.id}
    return any(both <= set(channel.members) for channel in workspace.channels.values())
