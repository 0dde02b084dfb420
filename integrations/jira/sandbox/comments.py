"""Comments on an issue: write, read, change, delete. Nothing here keeps anybody from writing one twice."""

import re
from typing import Any

from starlette.responses import Response

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.comment_body import body_of, properties_of, visibility_of
from integrations.jira.sandbox.comment_shape import comment_json, page_of_comments
from integrations.jira.sandbox.door import API, Behaviour, On
from integrations.jira.sandbox.entity_properties import family
from integrations.jira.sandbox.errors import Refused, answer, problem, refused, unreadable
from integrations.jira.sandbox.events import Event
from integrations.jira.sandbox.models import Body, Comment, Issue
from integrations.jira.sandbox.site import Site
from integrations.standin.world import Human

MOST_PER_ISSUE = 5000
MOST_IDS = 1000
PAGE = {True: 100, False: 50}  # Cloud's documented default; a Data Center may cap lower
ORDERS = {None: False, "created": False, "+created": False, "-created": True}
MAY_NOT = "You do not have the permission to comment on this issue."
PATH = API + "/issue/{key}/comment"
ONE = PATH + "/{comment}"


def write(call: Call) -> Response:
    issue = call.issue_to_write()
    sent = call.members()
    body = _body(call, sent)
    visibility, properties = (visibility_of(call, sent.get("visibility")), properties_of(sent.get("properties")))
    check_room(issue)
    comment = call.store.comment_on(issue, call.actor, body, visibility=visibility, properties=properties)
    tell_of(call.site, issue, comment, call.actor)
    return answer(201, comment_json(call, issue, comment))


def check_room(issue: Issue) -> None:
    if len(issue.comments) >= MOST_PER_ISSUE:
        raise refused(413, f"The issue already has the maximum of {MOST_PER_ISSUE} comments.")


def tell_of(site: Site, issue: Issue, comment: Comment, actor: Human) -> None:
    """A new comment is an event of its own and a change of the issue."""
    site.store.changed(issue)
    site.tell(Event("comment_created", actor, issue, comment=comment))
    site.tell(Event("jira:issue_updated", actor, issue, kind="issue_commented", comment=comment))


def _body(call: Call, sent: dict[str, Any]) -> Body:
    """Recorded live: a missing right and a body that is none are told in one answer."""
    right = missing_right(call)
    try:
        body = body_of(call, sent.get("body"))
    except Refused as refusal:
        if right and "errors" in refusal.body:
            refusal.body["errorMessages"].append(right)
        raise
    if right:
        raise refused(400, right)
    return body


def missing_right(call: Call) -> str:
    """A missing right is a 400 here, not a 403 (recorded live); Data Center names the user first."""
    if call.has("can_comment"):
        return ""
    return MAY_NOT if call.site.is_cloud else f"{call.actor.name}, {MAY_NOT[0].lower()}{MAY_NOT[1:]}"


def read_page(call: Call) -> Response:
    """One page in order of creation. On Cloud there is no ``expand=properties`` here."""
    issue, order = call.issue(), call.query("orderBy")
    # an unescaped plus sign in a query is a blank
    order = order.replace(" ", "+") if order else None
    if order not in ORDERS:
        raise refused(400, f"The 'orderBy' value '{order}' is not supported. Use 'created', '+created' or '-created'.")
    start, most = max(0, call.whole("startAt", 0)), PAGE[call.site.is_cloud]
    size = min(max(0, call.whole("maxResults", most)), most)
    ordered = sorted(call.comments_on(issue), key=lambda comment: comment.id, reverse=ORDERS[order])
    with_properties = not call.site.is_cloud and "properties" in call.listed("expand")
    page = page_of_comments(
        call, issue, ordered[start : start + size], start=start, size=size, with_properties=with_properties
    )
    return answer(200, page)


def read_one(call: Call) -> Response:
    issue = call.issue()
    return answer(200, comment_json(call, issue, _in_path(call, issue)))


