"""The timeline: every conversation's messages in order, its threads, and what a thread adds to a message."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass, field

from integrations.slack.sandbox.errors import Json
from integrations.slack.sandbox.messages import Message, ShownMetadata


@dataclass
class _Conversation:
    """``order`` is sorted: message timestamps have one width, so their texts sort as their times do."""

    by_ts: dict[str, Message] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    threads: dict[str, list[Message]] = field(default_factory=dict)


class Timeline:
    """All messages of all conversations. Nothing here looks at a whole channel to find one message."""

    def __init__(self) -> None:
        self._channels: dict[str, _Conversation] = {}

    def add(self, message: Message) -> None:
        channel = self._channels.setdefault(message.channel, _Conversation())
        channel.by_ts[message.ts] = message
        insort(channel.order, message.ts)
        if parent := channel.by_ts.get(message.thread_ts):
            parent.thread_ts = parent.ts
        if message.is_reply:
            channel.threads.setdefault(message.thread_ts, []).append(message)

    def find(self, channel: str, ts: str) -> Message | None:
        found = self._channels.get(channel)
        return found.by_ts.get(ts) if found else None

    def remove(self, message: Message) -> None:
        """Take it out. A parent with replies leaves a tombstone, which goes with the last of them."""
        channel = self._channels[message.channel]
        if channel.threads.get(message.ts):
            message.bury()
            return
        self._take_out(channel, message)
        replies = channel.threads.get(message.thread_ts, [])
        if not message.is_reply or message not in replies:
            return
        replies.remove(message)
        parent = channel.by_ts.get(message.thread_ts)
        if parent and not replies:
            parent.thread_ts = ""
            if parent.is_tombstone:
                self._take_out(channel, parent)

    def of(self, channel: str) -> list[Message]:
        """Oldest first, replies among the rest."""
        found = self._channels.get(channel)
        return [found.by_ts[ts] for ts in found.order] if found else []

    def newest_first(
        self, channel: str, oldest: str = "", latest: str = "", *, inclusive: bool = False
    ) -> Iterator[Message]:
        """The channel's own messages between two timestamps; found one by one."""
        found = self._channels.get(channel, _Conversation())
        start = (bisect_left if inclusive else bisect_right)(found.order, oldest) if oldest else 0
        end = (bisect_right if inclusive else bisect_left)(found.order, latest) if latest else len(found.order)
        messages = (found.by_ts[found.order[index]] for index in range(end - 1, start - 1, -1))
        return (message for message in messages if message.is_in_channel)

    def replies(self, parent: Message) -> list[Message]:
        found = self._channels.get(parent.channel)
        return list(found.threads.get(parent.ts, [])) if found else []

    def as_wire(self, message: Message, *, metadata: ShownMetadata = "type", without: Message | None = None) -> Json:
        """``without``: as it was before this reply came."""
        return message.as_wire(metadata=metadata) | self._thread(message, without)

    def _thread(self, message: Message, without: Message | None = None) -> Json:
        if not message.thread_ts:
            return {}
        if message.is_reply:
            parent = self.find(message.channel, message.thread_ts)
            wire: Json = {"thread_ts": message.thread_ts}
            wire |= {"parent_user_id": parent.user} if parent and parent.user else {}
            shows_root = parent and message.subtype == "thread_broadcast"
            return wire | ({"root": self.as_wire(parent, metadata="none")} if shows_root and parent else {})
        replies = [reply for reply in self.replies(message) if reply is not without]
        if without and not replies:
            return {}
        writers = list(dict.fromkeys(r.user or (r.app.bot_id if r.app else "") for r in replies))
        return {
            "thread_ts": message.ts, "reply_count": len(replies), "reply_users_count": len(writers),
            "latest_reply": replies[-1].ts if replies else message.ts, "reply_users": writers,
            "is_locked": False, "subscribed": False,
        }  # fmt: skip

    @staticmethod
    def _take_out(channel: _Conversation, message: Message) -> None:
        if channel.by_ts.pop(message.ts, None):
            del channel.order[bisect_left(channel.order, message.ts)]
