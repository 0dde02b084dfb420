"""What happens by itself: in ServiceNow's own screen, to people's accounts, in git, in the policy; and time passes."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from bot.change.announcement import Announcement
from bot.change.model import Person, Recorded, RowState, State, Verdict
from bot.change.policy import WindowPolicy
from bot.ports import Declined
from bot.story.open import LATE
from tests.builders import ADA, LINUS, MARGARET
from tests.doubles.normal_model import CAB
from tests.lifecycle.board import Board, is_known
from tests.lifecycle.place import DECIDERS, POLICY, SPOILT, UNCLEAN
from tests.story.world import TAGS, TEAM, sha, with_approval

OPEN = (State.NEW, State.ASSESS, State.AUTHORIZE, State.SCHEDULED)
BY_HAND = {
    State.ASSESS: (State.NEW, State.AUTHORIZE, State.CANCELED),
    State.AUTHORIZE: (State.NEW, State.SCHEDULED, State.CANCELED),
    State.SCHEDULED: (State.NEW, State.IMPLEMENT, State.CANCELED),
    State.IMPLEMENT: (State.REVIEW, State.CANCELED),
    State.REVIEW: (State.CLOSED,),
    State.NEW: (State.CANCELED,),
}
"""Where an administrator moves it, past everybody who is asked."""
POLICIES: tuple[dict[str, Any], ...] = (
    {},
    {"record": Recorded.DEEP_LINK},
    {"on_behalf_accepted_by": ""},
    {"bind_by_email": False},
    {"unresolved_author": "show"},
    {"not_asked": "open"},
)


class InServiceNow(Board):
    """People and their delegates, past Cabbie."""

    @precondition(is_known)
    @rule(
        who=st.sampled_from(DECIDERS),
        verdict=st.sampled_from([Verdict.APPROVED, Verdict.APPROVED, Verdict.REJECTED]),
        writer=st.sampled_from([None, None, None, MARGARET, LINUS]),
        does_it_settle=st.booleans(),
    )
    def somebody_decides(self, who: Person, verdict: Verdict, writer: Person | None, does_it_settle: bool) -> None:
        """writer: a delegate, who answers in their place."""
        servicenow, number = self.world.servicenow, self.newest().number
        self.world.is_unheard = True
        with suppress(StopIteration, Declined):
            servicenow.decide(number, who.sys_user, verdict)
            row = next(row for row in servicenow.numbered(number).rows[::-1] if row.approver.sys_id == who.sys_user)
            row.updated_by = (writer or who).sys_user
        if does_it_settle:
            self.world.wait(timedelta(minutes=1))

    @precondition(is_known)
    @rule(who=st.sampled_from([LINUS, MARGARET]), is_delegate=st.booleans())
    def whoever_asked_or_wrote_it_approves(self, who: Person, is_delegate: bool) -> None:
        """On their own row, or in the place of somebody who is asked."""
        held = self.world.servicenow.numbered(self.newest().number)
        asked = [row for row in held.rows if row.state is RowState.REQUESTED and not held.on_hold]
        theirs = [row for row in asked if row.approver.sys_id == who.sys_user]
        others = [row for row in asked if row.approver.sys_id not in UNCLEAN]
        for row in (others if is_delegate else theirs)[:1]:
            self.world.servicenow.write(held, row, Verdict.APPROVED, by=who.sys_user)
        self.world.wait(timedelta(minutes=1))


class ByHand(Board):
    """Administrators, past everybody who is asked."""

    @precondition(is_known)
    @rule(data=st.data(), does_it_settle=st.booleans())
    def an_administrator_moves_it(self, data: st.DataObject, does_it_settle: bool) -> None:
        held = self.world.servicenow.numbered(self.newest().number)
        if targets := BY_HAND.get(held.state):
            self.by_hand.add(held.number)
            self.world.is_unheard = True
            self.world.servicenow._enter(held, data.draw(st.sampled_from(targets)))
        if does_it_settle:
            self.world.wait(timedelta(minutes=1))

    @precondition(is_known)
    @rule()
    def it_is_waved_through(self) -> None:
        """Past everybody, approved by nobody."""
        held = self.world.servicenow.numbered(self.newest().number)
        while held.state in (State.ASSESS, State.AUTHORIZE) and not held.on_hold:
            self.by_hand.add(held.number)
            self.world.servicenow._enter(held, State.AUTHORIZE if held.state is State.ASSESS else State.SCHEDULED)
        self.world.is_unheard = True
        self.world.wait(timedelta(minutes=1))

    @precondition(is_known)
    @rule(on_hold=st.booleans(), does_it_settle=st.booleans())
    def somebody_holds_or_releases_it(self, on_hold: bool, does_it_settle: bool) -> None:
        held = self.world.servicenow.numbered(self.newest().number)
        if held.on_hold is not on_hold and held.state in (*OPEN, State.IMPLEMENT):
            self.by_hand.add(held.number)
            self.world.is_unheard = True
            self.world.servicenow._hold(held, on_hold, "because")
            self.world.servicenow._touch(held)
        if does_it_settle:
            self.world.wait(timedelta(minutes=1))


class Rules(Board):
    """What ServiceNow demands, and what it keeps."""

    @rule(quorum=st.integers(1, 2), asks_cab=st.sampled_from([True, True, False]), column=st.sampled_from(["", "why"]))
    def its_rules_are_others(self, quorum: int, asks_cab: bool, column: str) -> None:
        servicenow = self.world.servicenow
        servicenow.quorum[CAB], servicenow.asks_cab = quorum, asks_cab
        servicenow.forgets = {"justification"} if column else set()

    @rule(team=st.sampled_from([(LINUS, MARGARET), (), (ADA, LINUS, MARGARET)]))
    def the_team_is_another(self, team: tuple[Person, ...]) -> None:
        self.world.servicenow.groups[TEAM] = [person.sys_user for person in team]

    @rule(team=st.sampled_from([(LINUS, MARGARET), ()]))
    def linus_asks_where_nobody_may_approve(self, team: tuple[Person, ...]) -> None:
        self.the_team_is_another(team)
        self.say(Announcement("payments", "2.4.1", why="it runs already"), LINUS)

    @rule()
    def linus_asks_where_something_is_not_kept(self) -> None:
        self.world.servicenow.forgets = {"justification"}
        self.say(Announcement("payments", "2.4.1", why="it runs already"), LINUS)


class Late(Board):
    """What was sent long ago arrives."""

    @precondition(is_known)
    @rule()
    def a_second_record_of_one_key_shows_up_late(self) -> None:
        """No transaction of ServiceNow's takes longer than we wait for it."""
        change = self.newest()
        if not change.projection(LATE).shown:
            self.world.servicenow.arrives_late(change)


