"""How a comment is shown: as wiki markup or document, with or without its properties."""

from collections.abc import Sequence
from typing import Any

from integrations.jira.sandbox.models import Comment, Issue
from integrations.jira.sandbox.richtext import document_of, text_of
from integrations.jira.sandbox.shapes import stamp, user
from integrations.jira.sandbox.site import group_id
from integrations.jira.sandbox.view import View


def comment_json(view: View, issue: Issue, comment: Comment, *, with_properties: bool = False) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "self": view.url(f"/issue/{issue.id}/comment/{comment.id}"),
        "id": str(comment.id),
        "author": user(view, comment.author),
        "body": document_of(comment.body) if view.is_documents else text_of(comment.body),
        "updateAuthor": user(view, comment.author),
        "created": stamp(comment.created),
        "updated": stamp(comment.updated),
    }
    if view.site.is_cloud:
        shown["jsdPublic"] = comment.is_public
    if comment.visibility:
        shown["visibility"] = _visibility(view, comment.visibility)
    if with_properties:
        shown["properties"] = [{"key": key, "value": value} for key, value in comment.properties.items()]
    return shown


def _visibility(view: View, limit: dict[str, str]) -> dict[str, str]:
    if not view.site.is_cloud:
        return limit
    return limit | {"identifier": limit["value"] if limit["type"] == "role" else group_id(limit["value"])}


def page_of_comments(
    view: View, issue: Issue, comments: Sequence[Comment], *, start: int, size: int, with_properties: bool = False
) -> dict[str, Any]:
    shown = [comment_json(view, issue, comment, with_properties=with_properties) for comment in comments]
    return {"startAt": start, "maxResults": size, "total": len(view.comments_on(issue)), "comments": shown}
