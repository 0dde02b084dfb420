"""Moving an issue through its workflow."""

from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.comment_body import body_of, visibility_of
from integrations.jira.sandbox.door import API, Behaviour
from integrations.jira.sandbox.errors import answer, refused, unreadable
from integrations.jira.sandbox.fields import FIELDS
from integrations.jira.sandbox.models import Comment, Issue
from integrations.jira.sandbox.shapes import STATUSES, status
from integrations.jira.sandbox.workflow import RESOLUTIONS, Step, steps

PATH = API + "/issue/{key}/transitions"
OFF_SCREEN = "Field '{}' cannot be set. It is not on the appropriate screen, or unknown."
ILLEGAL = "It seems that you have tried to perform an illegal workflow operation."


def read_all(call: Call) -> Response:
    """Only what the caller may do now; an unknown id is an empty list, and so is a missing right."""
    issue, only = call.issue(), call.query("transitionId")
    open_to_us = steps(issue) if call.site.switches["can_transition"] and not issue.archived else []
    with_fields = "transitions.fields" in call.listed("expand")
    shown = [_json(call, step, with_fields) for step in open_to_us if only in (None, step.id)]
    return answer(200, {"expand": "transitions", "transitions": shown})


def _json(call: Call, step: Step, with_fields: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": step.id,
        "name": step.name,
        "to": status(call, step.to),
        "hasScreen": bool(step.screen),
        "isGlobal": True,
        "isInitial": False,
        "isConditional": False,
    }
    shown |= {"isAvailable": True} if call.site.is_cloud else {}
    return shown | ({"fields": {name: _field(step, name) for name in sorted(step.screen)}} if with_fields else {})


def _field(step: Step, name: str) -> dict[str, Any]:
    label, kind, _ = FIELDS[name]
    meta = {"required": name in step.required, "schema": {"type": kind, "system": name}, "name": label, "key": name}
    allowed = {"allowedValues": [{"name": one} for one in RESOLUTIONS]} if name == "resolution" else {}
    return meta | {"hasDefaultValue": False, "operations": ["set"]} | allowed


def perform(call: Call) -> Response:
    """Do one step. Without a screen the comment sent along is dropped (reported, unverified)."""
    issue, sent = call.issue_to_write(), call.members()
    step = _asked(call, issue, sent)
    fields, update = _object(sent, "fields"), _object(sent, "update")
    _check_screen(step, fields, update)
    values = fields | {name: _last_set(changes) for name, changes in update.items() if name != "comment"}
    _check_values(step, values)
    comments = [_comment(call, change) for change in _changes(update.get("comment", []))]
    issue.status = step.to
    issue.resolution = _resolution(issue, values)
    issue.comments += comments if "comment" in step.screen else []
    call.store.changed(issue)
    return answer(204)


def _asked(call: Call, issue: Issue, sent: dict[str, Any]) -> Step:
    transition = _object(sent, "transition")
    if "id" not in transition:
        raise refused(400, "Missing 'transition' identifier")
    found = [step for step in steps(issue) if step.id == str(transition["id"])]
    if not found or not call.site.switches["can_transition"]:
        raise refused(400, ILLEGAL)
    return found[0]


def _check_screen(step: Step, fields: dict[str, Any], update: dict[str, Any]) -> None:
    if both := sorted(set(fields) & set(update)):
        sentence = "Field '{0}' cannot appear in both 'fields' and 'update'."
        raise refused(400, errors={name: sentence.format(name) for name in both})
    # a comment on a screenless step is dropped, any other field refused
    if off := sorted((set(fields) | set(update) - {"comment"}) - step.screen):
        raise refused(400, errors={name: OFF_SCREEN.format(name) for name in off})


def _check_values(step: Step, values: dict[str, Any]) -> None:
    if missing := sorted(name for name in step.required if not values.get(name)):
        raise refused(400, errors={name: f"{FIELDS[name][0]} is required." for name in missing})
    resolution = values.get("resolution")
    if resolution and (not isinstance(resolution, dict) or resolution.get("name") not in RESOLUTIONS):
        raise refused(400, errors={"resolution": f"Could not find a resolution for the value {resolution}."})


def _last_set(changes: Any) -> Any:
    """``[{"set": …}]``, the long way of saying what ``fields`` says."""
    return next((change["set"] for change in reversed(_changes(changes)) if "set" in change), None)


def _changes(given: Any) -> list[dict[str, Any]]:
    if not isinstance(given, list) or any(not isinstance(change, dict) for change in given):
        raise unreadable()
    return given


def _comment(call: Call, change: dict[str, Any]) -> Comment:
    if not isinstance(change.get("add"), dict):
        raise unreadable()
    body, visibility = (body_of(call, change["add"].get("body")), visibility_of(call, change["add"].get("visibility")))
    now = datetime.now(UTC)
    return Comment(next(call.store.comment_ids), call.site.account, body, now, now, visibility)


def _resolution(issue: Issue, values: dict[str, Any]) -> str | None:
    """Set on the way into a done status (a post-function does it where no screen asks), cleared on the way out."""
    if STATUSES[issue.status][1][1] != "done":
        return None
    given = values.get("resolution")
    return str(given["name"]) if given else issue.resolution or "Done"


def _object(of: dict[str, Any], name: str) -> dict[str, Any]:
    given = of.get(name)
    if given is not None and not isinstance(given, dict):
        raise unreadable()
    return given or {}


BEHAVIOURS = (Behaviour("GET", PATH, read_all), Behaviour("POST", PATH, perform))
