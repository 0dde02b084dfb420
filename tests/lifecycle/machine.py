"""The machine: everything that can be heard, in chapters that each begin where their part of the story does."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import initialize, run_state_machine_as_test

from bot.change.announcement import Announcement, ReportWord
from bot.change.model import Verdict
from bot.change.policy import WindowPolicy
from tests.builders import ADA, GRACE, LINUS
from tests.lifecycle.failing import Failing
from tests.lifecycle.happening import Accounts, Elsewhere, InServiceNow, Time
from tests.lifecycle.resting import Resting
from tests.lifecycle.saying import Asking, Pressing, Repeating, Reporting
from tests.story.world import POLICY

AN_HOUR = timedelta(hours=1)


class Chapter(Resting):
    """A place with nothing in it."""

    @initialize()
    def begin(self) -> None:
        self.walked = (0, "0" * 64)
        self.open_board()
        self.call_the_witness()
        self.set_out()

    def set_out(self) -> None:
        """What has happened before."""

    def ask(self) -> str:
        self.say(Announcement("payments", "2.4.1"), LINUS)
        return self.newest().number

    def approve(self, number: str) -> None:
        for who in (ADA, GRACE):
            self.world.servicenow.decide(number, who.sys_user, Verdict.APPROVED)
            self.world.servicenow.numbered(number).rows[-1].updated_by = who.sys_user
            self.world.wait(timedelta(minutes=1))

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.come_to_rest()
            self.folder.cleanup()


class Opening(Asking, Repeating, Failing, Elsewhere, InServiceNow, Chapter):
    """From being asked for to being asked about."""


class Deciding(Pressing, Repeating, Accounts, InServiceNow, Elsewhere, Time, Reporting, Chapter):
    """Somebody is asked to approve."""

    def set_out(self) -> None:
        self.ask()


class Going(Pressing, Reporting, Elsewhere, InServiceNow, Time, Failing, Asking, Chapter):
    """Approved, and its window opens in an hour."""

    def set_out(self) -> None:
        self.world.policy = replace(POLICY, window=WindowPolicy(AN_HOUR, 4 * AN_HOUR))
        self.approve(self.ask())


class Ending(Reporting, Asking, Accounts, InServiceNow, Time, Failing, Repeating, Chapter):
    """Cleared to go."""

    def set_out(self) -> None:
        number = self.ask()
        self.approve(number)
        self.report(LINUS, ReportWord.START)


class Everything(Asking, Pressing, Reporting, Repeating, InServiceNow, Time, Elsewhere, Accounts, Failing, Chapter):
    """The whole story, from the beginning."""

    def set_out(self) -> None:
        self.ask()


CHAPTERS = {"opening": Opening, "deciding": Deciding, "going": Going, "ending": Ending, "everything": Everything}


def play(chapter: type[Chapter], *, number: int, examples: int, steps: int, phases: tuple[Phase, ...]) -> None:
    """number: of the seed. One seed, one play, in every run."""
    run_state_machine_as_test(
        seed(number)(type(chapter.__name__, (chapter,), {})),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            report_multiple_bugs=False,
        ),
    )
