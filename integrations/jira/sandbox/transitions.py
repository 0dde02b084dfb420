"""Moving an issue through its workflow."""

from typing import Any

from starlette.responses import Response

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.comment_body import properties_of
from integrations.jira.sandbox.comments import check_room, missing_right, tell_of
from integrations.jira.sandbox.door import API, Behaviour
from integrations.jira.sandbox.edit_fields import check_twice, values_of
from integrations.jira.sandbox.edit_update import changes_of, comments_of
from integrations.jira.sandbox.errors import answer, refused, unreadable
from integrations.jira.sandbox.events import Event
from integrations.jira.sandbox.fields import FIELDS
from integrations.jira.sandbox.history import changing
from integrations.jira.sandbox.models import Issue
from integrations.jira.sandbox.transition_rules import open_steps, refuse_unless_valid
from integrations.jira.sandbox.transition_shape import transition_json
from integrations.jira.sandbox.workflow import RESOLUTIONS, STATUSES, WORKFLOWS, Step

PATH = API + "/issue/{key}/transitions"
OFF_SCREEN = "Field '{}' cannot be set. It is not on the appropriate screen, or unknown."
ILLEGAL = "It seems that you have tried to perform an illegal workflow operation."


def read_all(call: Call) -> Response:
    """Only what the caller may do now; an unknown id is an empty list, and so is a missing right."""
    issue = call.issue()
    return answer(200, {"expand": "transitions", "transitions": transitions_of(call, issue)})


def transitions_of(call: Call, issue: Issue) -> list[dict[str, Any]]:
    only, with_fields = call.query("transitionId"), "transitions.fields" in call.listed("expand")
    offered = {step.id: step for step in open_steps(call, issue)}
    listed = list(offered.values())
    if call.query("includeUnavailableTransitions") == "true":
        listed = list(WORKFLOWS[issue.project.workflow])
    return [
        transition_json(call, issue, step, with_fields=with_fields, is_available=step.id in offered)
        for step in listed
        if only in (None, step.id)
    ]


def perform(call: Call) -> Response:
    """Do one step. Without a screen the comment sent along is dropped, or refused (both reported, unverified)."""
    issue, sent = call.issue_to_write(), call.members()
    step = _asked(call, issue, sent)
    fields, update = _object(sent, "fields"), _object(sent, "update")
    _check_screen(call, step, fields, update)
    values = values_of(call, issue, fields, {name: changes_of(given) for name, given in update.items()})
    _check_values(step, values)
    properties = properties_of(sent.get("properties"))
    refuse_unless_valid(step, issue, values)
    spoken = comments_of(call, update) if "comment" in step.screen else []
    if spoken:
        check_room(issue)
        if right := missing_right(call):
            raise refused(400, right)
    call.undisturbed()
    _do(call, issue, step, values)
    for key, value in properties.items():
        issue.properties[key] = value
        call.site.tell(Event("issue_property_set", call.actor, issue, property=(key, value)))
    for body, visibility in spoken:
        tell_of(call.site, issue, call.store.comment_on(issue, call.actor, body, visibility=visibility), call.actor)
    return answer(204)


def _do(call: Call, issue: Issue, step: Step, values: dict[str, Any]) -> None:
    with changing(call.site, issue, call.actor):
        for name in values.keys() - {"resolution"}:
            setattr(issue, name, values[name])
        issue.status = step.to
        issue.resolution = _resolution(issue, step, values)


def _asked(call: Call, issue: Issue, sent: dict[str, Any]) -> Step:
    transition = _object(sent, "transition")
    if transition.get("id") is None:
        raise refused(400, "Missing 'transition' identifier")
    found = [step for step in open_steps(call, issue) if step.id == str(transition["id"])]
    if not found:
        raise refused(400, ILLEGAL)
    return found[0]


def _check_screen(call: Call, step: Step, fields: dict[str, Any], update: dict[str, Any]) -> None:
    check_twice(fields, update)
    dropped = {"comment"} if call.site.switches["drops_screenless_comments"] else set()
    if off := sorted((set(fields) | set(update) - dropped) - step.screen):
        raise refused(400, errors={name: OFF_SCREEN.format(name) for name in off})


def _check_values(step: Step, values: dict[str, Any]) -> None:
    if missing := sorted(name for name in step.required if not values.get(name)):
        raise refused(400, errors={name: f"{FIELDS[name][0]} is required." for name in missing})


def _resolution(issue: Issue, step: Step, values: dict[str, Any]) -> str | None:
    """Set on the way into a done status (a post-function does it where no screen asks), cleared on the way out."""
    if STATUSES[issue.status][1][1] != "done":
        return None
    return values.get("resolution") or step.resolution or issue.resolution or RESOLUTIONS[0]


def _object(of: dict[str, Any], name: str) -> dict[str, Any]:
    given = of.get(name)
    if given is not None and not isinstance(given, dict):
        raise unreadable()
    return given or {}


BEHAVIOURS = (Behaviour("GET", PATH, read_all), Behaviour("POST", PATH, perform))
