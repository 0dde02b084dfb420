"""The fields of an issue: which there are, which were asked for, and how each is shown."""

from collections.abc import Callable, Sequence
from typing import Any

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.comment_shape import page_of_comments
from integrations.jira.sandbox.models import Issue
from integrations.jira.sandbox.richtext import document_of
from integrations.jira.sandbox.shapes import project, stamp, status, user

ALL, NAVIGABLE = "*all", "*navigable"
TYPE_IDS = {"Story": "10001", "Task": "10002", "Bug": "10004", "Epic": "10000"}
SHOWN_COMMENTS = 20  # Cloud shows no more inside an issue list (docs.adaptavist.com, removal of /search)
Show = Callable[[Call, Issue], Any]


def _issue_type(call: Call, issue: Issue) -> dict[str, Any]:
    type_id = TYPE_IDS.get(issue.type, "10099")
    link = call.url(f"/issuetype/{type_id}")
    return {"self": link, "id": type_id, "description": "", "name": issue.type, "subtask": False}


def _named(call: Call, kind: str, name: str | None, description: str = "") -> dict[str, Any] | None:
    if name is None:
        return None
    number = str(10000 + sum(name.encode()) % 1000)
    return {"self": call.url(f"/{kind}/{number}"), "id": number, "description": description, "name": name}


def _versions(call: Call, issue: Issue) -> list[dict[str, Any]]:
    named = [_named(call, "version", name) or {} for name in issue.fix_versions]
    return [version | {"archived": False, "released": False} for version in named]


def _description(call: Call, issue: Issue) -> Any:
    if issue.description is None:
        return None
    return document_of(issue.description) if call.is_documents else issue.description


def _comments(call: Call, issue: Issue) -> dict[str, Any]:
    return page_of_comments(call, issue, issue.comments[:SHOWN_COMMENTS], start=0, size=SHOWN_COMMENTS)


# id → (name, schema type, how it is shown)
FIELDS: dict[str, tuple[str, str, Show]] = {
    "summary": ("Summary", "string", lambda _, issue: issue.summary),
    "status": ("Status", "status", lambda call, issue: status(call, issue.status)),
    "issuetype": ("Issue Type", "issuetype", _issue_type),
    "assignee": ("Assignee", "user", lambda call, issue: user(call, issue.assignee) if issue.assignee else None),
    "project": ("Project", "project", lambda call, issue: project(call, issue.project)),
    "resolution": ("Resolution", "resolution", lambda call, issue: _named(call, "resolution", issue.resolution)),
    "security": ("Security Level", "securitylevel", lambda call, i: _named(call, "securitylevel", i.security)),
    "created": ("Created", "datetime", lambda _, issue: stamp(issue.created)),
    "updated": ("Updated", "datetime", lambda _, issue: stamp(issue.updated)),
    "labels": ("Labels", "array", lambda _, issue: issue.labels),
    "fixVersions": ("Fix versions", "array", _versions),
    "description": ("Description", "string", _description),
    "comment": ("Comment", "comments-page", _comments),
}


def issue_json(call: Call, issue: Issue, wanted: Sequence[str], properties: Sequence[str] = ()) -> dict[str, Any]:
    """One issue with the fields asked for; unknown names are passed over in silence."""
    shown: dict[str, Any] = {
        "expand": "",
        "id": str(issue.id),
        "self": call.url(f"/issue/{issue.id}"),
        "key": issue.key,
        "fields": {name: FIELDS[name][2](call, issue) for name in chosen(wanted)},
    }
    if properties:
        shown["properties"] = {key: issue.properties[key] for key in properties if key in issue.properties}
    return shown


def chosen(wanted: Sequence[str]) -> list[str]:
    """Field ids for ``*all``, ``*navigable``, ``-name`` and plain names, in the site's own order.

    >>> chosen(["*navigable", "-summary"])[:2]
    ['status', 'issuetype']
    """
    names: set[str] = set()
    if all(name.startswith("-") for name in wanted):
        names |= set(FIELDS)
    for name in wanted:
        if name in (ALL, NAVIGABLE):
            names |= set(FIELDS) if name == ALL else set(FIELDS) - {"comment"}
    names |= {name for name in wanted if name in FIELDS}
    names -= {name[1:] for name in wanted if name.startswith("-")}
    return [name for name in FIELDS if name in names]


def all_fields(call: Call) -> list[dict[str, Any]]:
    """What ``GET /field`` tells about them."""
    return [_field(call, field_id) for field_id in FIELDS]


def _field(call: Call, field_id: str) -> dict[str, Any]:
    name, kind, _ = FIELDS[field_id]
    key = {"key": field_id} if call.site.is_cloud else {}
    return key | {
        "id": field_id,
        "name": name,
        "custom": False,
        "orderable": field_id not in ("created", "updated", "status", "project"),
        "navigable": field_id != "comment",
        "searchable": True,
        "clauseNames": [field_id],
        "schema": {"type": kind, "system": field_id},
    }
