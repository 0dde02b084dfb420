"""What a webhook tells of an event: the issue as it is now, and what changed."""

from typing import Any

from integrations.jira.sandbox.comment_shape import comment_json
from integrations.jira.sandbox.events import Event
from integrations.jira.sandbox.fields import NAVIGABLE
from integrations.jira.sandbox.issue_shape import Wanted, change_json, issue_json
from integrations.jira.sandbox.models import Change, Comment, Issue
from integrations.jira.sandbox.shapes import user, version_full
from integrations.jira.sandbox.view import View

FEW = ("summary", "issuetype", "project", "assignee", "status")


def payload_of(view: View, event: Event) -> dict[str, Any]:
    """Everything in the words of version 2, whichever the receiver speaks."""
    shown: dict[str, Any] = {
        "timestamp": int(view.store.clock.now().timestamp() * 1000),
        "webhookEvent": event.name,
    }
    if event.version:
        return shown | {"version": version_full(view, *event.version)}
    assert event.issue
    if event.name.startswith("comment_") and event.comment:
        return shown | {**_comment(view, event.issue, event.comment), "eventType": "primaryAction"}
    shown |= {"issue_event_type_name": event.kind} if event.kind else {}
    shown |= {"user": user(view, event.actor), "issue": _issue(view, event.issue, (NAVIGABLE,))}
    if event.change:
        shown["changelog"] = _changelog(view, event.change)
    if event.comment:
        shown["comment"] = comment_json(view, event.issue, event.comment)
    if event.property:
        key, value = event.property
        shown["property"] = {"key": key, "value": value}
    return shown


def _comment(view: View, issue: Issue, comment: Comment) -> dict[str, Any]:
    return {"comment": comment_json(view, issue, comment), "issue": _issue(view, issue, FEW)}


def _issue(view: View, issue: Issue, fields: tuple[str, ...]) -> dict[str, Any]:
    shown = issue_json(view, issue, Wanted(fields))
    return {name: shown[name] for name in ("id", "self", "key", "fields")}


def _changelog(view: View, change: Change) -> dict[str, Any]:
    shown = change_json(view, change)
    return {"id": shown["id"], "items": shown["items"]}
