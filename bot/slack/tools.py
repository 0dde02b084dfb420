"""What every listener is given."""

import threading
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from slack_sdk import WebClient

from bot.change.policy import Policy
from bot.desk import Desk
from bot.ports import Message, NotOurTurn, Outage
from bot.reading import Reader
from bot.slack.account import Offer
from bot.slack.reads import Reads
from bot.slack.room import SlackRoom

MOST_TRIES = 5

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Tools:
    """The desk to tell, the reads to show, and the wire for what must happen within three seconds."""

    desk: Desk
    reads: Reads
    room: SlackRoom
    web: WebClient
    """For views.open and views.publish only; its timeout is shorter than a trigger id lives."""
    clock: Callable[[], datetime]
    digest_text: Callable[[], Message]
    executor: Executor
    """For what may follow the answer, and may be lost."""
    reader: Callable[[], Reader]
    """Of other tools' posts: the formats and names that the policy in force knows."""
    offer: Offer | None = None
    """Links with people's own ServiceNow accounts; None where nobody can link any."""

    @property
    def policy(self) -> Policy:
        return self.room.policy()

    def later(self, what: Callable[..., object], *arguments: Any, **named: Any) -> None:
        """Do it once the answer is on its way; when Slack asks to wait, after that. What fails is only logged."""
        self.executor.submit(self._do, partial(what, *arguments, **named), tries=1)

    def _do(self, what: "partial[object]", *, tries: int) -> None:
        name = getattr(what.func, "__name__", "it")
        try:
            what()
        except Outage as outage:
            is_refused = not isinstance(outage, NotOurTurn)
            if is_refused and tries >= MOST_TRIES:
                log.warning("slack.afterwards_failed", what=name, why=str(outage)[:200])
                return
            wait = outage.retry_after.total_seconds() if outage.retry_after else float(tries)
            timer = threading.Timer(wait, self._do_again, [what, tries + is_refused])
            timer.daemon = True  # a word of courtesy does not hold up the end
            timer.start()
        except Exception as error:  # nobody waits for it, so the log has to say it
            log.warning("slack.afterwards_failed", what=name, why=str(error)[:200])

    def _do_again(self, what: "partial[object]", tries: int) -> None:
        try:
            self.executor.submit(self._do, what, tries=tries)
        except RuntimeError:  # the executor was shut down meanwhile
            log.warning("slack.afterwards_failed", what=getattr(what.func, "__name__", "it"), why="stopping")
