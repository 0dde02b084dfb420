"""Messages: what is said, by whom and how; and what each looks like on the wire."""

from dataclasses import dataclass, field
from typing import Literal

from integrations.slack.sandbox.errors import Json
from integrations.slack.sandbox.people import SLACKBOT, App

ShownMetadata = Literal["all", "type", "none"]
TOMBSTONE = "tombstone"


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
    icons: Json | None = None
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
    pinned_to: list[str] = field(default_factory=list)
    hidden: bool = False
    chosen: dict[str, Json] = field(default_factory=dict)
    """By user id: what each has picked in its menus so far."""

    @property
    def is_reply(self) -> bool:
        return bool(self.thread_ts) and self.thread_ts != self.ts

    @property
    def is_tombstone(self) -> bool:
        return self.subtype == TOMBSTONE

    @property
    def is_in_channel(self) -> bool:
        """Seen without opening a thread."""
        return not self.is_reply or self.subtype == "thread_broadcast"

    def bury(self) -> None:
        """Deleted, but its replies are not: a stone marks where it stood."""
        self.text, self.user, self.app, self.subtype = "This message was deleted.", SLACKBOT, None, TOMBSTONE
        self.blocks, self.attachments, self.files, self.reactions = [], [], [], {}
        self.metadata = self.edited = self.icons = None
        self.username, self.client_msg_id, self.hidden = "", "", True
        self.pinned_to = []

    def as_wire(self, *, metadata: ShownMetadata = "type") -> Json:
        """The message by itself; what its thread adds is the timeline's."""
        wire = _author(self) | {"type": "message", "ts": self.ts, "text": self.text}
        if self.subtype:
            wire["subtype"] = self.subtype
        names = ("client_msg_id", "icons", "blocks", "attachments", "files", "edited", "inviter", "pinned_to", "hidden")
        for name in names:
            if value := getattr(self, name):
                wire[name] = value
        if self.reactions:
            wire["reactions"] = [{"name": n, "users": list(u), "count": len(u)} for n, u in self.reactions.items()]
        if self.metadata and metadata != "none":
            wire["metadata"] = self.metadata if metadata == "all" else {"event_type": self.metadata["event_type"]}
        return wire


def _author(message: Message) -> Json:
    """The shapes bots' posts come in: modern, modern without its profile, classic, under another name."""
    app = message.app
    if not app:
        return {"user": message.user, "team": message.team}
    if message.shape == "classic":
        return {"subtype": "bot_message", "username": message.username or app.name, "bot_id": app.bot_id}
    if message.shape == "customized":
        # With chat:write.customize a post looks like a classic one that names its app (no text seen that says so).
        named = {"username": message.username or app.name, "bot_id": app.bot_id, "app_id": app.app_id}
        return {"subtype": "bot_message"} | named
    wire: Json = {"user": app.id, "bot_id": app.bot_id, "app_id": app.app_id, "team": message.team}
    if message.shape == "modern":
        wire["bot_profile"] = app.profile(message.team)
    return wire | ({"username": message.username} if message.username else {})
