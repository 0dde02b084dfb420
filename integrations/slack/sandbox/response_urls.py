"""response_url: an address that answers one interaction, five times, for half an hour."""

import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from integrations.slack.sandbox.ephemerals import Ephemeral
from integrations.slack.sandbox.errors import Json, SlackError
from integrations.slack.sandbox.posting import Content, check_thread, post
from integrations.slack.sandbox.removal import take_down

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

MOST_USES = 5  # within 30 minutes: docs.slack.dev/interactivity/handling-user-interaction


@dataclass
class ResponseUrl:
    path: str
    channel: str
    user: str
    original: str
    """The ts of the message that was clicked; empty for a command."""
    minted: float
    thread_ts: str = ""
    uses: int = 0


class ResponseUrls:
    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._all: dict[str, ResponseUrl] = {}

    def mint(self, kind: str, *, channel: str, user: str, original: str = "", thread_ts: str = "") -> str:
        """``kind``: commands, actions or app (message shortcuts)."""
        path = f"/{kind}/{self._workspace.team.id}/{secrets.randbelow(10**12)}/{secrets.token_urlsafe(18)}"
        self._all[path] = ResponseUrl(path, channel, user, original, time.monotonic(), thread_ts)
        return self._workspace.address + path

    def use(self, path: str, sent: Json) -> None:
        """One answer through the address.

        Raises: SlackError ``expired_url``, ``used_url``, or what is wrong with the message.
        """
        found = self._all.get(path)
        if not found or time.monotonic() - found.minted > self._workspace.switches["response_url_seconds"]:
            raise SlackError("expired_url")
        if found.uses >= MOST_USES:
            raise SlackError("used_url")
        if sent.get("delete_original") in (True, "true") and found.original:
            self._delete(found)
        else:
            content = Content.read(sent, self._workspace)
            if sent.get("replace_original") in (True, "true") and found.original:
                self._replace(found, content)
            else:
                self.answer(found.channel, found.user, content, sent, default_thread=found.thread_ts)
        found.uses += 1

    def answer(self, channel: str, user: str, content: Content, sent: Json, *, default_thread: str = "") -> None:
        """A new message: ephemeral unless it asks for the channel. Needs no membership."""
        thread_ts = str(sent.get("thread_ts") or default_thread)
        check_thread(self._workspace, channel, thread_ts)
        if sent.get("response_type") == "in_channel":
            message = post(self._workspace, channel, content, app=self._workspace.us, thread_ts=thread_ts)
            self._workspace.events.posted(message)
            return
        ephemeral = Ephemeral(
            self._workspace.stamps.next(), channel, user, content.text, self._workspace.us,
            content.blocks, content.attachments, thread_ts,
        )  # fmt: skip
        self._workspace.ephemerals.add(ephemeral)
        self._workspace.revision.bump()

    def _delete(self, found: ResponseUrl) -> None:
        workspace = self._workspace
        if workspace.ephemerals.find(found.original):
            workspace.ephemerals.remove(found.original)
        elif message := workspace.timeline.find(found.channel, found.original):
            take_down(workspace, message)
        workspace.revision.bump()

    def _replace(self, found: ResponseUrl, content: Content) -> None:
        """An ephemeral stays ephemeral."""
        workspace = self._workspace
        if ephemeral := workspace.ephemerals.find(found.original):
            ephemeral.text, ephemeral.blocks, ephemeral.attachments = content.text, content.blocks, content.attachments
        elif message := workspace.timeline.find(found.channel, found.original):
            before = workspace.timeline.as_wire(message, metadata="all")
            message.text, message.blocks, message.attachments = content.text, content.blocks, content.attachments
            workspace.events.changed(message, before)
        workspace.revision.bump()
