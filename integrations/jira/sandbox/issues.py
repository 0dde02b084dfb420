"""Reading issues: one by its key, or up to a hundred in one call."""

from typing import Any

from starlette.responses import Response

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.door import API, Behaviour, On
from integrations.jira.sandbox.errors import answer, refused, unreadable
from integrations.jira.sandbox.fields import ALL, NAVIGABLE, issue_json
from integrations.jira.sandbox.models import Issue

MOST = 100
BULK_LISTS = ("issueIdsOrKeys", "fields", "properties", "expand")


def read(call: Call) -> Response:
    """A moved issue answers with its new key; an archived one still answers."""
    issue = call.issue()
    return answer(200, issue_json(call, issue, call.listed("fields") or [ALL], call.listed("properties")))


def bulk_fetch(call: Call) -> Response:
    """Sorted by id, each issue once; what is not found is simply absent (``issueErrors`` tells of outages)."""
    body = call.members()
    _check_bulk(body)
    asked = body["issueIdsOrKeys"]
    found = {issue.id: issue for key in asked if (issue := call.visible(key)) and _is_listed(call, issue)}
    wanted, properties = body.get("fields") or [NAVIGABLE], body.get("properties") or []
    issues = [issue_json(call, found[issue_id], wanted, properties) for issue_id in sorted(found)]
    return answer(200, {"expand": "schema,names", "issues": issues, "issueErrors": []})


def _is_listed(call: Call, issue: Issue) -> bool:
    return not issue.archived or bool(call.site.switches["archived_in_bulkfetch"])


def _check_bulk(body: dict[str, Any]) -> None:
    if set(body) - {*BULK_LISTS, "fieldsByKeys"} or not isinstance(body.get("fieldsByKeys", False), bool):
        raise unreadable()
    for name in BULK_LISTS:
        given = body.get(name, [])
        if not isinstance(given, list) or any(not isinstance(word, str) for word in given):
            raise unreadable()
    if not 0 < len(body.get("issueIdsOrKeys", [])) <= MOST:
        raise refused(400, f"The number of issue IDs or keys has to be between 1 and {MOST}.")


BEHAVIOURS = (
    Behaviour("GET", API + "/issue/{key}", read),
    Behaviour("POST", API + "/issue/bulkfetch", bulk_fetch, On.CLOUD),
)
