"""Every Web API method the stand-in answers: who may call it, how often, and what it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from integrations.slack.sandbox.arguments import Arguments
from integrations.slack.sandbox.errors import Json
from integrations.slack.sandbox.methods import (
    basics,
    bookmarks,
    chat,
    conversations,
    directory,
    files,
    membership,
    pins,
    reactions,
    scheduling,
    unfurling,
    views,
)

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

TokenKind = Literal["bot", "app", "none"]


@dataclass(frozen=True)
class Method:
    answer: "Callable[[Workspace, Arguments], Json]"
    tier: str
    scopes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    """Scopes of which one is needed, depending on the kind of conversation."""
    token: TokenKind = "bot"
    is_read: bool = False

    @property
    def takes_json(self) -> bool:
        """Most methods that read know forms alone, and overlook whatever a JSON body says."""
        return self.answer not in FORMS_ALONE


# "Content types" on each method's page: docs.slack.dev/reference/methods
FORMS_ALONE = (
    chat.get_permalink, conversations.history, conversations.info, conversations.list_all, conversations.members,
    conversations.of_user, conversations.replies, directory.bots_info, directory.lookup_by_email, directory.presence,
    directory.team_info, directory.usergroups_list, directory.usergroups_users, directory.users_info,
    directory.users_list, files.get_upload_url, files.info, pins.list_all, reactions.get,
)  # fmt: skip
READ = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
CHANGE = ("channels:manage", "groups:write")

# Tiers: slackapi/java-slack-sdk MethodsRateLimits; scopes: docs.slack.dev/reference/methods.
METHODS: dict[str, Method] = {
    "api.test": Method(basics.api_test, "special", token="none", is_read=True),
    "apps.connections.open": Method(basics.connections_open, "1", ("connections:write",), token="app", is_read=True),
    "auth.test": Method(basics.auth_test, "special", is_read=True),
    "blocks.validate": Method(basics.validate_blocks, "special", token="none", is_read=True),
    "bookmarks.add": Method(bookmarks.add, "2", ("bookmarks:write",)),
    "bookmarks.edit": Method(bookmarks.edit, "2", ("bookmarks:write",)),
    "bookmarks.list": Method(bookmarks.list_all, "3", ("bookmarks:read",), is_read=True),
    "bookmarks.remove": Method(bookmarks.remove, "2", ("bookmarks:write",)),
    "bots.info": Method(directory.bots_info, "3", ("users:read",), is_read=True),
    "chat.delete": Method(chat.delete, "3", ("chat:write",)),
    "chat.deleteScheduledMessage": Method(scheduling.unschedule, "3", ("chat:write",)),
    "chat.getPermalink": Method(chat.get_permalink, "special", is_read=True),
    "chat.postEphemeral": Method(chat.post_ephemeral, "4", ("chat:write",)),
    "chat.postMessage": Method(chat.post_message, "special", ("chat:write",)),
    "chat.scheduleMessage": Method(scheduling.schedule, "3", ("chat:write",)),
    "chat.scheduledMessages.list": Method(scheduling.list_waiting, "3", is_read=True),
    "chat.unfurl": Method(unfurling.unfurl, "3", ("links:write",)),
    "chat.update": Method(chat.update, "3", ("chat:write",)),
    "conversations.history": Method(conversations.history, "3", kinds=HISTORY, is_read=True),
    "conversations.info": Method(conversations.info, "3", kinds=READ, is_read=True),
    "conversations.invite": Method(membership.invite, "3", kinds=CHANGE),
    "conversations.join": Method(membership.join, "3", ("channels:join",)),
    "conversations.leave": Method(membership.leave, "3", kinds=CHANGE),
    "conversations.list": Method(conversations.list_all, "2", kinds=READ, is_read=True),
    "conversations.members": Method(conversations.members, "4", kinds=READ, is_read=True),
    "conversations.open": Method(membership.open_dm, "3", ("im:write",)),
    "conversations.replies": Method(conversations.replies, "3", kinds=HISTORY, is_read=True),
    "conversations.setPurpose": Method(membership.set_purpose, "2", kinds=CHANGE),
    "conversations.setTopic": Method(membership.set_topic, "2", kinds=CHANGE),
    "files.completeUploadExternal": Method(files.complete, "4", ("files:write",)),
    "files.delete": Method(files.delete, "3", ("files:write",)),
    "files.getUploadURLExternal": Method(files.get_upload_url, "4", ("files:write",)),
    "files.info": Method(files.info, "4", ("files:read",), is_read=True),
    "pins.add": Method(pins.add, "2", ("pins:write",)),
    "pins.list": Method(pins.list_all, "2", ("pins:read",), is_read=True),
    "pins.remove": Method(pins.remove, "2", ("pins:write",)),
    "reactions.add": Method(reactions.add, "3", ("reactions:write",)),
    "reactions.get": Method(reactions.get, "3", ("reactions:read",), is_read=True),
    "reactions.remove": Method(reactions.remove, "2", ("reactions:write",)),
    "team.info": Method(directory.team_info, "3", ("team:read",), is_read=True),
    "usergroups.list": Method(directory.usergroups_list, "2", ("usergroups:read",), is_read=True),
    "usergroups.users.list": Method(directory.usergroups_users, "2", ("usergroups:read",), is_read=True),
    "users.conversations": Method(conversations.of_user, "3", kinds=READ, is_read=True),
    "users.getPresence": Method(directory.presence, "3", ("users:read",), is_read=True),
    "users.info": Method(directory.users_info, "4", ("users:read",), is_read=True),
    "users.list": Method(directory.users_list, "2", ("users:read",), is_read=True),
    "users.lookupByEmail": Method(directory.lookup_by_email, "3", ("users:read.email",), is_read=True),
    "views.open": Method(views.open_view, "4"),
    "views.publish": Method(views.publish, "4"),
    "views.push": Method(views.push, "4"),
    "views.update": Method(views.update, "4"),
}
