"""How a transition is shown, with the fields of its screen where they are asked for."""

from typing import Any

from integrations.jira.sandbox.fields import field_meta
from integrations.jira.sandbox.models import Issue
from integrations.jira.sandbox.shapes import status
from integrations.jira.sandbox.view import View
from integrations.jira.sandbox.workflow import Step


def transition_json(
    view: View, issue: Issue, step: Step, *, with_fields: bool, is_available: bool = True
) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": step.id,
        "name": step.name,
        "to": status(view, step.to),
        "hasScreen": bool(step.screen),
        "isGlobal": not step.starts,
        "isInitial": False,
        "isConditional": bool(step.condition),
    }
    shown |= {"isAvailable": is_available, "looped": False} if view.site.is_cloud else {}
    if not with_fields:
        return shown
    versions = issue.project.versions
    fields = {
        name: field_meta(view, name, is_required=name in step.required, versions=versions)
        for name in sorted(step.screen)
    }
    return shown | {"fields": fields}
