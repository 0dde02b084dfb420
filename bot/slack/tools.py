"""What every listener is given."""

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
from bot.ports import Message
from bot.slack.reads import Reads
from bot.slack.room import SlackRoom

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

    @property
    def policy(self) -> Policy:
        return self.room.policy()

    def later(self, what: Callable[..., object], *arguments: Any, **named: Any) -> None:
        """Do it once the answer is on its way; a failure is only logged."""
        self.executor.submit(_logged, partial(what, *arguments, **named))


def _logged(what: "partial[object]") -> None:
    try:
        what()
    except Exception as error:  # nobody waits for it, so the log has to say it
        log.warning("slack.afterwards_failed", what=getattr(what.func, "__name__", "it"), why=str(error)[:200])
