"""Entity properties: JSON that machines keep on an issue or a comment, unseen by people."""

import json
from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.door import API, Behaviour
from integrations.jira.sandbox.errors import answer, refused
from integrations.jira.sandbox.events import Event
from integrations.jira.sandbox.lengths import length

LONGEST_KEY = 255
LONGEST_VALUE = 32_768
Holder = Callable[[Call], dict[str, Any]]
"""Gives the properties of the issue or comment in the path, or refuses."""
Told = Callable[[Call, str, str, Any], None]
"""(call, ``set`` or ``deleted``, key, value): who is told of a change."""


def check_property(key: Any, value: Any) -> None:
    if not isinstance(key, str) or not 0 < length(key) <= LONGEST_KEY:
        raise refused(400, f"The property key has to be between 1 and {LONGEST_KEY} characters long.")
    check_value(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def check_value(text: str) -> None:
    if length(text) > LONGEST_VALUE:
        raise refused(400, f"The property value cannot be longer than {LONGEST_VALUE} characters.")


def _nobody(*_: Any) -> None:
    """Properties of comments fire no event."""


def family(path: str, readable: Holder, writable: Holder, tell: Told = _nobody) -> tuple[Behaviour, ...]:
    """The four calls on one kind of holder."""

    def keys(call: Call) -> Response:
        own = call.origin + call.request.url.path
        return answer(200, {"keys": [{"self": f"{own}/{key}", "key": key} for key in readable(call)]})

    def read(call: Call) -> Response:
        key = call.part("property")
        return answer(200, {"key": key, "value": _existing(readable(call), key)})

    def write(call: Call) -> Response:
        held, key, value = writable(call), call.part("property"), call.json()
        check_property(key, value)
        check_value(call.raw.decode(errors="replace"))  # it is the body as sent that is kept, blanks and all
        is_new = key not in held
        held[key] = value
        tell(call, "set", key, value)
        return answer(201 if is_new else 200)

    def delete(call: Call) -> Response:
        held, key = writable(call), call.part("property")
        value = _existing(held, key)
        del held[key]
        tell(call, "deleted", key, value)
        return answer(204)

    one = f"{API}{path}/{{property}}"
    return (
        Behaviour("GET", API + path, keys),
        Behaviour("GET", one, read),
        Behaviour("PUT", one, write),
        Behaviour("DELETE", one, delete),
    )


def _existing(held: dict[str, Any], key: str) -> Any:
    if key not in held:
        raise refused(404, f"The property with the key '{key}' does not exist.")
    return held[key]


def _of_issue(call: Call) -> dict[str, Any]:
    return call.issue().properties


def _of_issue_to_edit(call: Call) -> dict[str, Any]:
    issue = call.issue_to_write()
    # a DELETE without the right finds nothing: Atlassian's OpenAPI, deleteIssueProperty
    status = 404 if call.request.method == "DELETE" and call.site.is_cloud else 403
    call.need("can_edit", status, "You do not have permission to edit this issue.")
    return issue.properties


def _tell_of_issue(call: Call, what: str, key: str, value: Any) -> None:
    call.site.tell(Event(f"issue_property_{what}", call.actor, call.issue(), property=(key, value)))


BEHAVIOURS = family("/issue/{key}/properties", _of_issue, _of_issue_to_edit, _tell_of_issue)
