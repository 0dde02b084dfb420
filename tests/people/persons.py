"""Who stands before the door: each is a member of the team that ServiceNow asks, but for what their name says.

All of them were met while nothing was wrong with them; then their accounts became what they are in the table. Whoever
is refused is refused for that alone.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from integrations.servicenow.sandbox.data.seed import MAINTENANCE
from integrations.standin.world import Human, World, load_world
from tests.people.town import Town

TEAM, OTHER_TEAM = "T0ACME", "T0RIVAL"
GROUP = "Payments Engineering"
CHANNEL = "C0PAYMENTS"
CAB = "grace"
UNPROVEN = "refunds"
"""The service of which uma writes part; as payments otherwise."""
PRIVATE = "uma@home.example"
"""The e-mail in uma's commits, which nobody knows."""


@dataclass(frozen=True)
class Being:
    """One row of the table. slack, servicenow: what becomes of the accounts."""

    key: str
    team: str = TEAM
    """The workspace that Slack names with their click."""
    slack: dict[str, Any] = field(default_factory=dict)
    servicenow: dict[str, str] = field(default_factory=dict)
    was_always: bool = False
    """They were so when Cabbie first met them; the others became so later."""
    is_asked: bool = True
    """ServiceNow has a row for them."""
    can_answer_there: bool = True
    """May approve in ServiceNow's own screen without breaking a rule, and so have something to withdraw."""

    @property
    def slack_id(self) -> str:
        return f"U0{self.key.upper()}"


BEINGS = {
    "approver": Being("ada"),
    "guest": Being("gwen", slack={"is_restricted": True}),
    "bot": Being("robbie", slack={"is_bot": True}),
    "deactivated": Being("dora", slack={"deleted": True}),
    "Slack Connect": Being("sven", team=OTHER_TEAM, slack={"team": OTHER_TEAM}, was_always=True),
    "other team": Being("otis", team=OTHER_TEAM),
    "changed e-mail": Being("carla", slack={"email": "carla.new@acme.example"}),
    "two users, one e-mail": Being("tina"),
    "inactive user": Being("ina", servicenow={"active": "false"}),
    "locked user": Being("lois", servicenow={"locked_out": "true"}),
    "service account": Being("sam", servicenow={"web_service_access_only": "true"}, was_always=True),
    "requester": Being("linus", can_answer_there=False),
    "author": Being("margaret", can_answer_there=False),
    "co-author": Being("cora", can_answer_there=False),
    "unresolved author": Being("uma"),
    "delegate": Being("della", is_asked=False, can_answer_there=False),
    "former member": Being("fritz", is_asked=False, can_answer_there=False),
}
TWIN = "tom"


def world_of_all() -> World:
    """The sandbox's world and everybody of the table in it, while nothing is wrong with them."""
    seed = load_world()
    people, raw = dict(seed.people), deepcopy(seed.raw)
    for being in BEINGS.values():
        known = Human(being.key, f"{being.key.title()} Doe", f"{being.key}@acme.example", being.slack_id)
        people.setdefault(being.key, known)
    asked = [being.key for being in BEINGS.values() if being.key != "della"] + [TWIN]
    raw["groups"][GROUP]["members"] = asked
    raw["slack"]["channels"]["payments"]["members"] += [key for key in (*asked, "della") if key not in seed.people]
    return World(people, raw)


def become(town: Town, *, at_first: bool) -> None:
    """From now on they are what the table calls them: those who always were, or the others."""
    for being in BEINGS.values():
        if being.was_always is not at_first:
            continue
        user = town.workspace.users[being.slack_id]
        for name, value in being.slack.items():
            setattr(user, name, value)
        if being.servicenow:
            town.instance.store.update(user_of(town, being.key), being.servicenow, MAINTENANCE)


def leave_the_team(town: Town, key: str) -> None:
    for member in town.instance.store.where("sys_user_grmember", user=user_of(town, key).sys_id):
        town.instance.store.delete(member)


def stand_in(town: Town, key: str, of: str) -> None:
    """A delegate, as ServiceNow lets people name one."""
    users = {"user": user_of(town, of).sys_id, "delegate": user_of(town, key).sys_id}
    town.instance.store.insert("sys_user_delegate", {**users, "approvals": "true"}, MAINTENANCE)


def user_of(town: Town, key: str) -> Any:
    return next(iter(town.instance.store.where("sys_user", user_name=key)))
