"""How ServiceNow says no, in words a person can act on."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pysnow.exceptions
import requests

from bot.ports import Declined, Failure, Outage, Unknown
from integrations.http import answer_of, failure_of_answer, failures_of

SYSTEM = "ServiceNow"

# Wordings: ServiceNow docs r_RESTAPIHTTPResponseCodes, and answers seen in public clients. A rule's refusal is a 403
# from the Table API, and as 400, 403 or 500 from sn_chg_rest; whatever the status, nothing was written.
RULE = re.compile(r"aborted by Business Rule '([^'^]+)")
DATA_POLICY = re.compile(r"Data Policy Exception:?\s*(.+)", re.DOTALL)
RIGHTS = ("acl exception", "security constraints", "insufficient rights", "not authorized", "not permitted")
REFUSALS = ("aborted by business rule", "data policy exception", "unique key violation", *RIGHTS)
VERBS = {"GET": "read", "POST": "create", "PATCH": "change", "PUT": "change", "DELETE": "delete"}


@contextmanager
def servicenow_failures(account: str, *, repeatable: bool = True) -> Iterator[None]:
    """``failures_of`` ServiceNow; account: who asks, as people call it ("change account")."""
    try:
        with failures_of(SYSTEM, repeatable=repeatable, reason=partial(reason_of, account=account)):
            yield
    except pysnow.exceptions.PysnowException as error:
        raise makes_no_sense(type(error).__name__, repeatable=repeatable) from None


def body_of(response: requests.Response, account: str, *, repeatable: bool = True) -> dict[str, Any]:
    """The JSON of a good answer. Raises: the failure it stands for."""
    reason = partial(reason_of, account=account)
    if not response.ok:
        raise refusal_of(response, account) or failure_of_answer(SYSTEM, response, repeatable=repeatable, reason=reason)
    body = answer_of(SYSTEM, response, repeatable=repeatable, reason=reason)
    # A list cut short by a transaction quota answers 200 with the rows so far, and an error behind them.
    if not isinstance(body, dict):
        raise makes_no_sense(repeatable=repeatable)
    if isinstance(body.get("error"), dict):
        what = f"it stopped in the middle: {said_in(body)}"
        raise Outage(SYSTEM, what) if repeatable else Unknown(SYSTEM, what)
    return body


def makes_no_sense(why: str = "", *, repeatable: bool) -> Failure:
    """The failure of a good answer that holds nothing we can use."""
    what = f"its answer makes no sense{f' ({why})' if why else ''}"
    return Outage(SYSTEM, what) if repeatable else Unknown(SYSTEM, what)


def refusal_of(response: requests.Response, account: str) -> Failure | None:
    """The refusal by a rule that an error answer spells out, whatever its status."""
    said = said_by(response).lower()
    if response.status_code in (401, 404, 429) or not any(words in said for words in REFUSALS):
        return None
    return Declined(SYSTEM, reason_of(response, account=account))


def reason_of(response: requests.Response, *, account: str) -> str:
    """Why, in one sentence without ids."""
    said = said_by(response)
    if response.status_code == 401:
        return f"it does not accept the {account}'s credentials{_multi_factor(response)}"
    if response.status_code == 404:
        return f"there is no such record, or the {account} may not read it"
    if rule := RULE.search(said):
        return f"its business rule “{rule[1].strip()}” refuses that"
    if policy := DATA_POLICY.search(said):
        return f"its data policy refuses that: {' '.join(policy[1].split())}"
    if any(words in said.lower() for words in RIGHTS) or (response.status_code == 403 and not said):
        return f"{SYSTEM} does not let the {account} {_what_was_asked(response)}"
    return said


def said_by(response: requests.Response) -> str:
    try:
        return said_in(response.json())
    except ValueError:
        return ""


def said_in(body: Any) -> str:
    """Message and detail of an error body: the Table API explains in detail, sn_chg_rest in message."""
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, str):
        return error
    if not isinstance(error, dict):
        return ""
    parts = [str(error.get(key) or "").strip() for key in ("message", "detail")]
    return ": ".join(part for part in parts if part and part != "Operation Failed")


def _multi_factor(response: requests.Response) -> str:
    """ServiceNow docs, c_RESTAPI: a password that lacks its second factor is told by a header."""
    return ": it wants a second factor" if response.headers.get("X-MFA_TOKEN") else ""


def _what_was_asked(response: requests.Response) -> str:
    path = (response.request.path_url if response.request else "").split("?")[0]
    verb = VERBS.get((response.request.method if response.request else "") or "", "use")
    if table := re.search(r"/table/(\w+)", path):
        return f"{verb} {table[1]}"
    if path.endswith("/nextstates"):
        return "ask for the next states of a change"
    return f"{verb} {'change_task' if '/task' in path else 'change_request'}"
