"""The small world as the machine plays with it: with a witness, the clock's own watch, and a log of what was said."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from bot import clock
from bot.change.announcement import Announcement, Answer, Completion, Heard, Press, Report, ReportWord, Speaker, Told
from bot.change.model import Change, Commit, Person, Status, Transport
from bot.change.policy import Policy
from bot.desk.proving import PROVE, hear_proven
from bot.desk.telling import ASK, SETTLED
from bot.engine import NEVER
from bot.ports import Failure
from bot.slack import questions
from bot.story.errands import run_errand
from bot.story.question import send_question, settle_question
from tests.builders import ADA, BARBARA, GRACE, LINUS, MARGARET
from tests.doubles.faults import Killed
from tests.lifecycle.witness import WatchedApprovals, WatchedRecords, Witness
from tests.story import world as small
from tests.story.world import COMMITS, KATHERINE, PEOPLE, SERVICE, TAGS, World, sha

DECIDERS = (LINUS, MARGARET, ADA, GRACE, BARBARA)
CLEAN = (ADA, GRACE, BARBARA)
UNCLEAN = {LINUS.sys_user, MARGARET.sys_user}
"""Linus asks, Margaret wrote all of it: neither may approve, though both are in the group that ServiceNow asks."""
VERSIONS = ("2.4.1", "v2.4.1", sha("d"))
"""Three names of one commit."""
BY_NOBODY = "2.5.0"
"""A version with a commit whose author nobody knows."""
CHECKOUT = replace(SERVICE, service="checkout", channel="C0CHECKOUT", repository="checkout.git")
POLICY = replace(
    small.POLICY,
    services=(replace(SERVICE, environments=("production", "staging")), CHECKOUT),
    people={"linus-t": LINUS.email},
)
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
    word: ReportWord | Status | None = None
    """On how it goes, if it is one."""


class Place(World):
    """One service, its people, and four systems; everything Cabbie does in ServiceNow is seen."""

    def __init__(self, database: Path) -> None:
        super().__init__(database, policy=POLICY)
        stranger = Commit(sha("e"), "PAY-101 again", author_name="Some Body", author_email="some@body.example")
        for service in POLICY.services:
            self.git.add(service.repository, (*COMMITS, stranger), {**TAGS, f"v{BY_NOBODY}": sha("e")})
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
        body: Announcement | Press | Report | Told | Completion,
        who: Person | None = None,
        *,
        late: timedelta = timedelta(0),
        **wrong: bool,
    ) -> Said:
        """who: nobody when a pipeline speaks. late: so long it was under way."""
        said = self.tell(body, who, late=late, **wrong)
        self.settle()
        return said

    def tell(
        self,
        body: Announcement | Press | Report | Told | Completion,
        who: Person | None = None,
        *,
        late: timedelta = timedelta(0),
        **wrong: bool,
    ) -> Said:
        """Heard, and nothing done about it yet."""
        by = Speaker(Transport.API, app_id="ci")
        if who is not None:
            by = Speaker(Transport.HTTP, slack_id=who.slack_id, slack_team=who.slack_team, name=who.name)
        return self._hear(Heard(by, self.clock() - late, self._next(), body), who, **wrong)

    def _hear(self, heard: Heard, who: Person | None, **wrong: bool) -> Said:
        word = self._word(heard.body)
        said = Said(heard, self.desk.hear(heard), who, was_proven=self.is_proven(who), word=word, **wrong)
        self.said[heard.once] = said
        return said

    def _word(self, body: object) -> ReportWord | Status | None:
        if isinstance(body, Completion):
            return self.question_status(body)
        if isinstance(body, Told):
            return body.reading.status
        return body.word if isinstance(body, Report) else body.status if isinstance(body, Announcement) else None

    def question_status(self, said: Completion) -> Status | None:
        with self.ledger.reading() as tx:
            question = tx.question(said.channel, said.message_ts)
        return question.told.reading.status if question else None

    def is_proven(self, who: Person | None) -> bool:
        return who is None or who.id not in self.spoilt

    def was_proven_since(self, said: Said) -> bool:
        """Their accounts were in order when they said it, or are by now."""
        return said.was_proven or self.is_proven(said.who)

    # --------------------------------------------------------------------------------------------------------- errands

    def settle(self) -> None:
        """Errands too: each once; what could not be run is run another time."""
        super().settle()
        mine, others = [], []
        for errand in self.queue.errands:
            (mine if errand[0] in (ASK, SETTLED, PROVE) else others).append(errand)
        self.queue.errands = others
        for errand in mine:
            if not self._is_run(*errand):
                self.queue.errands.append(errand)
        if self.queue.waiting:
            super().settle()

    @property
    def is_proving(self) -> bool:
        return any(errand[0] == PROVE for errand in self.queue.errands)

    def _is_run(self, name: str, *words: str) -> bool:
        run = {
            ASK: partial(send_question, show=questions.question),
            SETTLED: partial(settle_question, show=questions.settled),
            PROVE: lambda tools, *said: hear_proven(tools, self._hear_proven, *said),
        }[name]
        try:
            return run_errand(partial(run, self.tools, *words), name) is NEVER
        except Killed:
            return False

    def _hear_proven(self, heard: Heard) -> Answer:
        if heard.once in self.said:  # its answer was lost on the way to the person
            return self.desk.hear(heard)
        who = next(person for person in PEOPLE if person.slack_id == heard.by.slack_id)
        return self._hear(heard, who).answer

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
        try:
            if change.announced_sha:
                return self.git.resolve(self._repository(change), change.announced_sha)
            return self.git.resolve(self._repository(change), change.version)
        except Failure:
            return ""

    def _repository(self, change: Change) -> str:
        return self.policy.service(change.service).repository


SPOILT = (
    *("a guest", "deactivated", "of another workspace", "another e-mail", "gone from Slack"),
    *("another e-mail in ServiceNow", "inactive in ServiceNow", "locked out of ServiceNow"),
)
STRANGER = KATHERINE
"""Asked by nobody to approve anything."""
EVERYBODY = PEOPLE
