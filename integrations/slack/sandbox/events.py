"""The Events API: which happenings our app hears of, and how each is told."""

import re
from typing import TYPE_CHECKING

from integrations.slack.sandbox.channels import Channel
from integrations.slack.sandbox.errors import Json
from integrations.slack.sandbox.messages import Message
from integrations.slack.sandbox.people import App
from integrations.slack.sandbox.subscriptions import Subscriptions

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

_KINDS = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


class Events:
    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._subscriptions = Subscriptions(workspace)

    def posted(self, message: Message) -> None:
        """A message, and a mention of us beside it."""
        channel = self._workspace.channels[message.channel]
        told = self._told(message, channel)
        self._subscriptions.tell(_KINDS[channel.kind], told | {"event_ts": message.ts}, channel)
        if not channel.is_im and message.user != self._workspace.us.id and self._mentions_us(message):
            mention = {k: v for k, v in told.items() if k not in ("subtype", "channel_type")}
            self._subscriptions.tell("app_mention", mention | {"type": "app_mention", "event_ts": message.ts}, channel)
        self.metadata_changed(message, None)
        self._workspace.unfurls.posted(message)
        self._thread_grew(message)

    def _thread_grew(self, reply: Message) -> None:
        """A reply counts in its first message, which apps hear of as an edit that edits nothing."""
        timeline = self._workspace.timeline
        parent = timeline.find(reply.channel, reply.thread_ts) if reply.is_reply else None
        if parent and self._workspace.switches["thread_counts_told"]:
            self.changed(parent, timeline.as_wire(parent, metadata="all", without=reply))

    def changed(self, message: Message, before: Json) -> None:
        """``before`` is the message as it was on the wire."""
        channel = self._workspace.channels[message.channel]
        ts = self._workspace.stamps.next()
        now = self._workspace.timeline.as_wire(message, metadata="all")
        event: Json = {
            "type": "message", "subtype": "message_changed", "message": now, "previous_message": before,
            "channel": channel.id, "hidden": True, "ts": ts, "event_ts": ts, "channel_type": channel.kind,
        }  # fmt: skip
        self._subscriptions.tell(_KINDS[channel.kind], event, channel)

    def deleted(self, message: Message, before: Json) -> None:
        channel = self._workspace.channels[message.channel]
        ts = self._workspace.stamps.next()
        event: Json = {
            "type": "message", "subtype": "message_deleted", "previous_message": before, "channel": channel.id,
            "hidden": True, "deleted_ts": message.ts, "ts": ts, "event_ts": ts, "channel_type": channel.kind,
        }  # fmt: skip
        self._subscriptions.tell(_KINDS[channel.kind], event, channel)

    def joined(self, user: str, channel: Channel, inviter: str) -> None:
        self._say("channel_join", f"<@{user}> has joined the channel", user, channel, inviter)
        letter = "G" if channel.is_private else "C"
        event: Json = {
            "type": "member_joined_channel", "user": user, "channel": channel.id, "channel_type": letter,
            "team": self._workspace.users[user].team, "inviter": inviter, "event_ts": self._workspace.stamps.next(),
        }  # fmt: skip
        self._subscriptions.tell("member_joined_channel", event, channel)

    def left(self, user: str, channel: Channel) -> None:
        self._say("channel_leave", f"<@{user}> has left the channel", user, channel)
        letter = "G" if channel.is_private else "C"
        event: Json = {
            "type": "member_left_channel", "user": user, "channel": channel.id, "channel_type": letter,
            "team": self._workspace.users[user].team, "event_ts": self._workspace.stamps.next(),
        }  # fmt: skip
        self._subscriptions.tell("member_left_channel", event, channel)

    def _say(self, subtype: str, text: str, user: str, channel: Channel, inviter: str = "") -> None:
        """Coming and going is said in the channel as well: docs.slack.dev/reference/events/message/channel_join."""
        workspace = self._workspace
        if not workspace.switches["arrivals_told"]:
            return
        team = workspace.users[user].team
        message = Message(
            workspace.stamps.next(), channel.id, text, team, user, subtype=subtype, inviter=inviter,
        )  # fmt: skip
        workspace.timeline.add(message)
        self._subscriptions.tell(_KINDS[channel.kind], self._told(message, channel) | {"event_ts": message.ts}, channel)

    def happened(self, event: Json, channel: Channel | None = None) -> None:
        """Something an admin or a colleague did; heard by every app that subscribed."""
        self._subscriptions.tell(event["type"], event | {"event_ts": self._workspace.stamps.next()}, channel)

    def reacted(self, user: str, message: Message, name: str, *, removed: bool = False) -> None:
        event: Json = {
            "type": "reaction_removed" if removed else "reaction_added", "user": user, "reaction": name,
            "item": {"type": "message", "channel": message.channel, "ts": message.ts},
        }  # fmt: skip
        if author := message.user or (message.app.id if message.app else ""):
            event["item_user"] = author
        self.happened(event, self._workspace.channels[message.channel])

    def link_shared(
        self,
        unfurl_id: str,
        source: str,
        user: str,
        channel: Channel,
        links: list[Json],
        message: Message | None = None,
    ) -> None:
        """Told wherever the link stands, whether our bot is there or not."""
        event: Json = {
            "type": "link_shared", "user": user, "is_bot_user_member": self._workspace.us.id in channel.members,
            "channel": channel.id if message else "COMPOSER", "message_ts": message.ts if message else unfurl_id,
            "unfurl_id": unfurl_id, "source": source, "links": links, "event_ts": self._workspace.stamps.next(),
        }  # fmt: skip
        if message and message.is_reply:
            event["thread_ts"] = message.thread_ts
        self._subscriptions.tell("link_shared", event, channel, anywhere=True)

    def home_opened(self, user: str, tab: str) -> None:
        channel = self._workspace.dm(user)
        event: Json = {
            "type": "app_home_opened", "user": user, "channel": channel.id, "tab": tab,
            "event_ts": self._workspace.stamps.next(),
        }  # fmt: skip
        if tab == "home" and (view := self._workspace.homes.get(user)):
            event["view"] = view
        self._subscriptions.tell("app_home_opened", event, channel)

    def metadata_changed(self, message: Message, before: Json | None) -> None:
        """An app's edit touched the metadata: posted, updated or deleted with it."""
        if message.metadata == before:
            return
        if message.metadata and not before:
            self._metadata("posted", message, message.app, {"metadata": message.metadata})
        elif message.metadata:
            told = {"metadata": message.metadata, "previous_metadata": before}
            self._metadata("updated", message, message.app, told)
        else:
            self.metadata_deleted(message, message.app, before)

    def metadata_deleted(self, message: Message, app: App | None, before: Json | None) -> None:
        if before:
            told = {"previous_metadata": before, "deleted_ts": message.ts}
            self._metadata("deleted", message, app, told)

    def _metadata(self, what: str, message: Message, app: App | None, told: Json) -> None:
        metadata = told.get("metadata") or told["previous_metadata"]
        if not app:
            return
        kind, channel = f"message_metadata_{what}", self._workspace.channels[message.channel]
        for wanted in self._workspace.switches["metadata_subscriptions"]:
            if wanted["app_id"] in ("*", app.app_id) and wanted["event_type"] in ("*", metadata["event_type"]):
                # Its own names: channel_id, user_id, message_ts (docs.slack.dev, message_metadata_posted).
                stamp = message.ts if what == "posted" else self._workspace.stamps.next()
                event: Json = {
                    "type": kind, "app_id": app.app_id, "bot_id": app.bot_id, "user_id": app.id,
                    "team_id": message.team, "channel_id": channel.id, "message_ts": message.ts, "event_ts": stamp,
                }  # fmt: skip
                self._subscriptions.tell(kind, event | told, channel, subscribed=True)
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
