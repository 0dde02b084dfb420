"""The small world as the machine plays with it: with a witness, the clock's own watch, and a log of what was said."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot import clock
from bot.change.announcement import Announcement, Answer, Heard, Press, Report, Speaker
from bot.change.model import Change, Commit, Person, Transport
from bot.change.policy import Policy
from bot.ports import Failure
from tests.builders import ADA, BARBARA, GRACE, LINUS, MARGARET
from tests.lifecycle.witness import WatchedApprovals, WatchedRecords, Witness
from tests.story.world import COMMITS, KATHERINE, PEOPLE, POLICY, SERVICE, TAGS, World, sha

DECIDERS = (LINUS, MARGARET, ADA, GRACE, BARBARA)
CLEAN = (ADA, GRACE, BARBARA)
UNCLEAN = {LINUS.sys_user, MARGARET.sys_user}
"""Linus asks, Margaret wrote all of it: neither may approve, though both are in the group that ServiceNow asks."""
VERSIONS = ("2.4.1", "v2.4.1", sha("d"))
"""Three names of one commit."""
BY_NOBODY = "2.5.0"
"""A version with a commit whose author nobody knows."""
PATIENCE = timedelta(minutes=10)
"""So old may ServiceNow's last word be for the gate."""


@dataclass(frozen=True)
class Said:
    """What somebody said, and what was wrong with it."""

    heard: Heard
    answer: Answer
    who: Person | None = None
    is_stale: bool = False
    """Pressed on a card of other contents."""
    is_foreign: bool = False
    """Pressed on a message that is not this change's card."""
    was_proven: bool = True


class Place(World):
    """One service, its people, and four systems; everything Cabbie does in ServiceNow is seen."""

    def __init__(self, database: Path) -> None:
        super().__init__(database, policy=POLICY)
        stranger = Commit(sha("e"), "PAY-101 again", author_name="Some Body", author_email="some@body.example")
        self.git.add(SERVICE.repository, (*COMMITS, stranger), {**TAGS, f"v{BY_NOBODY}": sha("e")})
        self.witness = Witness(self.clock)
        self.tools = replace(
            self.tools,
            records=WatchedRecords(self.servicenow, self.witness),  # type: ignore[arg-type]  # the rest is handed on
            approvals=WatchedApprovals(self.approvals, self.servicenow, self.witness),  # type: ignore[arg-type]
        )
        self.said: dict[str, Said] = {}
        """By what tells it from everything else ever said."""
        self.spoilt: dict[str, datetime] = {}
        """By the person's id: since when their accounts are not those of a person who may decide."""
        self.changed_at: dict[str, datetime] = {}
        """By the policy's field: since when it is what it is."""
        self._members, self._users = dict(self.slack.members), dict(self.servicenow.users)
        self.is_unheard = False
        """Somebody did something in ServiceNow, and Cabbie has not asked since."""

    # ---------------------------------------------------------------------------------------------------------- saying

    def say(
        self,
        body: Announcement | Press | Report,
        who: Person | None = None,
        *,
        late: timedelta = timedelta(0),
        **wrong: bool,
    ) -> Said:
        """who: nobody when a pipeline speaks. late: so long it was under way."""
        by = Speaker(Transport.API, app_id="ci")
        if who is not None:
            by = Speaker(Transport.HTTP, slack_id=who.slack_id, slack_team=who.slack_team, name=who.name)
        heard = Heard(by, self.clock() - late, self._next(), body)
        said = Said(heard, self.desk.hear(heard), who, was_proven=self.is_proven(who), **wrong)
        self.said[heard.once] = said
        self.settle()
        return said

    def is_proven(self, who: Person | None) -> bool:
        return who is None or who.id not in self.spoilt

    def was_proven_since(self, said: Said) -> bool:
        """Their accounts were in order when they said it, or are by now."""
        return said.was_proven or self.is_proven(said.who)

    # ------------------------------------------------------------------------------------------------------------ time

    def _watch(self) -> None:
        with suppress(Failure):
            clock.watch(self.tools)
            self.is_unheard = False

    # ---------------------------------------------------------------------------------------------------------- policy

    def decide_policy(self, policy: Policy) -> None:
        """Loaded again, with other words in it."""
        before, after = vars(self.policy.approval), vars(policy.approval)
        self.changed_at |= {name: self.clock() for name in after if before[name] != after[name]}
        self.policy = policy

    def holds_since(self, at: datetime, **facts: object) -> bool:
        """The policy has said so since then, and says so now."""
        approval = vars(self.policy.approval)
        return all(approval[name] == value and self._is_older(name, at) for name, value in facts.items())

    def _is_older(self, name: str, at: datetime) -> bool:
        return name not in self.changed_at or self.changed_at[name] <= at

    # --------------------------------------------------------------------------------------------------------- accounts

    def spoil(self, who: Person, how: str) -> None:
        member, user = self.slack.members[who.slack_id], self.servicenow.users[who.sys_user]
        match how:
            case "a guest" | "deactivated":
                self.slack.members[who.slack_id] = replace(member, objection=how)
            case "of another workspace":
                self.slack.members[who.slack_id] = replace(member, team="T0RIVAL")
            case "another e-mail":
                self.slack.members[who.slack_id] = replace(member, email="other@acme.example")
            case "gone from Slack":
                del self.slack.members[who.slack_id]
            case "another e-mail in ServiceNow":
                self.servicenow.users[who.sys_user] = replace(user, email="other@acme.example")
            case "inactive in ServiceNow":
                self.servicenow.users[who.sys_user] = replace(user, active=False)
            case "locked out of ServiceNow":
                self.servicenow.users[who.sys_user] = replace(user, locked_out=True)
        self.spoilt.setdefault(who.id, self.clock())

    def restore(self) -> None:
        """Everybody's accounts are in order again."""
        self.slack.members |= self._members
        self.servicenow.users |= self._users
        self.spoilt.clear()

    # -------------------------------------------------------------------------------------------------------- questions

    def released(self, change: Change) -> str:
        """Where its version points now."""
        if change.announced_sha:
            return change.announced_sha
        try:
            return self.git.resolve(SERVICE.repository, change.version)
        except Failure:
            return ""


SPOILT = (
    *("a guest", "deactivated", "of another workspace", "another e-mail", "gone from Slack"),
    *("another e-mail in ServiceNow", "inactive in ServiceNow", "locked out of ServiceNow"),
)
STRANGER = KATHERINE
"""Asked by nobody to approve anything."""
EVERYBODY = PEOPLE
