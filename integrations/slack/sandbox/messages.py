"""Messages: what is said where, in threads, edited and deleted; and what each looks like on the wire."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from integrations.slack.sandbox.errors import Json
from integrations.slack.sandbox.people import App

ShownMetadata = Literal["all", "type", "none"]


@dataclass
class Message:
    """One message. ``app`` is set for every app's post, ``user`` is empty for a classic bot's."""

    ts: str
    channel: str
    text: str
    team: str
    user: str = ""
    app: App | None = None
    shape: str = "modern"
    username: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    thread_ts: str = ""
    subtype: str = ""
    edited: Json | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[Json] = field(default_factory=list)
    client_msg_id: str = ""
    inviter: str = ""

    @property
    def is_reply(self) -> bool:
        return bool(self.thread_ts) and self.thread_ts != self.ts


class Timeline:
    """All messages of all conversations."""

    def __init__(self) -> None:
        self._channels: dict[str, dict[str, Message]] = {}

    def add(self, message: Message) -> None:
        self._channels.setdefault(message.channel, {})[message.ts] = message
        if parent := self.find(message.channel, message.thread_ts):
            parent.thread_ts = parent.ts

    def find(self, channel: str, ts: str) -> Message | None:
        return self._channels.get(channel, {}).get(ts)

    def remove(self, message: Message) -> None:
        self._channels[message.channel].pop(message.ts, None)
        parent = self.find(message.channel, message.thread_ts)
        if parent and parent is not message and not list(self.replies(parent)):
            parent.thread_ts = ""

    def of(self, channel: str) -> list[Message]:
        """Oldest first, replies among the rest."""
        return list(self._channels.get(channel, {}).values())

    def replies(self, parent: Message) -> Iterator[Message]:
        return (m for m in self.of(parent.channel) if m.is_reply and m.thread_ts == parent.ts)

    def as_wire(self, message: Message, *, metadata: ShownMetadata = "type") -> Json:
        wire = _author(message) | {"type": "message", "ts": message.ts, "text": message.text}
        if message.subtype:
            wire["subtype"] = message.subtype
        for name in ("client_msg_id", "blocks", "attachments", "files", "edited", "inviter"):
            if value := getattr(message, name):
                wire[name] = value
        if message.reactions:
            wire["reactions"] = [{"name": n, "users": u, "count": len(u)} for n, u in message.reactions.items()]
        wire |= self._thread(message)
        if message.metadata and metadata != "none":
            only_type = {"event_type": message.metadata["event_type"]}
            wire["metadata"] = message.metadata if metadata == "all" else only_type
        return wire

    def _thread(self, message: Message) -> Json:
        if not message.thread_ts:
            return {}
        if message.is_reply:
            parent = self.find(message.channel, message.thread_ts)
            wire: Json = {"thread_ts": message.thread_ts}
            wire |= {"parent_user_id": parent.user} if parent and parent.user else {}
            shows_root = parent and message.subtype == "thread_broadcast"
            return wire | ({"root": self.as_wire(parent, metadata="none")} if shows_root and parent else {})
        replies = list(self.replies(message))
        writers = list(dict.fromkeys(r.user or (r.app.bot_id if r.app else "") for r in replies))
        return {
            "thread_ts": message.ts, "reply_count": len(replies), "reply_users_count": len(writers),
            "latest_reply": replies[-1].ts if replies else message.ts, "reply_users": writers,
            "is_locked": False, "subscribed": False,
        }  # fmt: skip


def _author(message: Message) -> Json:
    """The three shapes bots' posts come in: modern, modern without its profile, classic."""
    app = message.app
    if not app:
        return {"user": message.user, "team": message.team}
    if message.shape == "classic":
        return {"subtype": "bot_message", "username": message.username or app.name, "bot_id": app.bot_id}
    wire: Json = {"user": app.id, "bot_id": app.bot_id, "app_id": app.app_id, "team": message.team}
    if message.shape == "modern":
        wire["bot_profile"] = app.profile(message.team)
    return wire | ({"username": message.username} if message.username else {})
