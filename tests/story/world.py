"""A whole small world around the story: four systems in memory, a real ledger, and people who ask and answer.

linus asks, margaret writes, ada approves for the team, grace and barbara for the CAB, katherine manages changes.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from bot.change.announcement import Announcement, Answer, Heard, Press, Report, ReportWord, Speaker
from bot.change.model import Change, Commit, Person, Recorded, Status, Story, Transport, Verdict
from bot.change.policy import ApprovalPolicy, Digest, Policy, Service, WindowPolicy
from bot.desk import FrontDesk
from bot.engine import Again
from bot.ledger.database import connect
from bot.ledger.ledger import Ledger
from bot.ledger.reads import Reads
from bot.ports import Member, User
from bot.story import advance
from bot.story.tools import Tools
from tests.builders import ADA, BARBARA, GRACE, LINUS, MARGARET, NOW, person
from tests.doubles.anchor import AnchorDouble
from tests.doubles.clock import ClockDouble
from tests.doubles.faults import Killed
from tests.doubles.history import HistoryDouble
from tests.doubles.queue import QueueDouble
from tests.doubles.records import CAB, ApprovalsDouble, ServiceNowDouble
from tests.doubles.room import RoomDouble, WorkspaceDouble
from tests.doubles.tracker import TrackerDouble

TEAM = "Payments Engineering"
KATHERINE = person("katherine", "Katherine Jonas")
PEOPLE = (LINUS, MARGARET, ADA, GRACE, BARBARA, KATHERINE)
SERVICE = Service(
    service="payments",
    channel="C0PAYMENTS",
    repository="payments.git",
    configuration_item="Payments API",
    assignment_group=TEAM,
    projects=("PAY", "OPS"),
    affected="Everybody who pays by card.",
)
POLICY = Policy(
    services=(SERVICE,),
    team="T0ACME",
    managers="C0CHANGES",
    announcers=("A0PIPELINE",),
    approval=ApprovalPolicy(record=Recorded.ON_BEHALF, on_behalf_accepted_by="Katherine Jonas"),
    window=WindowPolicy(lasts=timedelta(hours=12)),
    digests=(Digest(channel="C0CHANGES", time_zone="Europe/Berlin"),),
)
STORIES = (
    Story("PAY-101", "Retry card payments once", type="Story", status="Done"),
    Story("PAY-103", "Refunds are rounded", type="Bug", status="Done", is_defect=True),
)
A_MOMENT = timedelta(seconds=2)
"""ServiceNow's flow has acted by then."""
MOST_STEPS = 400
"""More than any story takes: who needs more goes round in circles."""


def sha(letter: str) -> str:
    return letter * 40


COMMITS = (
    Commit(sha("a"), "Payments 2.4.0", author_name="Margaret Hale", author_email=MARGARET.email),
    Commit(sha("b"), "PAY-101: retry card payments once", author_name="Margaret Hale", author_email=MARGARET.email),
    Commit(sha("c"), "Tidy the build", author_name="Margaret Hale", author_email=MARGARET.email),
    Commit(sha("d"), "PAY-103 fix the rounding", author_name="Margaret Hale", author_email=MARGARET.email),
)
TAGS = {"v2.4.0": sha("a"), "v2.4.1": sha("d")}


