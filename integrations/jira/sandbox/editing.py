"""Creating issues and changing their fields, each in one call."""

from typing import Any

from starlette.responses import Response

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.comment_body import properties_of
from integrations.jira.sandbox.comments import check_room, missing_right, tell_of
from integrations.jira.sandbox.door import API, Behaviour
from integrations.jira.sandbox.edit_fields import Wrong, check_twice, person_of, values_of
from integrations.jira.sandbox.edit_update import changes_of, comments_of
from integrations.jira.sandbox.errors import answer, refused, unreadable
from integrations.jira.sandbox.events import Event
from integrations.jira.sandbox.fields import ALL, TYPE_IDS
from integrations.jira.sandbox.history import changing
from integrations.jira.sandbox.issue_shape import Wanted, issue_json
from integrations.jira.sandbox.models import Issue, Project
from integrations.jira.sandbox.transitions import OFF_SCREEN

ISSUE = API + "/issue/{key}"
MEMBERS = frozenset({"fields", "update", "properties", "transition", "historyMetadata"})
ON_CREATE = frozenset({"project", "issuetype", "summary", "description", "labels", "fixVersions", "assignee", "parent"})
OVERRIDES = ("overrideScreenSecurity", "overrideEditableFlag")
# the documents say that it is ignored; Data Center and live Cloud sites refuse the edit as a whole
LOUD = "To discard the user notification either admin or project admin permissions are required."
NO_PROJECT = {True: "Specify a valid project ID or key", False: "project is required"}


def create(call: Call) -> Response:
    sent = call.members()
    fields, update = _parts(sent)
    project, kind = _place(call, fields)
    if off := sorted((set(fields) | set(update)) - ON_CREATE):
        raise refused(400, errors={name: OFF_SCREEN.format(name) for name in off})
    check_twice(fields, update)
    given = {name: value for name, value in fields.items() if name not in ("project", "issuetype")}
    given.setdefault("summary", None)
    values = values_of(call, None, given, {n: changes_of(changes) for n, changes in update.items()}, project)
    properties = properties_of(sent.get("properties"))
    call.undisturbed()
    facts: dict[str, Any] = {"type": kind, "status": "To Do", "reporter": call.caller.account, "properties": properties}
    issue = call.store.add(call.store.next_key(project), **facts, **values)
    call.site.tell(Event("jira:issue_created", call.actor, issue, kind="issue_created"))
    return answer(201, {"id": str(issue.id), "key": issue.key, "self": call.url(f"/issue/{issue.id}")})


def _parts(sent: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    if set(sent) - MEMBERS:
        raise unreadable()
    parts = [sent.get(name) or {} for name in ("fields", "update")]
    if any(not isinstance(part, dict) for part in parts):
        raise unreadable()
    return parts[0], parts[1]


def _place(call: Call, fields: dict[str, Any]) -> tuple[Project, str]:
    """The project and the type. Raises: Refused, with both complaints at once where both are wrong."""
    named = fields.get("project") if isinstance(fields.get("project"), dict) else {}
    word = str((named or {}).get("key") or (named or {}).get("id") or "").upper()
    projects = call.store.projects.values()
    project = next((p for p in projects if call.may_browse(p) and word in (p.key, str(p.id))), None)
    errors: dict[str, str] = {}
    if not project or not call.has("can_create"):
        errors["project"] = NO_PROJECT[call.site.is_cloud]
    kind = _type(fields.get("issuetype"))
    if not kind:
        errors["issuetype"] = "Specify an issue type"
    if errors or not project:
        raise refused(400, errors=errors)
    return project, kind


def _type(given: Any) -> str:
    named = given if isinstance(given, dict) else {}
    return next(
        (name for name, number in TYPE_IDS.items() if named.get("name") == name or named.get("id") == number), ""
    )


def edit(call: Call) -> Response:
    """204 and nothing; with ``returnIssue=true`` on Cloud the issue. A transition in the body is ignored."""
    issue, sent = call.issue_to_write(), call.members()
    fields, update = _parts(sent)
    if not (fields or update or sent.get("properties")):
        raise refused(400, "one of 'fields' or 'update' required")
    _check_overrides(call)
    _check_screen(call, fields, update)
    values = values_of(call, issue, fields, {name: changes_of(given) for name, given in update.items()})
    properties, spoken = properties_of(sent.get("properties")), comments_of(call, update)
    if spoken:
        check_room(issue)
        if right := missing_right(call):
            raise refused(400, right)
    call.undisturbed()
    _apply(call, issue, values, properties)
    for body, visibility in spoken:
        tell_of(call.site, issue, call.store.comment_on(issue, call.actor, body, visibility=visibility), call.actor)
    if call.site.is_cloud and call.query("returnIssue") == "true":
        return answer(200, issue_json(call, issue, Wanted([ALL], expand=call.listed("expand"))))
    return answer(204)


def _check_overrides(call: Call) -> None:
    """What is for administrators, or for Connect and Forge apps alone."""
    if call.query("notifyUsers") == "false" and not call.has("is_admin"):
        raise refused(403, LOUD)
    if call.site.is_cloud and any(call.flag(name) for name in OVERRIDES):
        raise refused(403, "Only apps may override the screen.")


def _apply(call: Call, issue: Issue, values: dict[str, Any], properties: dict[str, Any]) -> None:
    with changing(call.site, issue, call.actor):
        for name, value in values.items():
            setattr(issue, name, value)
    for key, value in properties.items():
        issue.properties[key] = value
        call.site.tell(Event("issue_property_set", call.actor, issue, property=(key, value)))


def _check_screen(call: Call, fields: dict[str, Any], update: dict[str, Any]) -> None:
    """What may not be edited is not on the screen, whoever asks (recorded live with a stranger)."""
    check_twice(fields, update)
    on_screen = set(call.site.switches["edit_screen"]) if call.has("can_edit") else set()
    if off := sorted((set(fields) | set(update)) - on_screen):
        raise refused(400, errors={name: OFF_SCREEN.format(name) for name in off})


def assign(call: Call) -> Response:
    """By accountId on Cloud, by name on Data Center; null takes the assignee away."""
    issue, sent = call.issue_to_write(), call.members()
    if not call.has("can_edit"):
        raise refused(403, "You do not have permission to assign issues.")
    try:
        person = person_of(call, sent)
    except Wrong as wrong:
        raise refused(400, errors={"assignee": str(wrong)}) from None
    with changing(call.site, issue, call.actor, "issue_assigned"):
        issue.assignee = person
    return answer(204)


BEHAVIOURS = (
    Behaviour("POST", API + "/issue", create),
    Behaviour("PUT", ISSUE, edit),
    Behaviour("PUT", ISSUE + "/assignee", assign),
)
