"""Attempt: one try at a move, and what is said of it: one line in the log, one more in the figures."""

import time
from enum import StrEnum

import structlog

from bot import metrics
from bot.change.model import Change
from bot.story.tools import Move

log = structlog.get_logger("cabbie.story")


class Ended(StrEnum):
    """How a try at a move ended."""

    MADE = "made"
    NOT_YET = "not_yet"
    """Somebody else's part comes first; nothing was done."""
    REFUSED = "refused"
    """A rule forbids it: a person has to do something."""
    FAILED = "failed"
    """A system did not do its part; tried again later."""
    BROKE = "broke"
    """A bug of ours."""
    OVERTAKEN = "overtaken"
    """Another worker was quicker; read again."""


EVENTS = {
    Ended.MADE: ("info", "change.moved"),
    Ended.NOT_YET: ("debug", "change.not_yet"),
    Ended.REFUSED: ("info", "change.stopped"),
    Ended.FAILED: ("warning", "change.trouble"),
    Ended.BROKE: ("error", "change.broke"),
    Ended.OVERTAKEN: ("debug", "change.overtaken"),
}


class Attempt:
    """Begins when it is made."""

    def __init__(self, change: Change, move: Move) -> None:
        self._change = change
        self._move = move
        self._started = time.monotonic()
        trouble = change.troubles.get(move.name)
        if trouble and trouble.what:  # without one it only had to wait
            metrics.RETRIES.labels(move.name).inc()

    def ended(self, how: Ended, **facts: object) -> None:
        """facts: of the log's line alone."""
        seconds = time.monotonic() - self._started
        metrics.MOVES.labels(self._move.name, how).inc()
        metrics.MOVE_SECONDS.labels(self._move.name).observe(seconds)
        level, event = EVENTS[how]
        getattr(log, level)(
            event,
            number=self._change.number,
            move=self._move.name,
            outcome=how.value,
            duration_ms=round(seconds * 1000),
            change=self._change.id,
            service=self._change.service,
            **facts,
        )
