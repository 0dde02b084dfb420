"""What was changed on an issue, by whom and when: its changelog, and the event that tells of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from integrations.jira.sandbox.events import Event
from integrations.jira.sandbox.models import Change, ChangedField, Issue, Project
from integrations.jira.sandbox.richtext import text_of
from integrations.jira.sandbox.site import Site
from integrations.jira.sandbox.workflow import STATUSES
from integrations.standin.world import Human

Value = tuple[str | None, str | None]
"""A value's id and its name."""


def _person(human: Human | None) -> Value:
    return (human.account_id, human.name) if human else (None, None)


def _named(name: str | None) -> Value:
    return name, name


# (name in the history, field id, how its value is written there)
TRACKED: tuple[tuple[str, str, Callable[[Issue], Value]], ...] = (
    ("summary", "summary", lambda issue: (None, issue.summary)),
    ("status", "status", lambda issue: (str(STATUSES[issue.status][0]), issue.status)),
    ("resolution", "resolution", lambda issue: _named(issue.resolution)),
    ("assignee", "assignee", lambda issue: _person(issue.assignee)),
    ("labels", "labels", lambda issue: (None, " ".join(issue.labels))),
    ("description", "description", lambda i: (None, None if i.description is None else text_of(i.description))),
    ("security", "security", lambda issue: _named(issue.security)),
    ("issuetype", "issuetype", lambda issue: _named(issue.type)),
    ("IssueParentAssociation", "parent", lambda issue: (str(issue.parent), None) if issue.parent else (None, None)),
    ("project", "project", lambda issue: (str(issue.project.id), issue.project.name)),
    ("Key", "", lambda issue: (None, issue.key)),
)


@contextmanager
def changing(site: Site, issue: Issue, actor: Human, kind: str = "issue_generic") -> Iterator[None]:
    """Whatever happens to the issue inside is one change: in its history, in the index, and told to those who listen.

    kind: the ``issue_event_type_name`` of the event.
    """
    before = replace(issue)
    yield
    if bool(issue.resolution) != bool(before.resolution):
        issue.resolved = site.store.clock.now() if issue.resolution else None
    note(site, issue, actor, differences(before, issue), kind)


def note(
    site: Site,
    issue: Issue,
    actor: Human,
    items: tuple[ChangedField, ...],
    kind: str = "issue_generic",
    *,
    silently: bool = False,
) -> None:
    """Write down what changed. Nothing changed: nothing is told, but the issue counts as touched."""
    site.store.changed(issue)
    if not items:
        return
    change = Change(next(site.store.change_ids), actor, issue.updated, items)
    issue.history.append(change)
    if not silently:
        site.tell(Event("jira:issue_updated", actor, issue, kind=kind, change=change))


def differences(before: Issue, after: Issue) -> tuple[ChangedField, ...]:
    found = []
    for name, field_id, value in TRACKED:
        was, now = value(before), value(after)
        if was != now:
            found.append(ChangedField(name, field_id, *was, *now))
    return (*found, *_versions(before, after))


def _versions(before: Issue, after: Issue) -> Iterator[ChangedField]:
    """One line for each version that came or went."""
    for name in before.fix_versions:
        if name not in after.fix_versions:
            yield ChangedField("Fix Version", "fixVersions", _version_id(before.project, name), name, None, None)
    for name in after.fix_versions:
        if name not in before.fix_versions:
            yield ChangedField("Fix Version", "fixVersions", None, None, _version_id(after.project, name), name)


def _version_id(project: Project, name: str) -> str | None:
    return next((str(version.id) for version in project.versions if version.name == name), None)


def link_line(title: str, link_id: int, *, is_new: bool) -> ChangedField:
    """A remote link in the history; it fires no event of its own (unverified)."""
    sentence = f'This issue links to "{title}"'
    values = (None, None, str(link_id), sentence) if is_new else (str(link_id), sentence, None, None)
    return ChangedField("RemoteIssueLink", "", *values)
