"""Link unfurls: which links our app may say something about, what it said, and where that is shown."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from integrations.slack.sandbox import blockkit
from integrations.slack.sandbox.channels import Channel
from integrations.slack.sandbox.errors import Json, SlackError
from integrations.slack.sandbox.messages import Message
from integrations.slack.sandbox.normalise import attachments_as_shown
from integrations.slack.sandbox.people import User
from integrations.slack.sandbox.previews import links_in
from integrations.slack.sandbox.stamps import short_id

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

MOST_DOMAINS = 5  # github.com/slackapi/manifest-schema


@dataclass
class Unfurl:
    """Links somebody typed. ``message`` is None while they are still in the composer."""

    id: str
    source: str
    urls: list[str]
    message: Message | None = None
    shown: list[Json] = field(default_factory=list)


class Unfurls:
    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._all: dict[str, Unfurl] = {}

    def ours(self, text: str) -> list[Json]:
        """The links on our domains, as the event names them; a domain speaks for those below it."""
        domains = self._workspace.switches["unfurl_domains"][:MOST_DOMAINS]
        found = []
        for url in links_in(text):
            host = urlsplit(url).hostname or ""
            if domain := next((d for d in domains if host == d or host.endswith(f".{d}")), ""):
                found.append({"domain": domain, "url": url})
        return found

    def composed(self, user: User, channel: Channel, text: str) -> Unfurl | None:
        """Typed, not sent yet: apps hear of it already."""
        links = self.ours(text)
        if not links or user.team != self._workspace.team.id:
            return None
        unfurl = self._remember(Unfurl(f"{user.id}-{short_id()}-{short_id()}", "composer", _urls(links)))
        self._workspace.events.link_shared(unfurl.id, unfurl.source, user.id, channel, links)
        return unfurl

    def posted(self, message: Message) -> None:
        """Ours and classic apps' messages tell nothing, nor do people's from elsewhere."""
        workspace, links = self._workspace, self.ours(message.text)
        author = workspace.users.get(message.user)
        if not links or message.app is workspace.us or not author or author.team != workspace.team.id:
            return
        channel = workspace.channels[message.channel]
        unfurl_id = f"{message.channel}.{message.ts}.{short_id()}{short_id()}"
        unfurl = self._remember(Unfurl(unfurl_id, "conversations_history", _urls(links), message))
        workspace.events.link_shared(unfurl.id, unfurl.source, author.id, channel, links, message)

    def find(self, unfurl_id: str, source: str) -> Unfurl:
        found = self._all.get(unfurl_id)
        if not found or found.source != source:
            raise SlackError("invalid_unfurl_id")
        return found

    def show(self, unfurl: Unfurl, unfurls: dict[str, Any]) -> None:
        """Attach what the app says about each link, in place of what it said before.

        Raises: SlackError ``cannot_unfurl_url``, ``cannot_parse_attachment``.
        """
        if set(unfurls) - set(unfurl.urls):
            raise SlackError("cannot_unfurl_url")
        workspace, us = self._workspace, self._workspace.us
        sent = [_checked(content) | {"app_unfurl_url": url, "from_url": url} for url, content in unfurls.items()]
        marks = {"is_app_unfurl": True, "bot_id": us.bot_id, "app_id": us.app_id}
        unfurl.shown = [one | marks for one in attachments_as_shown(sent)]
        message = unfurl.message
        if not message:
            return
        before = workspace.timeline.as_wire(message, metadata="all")
        kept = [a for a in message.attachments if a.get("app_unfurl_url") not in unfurls]
        message.attachments = [a | {"id": number} for number, a in enumerate([*kept, *unfurl.shown], 1)]
        workspace.events.changed(message, before)
        workspace.revision.bump()

    def _remember(self, unfurl: Unfurl) -> Unfurl:
        self._all[unfurl.id] = unfurl
        return unfurl


def _checked(content: Any) -> Json:
    # Which word Slack has for blocks that are wrong in an unfurl was not found.
    if not isinstance(content, dict) or not content or blockkit.attachment_problems([content]):
        raise SlackError("cannot_parse_attachment")
    return content


def _urls(links: list[Json]) -> list[str]:
    return [link["url"] for link in links]
