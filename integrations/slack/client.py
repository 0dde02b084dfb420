"""Slack's wire: posting, editing and finding our messages, and asking who somebody is.

No call is repeated here: whoever calls us and got no answer looks first (``find``), then sends again.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import structlog

from bot.ports import Check, Declined, Failure, Member, Message, NotOurTurn, NotThere, Outage
from integrations.slack.doctor import check_slack, is_shared
from integrations.slack.failures import SYSTEM, slack_failures
from integrations.slack.memory import Clock, Memory
from integrations.slack.people import member_of
from integrations.slack.web import hook_client, is_response_url, web_client

EVENT_TYPE = "cabbie"
"""Of the metadata that carries a message's marker."""
PAGE = 200
PAGES = 5
INVISIBLE = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
"""Categories of what nobody sees: controls, marks of direction, halves of characters."""
KEPT = "\n\t\u200c\u200d"
"""Lines, and joiners that scripts and emoji need."""

log = structlog.get_logger(__name__)


class SlackMessenger:
    """``bot.ports.Messenger`` over Slack's Web API."""

    def __init__(self, *, token: str, base_url: str, team: str, clock: Clock, pace: float = 1.0) -> None:
        """base_url: e.g. https://slack.com/api/. team: the workspace whose members may decide.

        pace: how many times what Slack documents it lets us call; 0: as often as it takes it."""
        self.web = web_client(token, base_url, pace)
        self.team = team
        self._rooms: Memory[str] = Memory(clock, keep=timedelta(hours=1))
        self._shared: Memory[bool] = Memory(clock, keep=timedelta(minutes=5))
        self._bot: Memory[str] = Memory(clock, keep=timedelta(hours=1))
        self._emails: Memory[Member | None] = Memory(clock, keep=timedelta(seconds=60))

    def post(self, channel: str, message: Message, *, thread: str = "", broadcast: bool = False) -> str:
        """Post; "channel/ts" of the new message. thread: the ts or the ref of the message it answers.

        A person's id as channel opens their DM (chat.postMessage); the answer names the DM's own id."""
        self._refuse_shared(channel)
        arguments: dict[str, Any] = {
            "channel": channel,
            "text": message.text,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if message.blocks:
            arguments["blocks"] = [dict(block) for block in message.blocks]
        if message.marker:
            arguments["metadata"] = {"event_type": EVENT_TYPE, "event_payload": {"marker": message.marker}}
        if thread:
            arguments |= {"thread_ts": _ts_of(thread), "reply_broadcast": broadcast}
        with slack_failures(f"posting to {channel}", repeatable=False):
            answer = self.web.chat_postMessage(**arguments)
        return f"{answer['channel']}/{answer['ts']}"

    def edit(self, ref: str, message: Message) -> None:
        """Show this instead. Blocks go along always: text alone takes them away (docs.slack.dev, chat.update)."""
        channel, _, ts = ref.rpartition("/")
        with slack_failures(f"editing a message in {channel}"):
            self.web.chat_update(channel=channel, ts=ts, text=message.text, blocks=[dict(b) for b in message.blocks])

    def find(self, channel: str, marker: str, *, thread: str = "", since: datetime | None = None) -> str:
        """Our oldest message with this marker among the newest 200, or among the newest 1,000 since then."""
        found = self.find_all(channel, marker, thread=thread, since=since)
        return found[0] if found else ""

    def find_all(
        self, channel: str, marker: str, *, thread: str = "", since: datetime | None = None
    ) -> tuple[str, ...]:
        """All of them, oldest first."""
        room = self._room(channel)
        bot = self._bot.of("id", self._who_we_are)
        found = [
            str(message["ts"])
            for page in self._pages(room, _ts_of(thread), since)
            for message in page
            if _is_ours(message, bot, marker)
        ]
        return tuple(f"{room}/{ts}" for ts in sorted(found))

    def permalink(self, ref: str) -> str:
        channel, _, ts = ref.rpartition("/")
        with slack_failures(f"asking for a link into {channel}"):
            return str(self.web.chat_getPermalink(channel=channel, message_ts=ts)["permalink"])

    def whisper(self, response_url: str, channel: str, user: str, text: str) -> None:
        """Tell one person. text: plain words, escaped here. When nobody can be reached it is only logged.

        Raises: NotOurTurn."""
        safe = _sentence(text)
        if response_url and self._answer_at(response_url, safe):
            return
        try:
            with slack_failures(f"telling {user}", repeatable=False):
                if channel.startswith(("C", "G")):
                    self.web.chat_postEphemeral(channel=channel, user=user, text=safe)
                else:  # the App Home has no channel, and a DM has one reader
                    self.web.chat_postMessage(channel=user, text=safe, unfurl_links=False, unfurl_media=False)
        except NotOurTurn:
            raise
        except Outage as outage:
            if outage.retry_after:
                raise NotOurTurn(SYSTEM, outage.what, str(outage.retry_after.total_seconds())) from None
            log.warning("slack.whisper_lost", user=user, channel=channel, why=str(outage))
        except Failure as failure:
            log.warning("slack.whisper_lost", user=user, channel=channel, why=str(failure))

    def member(self, slack_id: str) -> Member:
        """What Slack says about this person now; never remembered, for it may decide."""
        with slack_failures(f"asking who {slack_id} is"):
            return member_of(self.web.users_info(user=slack_id)["user"], self.team)

    def member_by_email(self, email: str) -> Member | None:
        """Who has this e-mail; remembered for a minute."""
        return self._emails.of(email.lower(), lambda: self._look_up(email))

    def check(self, channels: Iterable[str]) -> tuple[Check, ...]:
        """The doctor's questions. Never raises."""
        return check_slack(self.web, self.team, channels)

    def _room(self, channel: str) -> str:
        """A person's DM has an id of its own, and chat.update and conversations.history take no other."""
        return self._rooms.of(channel, lambda: self._open(channel)) if channel.startswith(("U", "W")) else channel

    def _open(self, user: str) -> str:
        with slack_failures(f"opening a DM with {user}"):
            return str(self.web.conversations_open(users=user)["channel"]["id"])

    def _refuse_shared(self, channel: str) -> None:
        """Nothing of a change goes where another company reads along. Raises: Declined."""
        if channel.startswith(("C", "G")) and self._shared.of(channel, lambda: self._ask_shared(channel)):
            raise Declined(SYSTEM, f"{channel} is shared with another company: nothing is shown there")

    def _ask_shared(self, channel: str) -> bool:
        with slack_failures(f"looking at {channel}"):
            return is_shared(self.web.conversations_info(channel=channel)["channel"])

    def _who_we_are(self) -> str:
        """Our bot id: other apps may post metadata that looks like ours."""
        with slack_failures("asking who we are"):
            return str(self.web.auth_test()["bot_id"])

    def _look_up(self, email: str) -> Member | None:
        try:
            with slack_failures("looking somebody up by e-mail"):
                return member_of(self.web.users_lookupByEmail(email=email)["user"], self.team)
        except NotThere:
            return None

    def _pages(self, room: str, thread: str, since: datetime | None) -> Iterator[list[dict[str, Any]]]:
        arguments: dict[str, Any] = {"channel": room, "limit": PAGE, "include_all_metadata": True}
        if since is not None:
            arguments["oldest"] = f"{since.timestamp():.6f}"
        if thread:
            arguments["ts"] = thread
        for _ in range(PAGES if thread or since is not None else 1):
            with slack_failures(f"reading {room}"):
                read = self.web.conversations_replies if thread else self.web.conversations_history
                answer = read(**arguments)
            yield answer["messages"]
            arguments["cursor"] = (answer.get("response_metadata") or {}).get("next_cursor")
            if not arguments["cursor"]:
                return

    def _answer_at(self, response_url: str, text: str) -> bool:
        """Whether the response_url took it: five uses within thirty minutes (handling-user-interaction)."""
        if not is_response_url(response_url, self.web.base_url):
            log.warning("slack.response_url_refused", host=urlsplit(response_url).hostname or "")
            return False
        try:
            answer = hook_client(response_url, self.web).send(
                text=text, response_type="ephemeral", replace_original=False
            )
        except (OSError, ValueError) as error:
            log.warning("slack.response_url_lost", why=type(error).__name__)
            return False
        return answer.status_code == 200  # an expired or used-up one answers 404


def _sentence(text: str) -> str:
    """Escaped, but for ``<#C0PAYMENTS>``: a channel may be pointed at, nobody is called, nothing is turned around."""
    shown = "".join(c for c in text if c in KEPT or unicodedata.category(c) not in INVISIBLE)
    return re.sub(r"&lt;(#[CG][A-Z0-9]+)&gt;", r"<\1>", html.escape(shown, quote=False))


def _ts_of(ref: str) -> str:
    return ref.rpartition("/")[2]


def _is_ours(message: dict[str, Any], bot: str, marker: str) -> bool:
    metadata = message.get("metadata") or {}
    return (
        message.get("bot_id") == bot
        and metadata.get("event_type") == EVENT_TYPE
        and (metadata.get("event_payload") or {}).get("marker") == marker
    )
