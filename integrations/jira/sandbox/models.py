"""What a Jira site holds: projects, issues, and what hangs on an issue."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from integrations.standin.world import Human

Body = str | dict[str, Any]
"""Rich text as it came in: wiki markup (version 2) or a document (version 3)."""


@dataclass
class Project:
    """One project; ``hidden`` means that our account may not browse it."""

    id: int
    key: str
    name: str
    hidden: bool = False


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
    resolution: str | None = None
    security: str | None = None
    hidden: bool = False
    archived: bool = False
    labels: list[str] = field(default_factory=list)
    fix_versions: list[str] = field(default_factory=list)
    description: str | None = None
    links: list[RemoteLink] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    properties: dict[str, Any] = field(default_factory=dict)

    @property
    def number(self) -> int:
        return int(self.key.rpartition("-")[2])
