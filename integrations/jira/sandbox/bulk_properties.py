"""Properties of many issues at once: taken now, done by a task that has to be asked how it went."""

from typing import Any

from starlette.responses import Response

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.door import API, Behaviour, On
from integrations.jira.sandbox.entity_properties import check_property
from integrations.jira.sandbox.errors import answer, refused, unreadable

MOST_ISSUES, MOST_PROPERTIES = 100, 10


def write(call: Call) -> Response:
    """303 to the task, which any client that follows redirects reads at once."""
    call.need_login()
    wanted = _wanted(call.members())
    failed = [str(issue_id) for issue_id, properties in wanted if not _written(call, issue_id, properties)]
    number = 10000 + len(call.site.tasks)
    call.site.tasks[number] = _task(call, number, failed)
    return answer(303, headers={"Location": call.url(f"/task/{number}")})


def _wanted(sent: dict[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    issues = sent.get("issues")
    if set(sent) != {"issues"} or not isinstance(issues, list):
        raise unreadable()
    if not 0 < len(issues) <= MOST_ISSUES:
        raise refused(400, f"The number of issues has to be between 1 and {MOST_ISSUES}.")
    for one in issues:
        if not isinstance(one, dict) or type(one.get("issueID")) is not int:
            raise unreadable()
        properties = one.get("properties")
        if not isinstance(properties, dict) or not 0 < len(properties) <= MOST_PROPERTIES:
            raise refused(400, f"The number of properties has to be between 1 and {MOST_PROPERTIES}.")
        for key, value in properties.items():
            check_property(key, value)
    return [(one["issueID"], one["properties"]) for one in issues]


def _written(call: Call, issue_id: int, properties: dict[str, Any]) -> bool:
    """Silently: no event is fired for it here (unverified). What cannot be written is left out."""
    issue = call.visible(str(issue_id))
    if not issue or issue.archived or not call.has("can_edit"):
        return False
    issue.properties |= properties
    return True


def _task(call: Call, number: int, failed: list[str]) -> dict[str, Any]:
    now = int(call.store.clock.now().timestamp() * 1000)
    moments = dict.fromkeys(("submitted", "started", "finished", "lastUpdate"), now)
    return {
        "id": str(number),
        "description": "Bulk set issue properties",
        "status": "COMPLETE",
        "result": f"{len(failed)} issues could not be updated: {', '.join(failed)}" if failed else "",
        "submittedBy": 10000,
        "progress": 100,
        "elapsedRuntime": 1,
    } | moments


def task(call: Call) -> Response:
    call.need_login()
    number = call.number("task")
    found = call.site.tasks.get(number) if number is not None else None
    if not found:
        raise refused(404, f"The task with ID '{call.part('task')}' does not exist.")
    return answer(200, {"self": call.url(f"/task/{number}")} | found)


BEHAVIOURS = (
    Behaviour("POST", API + "/issue/properties/multi", write, On.CLOUD),
    Behaviour("GET", API + "/task/{task}", task, On.CLOUD),
)
