"""A whole issue as it is shown, with what ``expand`` adds to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from integrations.jira.sandbox.fields import FIELDS, chosen, field_meta, schema, shown_fields
from integrations.jira.sandbox.models import Body, Change, Issue
from integrations.jira.sandbox.richtext import text_of
from integrations.jira.sandbox.shapes import stamp, user
from integrations.jira.sandbox.transition_rules import open_steps
from integrations.jira.sandbox.transition_shape import transition_json
from integrations.jira.sandbox.view import View


@dataclass(frozen=True)
class Wanted:
    """What was asked to be shown of an issue."""

    fields: Sequence[str]
    properties: Sequence[str] = ()
    expand: Sequence[str] = ()
    most_changes: int = 100
    in_search: bool = False
    """Cloud shows less of each issue in a search: 20 comments, 20 changes (docs.adaptavist.com, removal of /search)."""


def issue_json(view: View, issue: Issue, wanted: Wanted) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "expand": ",".join(wanted.expand),
        "id": str(issue.id),
        "self": view.url(f"/issue/{issue.id}"),
        "key": issue.key,
        "fields": shown_fields(view, issue, wanted.fields, in_search=wanted.in_search),
    }
    if wanted.properties:
        shown["properties"] = _properties(issue, wanted.properties)
    return shown | {part: EXPANDED[part](view, issue, wanted) for part in wanted.expand if part in EXPANDED}


def _properties(issue: Issue, wanted: Sequence[str]) -> dict[str, Any]:
    without = {key[1:] for key in wanted if key.startswith("-")}
    is_all = "*all" in wanted
    return {key: issue.properties[key] for key in issue.properties if (is_all or key in wanted) and key not in without}


def names(wanted: Sequence[str]) -> dict[str, str]:
    return {name: FIELDS[name][0] for name in chosen(wanted)}


def schemas(wanted: Sequence[str]) -> dict[str, Any]:
    return {name: schema(name) for name in chosen(wanted)}


def change_json(view: View, change: Change) -> dict[str, Any]:
    items = [_item(view, item) for item in change.items]
    return {"id": str(change.id), "author": user(view, change.author), "created": stamp(change.at), "items": items}


def _item(view: View, item: Any) -> dict[str, Any]:
    # without an id of its field where there is none, as for links and keys; Data Center knows no such ids
    field_id = {"fieldId": item.field_id} if item.field_id and view.site.is_cloud else {}
    values = {"from": item.before, "fromString": item.before_name, "to": item.after, "toString": item.after_name}
    return {"field": item.field, "fieldtype": "jira", **field_id, **values}


def _changelog(view: View, issue: Issue, wanted: Wanted) -> dict[str, Any]:
    """The newest first on Cloud, the oldest on Data Center."""
    most = 20 if wanted.in_search and view.site.is_cloud else wanted.most_changes
    newest = list(reversed(issue.history)) if view.site.is_cloud else list(issue.history)
    shown = [change_json(view, change) for change in (newest[:most] if view.site.is_cloud else newest)]
    return {"startAt": 0, "maxResults": len(shown), "total": len(issue.history), "histories": shown}


def _rendered(view: View, issue: Issue, wanted: Wanted) -> dict[str, Any]:
    """Rich text as HTML, moments for people; what needs no rendering is null."""
    shown: dict[str, Any] = dict.fromkeys(chosen(wanted.fields))
    if "description" in shown:
        shown["description"] = html_of(issue.description) if issue.description else ""
    for name in ("created", "updated"):
        if name in shown:
            shown[name] = f"{getattr(issue, name):%d/%b/%y %I:%M %p}"
    if "comment" in shown:
        shown["comment"] = {
            "comments": [{"id": str(one.id), "body": html_of(one.body)} for one in view.comments_on(issue)]
        }
    return shown


def html_of(body: Body) -> str:
    """Paragraphs and line breaks; markup is left as it was written."""
    parts = [escape(part).replace("\n", "<br/>") for part in text_of(body).split("\n\n") if part.strip()]
    return "\n".join(f"<p>{part}</p>" for part in parts)


def _transitions(view: View, issue: Issue, _: Wanted) -> list[dict[str, Any]]:
    return [transition_json(view, issue, step, with_fields=False) for step in open_steps(view, issue)]


def edit_meta(view: View, issue: Issue) -> dict[str, Any]:
    """The fields on the edit screen, none where the caller may not edit."""
    on_screen = [name for name in view.site.switches["edit_screen"] if name in FIELDS] if view.has("can_edit") else []
    versions = issue.project.versions
    return {"fields": {n: field_meta(view, n, is_required=n == "summary", versions=versions) for n in on_screen}}


EXPANDED: dict[str, Callable[[View, Issue, Wanted], Any]] = {
    "names": lambda _, __, wanted: names(wanted.fields),
    "schema": lambda _, __, wanted: schemas(wanted.fields),
    "changelog": _changelog,
    "renderedFields": _rendered,
    "transitions": _transitions,
    "editmeta": lambda view, issue, _: edit_meta(view, issue),
}
