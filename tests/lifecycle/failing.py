"""What goes wrong: systems are away, answers get lost, a worker dies between commit and effect, jobs are forgotten."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from bot.change.model import State
from bot.clock import sweep
from bot.ports import Outage, Unknown
from tests.doubles.faults import Killed
from tests.lifecycle.board import Board, is_known

LOST = (Killed(), Outage("ServiceNow", "503"), Unknown("ServiceNow", "the answer was lost"))
CALLS = ("create", "move", "amend", "record", "post", "edit", "link", "comment", "create_task")


class Away(Board):
    """Each of the four systems."""

    @rule(system=st.sampled_from([0, 0, 1, 2, 3]), minutes=st.sampled_from([1, 30]))
    def a_system_is_away(self, system: int, minutes: int) -> None:
        faults = self.faults()[system]
        faults.down = Outage("somebody", "503")
        self.world.wait(timedelta(minutes=minutes))
        faults.down = None

    @precondition(is_known)
    @rule(to=st.sampled_from(["start", "end"]))
    def servicenow_is_away_until_its_window(self, to: str) -> None:
        """Opens, or is over."""
        plan = self.newest().plan
        until = plan and (plan.window.start if to == "start" else plan.window.end)
        if until and until > self.world.clock():
            self.world.servicenow.faults.down = Outage("ServiceNow", "503")
            self.world.wait(until + timedelta(minutes=1) - self.world.clock())
            self.world.servicenow.faults.down = None


class Declining(Board):
    """ServiceNow's own rules, which nobody was told of."""

    @rule(to=st.sampled_from([State.ASSESS, State.IMPLEMENT, State.CLOSED, None]))
    def servicenow_declines_to_move_it_there(self, to: State | None) -> None:
        self.world.witness.declined = {to} if to else set()


class Losing(Board):
    """The one call that must not be made twice."""

    @rule(failure=st.sampled_from(LOST), is_done=st.booleans())
    def the_next_create_goes_wrong(self, failure: BaseException, is_done: bool) -> None:
        faults = self.world.servicenow.faults
        (faults.lose_answer if is_done else faults.refuse)("create", failure)


class Failing(Board):
    """Single calls, and our own workers."""

    @rule(call=st.sampled_from(CALLS), failure=st.sampled_from(LOST), is_done=st.booleans())
    def the_next_such_call_goes_wrong(self, call: str, failure: BaseException, is_done: bool) -> None:
        for faults in self.faults():
            (faults.lose_answer if is_done else faults.refuse)(call, failure)

    @rule()
    def every_job_is_forgotten_and_swept_up(self) -> None:
        self.world.queue.waiting.clear()
        sweep(self.world.tools)
        self.world.settle()
