"""The Events API: which happenings our app hears of, and how each is told."""

import re
import time
from typing import TYPE_CHECKING

from integrations.slack.sandbox.channels import Channel
from integrations.slack.sandbox.errors import Json
from integrations.slack.sandbox.messages import Message
from integrations.slack.sandbox.stamps import new_id

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

# An event without its scope is silently not delivered: docs.slack.dev/apis/events-api.
SCOPE_OF = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message_metadata_posted": "metadata.message:read",
    "reaction_added": "reactions:read",
    "channel_shared": "channels:read",
    "channel_unshared": "channels:read",
    "user_change": "users:read",
}
_KINDS = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


class Events:
    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace

    def posted(self, message: Message) -> None:
        """A message, and a mention of us beside it."""
        channel = self._workspace.channels[message.channel]
        told = self._told(message, channel)
        self._fire(_KINDS[channel.kind], told | {"event_ts": message.ts}, channel)
        if not channel.is_im and message.user != self._workspace.us.id and self._mentions_us(message):
            mention = {k: v for k, v in told.items() if k not in ("subtype", "channel_type")}
            self._fire("app_mention", mention | {"type": "app_mention", "event_ts": message.ts}, channel)
        if message.metadata and message.app:
            self._metadata_posted(message, channel)

    def changed(self, message: Message, before: Json) -> None:
        """``before`` is the message as it was on the wire."""
        channel = self._workspace.channels[message.channel]
        ts = self._workspace.stamps.next()
        now = self._workspace.timeline.as_wire(message, metadata="all")
        event: Json = {
            "type": "message", "subtype": "message_changed", "message": now, "previous_message": before,
            "channel": channel.id, "hidden": True, "ts": ts, "event_ts": ts, "channel_type": channel.kind,
        }  # fmt: skip
        self._fire(_KINDS[channel.kind], event, channel)

    def deleted(self, message: Message, before: Json) -> None:
        channel = self._workspace.channels[message.channel]
        ts = self._workspace.stamps.next()
        event: Json = {
            "type": "message", "subtype": "message_deleted", "previous_message": before, "channel": channel.id,
            "hidden": True, "deleted_ts": message.ts, "ts": ts, "event_ts": ts, "channel_type": channel.kind,
        }  # fmt: skip
        self._fire(_KINDS[channel.kind], event, channel)

    def joined(self, user: str, channel: Channel, inviter: str) -> None:
        letter = "G" if channel.is_private else "C"
        event: Json = {
            "type": "member_joined_channel", "user": user, "channel": channel.id, "channel_type": letter,
            "team": self._workspace.users[user].team, "inviter": inviter, "event_ts": self._workspace.stamps.next(),
        }  # fmt: skip
        self._fire("member_joined_channel", event, channel)

    def left(self, user: str, channel: Channel) -> None:
        letter = "G" if channel.is_private else "C"
        event: Json = {
            "type": "member_left_channel", "user": user, "channel": channel.id, "channel_type": letter,
            "team": self._workspace.users[user].team, "event_ts": self._workspace.stamps.next(),
        }  # fmt: skip
        self._fire("member_left_channel", event, channel)

    def happened(self, event: Json, channel: Channel | None = None) -> None:
        """Something an admin did; heard by every app that subscribed."""
        self._fire(event["type"], event | {"event_ts": self._workspace.stamps.next()}, channel)

    def home_opened(self, user: str, tab: str) -> None:
        channel = self._workspace.dm(user)
        event: Json = {
            "type": "app_home_opened", "user": user, "channel": channel.id, "tab": tab,
            "event_ts": self._workspace.stamps.next(),
        }  # fmt: skip
        if tab == "home" and (view := self._workspace.homes.get(user)):
            event["view"] = view
        self._fire("app_home_opened", event, channel)

    def _metadata_posted(self, message: Message, channel: Channel) -> None:
        app, metadata = message.app, message.metadata
        if not app or not metadata:
            return
        for wanted in self._workspace.switches["metadata_subscriptions"]:
            if wanted["app_id"] in ("*", app.app_id) and wanted["event_type"] in ("*", metadata["event_type"]):
                # Its own names: channel_id, user_id, message_ts (docs.slack.dev, message_metadata_posted).
                event: Json = {
                    "type": "message_metadata_posted", "app_id": app.app_id, "bot_id": app.bot_id, "user_id": app.id,
                    "team_id": message.team, "channel_id": channel.id, "metadata": metadata,
                    "message_ts": message.ts, "event_ts": message.ts,
                }  # fmt: skip
                self._fire("message_metadata_posted", event, channel, subscribed=True)
                return

    def _told(self, message: Message, channel: Channel) -> Json:
        told = self._workspace.timeline.as_wire(message, metadata="all")
        for only_in_history in ("reply_count", "reply_users", "reply_users_count", "latest_reply", "is_locked"):
            told.pop(only_in_history, None)
        told.pop("subscribed", None)
        if not message.is_reply:
            told.pop("thread_ts", None)
        author = self._workspace.users.get(message.user)
        if author and author.team != self._workspace.team.id:
            # Slack Connect: the writer's own workspace (seen in shared channels only).
            told |= {"user_team": author.team, "source_team": author.team}
        return told | {"channel": channel.id, "channel_type": channel.kind}

    def _mentions_us(self, message: Message) -> bool:
        ours = re.compile(rf"<@{self._workspace.us.id}(\|[^>]*)?>")
        return bool(ours.search(message.text) or ours.search(str(message.blocks)))

    def _fire(self, subscription: str, event: Json, channel: Channel | None, *, subscribed: bool = False) -> None:
        workspace = self._workspace
        scope = SCOPE_OF.get(subscription)
        if not subscribed and subscription not in workspace.switches["events"]:
            return
        if scope and scope not in workspace.scopes:
            return
        if channel and workspace.us.id not in channel.members:
            return
        workspace.courier.send_event(self._envelope(event, channel))

    def _envelope(self, event: Json, channel: Channel | None) -> Json:
        team, us = self._workspace.team.id, self._workspace.us
        return {
            "token": "verification-token", "team_id": team, "context_team_id": team, "context_enterprise_id": None,
            "api_app_id": us.app_id, "event": event, "type": "event_callback", "event_id": new_id("Ev", 10),
            "event_time": int(time.time()),
            "authorizations": [
                {
                    "enterprise_id": None, "team_id": team, "user_id": us.id, "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": bool(channel and channel.is_ext_shared),
            "event_context": f"4-{event['type']}-{team}-{channel.id if channel else ''}",
        }  # fmt: skip
