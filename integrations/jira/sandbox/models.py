"""What a Jira site holds: projects, issues, and what hangs on an issue."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from integrations.standin.world import Human

Body = str | dict[str, Any]
"""Rich text as it came in: wiki markup (version 2) or a document (version 3)."""


@dataclass
class Version:
    """A release of a project. Dates are days, written as ``2026-11-23``."""

    id: int
    name: str
    description: str = ""
    released: bool = False
    archived: bool = False
    release_date: str = ""
    start_date: str = ""


@dataclass
class Project:
    """One project; ``hidden`` means that our account may not browse it."""

    id: int
    key: str
    name: str
    hidden: bool = False
    is_service: bool = False
    """Of Jira Service Management: its customers read what is not marked internal."""
    workflow: str = ""
    """The name of its workflow; none is the simple one."""
    versions: list[Version] = field(default_factory=list)


@dataclass
class RemoteLink:
    """A link from an issue to something outside Jira."""

    id: int
    global_id: str | None
    application: dict[str, Any]
    relationship: str | None
    object: dict[str, Any]


@dataclass
class Comment:
    """One comment, with the properties that only machines see."""

    id: int
    author: Human
    body: Body
    created: datetime
    updated: datetime
    visibility: dict[str, str] | None = None
    properties: dict[str, Any] = field(default_factory=dict)

    @property
    def is_public(self) -> bool:
        """Whether a customer of a service project reads it."""
        mark = self.properties.get("sd.public.comment")
        return not (isinstance(mark, dict) and mark.get("internal"))


@dataclass(frozen=True)
class ChangedField:
    """One line of an issue's history: the value's id and its name, before and after."""

    field: str
    field_id: str
    before: str | None
    before_name: str | None
    after: str | None
    after_name: str | None


@dataclass(frozen=True)
class Change:
    """What somebody did to an issue in one go."""

    id: int
    author: Human
    at: datetime
    items: tuple[ChangedField, ...]


@dataclass
class Issue:
    """One issue. Its id never changes, its key does when it moves."""

    id: int
    key: str
    project: Project
    summary: str
    type: str
    status: str
    created: datetime
    updated: datetime
    assignee: Human | None = None
    reporter: Human | None = None
    parent: int | None = None
    """The id of the issue it belongs to."""
    resolution: str | None = None
    resolved: datetime | None = None
    security: str | None = None
    hidden: bool = False
    archived: bool = False
    labels: list[str] = field(default_factory=list)
    fix_versions: list[str] = field(default_factory=list)
    description: Body | None = None
    links: list[RemoteLink] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    properties: dict[str, Any] = field(default_factory=dict)
    history: list[Change] = field(default_factory=list)
    """Oldest first."""

    @property
    def number(self) -> int:
        return int(self.key.rpartition("-")[2])
