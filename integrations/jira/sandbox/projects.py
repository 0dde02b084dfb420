"""Which projects there are, and what the caller may do in them."""

from typing import Any

from starlette.responses import Response

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.door import API, Behaviour, On
from integrations.jira.sandbox.errors import answer, refused
from integrations.jira.sandbox.fields import TYPE_IDS
from integrations.jira.sandbox.models import Project
from integrations.jira.sandbox.shapes import project, type_json, version_full

PAGE = 50

# key → (id, name, type, the switch that takes it away)
PERMISSIONS = {
    "BROWSE_PROJECTS": ("10", "Browse Projects", "PROJECT", ""),
    "EDIT_ISSUES": ("12", "Edit Issues", "PROJECT", "can_edit"),
    "ADD_COMMENTS": ("15", "Add Comments", "PROJECT", "can_comment"),
    "LINK_ISSUES": ("21", "Link Issues", "PROJECT", "can_link"),
    "TRANSITION_ISSUES": ("46", "Transition Issues", "PROJECT", "can_transition"),
    "ADMINISTER_PROJECTS": ("23", "Administer Projects", "PROJECT", "is_admin"),
    "ADMINISTER": ("0", "Administer Jira", "GLOBAL", "is_admin"),
}


def _browsable(call: Call) -> list[Project]:
    return sorted((p for p in call.store.projects.values() if call.may_browse(p)), key=lambda p: p.key)


def every(call: Call) -> Response:
    return answer(200, [project(call, one) for one in _browsable(call)])


def search(call: Call) -> Response:
    start, size = (max(0, call.whole("startAt", 0)), min(max(1, call.whole("maxResults", PAGE)), PAGE))
    keys = {key.upper() for key in call.request.query_params.getlist("keys")}
    words = (call.query("query") or "").lower()
    found = [p for p in _browsable(call) if (not keys or p.key in keys) and words in f"{p.key} {p.name}".lower()]
    page = found[start : start + size]
    facts = {"self": str(call.request.url), "maxResults": size, "startAt": start, "total": len(found)}
    is_last = start + size >= len(found)
    return answer(200, facts | {"isLast": is_last, "values": [project(call, one) for one in page]})


def one(call: Call) -> Response:
    """With its types and its versions, which the lists of projects leave out."""
    found = _named(call, call.part("project"))
    whole = {
        "description": "",
        "components": [],
        "issueTypes": [type_json(call, name, number) for name, number in TYPE_IDS.items()],
    }
    versions = [version_full(call, found, version) for version in found.versions]
    return answer(200, project(call, found) | whole | {"versions": versions})


def _named(call: Call, id_or_key: str) -> Project:
    for candidate in _browsable(call):
        if id_or_key.upper() in (candidate.key, str(candidate.id)):
            return candidate
    raise refused(404, f"No project could be found with key '{id_or_key}'.")


def my_permissions(call: Call) -> Response:
    """What the account may do: anywhere, in a project, or on an issue."""
    asked = call.listed("permissions")
    if not asked and call.site.is_cloud:
        raise refused(400, "The 'permissions' query parameter is required.")
    if unknown := [key for key in asked if key not in PERMISSIONS]:
        raise refused(400, f"Unrecognized permissions: {', '.join(unknown)}.")
    _check_context(call)
    return answer(200, {"permissions": {key: _permission(call, key) for key in asked or PERMISSIONS}})


def _check_context(call: Call) -> None:
    if named := call.query("projectKey") or call.query("projectId"):
        _named(call, named)
    issue = call.query("issueKey") or call.query("issueId")
    if issue and not call.visible(issue):
        raise refused(404, "Issue does not exist or you do not have permission to see it.")


def _permission(call: Call, key: str) -> dict[str, Any]:
    number, name, kind, switch = PERMISSIONS[key]
    has = call.caller.account is not None and bool(call.site.switches[switch] if switch else True)
    return {"id": number, "key": key, "name": name, "type": kind, "description": "", "havePermission": has}


BEHAVIOURS = (
    Behaviour("GET", API + "/project", every),
    Behaviour("GET", API + "/project/search", search, On.CLOUD),
    Behaviour("GET", API + "/project/{project}", one),
    Behaviour("GET", API + "/mypermissions", my_permissions),
)
