"""What people do in Jira behind the bot's back: add issues and projects, move, hide, archive, delete, rename them."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from integrations.jira.sandbox.comments import tell_of
from integrations.jira.sandbox.events import Event
from integrations.jira.sandbox.history import changing
from integrations.jira.sandbox.models import Issue, Project
from integrations.jira.sandbox.seeds import issue_facts, name_versions
from integrations.jira.sandbox.site import Site
from integrations.jira.sandbox.store import KEY, Store
from integrations.jira.sandbox.webhooks.courier import Courier
from integrations.jira.sandbox.workflow import STATUSES, WORKFLOWS
from integrations.standin.diary import Diary
from integrations.standin.world import Human

CHANGED = {"hidden", "archived", "moved_to", "security", "status", "summary", "assignee", "labels", "fix_versions"}
FLAGS = {"status", "security", "archived", "hidden", "moved_from"}
ADDED = FLAGS | {"key", "summary", "type", "assignee", "labels", "fix_versions", "description", "parent"}
PROJECT = {"key", "name", "hidden", "is_service", "workflow"}
GATES = ("awaiting", "allowed", "prevented", "invalid")


def control_routes(site: Site, courier: Courier, diary: Callable[[], Diary]) -> list[BaseRoute]:
    people = People(site)

    async def deliveries(request: Request) -> Response:
        return JSONResponse(courier.as_json())

    async def redeliver(request: Request) -> Response:
        is_known = courier.redeliver((await request.json())["identifier"])
        return JSONResponse({}, status_code=200 if is_known else 404)

    async def app(_: Request) -> Response:
        return JSONResponse({"client_id": site.apps.client_id, "client_secret": site.apps.client_secret})

    async def token(_: Request) -> Response:
        """A Data Center's personal access token, as our account makes one in its profile."""
        return JSONResponse({"token": site.secrets.jira_token})

    async def decide(request: Request) -> Response:
        facts = await request.json()
        key = (facts["pipeline"], facts["environment"], facts["number"])
        found = site.deployments.by_key.get(key)
        if not found or facts["gate"] not in GATES:
            return JSONResponse({"error": f"a deployment that was told of, and one of {GATES}"}, status_code=400)
        found.gate, found.request, found.decided = facts["gate"], facts.get("request", ""), site.store.clock.now()
        return JSONResponse({})

    async def calls(request: Request) -> Response:
        since = int(request.query_params.get("since", "0"))
        return JSONResponse(Counter(entry.call for entry in diary() if entry.seq > since))

    return [
        Route("/issues", people.add, methods=["POST"]),
        Route("/issues/{key}", people.change, methods=["POST"]),
        Route("/issues/{key}", people.delete, methods=["DELETE"]),
        Route("/issues/{key}/comments", people.comment, methods=["POST"]),
        Route("/projects", people.add_project, methods=["POST"]),
        Route("/webhooks", deliveries, methods=["GET"]),
        Route("/webhooks/redeliver", redeliver, methods=["POST"]),
        Route("/app", app, methods=["GET"]),
        Route("/token", token, methods=["GET"]),
        Route("/deployments/gate", decide, methods=["POST"]),
        Route("/calls", calls, methods=["GET"]),
    ]


