"""The fields of an issue: which there are, which were asked for, and how each is shown."""

import zlib
from collections.abc import Callable, Sequence
from typing import Any

from integrations.jira.sandbox.comment_shape import page_of_comments
from integrations.jira.sandbox.models import Issue, Version
from integrations.jira.sandbox.richtext import document_of, text_of
from integrations.jira.sandbox.shapes import project, stamp, status, user, version_short
from integrations.jira.sandbox.view import View
from integrations.jira.sandbox.workflow import RESOLUTIONS
from integrations.standin.world import Human

ALL, NAVIGABLE = "*all", "*navigable"
TYPE_IDS = {"Story": "10001", "Task": "10002", "Bug": "10004", "Epic": "10000"}
SHOWN_COMMENTS = 20  # Cloud shows no more inside an issue list (docs.adaptavist.com, removal of /search)
Show = Callable[[View, Issue], Any]


def issue_type(view: View, issue: Issue) -> dict[str, Any]:
    type_id = TYPE_IDS.get(issue.type, "10099")
    link = view.url(f"/issuetype/{type_id}")
    return {"self": link, "id": type_id, "description": "", "name": issue.type, "subtask": False}


def named(view: View, kind: str, name: str | None, description: str = "") -> dict[str, Any] | None:
    if name is None:
        return None
    number = str(10000 + zlib.crc32(name.encode()) % 90_000)
    return {"self": view.url(f"/{kind}/{number}"), "id": number, "description": description, "name": name}


def _versions(view: View, issue: Issue) -> list[dict[str, Any]]:
    return [version_short(view, version) for version in issue.project.versions if version.name in issue.fix_versions]


def _description(view: View, issue: Issue) -> Any:
    if issue.description is None:
        return None
    return document_of(issue.description) if view.is_documents else text_of(issue.description)


def _comments(view: View, issue: Issue) -> dict[str, Any]:
    shown = view.comments_on(issue)
    return page_of_comments(view, issue, shown, start=0, size=len(shown))


def _few_comments(view: View, issue: Issue) -> dict[str, Any]:
    return page_of_comments(view, issue, view.comments_on(issue)[:SHOWN_COMMENTS], start=0, size=SHOWN_COMMENTS)


def _parent(view: View, issue: Issue) -> dict[str, Any] | None:
    parent = view.store.issues.get(issue.parent) if issue.parent else None
    if not parent or not view.may_see(parent):
        return None
    fields = {"summary": parent.summary, "status": status(view, parent.status), "issuetype": issue_type(view, parent)}
    return {"id": str(parent.id), "key": parent.key, "self": view.url(f"/issue/{parent.id}"), "fields": fields}


def _person(view: View, human: Human | None) -> dict[str, Any] | None:
    return user(view, human) if human else None


# id → (name, schema type, how it is shown)
FIELDS: dict[str, tuple[str, str, Show]] = {
    "summary": ("Summary", "string", lambda _, issue: issue.summary),
    "status": ("Status", "status", lambda view, issue: status(view, issue.status)),
    "issuetype": ("Issue Type", "issuetype", issue_type),
    "assignee": ("Assignee", "user", lambda view, issue: _person(view, issue.assignee)),
    "reporter": ("Reporter", "user", lambda view, issue: _person(view, issue.reporter)),
    "project": ("Project", "project", lambda view, issue: project(view, issue.project)),
    "parent": ("Parent", "issuelink", _parent),
    "resolution": ("Resolution", "resolution", lambda view, issue: named(view, "resolution", issue.resolution)),
    "resolutiondate": ("Resolved", "datetime", lambda _, i: stamp(i.resolved) if i.resolved else None),
    "security": ("Security Level", "securitylevel", lambda view, i: named(view, "securitylevel", i.security)),
    "created": ("Created", "datetime", lambda _, issue: stamp(issue.created)),
    "updated": ("Updated", "datetime", lambda _, issue: stamp(issue.updated)),
    "labels": ("Labels", "array", lambda _, issue: issue.labels),
    "fixVersions": ("Fix versions", "array", _versions),
    "description": ("Description", "string", _description),
    "comment": ("Comment", "comments-page", _comments),
}
ITEMS = {"labels": "string", "fixVersions": "version"}
OPERATIONS = {"labels": ["add", "set", "remove"], "fixVersions": ["set", "add", "remove"], "comment": ["add", "edit"]}


def shown_fields(view: View, issue: Issue, wanted: Sequence[str], *, in_search: bool) -> dict[str, Any]:
    """The fields asked for; unknown names are passed over in silence, and so is the parent that there is not."""
    shown = {name: FIELDS[name][2](view, issue) for name in chosen(wanted)}
    if "comment" in shown and in_search and view.site.is_cloud:
        shown["comment"] = _few_comments(view, issue)
    if shown.get("parent", "") is None:
        del shown["parent"]
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


def of_many(wanted: Sequence[str]) -> list[str]:
    """The fields asked for of many issues: nothing but exclusions means navigable ones (of one issue: all).

    >>> of_many(["-summary"])
    ['*navigable', '-summary']
    """
    is_without = bool(wanted) and all(name.startswith("-") for name in wanted)
    return [NAVIGABLE, *wanted] if is_without else list(wanted)


def all_fields(view: View) -> list[dict[str, Any]]:
    """What ``GET /field`` tells about them."""
    return [_field(view, field_id) for field_id in FIELDS]


def _field(view: View, field_id: str) -> dict[str, Any]:
    key = {"key": field_id} if view.site.is_cloud else {}
    return key | {
        "id": field_id,
        "name": FIELDS[field_id][0],
        "custom": False,
        "orderable": field_id not in ("created", "updated", "status", "project", "resolutiondate"),
        "navigable": field_id != "comment",
        "searchable": True,
        "clauseNames": [field_id],
        "schema": schema(field_id),
    }


def schema(field_id: str) -> dict[str, Any]:
    items = {"items": ITEMS[field_id]} if field_id in ITEMS else {}
    return {"type": FIELDS[field_id][1], "system": field_id} | items


def field_meta(view: View, name: str, *, is_required: bool, versions: Sequence[Version] = ()) -> dict[str, Any]:
    """One field of a screen, as transitions, create and edit tell of it."""
    meta: dict[str, Any] = {"required": is_required, "schema": schema(name), "name": FIELDS[name][0], "key": name}
    allowed: list[dict[str, Any]] = []
    if name == "resolution":
        allowed = [named(view, "resolution", one) or {} for one in RESOLUTIONS]
    elif name == "fixVersions":
        allowed = [version_short(view, version) for version in versions]
    meta |= {"hasDefaultValue": False, "operations": OPERATIONS.get(name, ["set"])}
    return meta | ({"allowedValues": allowed} if allowed else {})
