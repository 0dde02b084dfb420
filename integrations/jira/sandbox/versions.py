"""Versions of a project, as tools that release software keep them."""

from datetime import date
from typing import Any

from starlette.responses import Response

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.door import API, Behaviour, On
from integrations.jira.sandbox.errors import answer, refused, unreadable
from integrations.jira.sandbox.events import Event
from integrations.jira.sandbox.lengths import length
from integrations.jira.sandbox.models import Project, Version
from integrations.jira.sandbox.shapes import version_full

OF_PROJECT = API + "/project/{project}/versions"
PAGED = API + "/project/{project}/version"
ONE = API + "/version/{version_id}"
LONGEST, PAGE = 255, 50
MEMBERS: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "description": str,
    "released": bool,
    "archived": bool,
    "releaseDate": str,
    "startDate": str,
    "project": str,
    "projectId": (int, str),
    "userReleaseDate": str,
    "userStartDate": str,
    "moveUnfixedIssuesTo": str,
}
KEPT = {"releaseDate": "release_date", "startDate": "start_date"}
TAKEN = "A version with this name already exists in this project."


def every(call: Call) -> Response:
    project = _project(call, call.part("project"))
    return answer(200, [version_full(call, project, version) for version in project.versions])


def page(call: Call) -> Response:
    """In pages; ``status`` and ``query`` pick, ``orderBy`` is not looked at."""
    project, words = _project(call, call.part("project")), (call.query("query") or "").lower()
    wanted = call.listed("status")
    found = [v for v in project.versions if words in v.name.lower() and (not wanted or _status(v) in wanted)]
    start, size = max(0, call.whole("startAt", 0)), min(max(1, call.whole("maxResults", PAGE)), PAGE)
    facts = {"self": str(call.request.url), "startAt": start, "maxResults": size, "total": len(found)}
    shown = [version_full(call, project, version) for version in found[start : start + size]]
    return answer(200, facts | {"isLast": start + size >= len(found), "values": shown})


def _status(version: Version) -> str:
    if version.archived:
        return "archived"
    return "released" if version.released else "unreleased"


def create(call: Call) -> Response:
    """For administrators of the project; to all others the project is not there (Atlassian's OpenAPI, 404)."""
    sent = call.members()
    _check(sent)
    project = _project(call, str(sent.get("projectId") or sent.get("project") or ""))
    if not call.has("is_admin"):
        raise _no_project(str(sent.get("projectId") or sent.get("project")))
    _check_name(project, sent.get("name"))
    version = Version(next(call.store.version_ids), sent["name"])
    _set(version, sent)
    project.versions.append(version)
    call.site.tell(Event("jira:version_created", call.actor, version=(project, version)))
    _tell_of_release(call, project, version, was_released=False)
    return answer(201, version_full(call, project, version))


def read(call: Call) -> Response:
    return answer(200, version_full(call, *_version(call)))


def update(call: Call) -> Response:
    project, version = _version(call)
    sent = call.members()
    _check(sent)
    if not call.has("is_admin"):
        raise refused(404, f"Could not find version for id '{version.id}'")
    was_released, was_called = version.released, version.name
    if "name" in sent and sent["name"] != version.name:
        _check_name(project, sent["name"])
        version.name = sent["name"]
        for issue_id in call.store.ever_in(project):
            issue = call.store.issues[issue_id]
            if issue.project is project and was_called in issue.fix_versions:
                issue.fix_versions = [version.name if name == was_called else name for name in issue.fix_versions]
                call.store.changed(issue)
    _set(version, sent)
    call.site.tell(Event("jira:version_updated", call.actor, version=(project, version)))
    _tell_of_release(call, project, version, was_released=was_released)
    return answer(200, version_full(call, project, version))


def _tell_of_release(call: Call, project: Project, version: Version, *, was_released: bool) -> None:
    if version.released != was_released:
        name = "jira:version_released" if version.released else "jira:version_unreleased"
        call.site.tell(Event(name, call.actor, version=(project, version)))


def _check(sent: dict[str, Any]) -> None:
    for name, value in sent.items():
        if name not in MEMBERS or not isinstance(value, MEMBERS[name]) or (isinstance(value, bool) and name in IDS):
            raise unreadable()
    for name in KEPT:
        twin = "user" + name[0].upper() + name[1:]
        if name in sent and twin in sent:
            raise refused(400, f"Only one of '{name}' and '{twin}' can be specified when editing a version.")
        if sent.get(name):
            _check_day(name, sent[name])
    if sent.get("startDate") and sent.get("releaseDate") and sent["startDate"] > sent["releaseDate"]:
        raise refused(400, errors={"startDate": "Start date must be before the release date."})


IDS = frozenset({"projectId"})


def _check_day(name: str, text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise refused(400, f"'{text}' is not a valid day for {name}: write it as yyyy-MM-dd.") from None


def _check_name(project: Project, name: Any) -> None:
    if not isinstance(name, str) or not name.strip():
        raise refused(400, errors={"name": "You must specify a valid version name"})
    if length(name) > LONGEST:
        raise refused(400, errors={"name": f"The version name must not exceed {LONGEST} characters in length."})
    if name.lower() in {version.name.lower() for version in project.versions}:
        raise refused(400, errors={"name": TAKEN})


def _set(version: Version, sent: dict[str, Any]) -> None:
    for name in ("description", "released", "archived", *KEPT):
        if name in sent:
            setattr(version, KEPT.get(name, name), sent[name])


def _project(call: Call, id_or_key: str) -> Project:
    for project in call.store.projects.values():
        if call.may_browse(project) and id_or_key.upper() in (project.key, str(project.id)):
            return project
    raise _no_project(id_or_key)


def _no_project(id_or_key: str) -> Exception:
    return refused(404, f"No project could be found with key '{id_or_key}'.")


def _version(call: Call) -> tuple[Project, Version]:
    found = call.store.version(call.part("version_id"))
    if not found or not call.may_browse(found[0]):
        raise refused(404, f"Could not find version for id '{call.part('version_id')}'")
    return found


BEHAVIOURS = (
    Behaviour("GET", OF_PROJECT, every),
    Behaviour("GET", PAGED, page, On.CLOUD),
    Behaviour("POST", API + "/version", create),
    Behaviour("GET", ONE, read),
    Behaviour("PUT", ONE, update),
)
