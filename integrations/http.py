"""How any vendor fails over HTTP, sorted by what to do about it.

    with failures_of("Jira"):                      # reads, and writes that may be repeated
        session.get(url).raise_for_status()
    with failures_of("Jira", repeatable=False):    # creates, comments, journals: look before sending again
        session.post(url, json=body).raise_for_status()

It sorts whatever ``requests`` raises, and whatever carries a ``requests.Response`` as ``.response`` (``HTTPError``,
``jira.JIRAError``). Everything else is a bug, and passes through as it is. No failure holds a vendor's exception, a URL
or a header: those may carry credentials.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from bot.ports import BadCredentials, Declined, Failure, NotThere, Outage, Unknown

LONGEST_WAIT = 24 * 3600
"""Seconds. A vendor's clock may be wrong by years; a day later somebody has looked."""
LONGEST_REASON = 300
NEVER_CONNECTED = ("NewConnectionError", "ConnectTimeoutError")
"""urllib3's words, by name: it is requests' dependency, not ours."""

Reason = Callable[[requests.Response], str]
"""Says in a vendor's own words why it answered like that; empty when it does not say."""


@contextmanager
def failures_of(system: str, *, repeatable: bool = True, reason: Reason | None = None) -> Iterator[None]:
    """Turn what goes wrong inside into a failure of ``bot.ports``.

    repeatable: doing it twice does no harm. When it is not, a lost answer is Unknown instead of an Outage."""
    try:
        yield
    except Failure:
        raise
    except Exception as error:
        failure = failure_of(system, error, repeatable=repeatable, reason=reason or reason_of)
        if failure is None:
            raise
        raise failure from None


def failure_of(system: str, error: Exception, *, repeatable: bool, reason: Reason) -> Failure | None:
    """The failure an exception stands for; None when it is none of a vendor's."""
    response = getattr(error, "response", None)
    if isinstance(response, requests.Response):
        return failure_of_answer(system, response, repeatable=repeatable, reason=reason)
    if not isinstance(error, requests.RequestException | json.JSONDecodeError):
        return None
    if was_never_sent(error):
        return Outage(system, "there is no connection")
    return _lost(system, _how_it_was_lost(error), repeatable=repeatable)


def failure_of_answer(system: str, response: requests.Response, *, repeatable: bool, reason: Reason) -> Failure:
    """The failure an answer stands for that is none we can use."""
    status = response.status_code
    if status in (408, 429):
        return Outage(system, "it asks us to wait" if status == 429 else "it answered 408", wait_of(response))
    if status >= 500:
        return _lost(system, f"it answered {status}", repeatable=repeatable, wait=wait_of(response))
    if status in (404, 410) and is_page(response):
        return Outage(system, "it answered with a page that says not found: is its URL right, is the site suspended?")
    if 300 <= status < 400:
        return Outage(system, f"it answered {status}, a redirect: is its URL right?")
    if status < 300:
        return _lost(system, "its answer makes no sense", repeatable=repeatable)
    sorts = {401: BadCredentials, 404: NotThere, 410: NotThere}
    return sorts.get(status, Declined)(system, reason(response)[:LONGEST_REASON] or f"it answered {status}")


def answer_of(
    system: str, response: requests.Response, *, repeatable: bool = True, reason: Reason | None = None
) -> Any:
    """The JSON of a good answer. Raises: the failure it stands for.

    A page where JSON was asked for comes from whatever stands in front: a sleeping instance, a proxy, a login."""
    if not response.ok or response.is_redirect:
        raise failure_of_answer(system, response, repeatable=repeatable, reason=reason or reason_of)
    if response.status_code == 204 or not response.content:
        return None
    if is_page(response):
        if "hibernat" in response.text.lower():
            raise Outage(system, "it is hibernating: somebody has to wake it")
        raise _lost(system, "it answered with a web page instead of data", repeatable=repeatable)
    with failures_of(system, repeatable=repeatable):
        return response.json()


def is_page(response: requests.Response) -> bool:
    return "html" in response.headers.get("Content-Type", "").lower()


def wait_of(response: requests.Response) -> str:
    """Seconds to wait as Retry-After gives them, as Outage takes them; empty when it does not say.

    RFC 9110, 10.2.3: a number of seconds or an HTTP date. A date is read against the answer's own Date, so that our
    clock does not matter."""
    said = response.headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return str(min(int(said[:9]), LONGEST_WAIT))
    then = date_of(said)
    if then is None:
        return ""
    now = date_of(response.headers.get("Date", "")) or datetime.now(UTC)
    return str(min(max(int((then - now).total_seconds()), 0), LONGEST_WAIT))


def date_of(text: str) -> datetime | None:
    """An HTTP date, aware; None when it is none."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def reason_of(response: requests.Response) -> str:
    """Why it was refused, as most vendors put it: ``message``, ``detail`` or ``errorMessages`` of a JSON body."""
    try:
        body = response.json()
    except ValueError:
        return ""
    return "; ".join(dict.fromkeys(_sentences(body)))


def _sentences(body: Any) -> Iterator[str]:
    if not isinstance(body, dict):
        return
    for key in ("error", "errorMessages", "errors", "message", "detail", "error_description"):
        said = body.get(key)
        if isinstance(said, str) and said:
            yield said
        elif isinstance(said, list):
            yield from (one for one in said if isinstance(one, str) and one)
        elif isinstance(said, dict) and key == "errors":
            yield from (f"{name}: {why}" for name, why in said.items())
        else:
            yield from _sentences(said)


def was_never_sent(error: Exception) -> bool:
    """Whether it failed before one byte of the request could have been acted upon."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.ProxyError):
        return True
    if isinstance(error, requests.exceptions.SSLError):
        return "CERTIFICATE_VERIFY_FAILED" in str(error)
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.MissingSchema):
        return True
    cause = error.args[0] if error.args else None
    inner = getattr(cause, "reason", cause)
    return any(base.__name__ in NEVER_CONNECTED for base in type(inner).__mro__)


def _how_it_was_lost(error: Exception) -> str:
    if isinstance(error, requests.Timeout):
        return "no answer came in time"
    if isinstance(error, ValueError) and not isinstance(error, requests.ConnectionError):
        return "its answer makes no sense"
    return "the connection broke"


def _lost(system: str, what: str, *, repeatable: bool, wait: str = "") -> Failure:
    return Outage(system, what, wait) if repeatable else Unknown(system, what)
