"""What can go wrong with a system, in people's words, and the fault that makes it happen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any

from integrations.standin.faults import Action, Fault

LONGEST_DELAY = 600.0
RETRY_AFTER: dict[str, tuple[str, Callable[[], str | None]]] = {
    "30": ("in 30 seconds", lambda: "30"),
    "3": ("in 3 seconds", lambda: "3"),
    "0": ("at once (0)", lambda: "0"),
    "date": ("at a date, half a minute from now", lambda: _http_date(timedelta(seconds=30))),
    "1847": ("in 1847 seconds, half an hour", lambda: "1847"),
    "none": ("without saying when", lambda: None),
}
"""What stands in Retry-After, by the name the page sends: a number and a date are both allowed, RFC 9110 §10.2.3."""

WEB_PAGE = "<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1><p>{words}</p></body></html>"
SIGN_IN = WEB_PAGE.format(title="Sign in", words="Please sign in to continue.")


class NoSuchMishap(Exception):
    """The page asked for something that is not in the table."""


@dataclass(frozen=True)
class Switch:
    """A stand-in's own way of being in trouble, as a whole."""

    name: str
    value: Any
    back: Any


@dataclass(frozen=True)
class Mishap:
    """One way to go wrong."""

    label: str
    """As the page offers it."""
    says: str
    """As the list of what is wrong names it."""
    action: Action = "answer"
    status: int = 200
    asks: str = ""
    """What else has to be said: ``seconds`` or ``retry_after``."""
    system: str = ""
    """Only this one can have it, and then all of it has, until it is lifted."""
    switch: Switch | None = None


MISHAPS: dict[str, Mishap] = {
    "late": Mishap("It answers late", "answers {seconds:g} s late", "delay", asks="seconds"),
    "busy": Mishap(
        "Too many requests (429)", "answers too many requests (429), again {again}", status=429, asks="retry_after"
    ),
    "error": Mishap("It fails: internal error (500)", "answers an internal error (500)", status=500),
    "gateway": Mishap("It fails: bad gateway (502)", "answers a bad gateway (502)", status=502),
    "unavailable": Mishap("It fails: unavailable (503)", "answers that it is unavailable (503)", status=503),
    "error_after": Mishap("It does it, but answers an error (500)", "does it, answers an error", "answer_after", 500),
    "lost_before": Mishap("The line breaks before it did anything", "breaks the line, nothing done", "drop_before"),
    "lost_after": Mishap("It does it, then the line breaks", "does it, then breaks the line", "drop_after"),
    "half": Mishap("It does it, but half of the answer is lost", "does it, loses half of its answer", "truncate"),
    "web_page": Mishap("It answers a web page instead of data (200)", "answers a web page instead of data"),
    "down": Mishap("Slack is down", "is down", status=503, system="slack"),
    "suspended": Mishap(
        "The site is suspended", "is suspended", system="jira", switch=Switch("unavailable_status", 503, 0)
    ),
    **{
        name: Mishap(label, says, system="servicenow", switch=Switch("condition", name, "awake"))
        for name, label, says in (
            ("hibernating", "ServiceNow is hibernating", "is hibernating"),
            ("upgrading", "ServiceNow is being upgraded", "is being upgraded"),
            ("exhausted", "ServiceNow has no session free", "has no session free"),
            ("login", "ServiceNow asks everybody to sign in", "asks everybody to sign in"),
        )
    },
}


def mishap_of(system: str, told: dict[str, Any]) -> Mishap:
    """Raises: NoSuchMishap."""
    mishap = MISHAPS.get(str(told.get("what")))
    if mishap is None or mishap.system not in ("", system):
        raise NoSuchMishap
    return mishap


def fault_for(system: str, told: dict[str, Any]) -> Fault:
    """Raises: NoSuchMishap, ValueError when a number is none or out of bounds."""
    mishap = mishap_of(system, told)
    if mishap.system:
        told = told | {"call": "*", "times": -1}
    seconds = _within(float(told.get("seconds") or 0), 0, LONGEST_DELAY)
    again, header = RETRY_AFTER.get(str(told.get("retry_after")), RETRY_AFTER["30"])
    wait = header() if mishap.asks == "retry_after" else None
    return Fault(
        call=str(told.get("call") or "*"),
        action=mishap.action,
        times=int(_within(int(told.get("times") or 1), -1, 1000)),
        seconds=seconds,
        status=mishap.status,
        headers={"Retry-After": wait} if wait is not None else {},
        body=_body(system, mishap),
        says=mishap.says.format(seconds=seconds, again=again),
    )


def _within(value: float, least: float, most: float) -> float:
    if not least <= value <= most:
        raise ValueError
    return value


def _body(system: str, mishap: Mishap) -> Any:
    """In the vendor's own form where it has one; a gateway in front of it knows no such form."""
    if mishap.status == 200:
        return SIGN_IN
    if mishap.status in (502, 503):
        return WEB_PAGE.format(title=f"{mishap.status} {HTTPStatus(mishap.status).phrase}", words="")
    words = "Rate limit exceeded" if mishap.status == 429 else "Internal error"
    return {
        "slack": {"ok": False, "error": "ratelimited" if mishap.status == 429 else "internal_error"},
        "jira": {"errorMessages": [words], "errors": {}},
        "servicenow": {"error": {"message": words, "detail": ""}, "status": "failure"},
    }[system]


def _http_date(ahead: timedelta) -> str:
    return format_datetime(datetime.now(UTC) + ahead, usegmt=True)
