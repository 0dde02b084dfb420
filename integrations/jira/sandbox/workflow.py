"""The workflows: which statuses there are, which steps a project has, where they lead, and what each asks for."""

from dataclasses import dataclass

from integrations.jira.sandbox.models import Issue

# (id, category) by status name; a category is (id, key, colour, name)
TO_DO = (2, "new", "blue-gray", "To Do")
IN_PROGRESS = (4, "indeterminate", "yellow", "In Progress")
DONE = (3, "done", "green", "Done")
STATUSES = {
    "To Do": (10000, TO_DO),
    "In Progress": (3, IN_PROGRESS),
    "In Review": (10001, IN_PROGRESS),
    "Done": (10002, DONE),
}
RESOLUTIONS = ("Done", "Won't Do", "Duplicate", "Fixed")


@dataclass(frozen=True)
class Step:
    """One transition. Its id means nothing in another workflow."""

    id: str
    name: str
    to: str
    screen: frozenset[str] = frozenset()
    """Fields on its screen; without a screen none can be set."""
    required: frozenset[str] = frozenset()
    starts: frozenset[str] = frozenset()
    """Statuses it leads out of; none means all."""
    condition: str = ""
    """``assignee``: for nobody else. ``fix version``: not before the issue has one."""
    validator: str = ""
    """``fix version``: refused until the issue has one, though it is on offer."""
    resolution: str = ""
    """What a post-function sets."""


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
REVIEWING = frozenset({"In Review"})
RELEASE = (  # three ways into the same status, each for its own case
    Step("2", "Start", "In Progress", starts=frozenset({"To Do"})),
    Step("5", "Send to review", "In Review", starts=frozenset({"In Progress"}), condition="assignee"),
    Step("711", "Release", "Done", starts=REVIEWING, validator="fix version", resolution="Fixed"),
    Step("712", "Done", "Done", frozenset({"resolution", "fixVersions"}), frozenset({"resolution"}), REVIEWING),
    Step("713", "Drop", "Done", starts=frozenset({"To Do", "In Progress"}), resolution="Won't Do"),
    Step("9", "Reopen", "To Do", starts=frozenset({"Done"})),
)
WORKFLOWS = {"": SIMPLE, "strict": STRICT, "release": RELEASE}
OF_SEEDED = {"OPS": "strict"}


def steps(issue: Issue) -> list[Step]:
    """What the workflow offers now: every step that leads out of here, and somewhere else."""
    workflow = WORKFLOWS[issue.project.workflow]
    return [step for step in workflow if step.to != issue.status and (not step.starts or issue.status in step.starts)]
