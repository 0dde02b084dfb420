"""Slack's side of Cabbie, put together: one Bolt app, and the two doors it may be reached through."""

import copy
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import datetime
from typing import Any

import structlog
from slack_bolt import App, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.desk import Desk
from bot.ports import Message
from bot.reading import Reader
from bot.slack import actions, commands, completing, events, home, submits, why
from bot.slack.account import Offer
from bot.slack.http_door import HttpDoor
from bot.slack.quiet import quiet_logger
from bot.slack.reads import Reads
from bot.slack.room import SlackRoom
from bot.slack.socket_door import SocketDoor
from bot.slack.tools import Tools

VIEW_TIMEOUT = 2
"""Seconds: a trigger id lives three."""
WORKERS = 8

log = structlog.get_logger(__name__)


class SlackApp:
    """What Slack sends comes in here; ``http`` and ``socket`` are its doors."""

    def __init__(
        self,
        *,
        desk: Desk,
        reads: Reads,
        room: SlackRoom,
        web: WebClient,
        clock: Callable[[], datetime],
        digest_text: Callable[[], Message],
        reader: Callable[[], Reader],
        executor: Executor | None = None,
        offer: Offer | None = None,
    ) -> None:
        """web: slack_sdk's client with the bot token and without retries. executor: for what follows the answers.

        reader: of other tools' posts. offer: of links with people's own ServiceNow accounts, where they can be had."""
        self._executor = executor or ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="slack-after")
        self._web = web
        self._clock = clock
        quick = copy.copy(web)
        quick.timeout = VIEW_TIMEOUT
        self.tools = Tools(desk, reads, room, quick, clock, digest_text, self._executor, reader, offer)
        self.bolt = build_bolt(self.tools, web, self._executor)

    def http(self, signing_secret: str, *, clock: Callable[[], datetime] | None = None) -> HttpDoor:
        """clock: by which the age of a signature is told, where it is another one: Slack's hand is no rehearsal's."""
        return HttpDoor(self.bolt, signing_secret=signing_secret, clock=clock or self._clock)

    def socket(self, app_token: str) -> SocketDoor:
        return SocketDoor(self.bolt, app_token=app_token, web=self._web)

    def show_home(self, slack_id: str) -> None:
        """Their Home tab as it is now, when there is time."""
        self.tools.later(home.publish, self.tools, slack_id)

    def close(self) -> None:
        """Let what follows the last answers finish."""
        self._executor.shutdown(wait=True)


def build_bolt(tools: Tools, web: WebClient, executor: Executor) -> App:
    """The Bolt app with all listeners. It asks Slack nothing: neither now nor at the first request."""
    app = App(
        name="slack_bolt.cabbie",  # Bolt sets the level of the logger of this name: not ours
        client=web,
        logger=quiet_logger(),
        process_before_response=True,  # the answer leaves after the listener, and so after the commit
        request_verification_enabled=False,  # both doors prove requests before Bolt sees them
        token_verification_enabled=False,
        authorize=_authorize(web.token or ""),
        listener_executor=executor,
    )
    app.middleware(notice_limits)
    for room in (commands, actions, submits, completing, why, home, events):
        room.listen(app, tools)
    events.listen_to_the_rest(app)
    app.error(log_error)
    return app


def notice_limits(body: dict[str, Any], next: Callable[[], None]) -> BoltResponse | None:
    """Above 30,000 events an hour Slack sends this instead of events (reference/events/app_rate_limited)."""
    if body.get("type") == "app_rate_limited":
        log.error("slack.events_dropped", minute=body.get("minute_rate_limited"))
        return BoltResponse(status=200)
    next()
    return None


def log_error(error: Exception, body: dict[str, Any]) -> None:
    """A listener broke: nothing was committed, the answer is 500, and Slack or the person tries again."""
    log.error("slack.listener_broke", request_type=body.get("type") or body.get("command"), exc_info=error)


def _authorize(token: str) -> Callable[..., AuthorizeResult]:
    """One workspace, one token. Bolt's own way asks auth.test while somebody waits for an answer."""

    def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=token)

    return authorize
