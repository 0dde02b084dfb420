"""The forms of ServiceNow's answers: Table API and Change Management API references, and r_RESTAPIHTTPResponseCodes."""

import re
from collections.abc import Iterator
from typing import Any

from tests.traffic.call import Call

JSON = "application/json"
MALFORMED = (400, 405, 406, 415)
REFUSED = (401, 403, 404, 429, 500)
BY_A_RULE = re.compile("Business Rule|Data Policy|not authorized to approve")
"""Some instances say so with a 400: the request was well made all the same."""
GOOD = {"GET": (200,), "POST": (200, 201), "PATCH": (200,)}


def answer_complaints(call: Call) -> Iterator[str]:
    """What is wrong with an answer; and what it says was wrong with the request."""
    if call.path == "/oauth_revoke_token.do":
        return  # what it answers is not documented, and nobody reads it
    if not call.answer_type.startswith(JSON) and not call.path.endswith("/file"):
        yield f"{call.status} came as {call.answer_type or 'nothing'}"
        return
    if call.path == "/oauth_token.do":
        yield from _token(call)
    elif call.status in (*REFUSED, *MALFORMED):
        yield from _error(call)
    elif call.status not in GOOD[call.method]:
        yield f"answered with the status {call.status}"
    elif "/api/now/table/" in call.path:
        yield from _table(call)
    elif call.path.endswith("/nextstates"):
        yield from _next_states(call.given.get("result"))
    elif "/sn_chg_rest/" in call.path:
        yield from _change(call)


def _token(call: Call) -> Iterator[str]:
    given = call.given
    if call.status == 200:
        if given.get("token_type") != "Bearer" or not isinstance(given.get("expires_in"), int):
            yield "a token without its type or its life"
        if not given.get("access_token"):
            yield "no token"
    elif call.status not in (400, 401, 403) or "error" not in given:
        yield f"a refusal of {call.status} {call.answer[:120]}"


def _error(call: Call) -> Iterator[str]:
    """``{"error": {"message", "detail"}, "status": "failure"}``."""
    given = call.given
    error = given.get("error") if isinstance(given, dict) else None
    if not isinstance(error, dict) or error.keys() != {"message", "detail"} or given.get("status") != "failure":
        yield f"an error in another form: {call.answer[:120]}"
    if call.status in MALFORMED and not BY_A_RULE.search(call.answer):
        yield f"refused as malformed: {call.status} {call.answer[:200]}"


def _table(call: Call) -> Iterator[str]:
    """A list for a list, an object for a record; every value a string, references as they were asked for."""
    result = call.given.get("result")
    is_list = call.method == "GET" and not re.search("/[0-9a-f]{32}$", call.path)
    if not isinstance(result, list if is_list else dict):
        yield f"result is a {type(result).__name__}"
        return
    if call.method == "POST" and call.status != 201:
        yield f"a new record answered with {call.status}"
    asked = dict(call.pairs)
    fields = set(filter(None, asked.get("sysparm_fields", "").split(",")))
    with_links = asked.get("sysparm_exclude_reference_link", "false").lower() != "true"
    for row in result if isinstance(result, list) else [result]:
        if fields and not row.keys() <= fields:
            yield f"columns that nobody asked for: {sorted(row.keys() - fields)}"
        yield from (f"{name} is {value!r}" for name, value in row.items() if not _is_stored(value, with_links))


def _is_stored(value: Any, with_links: bool) -> bool:
    if isinstance(value, dict):
        return with_links and value.keys() == {"link", "value"}
    return isinstance(value, str)


def _change(call: Call) -> Iterator[str]:
    """Pairs of value and display value; on some instances a list of one, and a bare sys_id."""
    result = call.given.get("result")
    row = result[0] if isinstance(result, list) and len(result) == 1 else result
    if not isinstance(row, dict):
        yield f"result is {str(result)[:80]}"
        return
    for name, value in row.items():
        if name == "__meta":
            ignored = value.get("ignoredFields", []) if isinstance(value, dict) else []
            yield from (f"it ignored {one}" for one in ignored if not _holds(row, one, call.sent))
        elif name == "sys_id" and isinstance(value, str):
            continue
        elif not isinstance(value, dict) or not {"display_value", "value"} <= value.keys():
            yield f"{name} is no pair"


def _holds(row: dict[str, Any], name: str, sent: dict[str, Any]) -> bool:
    """One site is known to list a field as ignored that it did write."""
    pair = row.get(name)
    return isinstance(pair, dict) and name in sent and str(pair.get("value")) == sent[name]


def _next_states(result: Any) -> Iterator[str]:
    if not isinstance(result, dict) or result.keys() != {"available_states", "state_label", "state_transitions"}:
        yield f"nextstates in another form: {str(result)[:120]}"
        return
    if not all(isinstance(state, str) for state in result["available_states"]):
        yield "available_states are no strings"
    for way in (way for alternatives in result["state_transitions"] for way in alternatives):
        if not {"sys_id", "from_state", "to_state", "transition_available", "automatic_transition"} <= way.keys():
            yield f"a transition in another form: {sorted(way)}"
