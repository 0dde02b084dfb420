"""What people and pipelines say, in any order, rightly and wrongly; once, twice and late."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import func, select

from bot.change.announcement import Announcement, Press, Report, ReportWord
from bot.change.model import Change, Kind, Person, RowState, Status, Verdict
from bot.ledger.tables import ChangeRow, ClaimRow, EntryRow, FindingRow, PostRow, SourceRow
from tests.builders import ADA, LINUS, MARGARET
from tests.lifecycle.board import Board, is_known
from tests.lifecycle.happening import POLICIES
from tests.lifecycle.place import BY_NOBODY, CLEAN, DECIDERS, EVERYBODY, POLICY, SPOILT, STRANGER, VERSIONS, Said
from tests.story.world import SERVICE, with_approval

RAN = (Status.STARTED, Status.SUCCEEDED, Status.FAILED)
people = st.sampled_from([*DECIDERS, MARGARET])
versions = st.sampled_from([*VERSIONS, BY_NOBODY])


class Asking(Board):
    """Announcements: of people, of pipelines."""

    @rule(version=versions, kind=st.sampled_from([Kind.DEPLOY, Kind.DEPLOY, Kind.ROLLBACK]))
    def linus_asks(self, version: str, kind: Kind) -> None:
        why = "it runs already" if kind is Kind.ROLLBACK else ""
        self.say(Announcement("payments", version, kind=kind, why=why), LINUS)

    @rule(status=st.sampled_from(list(Status)), version=versions, minutes_ago=st.sampled_from([0, 0, 30]))
    def the_pipeline_says(self, status: Status, version: str, minutes_ago: int) -> None:
        cleared = {c.id for c in self.changes() if c.cleared_until}
        before = self.count(FindingRow)
        body = Announcement("payments", version, status=status, requested_by=LINUS.email)
        said = self.say(body, late=timedelta(minutes=minutes_ago))
        if said.answer.is_refusal or status not in RAN:
            return
        about = said.answer.change_id
        is_covered = about in cleared or (not about and bool(cleared))
        assert is_covered or self.count(FindingRow) > before or self.found_before(said), said.answer.sentence

    def found_before(self, said: Said) -> bool:
        """It is told once of each change, and of each run that no change covers once a day."""
        sentences = " ".join(finding.sentence for change in self.changes() for finding in change.findings)
        with self.world.ledger.reading() as tx:
            sentences += " ".join(tx.session.scalars(select(FindingRow.sentence)).all())
        return "deployed" in sentences or "without a change" in sentences or "the pipeline reports" in sentences


class Mistaking(Board):
    """What nobody knows is asked for."""

    @rule(
        wrong=st.sampled_from([{"service": "paymnts"}, {"environment": "the moon"}, {"is_emergency": True}]),
        is_pipeline=st.booleans(),
    )
    def something_unknown_is_asked_for(self, wrong: dict[str, object], is_pipeline: bool) -> None:
        before = self.count(ChangeRow)
        facts = {"service": "payments", "version": "2.4.1", "requested_by": LINUS.email} | wrong
        said = self.say(Announcement(**facts), None if is_pipeline else LINUS)  # type: ignore[arg-type]
        assert said.answer.is_refusal and self.count(ChangeRow) == before, f"{wrong} was taken: {said.answer.sentence}"


class Buttons(Board):
    """How a button is pressed."""

    def somebody_asked(self) -> Person:
        """Who may decide now; somebody who might have, where nobody is asked."""
        asked = {row.approver for row in self.newest().rows if row.state is RowState.REQUESTED}
        return next((who for who in CLEAN if who.sys_user in asked), ADA)

    def press(self, who: Person, verdict: Verdict, wrong: str = "") -> Said:
        """wrong: it is pressed on a card of other contents, or on another message."""
        change = self.newest()
        channel, _, stamp = change.projection("card").ref.partition("/")
        seen = "e" * 16 if wrong == "stale" else change.fingerprint[:16]
        message = "1600000000.000100" if wrong == "foreign" else stamp
        body = Press(change.number, verdict, "because", seen, channel=channel or SERVICE.channel, message_ts=message)
        said = self.say(body, who, is_stale=wrong == "stale", is_foreign=wrong == "foreign" and bool(stamp))
        self.world.wait(timedelta(seconds=2))
        return said


class Pressing(Buttons):
    """Approve and Reject, by whoever sees them."""

    @precondition(is_known)
    @rule(who=people, is_approval=st.sampled_from([True, True, True, False]))
    def somebody_decides_in_slack(self, who: Person, is_approval: bool) -> None:
        self.press(who, Verdict.APPROVED if is_approval else Verdict.REJECTED)

    @precondition(is_known)
    @rule(who=st.sampled_from(CLEAN), wrong=st.sampled_from(["stale", "foreign"]))
    def somebody_decides_on_something_else(self, who: Person, wrong: str) -> None:
        self.press(who, Verdict.APPROVED, wrong)


class Stopping(Buttons):
    """Hold and Release."""

    @precondition(is_known)
    @rule(who=st.sampled_from([*DECIDERS, STRANGER]), verdict=st.sampled_from([Verdict.HELD, Verdict.RELEASED]))
    def somebody_stops_it_or_lets_it_go_on(self, who: Person, verdict: Verdict) -> None:
        self.press(who, verdict)

    @precondition(is_known)
    @rule(who=st.sampled_from(DECIDERS))
    def it_is_stopped_and_somebody_lets_it_go_on(self, who: Person) -> None:
        self.press(self.somebody_asked(), Verdict.HELD)
        self.press(who, Verdict.RELEASED)


class Recanting(Buttons):
    """Withdraw."""

    @precondition(is_known)
    @rule(who=people)
    def somebody_withdraws(self, who: Person) -> None:
        self.press(who, Verdict.WITHDRAWN)

    @precondition(is_known)
    @rule(who=people)
    def somebody_takes_it_back(self, who: Person) -> None:
        """Their own approval, or somebody else's; of this stage, or of one that it ended."""
        self.press(self.somebody_asked(), Verdict.APPROVED)
        self.press(who, Verdict.WITHDRAWN)

    @precondition(is_known)
    @rule()
    def somebody_changes_their_mind(self) -> None:
        who = self.somebody_asked()
        self.press(who, Verdict.APPROVED)
        self.press(who, Verdict.WITHDRAWN)


