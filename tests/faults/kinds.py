"""What may go wrong with a call: each kind as the rules by which the stand-in spoils it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

LONG = 1847
"""Seconds that a vendor may well ask us to wait."""
TIMEOUTS = {"slack": 10, "jira": 20, "servicenow": 20}
"""Seconds that Cabbie waits for an answer."""
PATIENCE = 4
"""Seconds that a lost answer is looked for here, before it is sent again."""
SKEW = timedelta(minutes=10)
BUSY: dict[str, Any] = {
    "slack": {"ok": False, "error": "ratelimited"},
    "jira": {"errorMessages": ["Rate limit exceeded"], "errors": {}},
    "servicenow": {"error": {"message": "Rate limit exceeded", "detail": ""}, "status": "failure"},
}
PAGE = "<!doctype html><html><head><title>Just a moment</title></head><body>Checking your browser.</body></html>"

Rule = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """One kind of fault."""

    name: str
    rules: Callable[[str], Rule]
    """system → the rule's words."""
    times: int = 1
    is_for_writes: bool = False
    """It means nothing to a read."""
    is_long: bool = False
    """Cabbie is asked to wait longer than anybody wants to: the clock is moved."""
    comes_late: bool = False
    """It takes effect when it has been sent again already."""
    ahead: timedelta = field(default=timedelta())
    """By how much Cabbie's clock is ahead of the systems'."""
    environment: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


def _busy(**headers: str) -> Callable[[str], Rule]:
    return lambda system: {"action": "answer", "status": 429, "body": BUSY[system], "headers": _dashed(headers)}


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def _busy_until(system: str) -> Rule:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    return _busy(Retry_After=then)(system)


def _broken(status: int) -> Callable[[str], Rule]:
    return lambda _: {"action": "answer", "status": status, "body": PAGE}


def _plain(action: str, **more: Any) -> Callable[[str], Rule]:
    return lambda _: {"action": action, **more}


def _unanswered(system: str) -> Rule:
    return {"action": "delay_after", "seconds": TIMEOUTS[system] + 2}


def _too_late(system: str) -> Rule:
    return {"action": "delay", "seconds": TIMEOUTS[system] + PATIENCE + 6}


LATE = {"CABBIE_RECORD_PATIENCE": f"PT{PATIENCE}S", "CABBIE_MESSAGE_PATIENCE": f"PT{PATIENCE}S"}
KINDS = (
    Kind("busy for 2 s", _busy(Retry_After="2")),
    Kind("busy for 0 s", _busy(Retry_After="0")),
    Kind("busy until a date", _busy_until),
    Kind("busy for 1847 s", _busy(Retry_After=str(LONG)), is_long=True),
    Kind("busy without end", _busy(), times=2),
    Kind("500", _broken(500), times=2),
    Kind("502", _broken(502), times=2),
    Kind("503", _broken(503), times=2),
    Kind("done and 503", lambda _: {"action": "answer_after", "status": 503, "body": PAGE}, is_for_writes=True),
    Kind("refused", _plain("refuse", seconds=1.5)),
    Kind("reset before", _plain("drop_before")),
    Kind("reset after", _plain("drop_after")),
    Kind("time-out after", _unanswered),
    Kind("truncated", _plain("truncate")),
    Kind("a page", lambda _: {"action": "answer", "status": 200, "body": PAGE}),
    Kind("done and a page", lambda _: {"action": "answer_after", "status": 200, "body": PAGE}, is_for_writes=True),
    Kind("late", _too_late, is_for_writes=True, comes_late=True, environment=LATE),
    Kind("lag", _plain("lag", seconds=2), is_for_writes=True, environment=LATE),
    Kind("clock ahead", _plain("drop_after"), ahead=SKEW),
    Kind("clock behind", _plain("drop_after"), ahead=-SKEW),
)
NAMED = {kind.name: kind for kind in KINDS}
