"""Jira Service Management: comments on a request, for its customer or among ourselves."""

from typing import Any

from starlette.responses import Response

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.comment_body import EMPTY, LONGEST, TOO_LONG
from integrations.jira.sandbox.comments import check_room, missing_right, tell_of
from integrations.jira.sandbox.door import Behaviour
from integrations.jira.sandbox.errors import Refused, answer, unreadable
from integrations.jira.sandbox.lengths import length
from integrations.jira.sandbox.models import Comment, Issue
from integrations.jira.sandbox.richtext import text_of
from integrations.jira.sandbox.shapes import stamp, user

PATH = "/rest/servicedeskapi/request/{key}/comment"
PAGE = 50
NOT_THERE = "Issue does not exist or you do not have permission to see it."


def write(call: Call) -> Response:
    issue, sent = _request(call), call.members()
    body, is_public = sent.get("body"), sent.get("public")
    if not isinstance(body, str) or not isinstance(is_public, bool):
        raise unreadable()
    if not body.strip() or length(body) > LONGEST:
        raise _refused(400, TOO_LONG if body.strip() else EMPTY)
    if right := missing_right(call):
        raise _refused(403, right)
    check_room(call.writing(issue))
    marks = {} if is_public else {"sd.public.comment": {"internal": True}}
    comment = call.store.comment_on(issue, call.actor, body, properties=marks)
    tell_of(call.site, issue, comment, call.actor)
    return answer(201, _json(call, issue, comment))


def read_all(call: Call) -> Response:
    """``public`` and ``internal`` pick; both are shown unless said otherwise."""
    issue = _request(call)
    kinds = {kind for kind, name in ((True, "public"), (False, "internal")) if call.query(name) != "false"}
    found = [comment for comment in call.comments_on(issue) if comment.is_public in kinds]
    start, size = max(0, call.whole("start", 0)), min(max(1, call.whole("limit", PAGE)), PAGE)
    shown = [_json(call, issue, comment) for comment in found[start : start + size]]
    facts = {"size": len(shown), "start": start, "limit": size, "isLastPage": start + size >= len(found)}
    return answer(200, facts | {"values": shown, "_links": {"self": str(call.request.url)}})


def _request(call: Call) -> Issue:
    """Only an issue of a service project is a request."""
    issue = call.visible(call.part("key"))
    if not issue or not issue.project.is_service:
        raise _refused(404, NOT_THERE)
    return issue


def _refused(status: int, sentence: str) -> Refused:
    """This part of Jira has a shape of its own for refusals."""
    return Refused(status, {"errorMessage": sentence, "i18nErrorMessage": {"i18nKey": "", "parameters": []}})


def _json(call: Call, issue: Issue, comment: Comment) -> dict[str, Any]:
    own = f"{call.origin}{call.root}/rest/servicedeskapi/request/{issue.id}/comment/{comment.id}"
    return {
        "id": str(comment.id),
        "body": text_of(comment.body),
        "public": comment.is_public,
        "author": user(call, comment.author),
        "created": {"iso8601": stamp(comment.created), "epochMillis": int(comment.created.timestamp() * 1000)},
        "_links": {"self": own},
    }


BEHAVIOURS = (Behaviour("GET", PATH, read_all), Behaviour("POST", PATH, write))
