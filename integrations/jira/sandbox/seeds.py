"""The issues the sandbox starts with, made from the seeded world."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from integrations.jira.sandbox.models import Project, Version
from integrations.jira.sandbox.store import Store
from integrations.jira.sandbox.workflow import OF_SEEDED
from integrations.standin.clock import Clock
from integrations.standin.world import Human, World

SEEDED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
PATTERN = "Work item {} of a long list"


def store_of(world: World, clock: Clock | None = None) -> Store:
    people = {key: person for key, person in world.people.items() if person.jira}
    store = Store(people, clock)
    for number, (key, facts) in enumerate(world["jira"]["projects"].items()):
        store.projects[key] = Project(
            10000 + number, key, facts["name"], facts.get("hidden", False), workflow=OF_SEEDED.get(key, "")
        )
    for key, facts in world["jira"]["issues"].items():
        name_versions(store, store.projects[key.rpartition("-")[0]], facts.get("fix_versions", []))
        issue = store.add(key, at=SEEDED, **issue_facts(facts, people))
        if "moved_from" in facts:
            store.also_known_as(issue, facts["moved_from"])
    for key, facts in world["jira"]["projects"].items():
        for number in range(1, facts.get("count", 0) + 1):
            store.add(
                f"{key}-{number}",
                at=SEEDED,
                summary=PATTERN.format(number),
                type="Task",
                status="Done",
                resolution="Done",
            )
    return store


def name_versions(store: Store, project: Project, names: Iterable[str]) -> None:
    """Versions that an issue names exist in its project."""
    for name in names:
        if name not in {version.name for version in project.versions}:
            project.versions.append(Version(next(store.version_ids), name))


def issue_facts(facts: dict[str, Any], people: dict[str, Human]) -> dict[str, Any]:
    """A seed's words as an issue's facts; a finished issue has a resolution."""
    status = facts.get("status", "To Do")
    return {
        "summary": facts["summary"],
        "type": facts.get("type", "Story"),
        "status": status,
        "resolution": "Done" if status == "Done" else None,
        "assignee": people[facts["assignee"]] if facts.get("assignee") else None,
        "security": facts.get("security"),
        "archived": facts.get("archived", False),
        "hidden": facts.get("hidden", False),
        "labels": list(facts.get("labels", [])),
        "fix_versions": list(facts.get("fix_versions", [])),
        "description": facts.get("description"),
    }
