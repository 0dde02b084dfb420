"""Slack's own crawler: looks at the pages linked from a message and shows a bit of them below it."""

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from integrations.slack.sandbox.errors import Json
from integrations.slack.sandbox.messages import Message

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

_LINK = re.compile(r"<(https?://[^|>\s]+)(?:\|[^>]*)?>")
_MEDIA = re.compile(r"\.(png|jpe?g|gif|mp4|mp3)$", re.IGNORECASE)


def links_in(text: str) -> list[str]:
    """Every address in a text as Slack shows it, in order, once."""
    return list(dict.fromkeys(link.replace("&amp;", "&") for link in _LINK.findall(text)))


def preview(workspace: "Workspace", message: Message, *, links: bool, media: bool) -> None:
    """Add previews, where the crawler can reach a page and the message did not decline. That is an edit to apps.

    ``links`` is unfurl_links, by default off for apps; ``media`` is unfurl_media, by default on.
    """
    texts = [message.text, *(b["text"]["text"] for b in message.blocks if b["type"] == "section" and b.get("text"))]
    wanted = [url for text in texts for url in links_in(text) if (media if _MEDIA.search(url) else links)]
    reached = [url for url in dict.fromkeys(wanted) if urlsplit(url).hostname in workspace.switches["crawled_hosts"]]
    if not reached:
        return
    before = workspace.timeline.as_wire(message, metadata="all")
    first = len(message.attachments) + 1
    message.attachments = [*message.attachments, *(_shown(number, url) for number, url in enumerate(reached, first))]
    workspace.events.changed(message, before)
    workspace.revision.bump()


def _shown(number: int, url: str) -> Json:
    host = urlsplit(url).hostname or ""
    kind: Json = {"image_url": url} if _MEDIA.search(url) else {"title": host, "title_link": url, "text": url}
    return {"id": number, "from_url": url, "original_url": url, "service_name": host, "fallback": host} | kind
