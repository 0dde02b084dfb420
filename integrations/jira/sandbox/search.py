"""Searching on Cloud: pages by token, a bounded query, and an index that may lag behind."""

import base64
import binascii
import hashlib
import json
import re
import time
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.door import API, Behaviour, On
from integrations.jira.sandbox.errors import Refused, answer, refused, unreadable
from integrations.jira.sandbox.fields import of_many
from integrations.jira.sandbox.issue_shape import Wanted, issue_json, names, schemas
from integrations.jira.sandbox.jql import Query, read_query
from integrations.jira.sandbox.jql_match import candidates, find
from integrations.jira.sandbox.jql_terms import check_form, unknown_words
from integrations.jira.sandbox.models import Issue
from integrations.jira.sandbox.view import View

PATH = API + "/search/jql"
MOST = 5000
PAGE = 50
UNBOUNDED = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
REMOVED = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. "
    "A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)
FLAGS = ("fieldsByKeys", "failFast")
TYPES: dict[str, type | tuple[type, type]] = {
    "jql": str,
    "nextPageToken": str,
    "maxResults": int,
    "fields": (list, str),
    "expand": str,
    "properties": (list, str),
    "fieldsByKeys": bool,
    "reconcileIssues": (list, int),
}


@dataclass(frozen=True)
class Ask:
    """One search, however it was sent."""

    jql: str = ""
    size: int = PAGE
    token: str | None = None
    fields: list[str] = field(default_factory=list)
    properties: list[str] = field(default_factory=list)
    expand: list[str] = field(default_factory=list)
    fresh: frozenset[int] = frozenset()
    """Ids to read past the lag of the index."""


def removed(_: Call) -> Response:
    raise refused(410, REMOVED)


def by_query(call: Call) -> Response:
    ids = call.listed("reconcileIssues")
    for name in FLAGS:
        call.flag(name)
    if any(not re.fullmatch("[0-9]{1,18}", one) for one in ids):
        raise unreadable()
    ask = Ask(
        jql=call.query("jql") or "",
        size=call.whole("maxResults", PAGE),
        token=call.query("nextPageToken"),
        fields=of_many(call.listed("fields")),
        properties=call.listed("properties"),
        expand=call.listed("expand"),
        fresh=frozenset(map(int, ids)),
    )
    return _page(call, ask)


def by_body(call: Call) -> Response:
    """Members that this endpoint does not know are refused, ``startAt`` and ``validateQuery`` among them."""
    sent = call.members()
    _check_types(call, sent)
    ask = Ask(
        jql=sent.get("jql") or "",
        size=PAGE if sent.get("maxResults") is None else sent["maxResults"],
        token=sent.get("nextPageToken"),
        fields=of_many(sent.get("fields") or []),
        properties=sent.get("properties") or [],
        expand=[word.strip() for word in (sent.get("expand") or "").split(",") if word.strip()],
        fresh=frozenset(sent.get("reconcileIssues") or []),
    )
    return _page(call, ask)


def _check_types(call: Call, sent: dict[str, Any]) -> None:
    for name, value in sent.items():
        if name not in TYPES:
            raise unreadable()
        if value is None and not call.site.switches["refuses_nulls"]:
            continue
        kind = TYPES[name]
        if isinstance(kind, tuple):
            is_right = isinstance(value, list) and all(_is(one, kind[1]) for one in value)
        else:
            is_right = _is(value, kind)
        if not is_right:
            raise unreadable()


def _is(value: Any, kind: type) -> bool:
    return isinstance(value, kind) and (kind is not int or not isinstance(value, bool))


def _page(call: Call, ask: Ask) -> Response:
    """No total, no startAt; the token is missing on the last page."""
    if not 1 <= ask.size <= MOST:
        raise refused(400, "The max results parameter has to be between 1 and 5,000.")
    if len(ask.properties) > 5 or len(ask.fresh) > 50:
        raise unreadable()
    start = _start(call, ask)
    found = matching(call, ask.jql, ask.fresh)
    size = min(ask.size, int(call.site.switches["search_page_cap"])) if _is_heavy(ask) else ask.size
    page, is_last = found[start : start + size], start + size >= len(found)
    body: dict[str, Any] = {"issues": [_row(call, ask, issue) for issue in page], "isLast": is_last}
    body |= {"names": names(ask.fields)} if "names" in ask.expand else {}
    body |= {"schema": schemas(ask.fields)} if "schema" in ask.expand else {}
    return answer(200, body if is_last else body | {"nextPageToken": _token(ask, start + size)})


def _is_heavy(ask: Ask) -> bool:
    return bool(ask.properties or ask.expand) or not set(ask.fields) <= {"id", "key"}


def _row(call: Call, ask: Ask, issue: Issue) -> dict[str, Any]:
    if not _is_heavy(ask) and set(ask.fields) <= {"id"}:
        return {"id": str(issue.id)}
    expand = [part for part in ask.expand if part not in ("names", "schema")]
    return issue_json(call, issue, Wanted(ask.fields or ["id"], ask.properties, expand, in_search=True))


def matching(call: Call, jql: str, fresh: frozenset[int] = frozenset()) -> list[Issue]:
    """What the caller may find.

    Raises:
        Refused: the query is malformed or unbounded, or names what does not exist here.
    """
    query = read_query(jql)
    if query.where is None:
        raise refused(400, UNBOUNDED)
    if call.caller.account is None and not call.site.switches["public_projects"]:
        return []
    try:
        check_form(call, query)
    except Refused:
        if call.caller.account is None:
            # recorded live on a public site: a stranger hears of syntax alone, a day that is none finds nothing
            return []
        raise
    is_strict = call.caller.account is not None and call.site.switches["jql_refuses_unknown"]
    if is_strict and (sentences := unknown_words(call, query)):
        raise refused(400, *sentences)
    return find(call, query, searchable(call, query, fresh))


def searchable(view: View, query: Query, fresh: frozenset[int] = frozenset()) -> list[Issue]:
    """The issues that the query may find, as the index knows them."""
    lag = float(view.site.switches["search_lag_seconds"])
    indexed = view.store.as_indexed(lag, fresh, candidates(view, query.where))
    return [issue for issue in indexed if not issue.archived and view.may_see(view.store.issues[issue.id])]


def count(call: Call) -> Response:
    sent = call.members()
    if set(sent) - {"jql"} or not isinstance(sent.get("jql", ""), str):
        raise unreadable()
    return answer(200, {"count": len(matching(call, sent.get("jql", "")))})


def _mark(jql: str) -> str:
    return hashlib.sha256(jql.encode()).hexdigest()[:12]


def _token(ask: Ask, start: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([start, _mark(ask.jql), time.time()]).encode()).decode()


def _start(call: Call, ask: Ask) -> int:
    """Where this page begins. Raises: Refused, for a token of another query, or one that is too old."""
    if ask.token is None:
        return 0
    try:
        start, mark, made = json.loads(base64.urlsafe_b64decode(ask.token.encode()))
    except (binascii.Error, ValueError, TypeError):
        start, mark, made = 0, "", 0.0
    is_ours = mark == _mark(ask.jql) and isinstance(start, int) and isinstance(made, float)
    if not is_ours or time.time() - made >= float(call.site.switches["page_token_seconds"]):
        raise refused(400, "The provided next page token is invalid or expired.")
    return int(start)


BEHAVIOURS = (
    Behaviour("GET", PATH, by_query, On.CLOUD),
    Behaviour("POST", PATH, by_body, On.CLOUD),
    Behaviour("POST", API + "/search/approximate-count", count, On.CLOUD),
)
