"""ServiceNow's traffic against its documentation: addresses, verbs, sysparms, columns, and the forms of answers."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from tests.traffic.call import Call
from tests.traffic.servicenow_answers import answer_complaints
from tests.traffic.servicenow_queries import query_complaints
from tests.traffic.servicenow_tables import CHANGE_STATE, TABLES, column

JSON = "application/json"
ROW = re.compile(r"/api/now/table/([a-z_]+)/([0-9a-f]{32})")
ROWS = re.compile(r"/api/now/table/([a-z_]+)")
CHANGE = re.compile(r"/api/sn_chg_rest/v1/change(?:/[0-9a-f]{32})?")
NEXT_STATES = re.compile(r"/api/sn_chg_rest/v1/change/[0-9a-f]{32}/nextstates")
ATTACH = "/api/now/attachment/file"
ATTACHED = re.compile(r"/api/now/attachment(?:/[0-9a-f]{32}(?:/file)?)?")

FLAG = re.compile("true|false|True|False")  # pysnow writes Python's own words
# Table API reference, "Query parameters".
FORMING: dict[str, re.Pattern[str]] = {
    "sysparm_display_value": re.compile("true|false|all|False"),
    "sysparm_exclude_reference_link": FLAG,
    "sysparm_view": re.compile(r"\w*"),
    "sysparm_fields": re.compile(r"[a-z0-9_.]+(,[a-z0-9_.]+)*"),
}
OF_READS = FORMING | {
    "sysparm_query": re.compile(".*", re.DOTALL),
    "sysparm_limit": re.compile(r"[1-9]\d{0,3}"),
    "sysparm_offset": re.compile(r"\d+"),
    "sysparm_suppress_pagination_header": FLAG,
    "sysparm_no_count": FLAG,
}
OF_WRITES = FORMING | {
    "sysparm_input_display_value": FLAG,
    # Not documented for writes, and not avoidable: pysnow adds its defaults to every call (pysnow/params_builder.py).
    # With anything else in it than nothing, sysparm_query would be the query of another call.
    "sysparm_query": re.compile(""),
    "sysparm_limit": re.compile("10000"),
    "sysparm_offset": re.compile("0?"),
    "sysparm_suppress_pagination_header": FLAG,
}


def complaints(call: Call) -> Iterator[str]:
    """What is wrong with a call and its answer."""
    request = _checker_of(call)
    if request is None:
        yield f"{call.method} {call.path} is no documented call that Cabbie needs"
        return
    yield from request(call)
    if call.is_answered:
        yield from answer_complaints(call)


def _checker_of(call: Call) -> Callable[[Call], Iterator[str]] | None:
    if call.method == "POST" and call.path == "/oauth_token.do":
        return _token
    if call.method == "POST" and call.path == "/oauth_revoke_token.do":
        return _revocation
    if call.method == "POST" and call.path == ATTACH:
        return _attachment
    kinds: tuple[tuple[str, re.Pattern[str], Callable[[Call], Iterator[str]]], ...] = (
        ("GET", ROWS, _rows),
        ("POST", ROWS, _insert),
        ("GET", ROW, _row),
        ("PATCH", ROW, _update),
        ("POST", CHANGE, _change),
        ("PATCH", CHANGE, _change),
        ("GET", NEXT_STATES, _nothing_sent),
        ("GET", ATTACHED, _attached),
    )
    return next((does for verb, path, does in kinds if call.method == verb and path.fullmatch(call.path)), None)


def _token(call: Call) -> Iterator[str]:
    # docs, r_OAuthAPIRequestParameters: form-urlencoded, or an unspecified error.
    if call.media != "application/x-www-form-urlencoded":
        yield f"a body that says it is {call.media}"
    form = dict(call.form)
    # docs, Client credentials and Authorization code grant workflow; RFC 7636, 4.5, for the verifier.
    grants = {
        "client_credentials": set(),
        "authorization_code": {"code", "redirect_uri", "code_verifier"},
        "refresh_token": {"refresh_token"},
    }
    own = grants.get(form.get("grant_type", ""))
    if own is None or form.keys() != {"grant_type", "client_id", "client_secret"} | own:
        yield f"a grant of {sorted(form)}"
    yield from _no_query(call)


def _revocation(call: Call) -> Iterator[str]:
    # docs, Revoke an OAuth token: one token, and nobody has to say who they are. In the body, for URLs are kept.
    if dict(call.form).keys() != {"token"}:
        yield f"a revocation of {sorted(dict(call.form))}"
    yield from _no_query(call)


def _rows(call: Call) -> Iterator[str]:
    table, given = ROWS.fullmatch(call.path)[1], dict(call.pairs)  # type: ignore[index]  # it brought us here
    if table not in TABLES:
        yield f"no table that Cabbie needs: {table}"
        return
    yield from _sysparms(call, OF_READS)
    if "sysparm_limit" not in given:
        yield "no sysparm_limit: a condition that is dropped would read the whole table"
    if "sysparm_fields" not in given:
        yield "no sysparm_fields: everything is read"
    yield from query_complaints(table, given.get("sysparm_query", ""))
    names = given.get("sysparm_fields", "").split(",")
    yield from (f"{table} does not document {name}" for name in names if name and column(table, name) is None)
    yield from _nothing_in_body(call)


def _row(call: Call) -> Iterator[str]:
    table = ROW.fullmatch(call.path)[1]  # type: ignore[index]
    if table not in TABLES:
        yield f"no table that Cabbie needs: {table}"
    yield from _sysparms(call, FORMING)
    yield from _nothing_in_body(call)


def _insert(call: Call) -> Iterator[str]:
    yield from _sysparms(call, OF_WRITES)
    yield from _columns(call, ROWS.fullmatch(call.path)[1])  # type: ignore[index]


def _update(call: Call) -> Iterator[str]:
    yield from _sysparms(call, OF_WRITES)
    yield from _columns(call, ROW.fullmatch(call.path)[1])  # type: ignore[index]
    if call.body.startswith("{") and call.sent.get("state") == "rejected" and not call.sent.get("comments"):
        yield "a rejection without comments, which the approvals API demands"


def _change(call: Call) -> Iterator[str]:
    """Here a pair in the URL is a field to write."""
    is_new = call.method == "POST"
    if is_new == bool(re.search("/[0-9a-f]{32}$", call.path)):
        yield f"{call.method} of {call.path}"
    yield from _no_query(call)
    yield from _columns(call, "change_request")
    if is_new and call.body.startswith("{"):
        if "state" in call.sent:
            yield "a state on create: instances refuse it, drop it, or open a change that nobody is asked about"
        if not {"chg_model", "type"} & call.sent.keys():
            yield "neither chg_model nor type"
        if not call.sent.get("correlation_id"):
            yield "no correlation_id: after a lost answer nobody finds it"


def _columns(call: Call, table: str) -> Iterator[str]:
    """Documented, writable, of the right form. Every column is sent as a string, numbers and flags too."""
    if call.media != JSON or not call.header("accept").startswith(JSON):
        yield f"Content-Type {call.media!r} and Accept {call.header('accept')!r}: either missing is a 400"
    if table not in TABLES or not TABLES[table].writable:
        yield f"a write to {table}"
        return
    try:
        sent = call.sent
    except ValueError:
        yield "a body that is no JSON"
        return
    if not isinstance(sent, dict) or not sent:
        yield "a body that is no object of columns"
        return
    for name, value in sent.items():
        yield from _value(table, name, value)


def _value(table: str, name: str, value: Any) -> Iterator[str]:
    judge = TABLES[table].columns.get(name)
    if judge is None:
        yield f"{table} does not document {name}"
    elif name not in TABLES[table].writable:
        yield f"{name} of {table} is not a client's to write"
    elif not isinstance(value, str):
        yield f"{name} is {value!r}, no string"
    elif judge is CHANGE_STATE and not judge(value):
        yield f"state is {value!r}: a label where the number is due"
    elif value and not judge(value):
        yield f"{name} is {value[:80]!r} ({len(value)} characters)"


def _attachment(call: Call) -> Iterator[str]:
    given = dict(call.pairs)
    if given.keys() != {"table_name", "table_sys_id", "file_name"}:
        yield f"an attachment with {sorted(given)}"
    if not call.media or not call.body:
        yield "an attachment without a type or without content"


def _attached(call: Call) -> Iterator[str]:
    given = dict(call.pairs)
    if call.path.endswith("/attachment"):
        yield from _sysparms(call, OF_READS)
        if "sysparm_limit" not in given:
            yield "no sysparm_limit"
        yield from query_complaints("sys_attachment", given.get("sysparm_query", ""))
    yield from _nothing_in_body(call)


def _nothing_sent(call: Call) -> Iterator[str]:
    yield from _no_query(call)
    yield from _nothing_in_body(call)


def _sysparms(call: Call, known: dict[str, re.Pattern[str]]) -> Iterator[str]:
    for name, value in call.pairs:
        if name not in known:
            yield f"{name} is no parameter of a {call.method}"
        elif not known[name].fullmatch(value):
            yield f"{name}={value[:80]}"


def _no_query(call: Call) -> Iterator[str]:
    if call.query:
        yield f"pairs in the URL: {call.query[:120]}"


def _nothing_in_body(call: Call) -> Iterator[str]:
    if call.body:
        yield "a body where none is taken"
