"""Webhooks that an administrator keeps, over REST or on the settings page."""

from typing import Any
from urllib.parse import urlsplit

from starlette.responses import Response

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.caller import LOG_IN, out_of_scope
from integrations.jira.sandbox.door import Behaviour
from integrations.jira.sandbox.errors import Refused, answer, refused, unreadable
from integrations.jira.sandbox.jql import read_query
from integrations.jira.sandbox.webhooks.registry import ADMIN_EVENTS, Hook

PATH = "/rest/webhooks/1.0/webhook"
ONE = PATH + "/{hook}"
SECTION = "issue-related-events-section"
MEMBERS = frozenset({"name", "url", "events", "filters", "excludeBody", "secret", "enabled", "description"})


def create(call: Call) -> Response:
    _need_admin(call)
    facts = _facts(call, call.members())
    if missing := [name for name in ("name", "url", "events") if not facts.get(name)]:
        raise refused(400, *(f"The webhook's {name} is missing." for name in missing))
    hook = Hook(next(call.site.hooks.ids), **facts, updated=call.store.clock.now())
    return answer(201, _json(call, call.site.hooks.add(hook)))


def read_all(call: Call) -> Response:
    _need_admin(call)
    return answer(200, [_json(call, hook) for hook in call.site.hooks.of_administrators()])


def read_one(call: Call) -> Response:
    _need_admin(call)
    return answer(200, _json(call, _in_path(call)))


def update(call: Call) -> Response:
    """What is not sent stays as it is, the secret too: it can be set anew, never read."""
    _need_admin(call)
    hook = _in_path(call)
    for name, value in _facts(call, call.members()).items():
        setattr(hook, name, value)
    hook.updated = call.store.clock.now()
    return answer(200, _json(call, hook))


def delete(call: Call) -> Response:
    _need_admin(call)
    del call.site.hooks.by_id[_in_path(call).id]
    return answer(204)


def _need_admin(call: Call) -> None:
    if "cloud_id" in call.request.path_params:
        raise out_of_scope()
    if call.caller.account is None:
        raise Refused(401, {"message": LOG_IN, "status-code": 401})
    call.need("is_admin", 403, "You do not have permission to administer webhooks.")


def _in_path(call: Call) -> Hook:
    number = call.number("hook")
    hook = call.site.hooks.by_id.get(number) if number is not None else None
    if not hook or hook.is_of_app:
        raise refused(404, f"There is no webhook with the ID {call.part('hook')}.")
    return hook


def _facts(call: Call, sent: dict[str, Any]) -> dict[str, Any]:
    """The members of a webhook as it is kept. Raises: Refused, 400."""
    if unknown := sorted(set(sent) - MEMBERS):
        raise refused(400, f"Unrecognized field '{unknown[0]}'.")
    facts: dict[str, Any] = {}
    for name, kept, kind in TEXTS:
        if name in sent:
            if not isinstance(sent[name], kind):
                raise unreadable()
            facts[kept] = sent[name]
    if "url" in facts:
        check_url(call, facts["url"])
    if "events" in sent:
        facts["events"] = _events(sent["events"])
    if "filters" in sent:
        facts["jql"] = _filter(sent["filters"])
    return facts


TEXTS: tuple[tuple[str, str, type], ...] = (
    ("name", "name", str),
    ("url", "url", str),
    ("secret", "secret", str),
    ("excludeBody", "excludes_body", bool),
    ("enabled", "is_enabled", bool),
)


def check_url(call: Call, url: str) -> None:
    parts = urlsplit(url)
    schemes = ("https",) if call.site.switches["webhooks_need_https"] else ("http", "https")
    if parts.scheme not in schemes or not parts.hostname:
        raise refused(400, f"The webhook's URL has to begin with {' or '.join(schemes)}.")


def _events(given: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or any(not isinstance(event, str) for event in given):
        raise unreadable()
    if unknown := sorted(set(given) - ADMIN_EVENTS):
        raise refused(400, f"The event {unknown[0]} does not exist.")
    return tuple(given)


def _filter(given: Any) -> str:
    if not isinstance(given, dict) or any(not isinstance(one, str) for one in given.values()):
        raise unreadable()
    jql = str(given.get(SECTION, ""))
    if jql.strip():
        read_query(jql)
    return jql


def _json(call: Call, hook: Hook) -> dict[str, Any]:
    """Without the secret: nobody reads it again."""
    assert hook.updated
    return {
        "name": hook.name,
        "url": hook.url,
        "excludeBody": hook.excludes_body,
        "filters": {SECTION: hook.jql},
        "events": list(hook.events),
        "enabled": hook.is_enabled,
        "isSigned": bool(hook.secret),
        "self": f"{call.origin}{call.root}{PATH}/{hook.id}",
        "lastUpdatedUser": call.actor.account_id if call.site.is_cloud else call.actor.key,
        "lastUpdatedDisplayName": call.actor.name,
        "lastUpdated": int(hook.updated.timestamp() * 1000),
    }


BEHAVIOURS = (
    Behaviour("GET", PATH, read_all),
    Behaviour("POST", PATH, create),
    Behaviour("GET", ONE, read_one),
    Behaviour("PUT", ONE, update),
    Behaviour("DELETE", ONE, delete),
)