class Time(Board):
    """It passes; windows open and close, decisions expire."""

    @rule(minutes=st.sampled_from([1, 10, 60, 60 * 8]))
    def time_passes(self, minutes: int) -> None:
        self.world.wait(timedelta(minutes=minutes))

    @precondition(is_known)
    @rule(to=st.sampled_from(["start", "end", "expiry"]), minutes=st.sampled_from([-1, 1, 20]))
    def its_own_time_comes(self, to: str, minutes: int) -> None:
        change = self.newest()
        window = change.plan.window if change.plan else None
        at = {"start": window and window.start, "end": window and window.end, "expiry": change.expires_at}[to]
        if at and at + timedelta(minutes=minutes) > self.world.clock():
            self.world.wait(at + timedelta(minutes=minutes) - self.world.clock())


class InGit(Board):
    """Tags move, go and come back."""

    @rule(to=st.sampled_from(["d", "c"]))
    def the_tag_moves(self, to: str) -> None:
        self.world.git.tags["payments.git"]["v2.4.1"] = sha(to)

    @rule(is_there=st.booleans())
    def the_tag_goes_and_comes(self, is_there: bool) -> None:
        tags = self.world.git.tags["payments.git"]
        tags.setdefault("v2.4.1", TAGS["v2.4.1"]) if is_there else tags.pop("v2.4.1", "")


class InPolicy(Board):
    """The team decides otherwise: its policy is loaded again."""

    @rule(approval=st.sampled_from(POLICIES), starts_after=st.sampled_from([0, 0, 60]), hours=st.sampled_from([12, 4]))
    def the_policy_is_loaded_again(self, approval: dict[str, Any], starts_after: int, hours: int) -> None:
        window = WindowPolicy(timedelta(minutes=starts_after), timedelta(hours=hours))
        self.world.decide_policy(replace(with_approval(POLICY, **approval), window=window))


class Accounts(Board):
    """People leave, move, are locked out; and come back."""

    @rule(who=st.sampled_from(DECIDERS), how=st.sampled_from(SPOILT))
    def somebodys_account_changes(self, who: Person, how: str) -> None:
        if who.id not in self.world.spoilt:
            self.world.spoil(who, how)

    @rule()
    def everybodys_accounts_are_in_order(self) -> None:
        self.world.restore()
