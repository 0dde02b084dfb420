"""What happened on the site, for whoever listens."""

from dataclasses import dataclass
from typing import Any

from integrations.jira.sandbox.models import Change, Comment, Issue, Project, Version
from integrations.standin.world import Human


@dataclass(frozen=True)
class Event:
    """One event, under Jira's own name for it."""

    name: str
    actor: Human
    issue: Issue | None = None
    kind: str = ""
    """``issue_event_type_name``: what kind of update it was."""
    change: Change | None = None
    comment: Comment | None = None
    property: tuple[str, Any] | None = None
    """An issue property that was set or deleted."""
    version: tuple[Project, Version] | None = None
