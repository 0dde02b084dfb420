"""Reading issues: one by its key, up to a hundred in one call, and what was changed on one."""

from typing import Any

from starlette.responses import Response

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.door import API, Behaviour, On
from integrations.jira.sandbox.errors import answer, refused, unreadable
from integrations.jira.sandbox.fields import ALL, NAVIGABLE, of_many
from integrations.jira.sandbox.issue_shape import Wanted, change_json, edit_meta, issue_json
from integrations.jira.sandbox.models import Issue

MOST = 100
MOST_PROPERTIES = 5
MOST_CHANGES_IN_BULK = 40
BULK_LISTS = ("issueIdsOrKeys", "fields", "properties", "expand")
NOT_NOW = "The issue could not be loaded at this time. Please try again."


def read(call: Call) -> Response:
    """A moved issue answers with its new key; an archived one still answers."""
    issue = call.issue()
    fields, expand = call.listed("fields") or [ALL], call.listed("expand")
    return answer(200, issue_json(call, issue, Wanted(fields, call.listed("properties"), expand)))


def bulk_fetch(call: Call) -> Response:
    """Sorted by id, each issue once; what is not found is simply absent (``issueErrors`` tells of outages)."""
    body = call.members()
    _check_bulk(body)
    asked = body["issueIdsOrKeys"]
    found = {issue.id: issue for key in asked if (issue := call.visible(key)) and _is_listed(call, issue)}
    spoiled = {int(one) for one in call.site.switches["bulk_errors"]} & set(found)
    wanted = Wanted(
        of_many(body.get("fields") or [NAVIGABLE]),
        body.get("properties") or [],
        body.get("expand") or [],
        most_changes=MOST_CHANGES_IN_BULK,
    )
    issues = [issue_json(call, found[issue_id], wanted) for issue_id in sorted(set(found) - spoiled)]
    errors = [{"id": str(issue_id), "errorMessage": NOT_NOW} for issue_id in sorted(spoiled)]
    return answer(200, {"expand": "schema,names", "issues": issues, "issueErrors": errors})


def _is_listed(call: Call, issue: Issue) -> bool:
    return not issue.archived or bool(call.site.switches["archived_in_bulkfetch"])


def _check_bulk(body: dict[str, Any]) -> None:
    if set(body) - {*BULK_LISTS, "fieldsByKeys"} or not isinstance(body.get("fieldsByKeys", False), bool):
        raise unreadable()
    for name in BULK_LISTS:
        given = body.get(name, [])
        if not isinstance(given, list) or any(not isinstance(word, str) for word in given):
            raise unreadable()
    if len(body.get("properties", [])) > MOST_PROPERTIES:
        raise unreadable()
    if not 0 < len(body.get("issueIdsOrKeys", [])) <= MOST:
        raise refused(400, f"The number of issue IDs or keys has to be between 1 and {MOST}.")


def changes(call: Call) -> Response:
    """The history of an issue, the oldest first, in pages."""
    issue = call.issue()
    start, size = max(0, call.whole("startAt", 0)), min(max(0, call.whole("maxResults", MOST)), MOST)
    page = issue.history[start : start + size]
    facts = {"self": str(call.request.url), "startAt": start, "maxResults": size, "total": len(issue.history)}
    is_last = start + size >= len(issue.history)
    return answer(200, facts | {"isLast": is_last, "values": [change_json(call, change) for change in page]})


def meta(call: Call) -> Response:
    return answer(200, edit_meta(call, call.issue()))


BEHAVIOURS = (
    Behaviour("GET", API + "/issue/{key}", read),
    Behaviour("POST", API + "/issue/bulkfetch", bulk_fetch, On.CLOUD),
    Behaviour("GET", API + "/issue/{key}/changelog", changes, On.CLOUD),
    Behaviour("GET", API + "/issue/{key}/editmeta", meta),
)
