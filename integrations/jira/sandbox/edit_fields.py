"""What the fields of an issue may be set to, when it is created, edited or moved on."""

from collections.abc import Callable, Collection
from typing import Any

from integrations.jira.sandbox.adf import DESCRIPTION, is_document
from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.edit_update import applied, names_of
from integrations.jira.sandbox.errors import refused
from integrations.jira.sandbox.lengths import length
from integrations.jira.sandbox.models import Body, Issue, Project
from integrations.jira.sandbox.workflow import RESOLUTIONS
from integrations.standin.world import Human

LONGEST, LONGEST_TEXT = 255, 32_767
NOT_TEXT = "Operation value must be a string"
NOT_DOCUMENT = "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
# field id → the name of the attribute that holds it
ATTRIBUTES = {"fixVersions": "fix_versions"}


class Wrong(Exception):
    """A value that a field does not take; says why."""


def check_twice(fields: Collection[str], update: Collection[str]) -> None:
    if both := sorted(set(fields) & set(update)):
        sentence = "Field '{0}' cannot appear in both 'fields' and 'update'."
        raise refused(400, errors={name: sentence.format(name) for name in both})


def values_of(
    call: Call,
    issue: Issue | None,
    fields: dict[str, Any],
    update: dict[str, list[dict[str, Any]]],
    project: Project | None = None,
) -> dict[str, Any]:
    """Attributes of the issue and their new values.

    Raises:
        Refused: 400, with a sentence for each field that is wrong.
    """
    place = issue.project if issue else project
    assert place
    given = dict(fields)
    given |= {name: applied(issue, name, changes) for name, changes in update.items() if name != "comment"}
    values, errors = {}, {}
    for name, value in given.items():
        if name not in READERS:
            errors[name] = f"Field '{name}' takes operations alone, in 'update'."  # a comment; words unverified
            continue
        try:
            values[ATTRIBUTES.get(name, name)] = READERS[name](call, place, value)
        except Wrong as wrong:
            errors[name] = str(wrong)
    if errors:
        raise refused(400, errors=errors)
    return values


def _summary(_: Call, __: Project, value: Any) -> str:
    if not isinstance(value, str | None):
        raise Wrong(NOT_TEXT)
    if not (value or "").strip():
        raise Wrong("You must specify a summary of the issue.")
    assert value
    if length(value) > LONGEST:
        raise Wrong(f"Summary can't exceed {LONGEST} characters.")
    if "\n" in value or "\r" in value:
        raise Wrong("The summary is invalid because it contains newline characters.")
    return value


def _description(call: Call, _: Project, value: Any) -> Body | None:
    if value is None:
        return None
    if call.is_documents:
        if not is_document(value, DESCRIPTION):
            raise Wrong(NOT_DOCUMENT)
        return dict(value)
    if not isinstance(value, str):
        raise Wrong(NOT_TEXT)
    if length(value) > LONGEST_TEXT:
        raise Wrong("The entered text is too long. It exceeds the allowed limit of 32,767 characters.")
    return value


def _labels(_: Call, __: Project, value: Any) -> list[str]:
    labels = names_of(value)
    for label in labels or []:
        if label.split() != [label]:
            raise Wrong(f"The label '{label}' contains spaces which is invalid.")
        if length(label) > LONGEST:
            raise Wrong(f"The label '{label[:20]}…' exceeds the maximum length of {LONGEST} characters.")
    if labels is None:
        raise Wrong("data was not an array")
    return list(dict.fromkeys(labels))


def _fix_versions(_: Call, project: Project, value: Any) -> list[str]:
    if not isinstance(value, list):
        raise Wrong("data was not an array")
    found = []
    for one in value:
        named = one if isinstance(one, dict) else {}
        version = next((v for v in project.versions if named and _fits(named, v.id, v.name)), None)
        if not version:
            word = f"name '{named['name']}'" if "name" in named else f"id '{named.get('id', one)}'"
            raise Wrong(f"Version {word} is not valid")
        found.append(version.name)
    return list(dict.fromkeys(found))


def _fits(named: dict[str, Any], number: int, name: str) -> bool:
    return str(named["id"]) == str(number) if "id" in named else named.get("name") == name


def _assignee(call: Call, _: Project, value: Any) -> Human | None:
    try:
        return person_of(call, value)
    except Wrong as wrong:
        raise Wrong(str(wrong)) from None


def person_of(call: Call, value: Any) -> Human | None:
    """Raises: Wrong. Cloud knows people by accountId alone, Data Center by name alone."""
    name = "accountId" if call.site.is_cloud else "name"
    if value is None or (isinstance(value, dict) and name in value and value[name] in (None, "-1")):
        return None
    if not isinstance(value, dict) or (name not in value and "id" not in value):
        raise Wrong(f"'{name}' must be specified")  # unverified wording
    wanted = value.get(name, value.get("id"))
    for human in call.site.everybody():
        if not human.deleted and wanted == (human.account_id if call.site.is_cloud else human.key):
            return human
    raise Wrong(f"User '{wanted}' does not exist.")


def _parent(call: Call, _: Project, value: Any) -> int | None:
    if value is None or (isinstance(value, dict) and value.get("none") is True):
        return None
    named = value if isinstance(value, dict) else {}
    parent = call.visible(str(named.get("key") or named.get("id") or ""))
    if not parent:
        raise Wrong("Could not find issue by id or key.")
    return parent.id


def _resolution(_: Call, __: Project, value: Any) -> str:
    if value in (None, "", {}):
        return ""
    if not isinstance(value, dict) or value.get("name") not in RESOLUTIONS:
        raise Wrong(f"Could not find a resolution for the value {value}.")
    return str(value["name"])


READERS: dict[str, Callable[[Call, Project, Any], Any]] = {
    "summary": _summary,
    "description": _description,
    "labels": _labels,
    "fixVersions": _fix_versions,
    "assignee": _assignee,
    "parent": _parent,
    "resolution": _resolution,
}
