"""Searching on a Data Center: pages by startAt, and a validation that can be switched off. Removed from Cloud."""

from typing import Any

from starlette.responses import Response

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.door import API, Behaviour
from integrations.jira.sandbox.errors import answer, refused, unreadable
from integrations.jira.sandbox.fields import NAVIGABLE, of_many
from integrations.jira.sandbox.issue_shape import Wanted, issue_json, names, schemas
from integrations.jira.sandbox.jql import read_query
from integrations.jira.sandbox.jql_match import find
from integrations.jira.sandbox.jql_terms import check_form, unknown_words
from integrations.jira.sandbox.search import removed, searchable

PATH = API + "/search"
MOST = 1000  # jira.search.views.default.max
PAGE = 50
# without "properties": the library's author found that a body with it is refused (jira 3.10.5, client.py:3655)
STRICT = frozenset({"true", "strict"})
TYPES: dict[str, type | tuple[type, ...]] = {
    "jql": str,
    "startAt": int,
    "maxResults": int,
    "validateQuery": (bool, str),
    "fields": list,
    "expand": list,
    "fieldsByKeys": bool,
}


def by_query(call: Call) -> Response:
    if call.site.is_cloud:
        return removed(call)
    sent: dict[str, Any] = {"jql": call.query("jql") or "", "fields": call.listed("fields")}
    sent |= {"expand": call.listed("expand"), "properties": call.listed("properties")}
    sent |= {"startAt": call.whole("startAt", 0), "maxResults": call.whole("maxResults", PAGE)}
    return _page(call, sent | {"validateQuery": call.query("validateQuery") or "true"})


def by_body(call: Call) -> Response:
    if call.site.is_cloud:
        return removed(call)
    sent = call.members()
    for name, value in sent.items():
        if name not in TYPES or not _fits(value, TYPES[name]):
            raise unreadable()
        if isinstance(value, list) and any(not isinstance(word, str) for word in value):
            raise unreadable()
    return _page(call, {name: value for name, value in sent.items() if value is not None})


def _fits(value: Any, kinds: type | tuple[type, ...]) -> bool:
    """Null is as good as nothing: the library sends it."""
    return value is None or (isinstance(value, kinds) and not (kinds is int and isinstance(value, bool)))


def _page(call: Call, sent: dict[str, Any]) -> Response:
    query = read_query(sent.get("jql", ""))
    check_form(call, query)
    sentences = unknown_words(call, query)
    mode = str(sent.get("validateQuery", True)).lower()
    if sentences and mode in STRICT:
        raise refused(400, *sentences)
    start, size = (max(0, sent.get("startAt", 0)), min(max(0, sent.get("maxResults", PAGE)), MOST))
    found = find(call, query, searchable(call, query))
    fields, expand = of_many(sent.get("fields") or [NAVIGABLE]), sent.get("expand", [])
    each = [part for part in expand if part not in ("names", "schema")]
    wanted = Wanted(fields, sent.get("properties", []), each, in_search=True)
    shown = [issue_json(call, issue, wanted) for issue in found[start : start + size]]
    body: dict[str, Any] = {
        "expand": "schema,names",
        "startAt": start,
        "maxResults": size,
        "total": len(found),
        "issues": shown,
    }
    body |= {"names": names(fields)} if "names" in expand else {}
    body |= {"schema": schemas(fields)} if "schema" in expand else {}
    return answer(200, body | ({"warningMessages": sentences} if sentences and mode == "warn" else {}))


BEHAVIOURS = (Behaviour("GET", PATH, by_query), Behaviour("POST", PATH, by_body))
