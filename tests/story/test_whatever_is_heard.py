"""Whatever is heard, in whatever order, with whatever going wrong: what must hold, holds.

A machine plays people, pipelines, ServiceNow's own screen, outages, lost answers and kills; after each step the
promises are looked at, and in the end, when nothing is wrong any more, everything has come to rest and says the same.
"""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import event, exists, select

from bot.change.announcement import Announcement, Report, ReportWord
from bot.change.errors import Refusal
from bot.change.gate import gate
from bot.change.lifecycle import ENDED
from bot.change.model import Change, Person, Progress, RowState, State, Status, Verdict
from bot.ledger.tables import ChangeRow
from bot.ports import Declined, Outage, Unknown
from bot.story.open import LATE
from bot.story.retry import retry
from tests.builders import ADA, BARBARA, GRACE, LINUS, MARGARET
from tests.doubles.faults import Faults, Killed
from tests.doubles.normal_model import CAB, Held
from tests.story.world import TEAM, World, sha

DECIDERS = (LINUS, MARGARET, ADA, GRACE, BARBARA)
UNCLEAN = {LINUS.sys_user, MARGARET.sys_user}
"""Linus asks, Margaret wrote all of it: neither may approve, though both are in the group that ServiceNow asks."""
VERSIONS = ("2.4.1", "v2.4.1", sha("d"))
"""Three names of one commit."""
EXAMPLES = int(os.environ.get("CABBIE_EXAMPLES", "8"))
"""More of them find more, and take longer."""
LOST = (Killed(), Outage("ServiceNow", "503"), Unknown("ServiceNow", "the answer was lost"))
people, versions = st.sampled_from(DECIDERS), st.sampled_from(VERSIONS)
presses = st.sampled_from([Verdict.APPROVED, Verdict.APPROVED, Verdict.REJECTED, Verdict.HELD, Verdict.RELEASED])


