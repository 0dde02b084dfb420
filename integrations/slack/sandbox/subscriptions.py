"""Which events our app is sent, how many an hour, and the envelope each comes in."""

import time
from collections import deque
from typing import TYPE_CHECKING

from integrations.slack.sandbox.channels import Channel
from integrations.slack.sandbox.errors import Json
from integrations.slack.sandbox.stamps import new_id

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

# An event without its scope is silently not delivered: docs.slack.dev/apis/events-api.
SCOPE_OF = {
    "app_mention": "app_mentions:read",
    "channel_archive": "channels:read",
    "channel_created": "channels:read",
    "channel_rename": "channels:read",
    "channel_shared": "channels:read",
    "channel_unarchive": "channels:read",
    "channel_unshared": "channels:read",
    "group_archive": "groups:read",
    "group_rename": "groups:read",
    "group_unarchive": "groups:read",
    "link_shared": "links:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message_metadata_deleted": "metadata.message:read",
    "message_metadata_posted": "metadata.message:read",
    "message_metadata_updated": "metadata.message:read",
    "pin_added": "pins:read",
    "pin_removed": "pins:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "subteam_members_changed": "usergroups:read",
    "subteam_updated": "usergroups:read",
    "team_join": "users:read",
    "user_change": "users:read",
}
# Needs the scope of the channel's kind: docs.slack.dev/reference/events/member_joined_channel
BY_KIND = ("member_joined_channel", "member_left_channel")
LAST_WORDS = ("tokens_revoked", "app_uninstalled")
"""Told to an app that is told nothing else from then on."""


class Subscriptions:
    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._sent: deque[float] = deque()
        self._told_off_in = 0

    def tell(
        self,
        name: str,
        event: Json,
        channel: Channel | None = None,
        *,
        subscribed: bool = False,
        anywhere: bool = False,
    ) -> None:
        """Send it, if the app asked for it, may hear it, and is in the channel (or need not be: ``anywhere``)."""
        workspace = self._workspace
        if not subscribed and name not in workspace.switches["events"]:
            return
        if (scope := _scope(name, channel)) and scope not in workspace.scopes:
            return
        if channel and not anywhere and workspace.us.id not in channel.members:
            return
        if name not in LAST_WORDS and not self._is_listening():
            return
        if self._is_too_much():
            self._tell_off()
            return
        workspace.courier.send_event(self._envelope(event, channel))

    def _is_listening(self) -> bool:
        switches = self._workspace.switches
        return bool(switches["installed"] and switches["subscriptions_enabled"] and not switches["token_revoked"])

    def _is_too_much(self) -> bool:
        """30,000 deliveries per workspace, app and hour: docs.slack.dev/apis/events-api."""
        now = time.monotonic()
        while self._sent and self._sent[0] <= now - 3600:
            self._sent.popleft()
        self._sent.append(now)
        return len(self._sent) > int(self._workspace.switches["events_per_hour"])

    def _tell_off(self) -> None:
        """Once a minute the app hears that it misses events; which ones it never learns."""
        minute = int(time.time()) // 60 * 60
        if minute == self._told_off_in:
            return
        self._told_off_in = minute
        workspace = self._workspace
        workspace.courier.send_event(
            {
                "token": "verification-token", "type": "app_rate_limited", "team_id": workspace.team.id,
                "minute_rate_limited": minute, "api_app_id": workspace.us.app_id,
            }
        )  # fmt: skip

    def _envelope(self, event: Json, channel: Channel | None) -> Json:
        team, us = self._workspace.team.id, self._workspace.us
        return {
            "token": "verification-token", "team_id": team, "context_team_id": team, "context_enterprise_id": None,
            "api_app_id": us.app_id, "event": event, "type": "event_callback", "event_id": new_id("Ev", 10),
            "event_time": int(time.time()) - self._workspace.switches["events_late_seconds"],
            "authorizations": [
                {
                    "enterprise_id": None, "team_id": team, "user_id": us.id, "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": bool(channel and channel.is_ext_shared),
            "event_context": f"4-{event['type']}-{team}-{channel.id if channel else ''}",
        }  # fmt: skip


def _scope(name: str, channel: Channel | None) -> str:
    if name in BY_KIND and channel:
        return f"{channel.scope_word}:read"
    return SCOPE_OF.get(name, "")
