"""How a comment is shown: as wiki markup or document, with or without its properties."""

from collections.abc import Sequence
from typing import Any

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.models import Comment, Issue
from integrations.jira.sandbox.richtext import document_of, text_of
from integrations.jira.sandbox.shapes import stamp, user


def comment_json(call: Call, issue: Issue, comment: Comment, *, with_properties: bool = False) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "self": call.url(f"/issue/{issue.id}/comment/{comment.id}"),
        "id": str(comment.id),
        "author": user(call, comment.author),
        "body": document_of(comment.body) if call.is_documents else text_of(comment.body),
        "updateAuthor": user(call, comment.author),
        "created": stamp(comment.created),
        "updated": stamp(comment.updated),
    }
    if call.site.is_cloud:
        shown["jsdPublic"] = not comment.properties.get("sd.public.comment", {}).get("internal", False)
    if comment.visibility:
        shown["visibility"] = comment.visibility
    if with_properties:
        shown["properties"] = [{"key": key, "value": value} for key, value in comment.properties.items()]
    return shown


def page_of_comments(
    call: Call, issue: Issue, comments: Sequence[Comment], *, start: int, size: int, with_properties: bool = False
) -> dict[str, Any]:
    shown = [comment_json(call, issue, comment, with_properties=with_properties) for comment in comments]
    return {"startAt": start, "maxResults": size, "total": len(issue.comments), "comments": shown}