class WhateverIsHeard(RuleBasedStateMachine):
    """One service, its people, and four systems that fail at will."""

    empty_ledger: Path

    @initialize()
    def begin(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="cabbie-")
        self.world = World(Path(shutil.copy(self.empty_ledger, self._folder.name)))
        event.listen(self.world.ledger.database, "connect", _without_fsync)
        self.by_hand: set[str] = set()
        """Numbers of changes that a person moved in ServiceNow: what it did there is not ours."""
        self.implemented: dict[str, Held] = {}

    # ----------------------------------------------------------------------------------------------- what is heard

    @rule(version=versions)
    def linus_asks(self, version: str) -> None:
        self._hear(LINUS, Announcement("payments", version))

    @rule(status=st.sampled_from(list(Status)), version=versions)
    def the_pipeline_says(self, status: Status, version: str) -> None:
        with refusals():
            self.world.hears_pipeline(status, version, requested_by=LINUS.email)

    @precondition(lambda self: self._is_known())
    @rule(who=st.sampled_from([ADA, GRACE, BARBARA]))
    def an_approver_approves(self, who: Person) -> None:
        with refusals():
            self.world.approves(who, self._newest().number)

    @rule(is_started=st.booleans())
    def a_deploy_is_cleared_and_perhaps_started(self, is_started: bool) -> None:
        """The straight way there; far into the story chance alone seldom comes."""
        self._hear(LINUS, Announcement("payments", "2.4.1", why="again"))
        if not self._is_known():
            return
        number = self._newest().number
        with refusals():
            for who in (ADA, GRACE, BARBARA):
                self.world.approves(who, number)
            if is_started:
                self.world.reports(LINUS, ReportWord.START, number)

    @precondition(lambda self: self._is_known())
    @rule(who=people, verdict=presses, is_stale=st.booleans())
    def somebody_presses(self, who: Person, verdict: Verdict, is_stale: bool) -> None:
        change = self._newest()
        with refusals():
            self.world.presses(who, verdict, change.number, card="e" * 16 if is_stale else "")

    @precondition(lambda self: self._is_known())
    @rule(who=people)
    def somebody_withdraws(self, who: Person) -> None:
        with refusals():
            self.world.presses(who, Verdict.WITHDRAWN, self._newest().number)

    @precondition(lambda self: self._is_known())
    @rule(who=people, word=st.sampled_from(list(ReportWord)))
    def somebody_reports(self, who: Person, word: ReportWord) -> None:
        self._hear(who, Report(self._newest().number, word, "because"))

    @precondition(lambda self: self._is_known())
    @rule(who=people, verdict=st.sampled_from([Verdict.APPROVED, Verdict.REJECTED]))
    def somebody_decides_in_servicenow(self, who: Person, verdict: Verdict) -> None:
        with refusals(Declined, StopIteration):
            self.world.servicenow.decide(self._newest().number, who.sys_user, verdict)
        self.world.settle()

    @precondition(lambda self: self._is_known())
    @rule()
    def somebody_cancels_it_in_servicenow(self) -> None:
        number = self._newest().number
        if self.world.servicenow.numbered(number).state in (State.NEW, State.ASSESS, State.AUTHORIZE, State.SCHEDULED):
            self.by_hand.add(number)
            self.world.servicenow.cancel(number)

    @precondition(lambda self: self._is_known())
    @rule()
    def a_second_record_of_one_key_shows_up_late(self) -> None:
        """No transaction of ServiceNow's takes longer than we wait for it."""
        change = self._newest()
        if not change.projection(LATE).shown:
            self.world.servicenow.arrives_late(change)

    # -------------------------------------------------------------------------------------------- what goes wrong

    @rule(minutes=st.sampled_from([1, 10, 60, 60 * 8]))
    def time_passes(self, minutes: int) -> None:
        self.world.wait(timedelta(minutes=minutes))

    @rule(quorum=st.integers(1, 2))
    def the_cab_wants_so_many(self, quorum: int) -> None:
        self.world.servicenow.quorum[CAB] = quorum

    @rule(system=st.integers(0, 3), minutes=st.sampled_from([1, 30]))
    def a_system_is_away(self, system: int, minutes: int) -> None:
        faults = self._faults()[system]
        faults.down = Outage("somebody", "503")
        self.world.wait(timedelta(minutes=minutes))
        faults.down = None

    @rule(
        call=st.sampled_from(["create", "move", "amend", "record", "post", "edit", "link", "comment", "create_task"]),
        failure=st.sampled_from(LOST),
        is_done=st.booleans(),
    )
    def the_next_such_call_goes_wrong(self, call: str, failure: BaseException, is_done: bool) -> None:
        for faults in self._faults():
            (faults.lose_answer if is_done else faults.refuse)(call, failure)

    # ---------------------------------------------------------------------------------------------- what must hold

    @invariant()
    def nothing_is_implemented_without_two_clean_hands(self) -> None:
        """We move a change to Implement only when the team and the CAB have approved it, each by clean hands."""
        for held in self._held():
            if State.IMPLEMENT not in held.states or held.number in self.by_hand:
                continue
            for group in (TEAM, CAB):
                approved = {
                    row.approver.sys_id for row in held.rows if row.group == group and row.state is RowState.APPROVED
                }
                assert approved - UNCLEAN, f"{held.number} was implemented without {group}: {held.rows}"

    @invariant()
    def nobody_unclean_is_recorded_by_us(self) -> None:
        for held in self._held():
            ours = [row.approver for row in held.rows if row.updated_by == "cabbie.approvals"]
            assert not {user.sys_id for user in ours if user.sys_id in UNCLEAN and self._approved(held, user.sys_id)}

    @invariant()
    def the_gate_is_open_only_for_what_servicenow_has_in_implement(self) -> None:
        now = self.world.clock()
        for change in self._changes():
            for asked_sha in (sha("d"), sha("c")):
                found = gate(change, sha=asked_sha, now=now, asked_at=now, patience=timedelta(minutes=1))
                if not found.is_open:
                    continue
                assert asked_sha == sha("d"), f"open for another commit: {found.reason}"
                assert change.outcome is None and change.cleared_until and now < change.cleared_until
                assert State.IMPLEMENT in self.world.servicenow.numbered(change.number).states

    @invariant()
    def the_ledger_is_whole(self) -> None:
        _, broken = self.world.reads.verify()
        assert broken is None, broken

    @invariant()
    def one_change_has_one_card(self) -> None:
        cards = Counter(posted.message.marker for posted in self.world.slack.marked("card"))
        assert not [marker for marker, count in cards.items() if count > 1]

    def teardown(self) -> None:
        """Nothing is wrong any more: after some hours everything rests, and says the same everywhere."""
        if not hasattr(self, "world"):
            return
        for faults in self._faults():
            faults.__init__()  # type: ignore[misc]  # a fresh one in its place, everybody holds this one
        for change in self._changes():
            if change.progress is Progress.STUCK:
                retry(self.world.ledger, self.world.queue, change.number or change.id)  # type: ignore[arg-type]
        self.world.wait(timedelta(minutes=30))
        self._nothing_is_doubled()
        self._the_systems_agree()
        self._folder.cleanup()

    def _nothing_is_doubled(self) -> None:
        live = Counter(held.correlation_id for held in self._held() if held.state is not State.CANCELED)
        assert not [key for key, count in live.items() if count > 1], f"two live changes of one key: {live}"
        for key, comments in self.world.jira.comments.items():
            said = Counter(comment.marker for comment in comments)
            assert not [marker for marker, count in said.items() if count > 1], f"{key} has a comment twice"
        tasks = Counter(task["correlation_id"] for held in self._held() for task in held.tasks)
        assert not [key for key, count in tasks.items() if count > 1], "a task was given twice"

    def _the_systems_agree(self) -> None:
        for change in self._changes():
            if not change.sys_id or change.progress in (Progress.STOPPED, Progress.STUCK):
                continue
            held = self.world.servicenow.numbered(change.number)
            assert change.state is held.state, f"{change.number}: we say {change.state}, ServiceNow {held.state}"
            assert change.on_hold == held.on_hold
            if change.state in ENDED:
                assert change.outcome is not None, f"{change.number} is {change.state} and we know no outcome"

    # --------------------------------------------------------------------------------------------------------- helpers

    def _hear(self, who: Person, body: Announcement | Report) -> None:
        with refusals():
            self.world.hear(who, body)
        self.world.settle()

    def _changes(self) -> tuple[Change, ...]:
        with self.world.ledger.reading() as tx:
            ids = tx.session.scalars(select(ChangeRow.id).order_by(ChangeRow.requested_at, ChangeRow.id)).all()
            return tuple(tx.change(change_id) for change_id in ids)

    def _is_known(self) -> bool:
        """ServiceNow knows a change, and we know of it."""
        if not hasattr(self, "world"):
            return False
        with self.world.ledger.reading() as tx:
            return bool(tx.session.scalar(select(exists().where(ChangeRow.number.is_not(None)))))

    def _newest(self) -> Change:
        """The last one that ServiceNow knows and we know of."""
        return [change for change in self._changes() if change.number][-1]

    def _held(self) -> list[Held]:
        return list(self.world.servicenow.changes.values())

    def _approved(self, held: Held, sys_id: str) -> bool:
        return any(row.approver.sys_id == sys_id and row.state is RowState.APPROVED for row in held.rows)

    def _faults(self) -> tuple[Faults, ...]:
        world = self.world
        return world.servicenow.faults, world.approvals.faults, world.slack.faults, world.jira.faults


def _without_fsync(connection: Any, _: Any) -> None:
    """No power fails in here, and thousands of commits are made."""
    connection.execute("PRAGMA synchronous = OFF")


@contextmanager
def refusals(*more: type[Exception]) -> Iterator[None]:
    """A refusal is an answer."""
    with suppress(Refusal, *more):
        yield


def test_what_must_hold_holds(migrated: Path, request: pytest.FixtureRequest) -> None:
    WhateverIsHeard.empty_ledger = migrated
    run_state_machine_as_test(
        WhateverIsHeard,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,  # one seed in every run; `--hypothesis-seed` tries others
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
