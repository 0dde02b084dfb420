"""Messages only one person sees: no history, no edits by the app, gone when Slack likes."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from integrations.slack.sandbox.errors import Json
from integrations.slack.sandbox.people import App


@dataclass
class Ephemeral:
    ts: str
    channel: str
    to: str
    text: str
    app: App | None = None
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str = ""
    chosen: dict[str, Json] = field(default_factory=dict)

    def as_wire(self) -> Json:
        author = {"bot_id": self.app.bot_id, "user": self.app.id, "username": self.app.name} if self.app else {}
        wire: Json = {"type": "message", "ts": self.ts, "text": self.text, "is_ephemeral": True}
        wire |= author or {"user": "USLACKBOT", "username": "Slackbot"}
        for name in ("blocks", "attachments", "thread_ts"):
            if value := getattr(self, name):
                wire[name] = value
        return wire

    def as_state(self) -> Json:
        return {"channel": self.channel, "to": self.to} | self.as_wire()


class Ephemerals:
    """In order of arrival."""

    def __init__(self) -> None:
        self._all: dict[str, Ephemeral] = {}

    def __iter__(self) -> Iterator[Ephemeral]:
        return iter(self._all.values())

    def add(self, ephemeral: Ephemeral) -> None:
        self._all[ephemeral.ts] = ephemeral

    def find(self, ts: str) -> Ephemeral | None:
        return self._all.get(ts)

    def remove(self, ts: str) -> None:
        self._all.pop(ts, None)

    def shown_to(self, user: str, channel: str) -> list[Ephemeral]:
        return [e for e in self if e.to == user and e.channel == channel]
