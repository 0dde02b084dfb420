"""The lists that a site is made of: types, statuses, resolutions, and what can be filled in to create an issue."""

from typing import Any

from starlette.responses import Response

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.door import API, Behaviour
from integrations.jira.sandbox.editing import ON_CREATE
from integrations.jira.sandbox.errors import answer, refused
from integrations.jira.sandbox.fields import TYPE_IDS, field_meta, named
from integrations.jira.sandbox.models import Project
from integrations.jira.sandbox.shapes import status, type_json
from integrations.jira.sandbox.workflow import RESOLUTIONS, STATUSES, WORKFLOWS

META = API + "/issue/createmeta/{project}/issuetypes"
REQUIRED = frozenset({"project", "issuetype", "summary"})


def types(call: Call) -> Response:
    return answer(200, [type_json(call, name, TYPE_IDS[name]) for name in TYPE_IDS])


def statuses(call: Call) -> Response:
    return answer(200, [status(call, name) for name in STATUSES])


def statuses_of_project(call: Call) -> Response:
    """Those of its workflow, under each type."""
    project = _project(call)
    reached = {step.to for step in WORKFLOWS[project.workflow]}
    shown = [status(call, name) for name in STATUSES if name in reached]
    return answer(200, [type_json(call, name, TYPE_IDS[name]) | {"statuses": shown} for name in TYPE_IDS])


def resolutions(call: Call) -> Response:
    call.need_login()
    return answer(200, [named(call, "resolution", name) for name in RESOLUTIONS])


def create_types(call: Call) -> Response:
    _project(call)
    return answer(200, _page(call, [type_json(call, name, TYPE_IDS[name]) for name in TYPE_IDS], "issueTypes"))


def create_fields(call: Call) -> Response:
    project, number = _project(call), call.part("type")
    if number not in TYPE_IDS.values():
        raise refused(404, f"The issue type with ID '{number}' does not exist.")
    fields = [
        field_meta(call, name, is_required=name in REQUIRED, versions=project.versions) | {"fieldId": name}
        for name in sorted(ON_CREATE)
    ]
    return answer(200, _page(call, fields, "fields"))


def _page(call: Call, rows: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """The rows have a name of their own on Cloud, and are values on Data Center."""
    facts = {"startAt": 0, "maxResults": 50, "total": len(rows)}
    return facts | ({name: rows} if call.site.is_cloud else {"isLast": True, "values": rows})


def _project(call: Call) -> Project:
    word = call.part("project").upper()
    for project in call.store.projects.values():
        if call.may_browse(project) and word in (project.key, str(project.id)):
            return project
    raise refused(404, f"No project could be found with key '{call.part('project')}'.")


BEHAVIOURS = (
    Behaviour("GET", API + "/issuetype", types),
    Behaviour("GET", API + "/status", statuses),
    Behaviour("GET", API + "/resolution", resolutions),
    Behaviour("GET", API + "/project/{project}/statuses", statuses_of_project),
    Behaviour("GET", META, create_types),
    Behaviour("GET", META + "/{type}", create_fields),
)