class Obeying(Buttons):
    """The team's policy is loaded again, and somebody decides under it."""

    @precondition(is_known)
    @rule(approval=st.sampled_from(POLICIES))
    def whoever_is_asked_decides_under(self, approval: dict[str, Any]) -> None:
        self.world.decide_policy(with_approval(POLICY, **approval))
        self.press(self.somebody_asked(), Verdict.APPROVED)


class Words(Board):
    """How it is said how a deploy goes."""

    def report(self, who: Person, word: ReportWord, is_foreign: bool = False) -> Said:
        change = self.newest()
        channel, _, stamp = change.projection("card").ref.partition("/")
        message = "1600000000.000100" if is_foreign else stamp
        body = Report(change.number, word, "because", channel=channel, message_ts=message)
        said = self.say(body, who, is_foreign=is_foreign and bool(stamp))
        self._look_at_the_answer(change, said, word)
        self.world.wait(timedelta(seconds=2))
        return said

    def _look_at_the_answer(self, before: Change, said: Said, word: ReportWord) -> None:
        """The desk alone answers for these."""
        if said.answer.is_refusal:
            return
        assert said.who is not STRANGER, f"a stranger's “{word}” counts for {before.number}"
        assert not said.is_foreign, f"“{word}” was taken from another message"
        if word is ReportWord.CANCEL:
            assert before.outcome is None, f"{before.number} is over and was canceled"
            return
        held = self.world.servicenow.numbered(before.number)
        assert self.world.witness.went(held, held.states[-1]) or held.number in self.by_hand, f"“{word}” too early"
        assert before.outcome is None, f"{before.number} ended as {before.outcome}, and now again"
        if word is ReportWord.START and before.started_at is None:
            assert before.cleared_until and said.heard.at < before.cleared_until, f"{before.number} started uncleared"
            assert not before.on_hold, f"{before.number} was started while it was held"


class Reporting(Words):
    """How it goes, from people."""

    @precondition(is_known)
    @rule(
        who=st.sampled_from([*EVERYBODY, STRANGER]),
        word=st.sampled_from(list(ReportWord)),
        is_foreign=st.sampled_from([0, 0, 1]),
    )
    def somebody_reports(self, who: Person, word: ReportWord, is_foreign: int) -> None:
        self.report(who, word, bool(is_foreign))


class Rushing(Buttons, Words):
    """Whoever cannot wait."""

    @precondition(is_known)
    @rule(who=st.sampled_from(DECIDERS))
    def it_is_stopped_and_somebody_starts_it(self, who: Person) -> None:
        self.press(self.somebody_asked(), Verdict.HELD)
        self.report(who, ReportWord.START)


class Leaving(Buttons, Words):
    """People whose accounts are not what they were, and who press and report all the same."""

    @precondition(is_known)
    @rule(
        who=st.sampled_from(DECIDERS),
        how=st.sampled_from(SPOILT),
        deed=st.sampled_from([Verdict.APPROVED, Verdict.HELD, ReportWord.CANCEL, ReportWord.DONE]),
        comes_back=st.sampled_from([True, True, False]),
    )
    def somebody_leaves_and_acts(self, who: Person, how: str, deed: Verdict | ReportWord, comes_back: bool) -> None:
        if who.id not in self.world.spoilt:
            self.world.spoil(who, how)
        self.press(who, deed) if isinstance(deed, Verdict) else self.report(who, deed)
        if comes_back:
            self.world.restore()


class Repeating(Board):
    """The same once more: Slack repeats what it thinks lost, and a pipeline what timed out."""

    @precondition(lambda self: is_known(self) and bool(self.world.said))
    @rule(data=st.data(), days=st.sampled_from([0, 1]))
    def it_is_said_again(self, data: st.DataObject, days: int) -> None:
        said = self.world.said[data.draw(st.sampled_from(list(self.world.said)[-6:]))]
        before = self._counts()
        heard = replace(said.heard, at=said.heard.at + timedelta(days=days))
        again = self.world.desk.hear(heard)
        assert (again.sentence, again.is_refusal) == (said.answer.sentence, said.answer.is_refusal)
        assert self._counts() == before, f"said twice and heard twice: {said.heard.body}"
        self.world.settle()

    def _counts(self) -> Counter[str]:
        tables = (ChangeRow, ClaimRow, EntryRow, FindingRow, PostRow, SourceRow)
        with self.world.ledger.reading() as tx:
            return Counter({t.__name__: tx.session.scalar(select(func.count()).select_from(t)) or 0 for t in tables})
