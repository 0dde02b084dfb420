"""What a message may contain, and putting it into a conversation."""

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from integrations.slack.sandbox import blockkit
from integrations.slack.sandbox.errors import Json, SlackError
from integrations.slack.sandbox.messages import Message
from integrations.slack.sandbox.normalise import attachments_as_shown, blocks_as_shown, text_as_shown
from integrations.slack.sandbox.people import App

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

LONGEST_MARKDOWN = 12_000
# No figure is published for msg_blocks_too_long. Others have measured that all the texts in a message's blocks may come
# to some 13,200 characters together, however many the single block would take.
LONGEST_BLOCKS = 13_200
LARGEST_METADATA = 16_384  # no published figure; a generous guess
_WORD = re.compile(r"^\w+$")
_TS = re.compile(r"\d+\.\d+")


@dataclass
class Content:
    """A checked message body, as Slack will show it."""

    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)

    @classmethod
    def read(cls, sent: Json, workspace: "Workspace", *, longest: int | None = None) -> "Content":
        """Check and take over what an app sent.

        Raises: SlackError ``no_text``, ``msg_too_long``, ``invalid_blocks``, ``invalid_attachments``, …
        """
        text, markdown = str(sent.get("text") or ""), str(sent.get("markdown_text") or "")
        blocks = _list(sent.get("blocks"), "invalid_blocks_format")
        attachments = _list(sent.get("attachments"), "invalid_attachments")
        _check_sizes(text, markdown, blocks, attachments, longest)
        if problems := blockkit.block_problems(blocks, "message"):
            raise SlackError("invalid_blocks", errors=problems, response_metadata={"messages": problems})
        if blockkit.characters(blocks) > LONGEST_BLOCKS:
            raise SlackError("msg_blocks_too_long")
        found = [*blockkit.attachment_problems(attachments), *blockkit.table_problems(blocks, attachments)]
        if found:
            raise SlackError("invalid_attachments", errors=found, response_metadata={"messages": found})
        blocks = blocks or ([{"type": "markdown", "text": markdown}] if markdown else [])
        return cls(text_as_shown(text or markdown), blocks_as_shown(blocks), attachments_as_shown(attachments))


def post(
    workspace: "Workspace",
    channel: str,
    content: Content,
    *,
    app: App,
    thread_ts: str = "",
    broadcast: bool = False,
    metadata: Json | None = None,
    shape: str = "",
    username: str = "",
    icons: Json | None = None,
) -> Message:
    """A new message by an app. Telling anybody about it is the caller's."""
    message = Message(
        ts=workspace.stamps.next(), channel=channel, text=content.text, team=workspace.team.id, app=app, user=app.id,
        shape=shape or app.shape, username=username, blocks=content.blocks, attachments=content.attachments,
        metadata=metadata, thread_ts=thread_ts, subtype="thread_broadcast" if broadcast and thread_ts else "",
        icons=icons,
    )  # fmt: skip
    if message.shape in ("classic", "customized"):
        message.user, message.subtype = "", "bot_message"
    workspace.timeline.add(message)
    workspace.revision.bump()
    return message


def check_thread(workspace: "Workspace", channel: str, thread_ts: str) -> None:
    """``thread_ts`` names the first message of a thread, never a reply.

    Raises: SlackError ``invalid_thread_ts``, ``thread_not_found``, ``cannot_reply_to_message``.
    """
    if not thread_ts:
        return
    if not _TS.fullmatch(thread_ts):
        # The words: github.com/jenkinsci/slack-plugin/issues/584
        told = f"[ERROR] {thread_ts} is not a valid thread_ts"
        raise SlackError("invalid_thread_ts", response_metadata={"messages": [told]})
    parent = workspace.timeline.find(channel, thread_ts)
    if not parent:
        raise SlackError("thread_not_found")
    if parent.is_reply:
        raise SlackError("cannot_reply_to_message")


def read_metadata(sent: Any) -> Json | None:
    """``{event_type, event_payload}``, or None for an empty one.

    Raises: SlackError ``invalid_metadata_format``, ``invalid_metadata_schema``, ``metadata_too_large``.
    """
    if sent in (None, {}, ""):
        return None
    if not isinstance(sent, dict):
        raise SlackError("invalid_metadata_format")
    kind, payload = sent.get("event_type"), sent.get("event_payload")
    if not isinstance(kind, str) or not _WORD.match(kind) or not isinstance(payload, dict):
        raise SlackError("invalid_metadata_schema")
    if not all(_is_flat(value) for value in payload.values()):
        raise SlackError("invalid_metadata_schema")
    if len(json.dumps(payload)) > LARGEST_METADATA:
        raise SlackError("metadata_too_large")
    return {"event_type": kind, "event_payload": payload}


def _is_flat(value: Any) -> bool:
    """Scalars, and one level of objects or lists (docs.slack.dev/messaging/message-metadata)."""
    scalar = (str, int, float, bool, type(None))
    if isinstance(value, scalar):
        return True
    if isinstance(value, dict):
        return all(isinstance(inner, scalar) for inner in value.values())
    return isinstance(value, list) and all(
        isinstance(item, scalar) or (isinstance(item, dict) and all(isinstance(v, scalar) for v in item.values()))
        for item in value
    )


def _list(value: Any, error: str) -> list[Any]:
    if isinstance(value, str):
        try:
            value = json.loads(value) if value.strip() else None
        except ValueError:
            raise SlackError(error) from None
    if value is None:
        return []
    if not isinstance(value, list):
        raise SlackError(error)
    return value


def _check_sizes(text: str, markdown: str, blocks: list[Any], attachments: list[Any], longest: int | None) -> None:
    if markdown and (text or blocks):
        raise SlackError("markdown_text_conflict")
    if not (text.strip() or markdown.strip() or blocks or attachments):
        raise SlackError("no_text")
    if len(attachments) > blockkit.MOST_ATTACHMENTS:
        raise SlackError("too_many_attachments")
    # An edit's text is counted in bytes, as others have measured; the documentation says characters.
    if len(markdown) > LONGEST_MARKDOWN or (longest and len(text.encode(errors="replace")) > longest):
        raise SlackError("msg_too_long")
