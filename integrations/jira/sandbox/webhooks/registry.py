"""Which webhooks there are: those of administrators and those of apps."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

ISSUES = ("jira:issue_created", "jira:issue_updated", "jira:issue_deleted")
COMMENTS = ("comment_created", "comment_updated", "comment_deleted")
PROPERTIES = ("issue_property_set", "issue_property_deleted")
VERSIONS = ("jira:version_created", "jira:version_updated", "jira:version_released", "jira:version_unreleased")
# developer.atlassian.com/cloud/jira/platform/webhooks: may be asked for, and never happen on this site
QUIET = """
jira:version_moved jira:version_deleted jira:worklog_updated issuelink_created issuelink_deleted
worklog_created worklog_updated worklog_deleted attachment_created attachment_deleted
project_created project_updated project_deleted project_soft_deleted project_restored_deleted
project_archived project_restored_archived user_created user_updated user_deleted
sprint_created sprint_deleted sprint_updated sprint_started sprint_closed
board_created board_updated board_deleted board_configuration_changed
option_voting_changed option_watching_changed option_unassigned_issues_changed option_subtasks_changed
option_attachments_changed option_issuelinks_changed option_timetracking_changed
"""
APP_EVENTS = frozenset({*ISSUES, *COMMENTS, *PROPERTIES})
ADMIN_EVENTS = APP_EVENTS | set(VERSIONS) | set(QUIET.split())


@dataclass
class Hook:
    """One webhook."""

    id: int
    url: str
    events: tuple[str, ...]
    jql: str = ""
    name: str = ""
    secret: str = ""
    is_enabled: bool = True
    excludes_body: bool = False
    field_ids: tuple[str, ...] = ()
    property_keys: tuple[str, ...] = ()
    updated: datetime | None = None
    expires: datetime | None = None
    """An app's ends by itself, an administrator's never."""

    @property
    def is_of_app(self) -> bool:
        return self.expires is not None


@dataclass
class Hooks:
    """All webhooks of a site."""

    by_id: dict[int, Hook] = field(default_factory=dict)
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def add(self, hook: Hook) -> Hook:
        self.by_id[hook.id] = hook
        return hook

    def of_administrators(self) -> list[Hook]:
        return [hook for hook in self.by_id.values() if not hook.is_of_app]

    def of_apps(self, now: datetime) -> list[Hook]:
        """Those that have not ended; the others are gone as if they had never been."""
        return [hook for hook in self.by_id.values() if hook.expires and hook.expires > now]

    def living(self, now: datetime) -> list[Hook]:
        return [hook for hook in [*self.of_administrators(), *self.of_apps(now)] if hook.is_enabled]
