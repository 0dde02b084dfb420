"""Messages that wait for their hour."""

import asyncio
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from integrations.slack.sandbox.errors import Json, SlackError
from integrations.slack.sandbox.posting import Content, post

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

# docs.slack.dev/reference/methods/chat.scheduleMessage, "Restrictions"
FARTHEST_SECONDS = 120 * 86_400
MOST_TOGETHER, TOGETHER_SECONDS = 30, 300
LAST_CALL_SECONDS = 60  # from then on it cannot be taken back: chat.deleteScheduledMessage


@dataclass
class Scheduled:
    id: str
    channel: str
    post_at: int
    created: int
    content: Content
    thread_ts: str = ""
    broadcast: bool = False
    never: bool = False
    """With metadata Slack takes it and never posts it ("Bug alert" on the method's page)."""


class Schedule:
    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._all: dict[str, Scheduled] = {}

    def waiting(self) -> list[Scheduled]:
        return sorted(self._all.values(), key=lambda one: one.post_at)

    def add(
        self,
        channel: str,
        post_at: int,
        content: Content,
        *,
        thread_ts: str = "",
        broadcast: bool = False,
        never: bool = False,
    ) -> Scheduled:
        """Raises: SlackError ``time_in_past``, ``time_too_far``, ``restricted_too_many``."""
        now = time.time()
        if post_at <= now:
            raise SlackError("time_in_past")
        if post_at > now + FARTHEST_SECONDS:
            raise SlackError("time_too_far")
        near = [s for s in self._all.values() if s.channel == channel and abs(s.post_at - post_at) < TOGETHER_SECONDS]
        if len(near) >= MOST_TOGETHER:
            raise SlackError("restricted_too_many")
        number = f"Q{secrets.randbelow(10**10):010d}"
        one = Scheduled(number, channel, post_at, int(now), content, thread_ts, broadcast, never)
        self._all[one.id] = one
        self._workspace.courier.background(self._post_in_time(one))
        return one

    def remove(self, channel: str, scheduled_id: str) -> None:
        """Raises: SlackError ``invalid_scheduled_message_id``, also for one that is about to go out."""
        one = self._all.get(scheduled_id)
        if not one or one.channel != channel or one.post_at - time.time() < LAST_CALL_SECONDS:
            raise SlackError("invalid_scheduled_message_id")
        del self._all[scheduled_id]

    async def _post_in_time(self, one: Scheduled) -> None:
        while (left := one.post_at - time.time()) > 0:
            await asyncio.sleep(min(left, 3600.0))
        if self._all.pop(one.id, None) and not one.never:
            self.post_now(one)

    def post_now(self, one: Scheduled) -> None:
        """Content was fixed when it was scheduled; a channel archived or left since takes nothing."""
        workspace = self._workspace
        channel = workspace.channels[one.channel]
        if channel.is_archived or workspace.us.id not in channel.members:
            return
        message = post(
            workspace, one.channel, one.content, app=workspace.us, thread_ts=one.thread_ts, broadcast=one.broadcast
        )
        workspace.events.posted(message)


def as_listed(one: Scheduled) -> Json:
    return {
        "id": one.id, "channel_id": one.channel, "post_at": one.post_at, "date_created": one.created,
        "text": one.content.text,
    }  # fmt: skip
