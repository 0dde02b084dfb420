"""The workflows: which steps a project has, where they lead, and what each asks for."""

from dataclasses import dataclass

from integrations.jira.sandbox.models import Issue


@dataclass(frozen=True)
class Step:
    """One transition. Its id means nothing in another workflow."""

    id: str
    name: str
    to: str
    screen: frozenset[str] = frozenset()
    """Fields on its screen; without a screen none can be set."""
    required: frozenset[str] = frozenset()


SIMPLE = (
    Step("11", "To Do", "To Do"),
    Step("21", "In Progress", "In Progress"),
    Step("31", "In Review", "In Review"),
    Step("41", "Done", "Done"),
)
STRICT = (
    Step("4", "Start", "In Progress"),
    Step("5", "Close Issue", "Done", frozenset({"resolution", "comment"}), frozenset({"resolution"})),
    Step("3", "Reopen", "To Do"),
)
OF_PROJECT = {"OPS": STRICT}
RESOLUTIONS = ("Done", "Won't Do", "Duplicate", "Fixed")


def steps(issue: Issue) -> list[Step]:
    """What can be done now: every step that leads somewhere else."""
    return [step for step in OF_PROJECT.get(issue.project.key, SIMPLE) if step.to != issue.status]
