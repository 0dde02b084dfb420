"""Webhooks that an app registers for itself; they end after thirty days unless it asks for more."""

from datetime import datetime, timedelta
from typing import Any

from starlette.responses import Response

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.door import API, Behaviour, On
from integrations.jira.sandbox.errors import Refused, answer, refused, unreadable
from integrations.jira.sandbox.jql import read_query
from integrations.jira.sandbox.jql_terms import clauses
from integrations.jira.sandbox.webhooks.admin import check_url
from integrations.jira.sandbox.webhooks.registry import APP_EVENTS, Hook

PATH = API + "/webhook"
MOST = 5  # per app and user with OAuth 2.0 (3LO)
PAGE = 100
NOT_AN_APP = "The caller must be an app to use this operation."
# the part of JQL that a filter may be written in: Atlassian's OpenAPI, WebhookDetails.jqlFilter
FIELDS = frozenset({"issuekey", "key", "project", "issuetype", "type", "status", "assignee", "reporter"})
OPERATORS = frozenset({"=", "!=", "in", "not in"})
MEMBERS = frozenset({"events", "jqlFilter", "fieldIdsFilter", "issuePropertyKeysFilter"})


def register(call: Call) -> Response:
    """One result for each, in the order asked: an id, or what is wrong with it."""
    _need_app(call)
    sent = call.members()
    asked = sent.get("webhooks")
    if set(sent) != {"url", "webhooks"} or not isinstance(sent["url"], str) or not isinstance(asked, list):
        raise unreadable()
    check_url(call, sent["url"])
    return answer(200, {"webhookRegistrationResult": [_registered(call, sent["url"], one) for one in asked]})


def _registered(call: Call, url: str, asked: Any) -> dict[str, Any]:
    if not isinstance(asked, dict) or set(asked) - MEMBERS or any(not _is_list(asked.get(n, [])) for n in LISTS):
        raise unreadable()
    if errors := _errors(call, url, asked):
        return {"errors": errors}
    hook = Hook(
        next(call.site.hooks.ids),
        url,
        tuple(asked["events"]),
        jql=asked["jqlFilter"],
        field_ids=tuple(asked.get("fieldIdsFilter", ())),
        property_keys=tuple(asked.get("issuePropertyKeysFilter", ())),
        expires=_end(call),
    )
    return {"createdWebhookId": call.site.hooks.add(hook).id}


LISTS = ("events", "fieldIdsFilter", "issuePropertyKeysFilter")


def _is_list(given: Any) -> bool:
    return isinstance(given, list) and all(isinstance(word, str) for word in given)


def _errors(call: Call, url: str, asked: dict[str, Any]) -> list[str]:
    living = call.site.hooks.of_apps(call.store.clock.now())
    if any(hook.url != url for hook in living):
        return ["Only a single URL per app is allowed to be registered via REST API."]
    if len(living) >= MOST:
        return [f"The app has reached the maximum of {MOST} webhooks for this user."]
    unknown = [event for event in asked.get("events", []) if event not in APP_EVENTS]
    errors = [f"The event {event} is unsupported" for event in unknown]
    errors += [] if asked.get("events") else ["At least one event is required"]
    return errors + _filter_errors(asked.get("jqlFilter"))


def _filter_errors(jql: Any) -> list[str]:
    if not isinstance(jql, str) or not jql.strip():
        return ["The JQL filter is required"]
    try:
        query = read_query(jql)
    except Refused as refusal:
        return list(refusal.body["errorMessages"])
    errors = [f"The clause {c.field} is unsupported" for c in clauses(query.where) if c.field.lower() not in FIELDS]
    errors += [f"The operator {c.op} is unsupported" for c in clauses(query.where) if c.op not in OPERATORS]
    return errors + (["ORDER BY is unsupported"] if query.order else [])


def read_all(call: Call) -> Response:
    _need_app(call)
    start, size = max(0, call.whole("startAt", 0)), min(max(1, call.whole("maxResults", PAGE)), PAGE)
    living = call.site.hooks.of_apps(call.store.clock.now())
    page = {"startAt": start, "maxResults": size, "total": len(living), "isLast": start + size >= len(living)}
    return answer(200, page | {"values": [_json(hook) for hook in living[start : start + size]]})


def refresh(call: Call) -> Response:
    """Thirty days from now for those that still live; ids that are unknown are passed over."""
    _need_app(call)
    ids, ends = _ids(call), _end(call)
    for hook in call.site.hooks.of_apps(call.store.clock.now()):
        if hook.id in ids:
            hook.expires = ends
    return answer(200, {"expirationDate": _millis(ends)})


def delete(call: Call) -> Response:
    _need_app(call)
    ids = _ids(call)
    for hook in call.site.hooks.of_apps(call.store.clock.now()):
        if hook.id in ids:
            del call.site.hooks.by_id[hook.id]
    return answer(202)


def _ids(call: Call) -> set[int]:
    ids = call.members().get("webhookIds")
    if not isinstance(ids, list) or not ids or any(type(one) is not int for one in ids):
        raise refused(400, "The list of webhook IDs is missing.")
    return set(ids)


def _need_app(call: Call) -> None:
    if not call.caller.is_app:
        raise refused(403, NOT_AN_APP)


def _end(call: Call) -> datetime:
    return call.store.clock.now() + timedelta(days=float(call.site.switches["webhook_days"]))


def _millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _json(hook: Hook) -> dict[str, Any]:
    assert hook.expires
    shown = {"id": hook.id, "url": hook.url, "events": list(hook.events), "jqlFilter": hook.jql}
    shown |= {"fieldIdsFilter": list(hook.field_ids)} if hook.field_ids else {}
    shown |= {"issuePropertyKeysFilter": list(hook.property_keys)} if hook.property_keys else {}
    return shown | {"expirationDate": _millis(hook.expires)}


BEHAVIOURS = (
    Behaviour("GET", PATH, read_all, On.CLOUD),
    Behaviour("POST", PATH, register, On.CLOUD),
    Behaviour("DELETE", PATH, delete, On.CLOUD),
    Behaviour("PUT", PATH + "/refresh", refresh, On.CLOUD),
)