class World:
    """Everything a story needs, and the shortest words for what people do."""

    def __init__(self, database: Path, *, policy: Policy = POLICY) -> None:
        self.diary: list[str] = []
        self.clock = ClockDouble(NOW)
        self.policy = policy
        self.ledger = Ledger(connect(f"sqlite:///{database}"), self.clock)
        self.reads = Reads(self.ledger)
        self.queue = QueueDouble()
        self.servicenow = ServiceNowDouble(
            self.clock,
            [User(p.sys_user, p.name, p.email, active=True, locked_out=False) for p in PEOPLE],
            {TEAM: [p.sys_user for p in (ADA, LINUS, MARGARET)], CAB: [p.sys_user for p in (GRACE, BARBARA)]},
            items=[SERVICE.configuration_item],
            diary=self.diary,
        )
        self.approvals = ApprovalsDouble(self.servicenow)
        self.anchor = AnchorDouble()
        self.jira = TrackerDouble(*STORIES, projects=frozenset({"PAY", "OPS"}), diary=self.diary)
        self.git = HistoryDouble(self.diary)
        self.git.add(SERVICE.repository, COMMITS, TAGS)
        self.slack = WorkspaceDouble(*map(_member, PEOPLE), diary=self.diary)
        self.tools = Tools(
            ledger=self.ledger,
            queue=self.queue,  # type: ignore[arg-type]  # the engine's, without an engine
            records=self.servicenow,
            approvals=self.approvals,
            tracker=self.jira,
            history=self.git,
            room=RoomDouble(self.slack, lambda: self.policy, self.servicenow.page),
            policy=lambda: self.policy,
            now=self.clock,
            anchor=self.anchor,
        )
        self.desk = FrontDesk(self.ledger, self.queue, lambda: self.policy)  # type: ignore[arg-type]
        self._once = count(1)

    # --------------------------------------------------------------------------------------------------------- people

    def asks(self, who: Person = LINUS, version: str = "2.4.1", **facts: object) -> Change:
        """Somebody asks for a deploy; the change as it stands when everything has been done that can be done now."""
        answer = self.hear(who, Announcement("payments", version, **facts))  # type: ignore[arg-type]
        assert not answer.is_refusal, answer.sentence
        self.settle()
        return self.ledger.change(answer.change_id)

    def presses(self, who: Person, verdict: Verdict, number: str, *, card: str = "", reason: str = "") -> Answer:
        """card: the fingerprint on the card that was pressed."""
        answer = self.hear(who, Press(number, verdict, reason, fingerprint=card, channel=SERVICE.channel))
        self.settle()
        self.wait(A_MOMENT)
        return answer

    def approves(self, who: Person, number: str) -> Answer:
        return self.presses(who, Verdict.APPROVED, number)

    def reports(self, who: Person, word: ReportWord, number: str, why: str = "") -> Answer:
        answer = self.hear(who, Report(number, word, why))
        self.settle()
        self.wait(A_MOMENT)
        return answer

    def hears_pipeline(self, status: Status, version: str = "2.4.1", **facts: object) -> Answer:
        said = Announcement("payments", version, status=status, **facts)  # type: ignore[arg-type]
        answer = self.desk.hear(Heard(Speaker(Transport.API, app_id="ci"), self.clock(), self._next(), said))
        self.settle()
        return answer

    def hear(self, who: Person, body: Announcement | Press | Report) -> Answer:
        by = Speaker(Transport.HTTP, slack_id=who.slack_id, slack_team=who.slack_team, name=who.name)
        return self.desk.hear(Heard(by, self.clock(), self._next(), body))

    # ----------------------------------------------------------------------------------------------------------- time

    def settle(self) -> None:
        """Advance whatever is queued until nothing more is to be done without waiting long."""
        steps = 0
        while self.queue.waiting:
            change_id = self.queue.waiting.popleft()
            while (again := self.advance(change_id)) is not None:
                self.clock.move(timedelta(seconds=again))
                steps += 1
                assert steps < MOST_STEPS, f"it never rests: {self.diary[-20:]}"

    def advance(self, change_id: str) -> Again:
        """One step of the story, as a worker takes it that may be killed."""
        try:
            return advance(self.tools, change_id)
        except Killed:
            return 1.0  # another process takes over a moment later

    def wait(self, span: timedelta) -> None:
        """Time passes; the clock wakes what has an appointment and asks ServiceNow for news."""
        end, step = self.clock() + span, max(timedelta(seconds=30), span / 10)
        while self.clock() < end:
            self.clock.move(min(step, end - self.clock()))
            self.tick()

    def tick(self) -> None:
        """What the clock does: wake the sleepers, look at what changed in ServiceNow."""
        with self.ledger.begin() as tx:
            for change_id in tx.asleep_until(self.clock()):
                self.queue.look_at(tx.session, change_id)
        self.settle()
        self._watch()
        self.settle()

    def _watch(self) -> None:
        with self.ledger.reading() as tx:
            changes = tx.open_in_servicenow()
            since = tx.watermark("servicenow")
        if self.servicenow.faults.down or not changes:
            return
        changed, watermark = self.servicenow.changed_since(tuple(changes), since)
        with self.ledger.begin() as tx:
            for sys_id in changed:
                tx.nudge(changes[sys_id], look_at=self.clock())
                self.queue.look_at(tx.session, changes[sys_id])
            tx.set_watermark("servicenow", watermark)

    # ------------------------------------------------------------------------------------------------------- questions

    def change(self, number: str) -> Change:
        found = self.reads.change(number)
        assert found is not None, number
        return found

    def entries(self, number: str) -> list[str]:
        return [line.kind for line in self.reads.history(number)]

    def told(self, who: Person) -> str:
        """The last word that this person alone was given."""
        return next(text for user, text in reversed(self.slack.whispers) if user == who.slack_id)

    def dms(self, who: Person) -> list[str]:
        return [p.message.text for p in self.slack.marked("dm") if p.ref.startswith(f"D{who.slack_id[1:]}/")]

    def _next(self) -> str:
        return f"said-{next(self._once)}"


def with_approval(policy: Policy = POLICY, **facts: object) -> Policy:
    return replace(policy, approval=replace(policy.approval, **facts))  # type: ignore[arg-type]


def until(world: World, holds: Callable[[], bool], *, at_most: timedelta = timedelta(minutes=30)) -> None:
    """Let time pass until something holds."""
    end: datetime = world.clock() + at_most
    while not holds():
        assert world.clock() < end, f"it did not happen: {world.diary[-20:]}"
        world.wait(timedelta(seconds=30))


def _member(of: Person) -> Member:
    return Member(slack_id=of.slack_id, team=of.slack_team, name=of.name, email=of.email, time_zone="Europe/Berlin")
