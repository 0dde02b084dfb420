"""What the witness objects to: every create, move, hold and verdict of Cabbie's in ServiceNow, when it is done."""

from datetime import timedelta

from sqlalchemy import select

from bot.change.announcement import Press, ReportWord
from bot.change.model import Change, Outcome, Recorded, State, Status, Verdict
from bot.ledger.tables import ClaimRow
from tests.doubles.normal_model import Held, Row
from tests.lifecycle.board import Board
from tests.lifecycle.place import Said
from tests.lifecycle.witness import approved_by
from tests.story.world import TEAM, sha

LOST_FOR = timedelta(minutes=2)
"""So long ServiceNow may still be at work on a create whose answer was lost."""
CLOSING = {ReportWord.DONE, Status.SUCCEEDED}
RAN = {ReportWord.DONE, ReportWord.FAILED, ReportWord.ROLLED_BACK, Status.SUCCEEDED, Status.FAILED}
CALLED_OFF = {ReportWord.CANCEL, Status.CANCELED}


class Judging(Board):
    """Rules written down a second time, from what ServiceNow holds and from what was said."""

    def call_the_witness(self) -> None:
        witness = self.world.witness
        witness.may_create, witness.may_move = self.may_create, self.may_move
        witness.may_hold, witness.may_record = self.may_hold, self.may_record

    def may_create(self, change: Change) -> None:
        """One deploy, one change; a create whose answer was lost is not sent again before it had time to show."""
        same = [held for held in self.held() if held.correlation_id == change.correlation_id]
        assert not [held for held in same if held.state is not State.CANCELED], f"{change.title} is opened twice"
        sent = self.world.witness.unanswered.get(change.correlation_id)
        assert sent is None or self.world.clock() >= sent + LOST_FOR, f"{change.title} is sent again at once"
        assert change.outcome is None, f"{change.title} is {change.outcome} and is opened"
        for other in self.changes():
            is_same = other.release and change.release and other.release.sha == change.release.sha
            is_same = is_same and _place(other) == _place(change)
            is_live = other.outcome is None and bool(other.number) and other.id != change.id
            assert not (is_same and is_live), f"{change.title} is {other.number} already"

    # ----------------------------------------------------------------------------------------------------------- moves

    def may_move(self, held: Held, to: State) -> None:
        judges = {
            State.ASSESS: self.may_ask,
            State.IMPLEMENT: self.may_implement,
            State.REVIEW: self.may_review,
            State.CLOSED: self.may_close,
            State.CANCELED: self.may_cancel,
        }
        judges[to](held)

    def may_ask(self, held: Held) -> None:
        """Complete, not rejected before, and somebody is there who may approve."""
        change = self.change_of(held)
        assert change and change.release and change.plan
        assert State.ASSESS not in held.states[:-1] or held.number in self.by_hand, f"{held.number} is asked twice"
        assert held.fields.get("justification"), f"{held.number} was sent to its approvers incomplete"
        assert change.outcome is None and not held.on_hold, f"{held.number} is {change.outcome} and is sent on"
        team = set(self.world.servicenow.groups[TEAM])
        assert team - self.unclean(change), f"{held.number}: nobody is there who may approve"
        is_proven = change.release.sha != sha("e") or self.world.policy.approval.unresolved_author == "show"
        assert is_proven, f"{held.number}: nobody knows who wrote it"

    def may_implement(self, held: Held) -> None:
        """What its kind demands: clean approvals, for this commit, inside the window, wanted, no rule broken."""
        change = self.change_of(held)
        assert change and change.plan and change.release
        hands = set[str]().union(*map(approved_by, held.rows))
        unclean = hands & self.unclean(change)
        assert not unclean, f"{held.number} is implemented with the approval of {unclean}"
        is_waved = self.world.policy.approval.not_asked == "open"
        assert hands or is_waved, f"{held.number} is implemented, and nobody approved"
        for row_group in {row.group for row in held.rows} - ({""} if held.number in self.by_hand else set()):
            answers = [row for row in held.rows if row.group == row_group]
            is_decided = any(approved_by(row) for row in answers)
            assert is_decided or held.number in self.by_hand or not answers, f"{held.number} without {row_group}"
        window = change.plan.window
        assert window.start <= self.world.clock() < window.end, f"{held.number} is implemented outside its window"
        assert self.world.released(change) == change.release.sha, f"{held.number}: another commit than was approved"
        assert not self._called_off(held), f"{held.number} was called off and is implemented"
        broken = {finding.kind for finding in change.findings} & {"own approval", "deployed without clearance"}
        assert not broken, f"{held.number} is implemented: {broken}"

    def may_review(self, held: Held) -> None:
        assert self._said_of(held, RAN), f"{held.number} has ended, and nobody said so"

    def may_close(self, held: Held) -> None:
        assert self._said_of(held, CLOSING), f"{held.number} is closed as a success, and nobody said so"
        change = self.change_of(held)
        assert change and change.outcome is Outcome.SUCCEEDED, f"{held.number} is closed: {change and change.outcome}"

    def may_cancel(self, held: Held) -> None:
        """Called off, rejected, decided by nobody in time, moved to another commit, or opened twice."""
        change = self.change_of(held)
        if change is None or change.sys_id != held.sys_id or not change.release or not change.plan:
            return  # opened twice
        end = min(change.requested_at + timedelta(hours=8), change.plan.window.end)
        is_late = self.world.clock() >= (end if State.SCHEDULED not in held.states else change.plan.window.end)
        is_rejected = held.approval == "rejected"
        is_moved = self.world.released(change) != change.release.sha or "now points at" in change.outcome_why
        why = self._called_off(held) or is_late or is_rejected or is_moved
        assert why, f"{held.number} is canceled, and nobody wanted that"

    # ------------------------------------------------------------------------------------------------- what was said

    def may_hold(self, held: Held, on_hold: bool) -> None:
        """By somebody who was asked; released by clean hands alone, and never where a rule was broken."""
        change = self.change_of(held)
        assert change
        broken = {finding.kind for finding in change.findings} & {"own approval", "deployed without clearance"}
        if on_hold and broken:
            return
        said = self._claimed(change.id, Verdict.HELD if on_hold else Verdict.RELEASED)
        assert said and said.who, f"{held.number} is held or released, and nobody asked for it"
        self._must_be_genuine(said)
        assert said.who.sys_user in {row.approver.sys_id for row in held.rows}, f"{said.who.name} was never asked"
        if not on_hold:
            unclean = self.unclean(change)
            assert said.who.sys_user not in unclean, f"{said.who.name} released what they asked for or wrote"
            assert not broken, f"{held.number} is released: {broken}"

    def may_record(self, held: Held, row: Row, verdict: Verdict) -> None:
        said = self._claimed_row(row.sys_id, verdict)
        assert said and said.who and isinstance(said.heard.body, Press)
        at, who = said.heard.at, said.who
        self._must_be_genuine(said)
        assert said.heard.body.verdict is verdict, f"{who.name} pressed {said.heard.body.verdict}, not {verdict}"
        assert row.approver.sys_id == who.sys_user, f"{who.name} decided in the place of {row.approver.name}"
        if verdict is Verdict.WITHDRAWN:
            assert row.stage is held.state, f"{who.name} takes back what is decided"
            return
        change = self.change_of(held)
        assert change and change.release
        assert who.sys_user not in self.unclean(change), f"{who.name} asked for it or wrote it, and decides"
        assert not said.is_stale, f"{who.name} decides on what was not shown"
        holds = self.world.holds_since
        assert not holds(at, record=Recorded.DEEP_LINK), "the policy sends everybody to ServiceNow"
        assert not holds(at, on_behalf_accepted_by=""), "nobody has accepted that Cabbie writes for others"
        assert not holds(at, bind_by_email=False), "an e-mail proves nobody here"
        is_known = change.release.sha != sha("e") or not holds(at, unresolved_author="stop")
        assert is_known, f"{who.name} decides on what they may have written"
        assert not self._called_off(held, before=said), f"{held.number} was called off and is decided on"

    def _must_be_genuine(self, said: Said) -> None:
        assert said.who
        assert self.world.was_proven_since(said), f"{said.who.name} is nobody who may decide any more"
        assert not said.is_foreign, f"{said.who.name} pressed on something else"

    def _claimed(self, change_id: str, verdict: Verdict) -> Said | None:
        return self._first(ClaimRow.change_id == change_id, ClaimRow.verdict == verdict.value)

    def _claimed_row(self, row: str, verdict: Verdict) -> Said | None:
        return self._first(ClaimRow.row == row, ClaimRow.verdict == verdict.value)

    def _first(self, *which: object) -> Said | None:
        """Whoever pressed what is being recorded now."""
        with self.world.ledger.reading() as tx:
            now = ClaimRow.progress.in_(("accepted", "being written"))
            once = tx.session.scalars(select(ClaimRow.delivery).where(now, *which).order_by(ClaimRow.at)).first()  # type: ignore[arg-type]
        return self.world.said.get(once or "")

    def _said_of(self, held: Held, words: set[ReportWord | Status]) -> bool:
        return any(self._is_about(said, held) and said.word in words for said in self.world.said.values())

    def _called_off(self, held: Held, before: Said | None = None) -> bool:
        """before: only what was said before that."""
        found = [said for said in self.world.said.values() if self._is_about(said, held) and said.word in CALLED_OFF]
        return any(before is None or said.heard.at < before.heard.at for said in found)

    def _is_about(self, said: Said, held: Held) -> bool:
        """Taken, and by somebody who was proven."""
        change = self.change_of(held)  # it may have had no number yet
        is_it = said.answer.number == held.number or (change is not None and said.answer.change_id == change.id)
        return is_it and not said.answer.is_refusal and self.world.was_proven_since(said)


def _place(change: Change) -> tuple[str, str, str]:
    return change.service, change.environment, change.kind