class People:
    """Everybody who uses the site itself; ``by`` says who, margaret unless said."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._store = site.store

    def _who(self, facts: dict[str, Any]) -> Human:
        people = self._store.people
        return people.get(facts.pop("by", "margaret")) or next(iter(people.values()))

    async def add(self, request: Request) -> Response:
        added: list[dict[str, Any]] = []
        for facts in await request.json():
            if wrong := _wrong_addition(self._store, facts):
                return JSONResponse({"error": wrong, "added": added}, status_code=400)
            issue = self._add(facts)
            added.append({"id": issue.id, "key": issue.key})
        return JSONResponse(added)

    def _add(self, facts: dict[str, Any]) -> Issue:
        project = self._store.projects[facts["key"].rpartition("-")[0]]
        name_versions(self._store, project, facts.get("fix_versions", []))
        parent = self._store.find(facts["parent"]) if facts.get("parent") else None
        known = issue_facts(facts, self._store.people) | {"parent": parent.id if parent else None}
        issue = self._store.add(facts["key"], **known)
        if "moved_from" in facts:
            self._store.also_known_as(issue, facts["moved_from"])
        self._site.tell(Event("jira:issue_created", self._who({}), issue, kind="issue_created"))
        return issue

    async def change(self, request: Request) -> Response:
        issue = self._store.find(request.path_params["key"])
        if not issue:
            return JSONResponse({"error": "no such issue"}, status_code=404)
        facts = await request.json()
        who = self._who(facts)
        if wrong := _wrong_change(self._store, facts):
            return JSONResponse({"error": wrong}, status_code=400)
        with changing(self._site, issue, who, "issue_moved" if "moved_to" in facts else "issue_generic"):
            self._change(issue, facts)
        return JSONResponse({"id": issue.id, "key": issue.key})

    def _change(self, issue: Issue, facts: dict[str, Any]) -> None:
        name_versions(self._store, issue.project, facts.get("fix_versions", []))
        for name in facts.keys() - {"moved_to", "assignee"}:
            setattr(issue, name, facts[name])
        if "assignee" in facts:
            issue.assignee = self._store.people.get(facts["assignee"] or "", None)
        if "status" in facts:
            issue.resolution = "Done" if STATUSES[issue.status][1][1] == "done" else None
        if "moved_to" in facts:
            self._store.move(issue, facts["moved_to"])

    async def delete(self, request: Request) -> Response:
        issue = self._store.find(request.path_params["key"])
        if not issue:
            return JSONResponse({"error": "no such issue"}, status_code=404)
        self._site.tell(Event("jira:issue_deleted", self._who({}), issue))
        self._store.forget(issue)
        return JSONResponse({"id": issue.id})

    async def comment(self, request: Request) -> Response:
        issue, facts = self._store.find(request.path_params["key"]), await request.json()
        if not issue or not facts.get("body"):
            return JSONResponse({"error": "an issue that there is, and a body"}, status_code=400)
        who = self._who(facts)
        comment = self._store.comment_on(issue, who, facts["body"], visibility=facts.get("visibility"))
        tell_of(self._site, issue, comment, who)
        return JSONResponse({"id": comment.id})

    async def add_project(self, request: Request) -> Response:
        facts, store = await request.json(), self._store
        if not {"key", "name"} <= set(facts) <= PROJECT or facts["key"] in store.projects:
            return JSONResponse({"error": f"a new key, a name, and of the rest: {sorted(PROJECT)}"}, status_code=400)
        if facts.get("workflow", "") not in WORKFLOWS:
            return JSONResponse({"error": f"the workflows are {sorted(WORKFLOWS)}"}, status_code=400)
        project = Project(10000 + len(store.projects), **facts)
        store.projects[project.key] = project
        return JSONResponse({"id": project.id, "key": project.key})


def _wrong_addition(store: Store, facts: dict[str, Any]) -> str:
    if not {"key", "summary"} <= set(facts) <= ADDED:
        return f"an issue has key and summary, and of the rest: {sorted(ADDED)}"
    if facts.get("parent") and not store.find(facts["parent"]):
        return f"there is no {facts['parent']} to belong to"
    return _wrong_person(store, facts) or _wrong_key(store, facts["key"]) or _wrong_status(facts)


def _wrong_change(store: Store, facts: dict[str, Any]) -> str:
    if not set(facts) <= CHANGED:
        return f"what can be changed: {sorted(CHANGED)}"
    wrong = _wrong_key(store, facts["moved_to"]) if "moved_to" in facts else ""
    return wrong or _wrong_person(store, facts) or _wrong_status(facts)


def _wrong_person(store: Store, facts: dict[str, Any]) -> str:
    name = facts.get("assignee")
    return f"nobody here is called {name}" if name and name not in store.people else ""


def _wrong_key(store: Store, key: str) -> str:
    if not KEY.fullmatch(key) or key.rpartition("-")[0] not in store.projects:
        return f"{key} is no key in a project of this site: {sorted(store.projects)}"
    return f"{key} exists" if store.find(key) else ""


def _wrong_status(facts: dict[str, Any]) -> str:
    return "" if facts.get("status", "Done") in STATUSES else f"the statuses are {sorted(STATUSES)}"
