"""The long way of saying what ``fields`` says: operations on a field, one after the other."""

from typing import Any

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.comment_body import body_of, visibility_of
from integrations.jira.sandbox.errors import refused, unreadable
from integrations.jira.sandbox.models import Body, Issue

OPERATIONS = frozenset({"set", "add", "remove", "edit", "copy"})
LISTS = {"labels": "labels", "fixVersions": "fix_versions"}


def changes_of(given: Any) -> list[dict[str, Any]]:
    if not isinstance(given, list) or any(not isinstance(change, dict) for change in given):
        raise unreadable()
    return given


def applied(issue: Issue | None, name: str, changes: list[dict[str, Any]]) -> Any:
    """The value that a field has after these operations, in the form that ``fields`` takes.

    Raises:
        Refused: 400 for an operation that the field does not know.
    """
    value: Any = _present(issue, name)
    for change in changes:
        for operation, operand in change.items():
            if operation == "set":
                value = operand
            elif operation in ("add", "remove") and name in LISTS:
                value = _added(value, operand) if operation == "add" else _without(value, operand)
            else:
                raise refused(400, errors={name: f"Operation '{operation}' is not supported for field '{name}'."})
    return value


def _present(issue: Issue | None, name: str) -> Any:
    if name not in LISTS:
        return None
    held = getattr(issue, LISTS[name]) if issue else []
    return list(held) if name == "labels" else [{"name": one} for one in held]


def _added(value: Any, operand: Any) -> Any:
    return [*value, operand] if isinstance(value, list) and operand not in value else value


def _without(value: Any, operand: Any) -> Any:
    return [one for one in value if one != operand] if isinstance(value, list) else value


def names_of(value: Any) -> list[str] | None:
    if not isinstance(value, list) or any(not isinstance(one, str) for one in value):
        return None
    return value


def comments_of(call: Call, update: dict[str, Any]) -> list[tuple[Body, dict[str, str] | None]]:
    """What is said along with an edit or a transition."""
    found = []
    for change in changes_of(update.get("comment", [])):
        said = change.get("add")
        if not isinstance(said, dict):
            raise unreadable()
        found.append((body_of(call, said.get("body")), visibility_of(call, said.get("visibility"))))
    return found
