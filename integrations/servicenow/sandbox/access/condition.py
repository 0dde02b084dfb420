"""Days on which an instance answers something else than it was asked for."""

import fnmatch
import json
from collections.abc import Iterable
from html import escape
from typing import Any
from urllib.parse import quote

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from integrations.servicenow.sandbox.instance import Instance

LOGIN = "/login_redirect.do"
# As logged at about 60 seconds (seen in public code): what was written may stay written.
CANCELLED = {
    "error": {
        "message": "Transaction cancelled: maximum execution time exceeded",
        "detail": "Transaction cancelled: maximum execution time exceeded. Check logs for error trace.",
    },
    "status": "failure",
}
EXHAUSTED = {
    "error": {"message": "Semaphore queue limit reached", "detail": "The maximum number of requests is waiting"},
    "status": "failure",
}


def under_conditions(inst: Instance, routes: Iterable[BaseRoute]) -> list[BaseRoute]:
    """The same routes, answering as well as the instance's condition allows."""
    held = list(routes)
    for route in held:
        if isinstance(route, Route):
            route.app = _guarded(inst, route.app)
    return held


def _guarded(inst: Instance, app: ASGIApp) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if poor := _poor_answer(inst, scope):
            await poor(scope, receive, send)
        elif end := _cancelled(inst, scope):
            await _cut_short(end, app, scope, receive, send)
        else:
            await app(scope, receive, send)

    return answer


def _poor_answer(inst: Instance, scope: Scope) -> Response | None:
    match inst.switches["condition"]:
        case "hibernating":  # 200, and a page instead of JSON: what a sleeping developer instance shows
            return _page("Your instance is hibernating", "Sign in to the developer site to wake it up.", 200)
        case "upgrading":
            return _page("Upgrade in progress", "The instance is being upgraded and will be back shortly.", 503)
        case "login" if scope["path"] != LOGIN:  # where single sign-on guards every path
            return RedirectResponse(f"{LOGIN}?sysparm_url={quote(scope['path'], safe='')}", 302)
        case "exhausted":  # no session is free: its status and words are not documented
            status = inst.switches["semaphore_status"]
            page = _page("Service unavailable", "Semaphore queue limit reached.", 503)
            return page if status == 503 else JSONResponse(EXHAUSTED, status)
    return None


def _cancelled(inst: Instance, scope: Scope) -> dict[str, Any] | None:
    """The rule that cancels this transaction, used up by one."""
    call = f"{scope['method']} {scope['path']}"
    for rule in inst.switches["cancelled_transactions"]:
        if rule.get("times", 1) > 0 and fnmatch.fnmatchcase(call, rule["call"]):
            rule["times"] = rule.get("times", 1) - 1
            return dict(rule)
    return None


async def _cut_short(rule: dict[str, Any], app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Do it or not, then break off: before the answer, within it, or after it."""
    messages: list[Message] = []

    async def hold(message: Message) -> None:
        messages.append(message)

    if rule.get("commits", True):
        await app(scope, receive, hold)
    body = b"".join(message.get("body", b"") for message in messages)
    error = json.dumps(CANCELLED)[1:].encode()
    match rule.get("ends", "500"):
        case "malformed":  # the list had begun: 200, half of it, and the error after it
            spoiled: Response = Response(body[: len(body) // 2] + error, 200, media_type="application/json")
        case "trailing":
            spoiled = Response(body[:-1] + b"," + error, 200, media_type="application/json")
        case _:
            spoiled = JSONResponse(CANCELLED, 500)
    await spoiled(scope, receive, send)


def _page(title: str, text: str, status: int) -> Response:
    return HTMLResponse(f"<!doctype html><title>{escape(title)}</title><h1>{escape(title)}</h1><p>{text}</p>", status)