def overwrite_one(call: Call) -> Response:
    issue = call.issue_to_write()
    comment, sent = _in_path(call, issue), call.members()
    comment.body = _body(call, sent)
    if "visibility" in sent:
        comment.visibility = visibility_of(call, sent["visibility"])
    comment.properties |= properties_of(sent.get("properties"))
    comment.updated = call.store.clock.now()
    call.store.changed(issue)
    call.site.tell(Event("comment_updated", call.actor, issue, comment=comment))
    call.site.tell(Event("jira:issue_updated", call.actor, issue, kind="issue_comment_edited", comment=comment))
    return answer(200, comment_json(call, issue, comment))


def delete_one(call: Call) -> Response:
    issue = call.issue_to_write()
    comment = _in_path(call, issue)
    if call.caller.account is None and call.site.is_cloud:
        raise problem(
            405, "Method DELETE is not supported.", call.request.url.path
        )  # Atlassian's OpenAPI, deleteComment
    if right := missing_right(call):
        raise refused(400, right)
    call.store.uncomment(issue, comment)
    call.store.changed(issue)
    call.site.tell(Event("comment_deleted", call.actor, issue, comment=comment))
    call.site.tell(Event("jira:issue_updated", call.actor, issue, kind="issue_comment_deleted"))
    return answer(204)


def _in_path(call: Call, issue: Issue) -> Comment:
    found = call.store.comment(call.part("comment"))
    if not found or found[0] is not issue or not call.may_read(found[1]):
        raise _no_comment(call)
    return found[1]


def _no_comment(call: Call) -> Exception:
    return refused(404, f"Can not find a comment for the id: {call.part('comment')}.")


def read_many(call: Call) -> Response:
    """Comments by id, over all issues; the only list that shows their properties."""
    body = call.members()
    ids = body.get("ids")
    if set(body) != {"ids"} or not isinstance(ids, list) or any(not _is_number(i) for i in ids):
        raise unreadable()
    if not 0 < len(ids) <= MOST_IDS:
        raise refused(400, f"The number of comment IDs has to be between 1 and {MOST_IDS}.")
    with_properties = "properties" in call.listed("expand")
    found = [place for i in dict.fromkeys(map(str, ids)) if (place := call.store.comment(i)) and _may_see(call, *place)]
    shown = [comment_json(call, issue, comment, with_properties=with_properties) for issue, comment in found]
    page = {"startAt": 0, "maxResults": 1_048_576, "total": len(shown), "isLast": True, "values": shown}
    return answer(200, page)


def _is_number(given: Any) -> bool:
    """Numbers, also written as texts: that is how Jira itself shows them."""
    is_text = isinstance(given, str) and bool(re.fullmatch("[0-9]{1,18}", given))
    return is_text or type(given) is int


def _may_see(call: Call, issue: Issue, comment: Comment) -> bool:
    return call.may_see(issue) and call.may_read(comment)


def _properties(call: Call) -> dict[str, Any]:
    return _anywhere(call)[1].properties


def _properties_to_edit(call: Call) -> dict[str, Any]:
    issue, comment = _anywhere(call)
    call.writing(issue)
    call.need("can_comment", 403, "You do not have permission to edit this comment.")
    return comment.properties


def _anywhere(call: Call) -> tuple[Issue, Comment]:
    found = call.store.comment(call.part("comment"))
    if not found or not _may_see(call, *found):
        raise _no_comment(call)
    return found


BEHAVIOURS = (
    Behaviour("GET", PATH, read_page),
    Behaviour("POST", PATH, write),
    Behaviour("GET", ONE, read_one),
    Behaviour("PUT", ONE, overwrite_one),
    Behaviour("DELETE", ONE, delete_one),
    Behaviour("POST", API + "/comment/list", read_many, On.CLOUD),
    *family("/comment/{comment}/properties", _properties, _properties_to_edit),
)
