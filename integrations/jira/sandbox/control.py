"""What people do in Jira behind the bot's back: add issues, move, hide, archive, rename them."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from integrations.jira.sandbox.models import Issue
from integrations.jira.sandbox.seeds import issue_facts
from integrations.jira.sandbox.shapes import STATUSES
from integrations.jira.sandbox.store import KEY, Store

CHANGED = {"hidden", "archived", "moved_to", "security", "status", "summary"}
FLAGS = {"status", "security", "archived", "hidden", "moved_from"}
ADDED = FLAGS | {"key", "summary", "type", "assignee", "labels", "fix_versions", "description"}


def control_routes(store: Store) -> list[BaseRoute]:
    async def add(request: Request) -> Response:
        wanted = await request.json()
        added: list[dict[str, Any]] = []
        for facts in wanted:
            if wrong := _wrong_addition(store, facts):
                return JSONResponse({"error": wrong, "added": added}, status_code=400)
            added.append({"id": _add(store, facts).id, "key": facts["key"]})
        return JSONResponse(added)

    async def change(request: Request) -> Response:
        issue = store.find(request.path_params["key"])
        if not issue:
            return JSONResponse({"error": "no such issue"}, status_code=404)
        facts = await request.json()
        if wrong := _wrong_change(store, facts):
            return JSONResponse({"error": wrong}, status_code=400)
        _change(store, issue, facts)
        return JSONResponse({"id": issue.id, "key": issue.key})

    return [Route("/issues", add, methods=["POST"]), Route("/issues/{key}", change, methods=["POST"])]


def _add(store: Store, facts: dict[str, Any]) -> Issue:
    issue = store.add(facts["key"], **issue_facts(facts, store.people))
    if "moved_from" in facts:
        store.also_known_as(issue, facts["moved_from"])
    return issue


def _change(store: Store, issue: Issue, facts: dict[str, Any]) -> None:
    for name in facts.keys() - {"moved_to"}:
        setattr(issue, name, facts[name])
    if "status" in facts:
        issue.resolution = "Done" if STATUSES[issue.status][1][1] == "done" else None
    if "moved_to" in facts:
        store.move(issue, facts["moved_to"])
    else:
        store.changed(issue)


def _wrong_addition(store: Store, facts: dict[str, Any]) -> str:
    if not {"key", "summary"} <= set(facts) <= ADDED:
        return f"an issue has key and summary, and of the rest: {sorted(ADDED)}"
    if facts.get("assignee", next(iter(store.people))) not in store.people:
        return f"nobody here is called {facts['assignee']}"
    return _wrong_key(store, facts["key"]) or _wrong_status(facts)


def _wrong_change(store: Store, facts: dict[str, Any]) -> str:
    if not set(facts) <= CHANGED:
        return f"what can be changed: {sorted(CHANGED)}"
    return (_wrong_key(store, facts["moved_to"]) if "moved_to" in facts else "") or _wrong_status(facts)


def _wrong_key(store: Store, key: str) -> str:
    if not KEY.fullmatch(key) or key.rpartition("-")[0] not in store.projects:
        return f"{key} is no key in a project of this site: {sorted(store.projects)}"
    return f"{key} exists" if store.find(key) else ""


def _wrong_status(facts: dict[str, Any]) -> str:
    return "" if facts.get("status", "Done") in STATUSES else f"the statuses are {sorted(STATUSES)}"
