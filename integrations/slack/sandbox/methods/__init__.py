"""Every Web API method the stand-in answers: who may call it, how often, and what it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from integrations.slack.sandbox.arguments import Arguments
from integrations.slack.sandbox.errors import Json
from integrations.slack.sandbox.methods import basics, chat, conversations, directory, files, reactions, views

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

TokenKind = Literal["bot", "app", "none"]


@dataclass(frozen=True)
class Method:
    answer: "Callable[[Workspace, Arguments], Json]"
    tier: str
    scopes: tuple[str, ...] = ()
    token: TokenKind = "bot"
    is_read: bool = False


# Tiers: slackapi/java-slack-sdk MethodsRateLimits; scopes: docs.slack.dev/reference/methods.
METHODS: dict[str, Method] = {
    "api.test": Method(basics.api_test, "special", token="none", is_read=True),
    "auth.test": Method(basics.auth_test, "special", is_read=True),
    "apps.connections.open": Method(basics.connections_open, "1", ("connections:write",), "app", is_read=True),
    "blocks.validate": Method(basics.validate_blocks, "4", token="none", is_read=True),
    "bots.info": Method(directory.bots_info, "3", ("users:read",), is_read=True),
    "chat.delete": Method(chat.delete, "3", ("chat:write",)),
    "chat.getPermalink": Method(chat.get_permalink, "special", is_read=True),
    "chat.postEphemeral": Method(chat.post_ephemeral, "4", ("chat:write",)),
    "chat.postMessage": Method(chat.post_message, "special", ("chat:write",)),
    "chat.update": Method(chat.update, "3", ("chat:write",)),
    "conversations.history": Method(conversations.history, "3", is_read=True),
    "conversations.info": Method(conversations.info, "3", is_read=True),
    "conversations.join": Method(conversations.join, "3", ("channels:join",)),
    "conversations.list": Method(conversations.list_all, "2", is_read=True),
    "conversations.members": Method(conversations.members, "4", is_read=True),
    "conversations.open": Method(conversations.open_dm, "3", ("im:write",)),
    "conversations.replies": Method(conversations.replies, "3", is_read=True),
    "files.completeUploadExternal": Method(files.complete, "4", ("files:write",)),
    "files.getUploadURLExternal": Method(files.get_upload_url, "4", ("files:write",)),
    "reactions.add": Method(reactions.add, "3", ("reactions:write",)),
    "reactions.remove": Method(reactions.remove, "2", ("reactions:write",)),
    "team.info": Method(directory.team_info, "3", ("team:read",), is_read=True),
    "usergroups.list": Method(directory.usergroups_list, "2", ("usergroups:read",), is_read=True),
    "usergroups.users.list": Method(directory.usergroups_users, "2", ("usergroups:read",), is_read=True),
    "users.info": Method(directory.users_info, "4", ("users:read",), is_read=True),
    "users.list": Method(directory.users_list, "2", ("users:read",), is_read=True),
    "users.lookupByEmail": Method(directory.lookup_by_email, "3", ("users:read.email",), is_read=True),
    "views.open": Method(views.open_view, "4"),
    "views.publish": Method(views.publish, "4"),
    "views.push": Method(views.push, "4"),
    "views.update": Method(views.update, "4"),
}
