"""What a workflow asks of an issue and of who moves it: conditions hide a step, validators refuse it."""

from typing import Any

from integrations.jira.sandbox.errors import refused
from integrations.jira.sandbox.models import Issue
from integrations.jira.sandbox.view import View
from integrations.jira.sandbox.workflow import Step, steps
from integrations.standin.world import Human

NO_VERSION = "Set a fix version before you release this issue."  # a validator's words are its author's


def open_steps(view: View, issue: Issue) -> list[Step]:
    """What this caller may do with the issue now."""
    if not view.has("can_transition") or issue.archived:
        return []
    return [step for step in steps(issue) if _is_allowed(step, issue, view.actor)]


def _is_allowed(step: Step, issue: Issue, who: Human) -> bool:
    if step.condition == "assignee":
        return issue.assignee is not None and issue.assignee.key == who.key
    return step.condition != "fix version" or bool(issue.fix_versions)


def refuse_unless_valid(step: Step, issue: Issue, values: dict[str, Any]) -> None:
    """Raises: Refused, 400, in the words of the validator."""
    if step.validator == "fix version" and not (values.get("fix_versions") or issue.fix_versions):
        raise refused(400, NO_VERSION)
