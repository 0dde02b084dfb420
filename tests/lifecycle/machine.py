"""The machine: everything that can be heard, in chapters that each begin where their part of the story does."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import initialize, run_state_machine_as_test

from bot.change.announcement import Announcement
from bot.change.model import Verdict
from bot.change.policy import WindowPolicy
from tests.builders import ADA, GRACE, LINUS
from tests.doubles.normal_model import CAB
from tests.lifecycle.completing import Completing, Denying, Pretending
from tests.lifecycle.failing import Away, Declining, Failing, Losing
from tests.lifecycle.happening import Accounts, ByHand, InGit, InPolicy, InServiceNow, Late, Rules, Time
from tests.lifecycle.place import POLICY
from tests.lifecycle.resting import Resting
from tests.lifecycle.saying import (
    Asking,
    Leaving,
    Mistaking,
    Obeying,
    Pressing,
    Recanting,
    Repeating,
    Reporting,
    Rushing,
    Stopping,
)
from tests.lifecycle.telling import Following, Posting

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
            self.world.wait(timedelta(seconds=30))

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.come_to_rest()
            self.folder.cleanup()


class Asked(Chapter):
    """Its team is asked to approve."""

    def set_out(self) -> None:
        self.ask()


class AtTheCab(Chapter):
    """Its team has approved; two of the CAB have to."""

    def set_out(self) -> None:
        self.world.servicenow.quorum[CAB] = 2
        self.world.servicenow.decide(self.ask(), ADA.sys_user, Verdict.APPROVED)
        self.world.wait(AN_HOUR / 60)


class Scheduled(Chapter):
    """Approved, and its window opens in an hour."""

    def set_out(self) -> None:
        self.world.policy = replace(POLICY, window=WindowPolicy(AN_HOUR, 4 * AN_HOUR))
        self.approve(self.ask())


class Cleared(Chapter):
    """It may go."""

    def set_out(self) -> None:
        self.approve(self.ask())


class Hearing(Asking, Mistaking, Repeating, Chapter):
    """What is taken for a request, and how often."""


class Opening(Asking, Losing, Late, Chapter):
    """One deploy, one change."""


class Submitting(Asking, Rules, Chapter):
    """Whether anybody may be asked at all."""


class Approving(Pressing, Repeating, Asked):
    """Who may decide, and on what."""


class Halting(Stopping, InServiceNow, Asked):
    """Who may stop it and let it go on; and verdicts given in ServiceNow itself."""


class Withdrawing(Recanting, AtTheCab):
    """Who may take a verdict back, and until when."""


class Bypassing(InServiceNow, Pressing, Asked):
    """Verdicts given in ServiceNow itself, by whoever it lets."""


class Proving(Leaving, Cleared):
    """Whose accounts prove who they are."""


class Asserting(Leaving, Asked):
    """The same, while it is decided on."""


class Allowing(Obeying, Asking, Asked):
    """What the team's policy allows."""


class Waiting(Time, InServiceNow, Reporting, Asked):
    """What becomes of it when nobody decides."""


class Going(InGit, Time, Away, Reporting, Scheduled):
    """What goes, and when."""


class Declined(Declining, Time, Scheduled):
    """ServiceNow does not let it go."""


class Meddling(ByHand, Time, Scheduled):
    """An administrator moves and holds what is approved."""


class Skipping(ByHand, Time, Rules, Asked):
    """ServiceNow moves on with nobody asked."""


class Passing(ByHand, Time, Cleared):
    """What the pipeline's gate says."""


class Darkening(Away, Time, Cleared):
    """What it says when nobody hears of ServiceNow."""


class Starting(Rushing, Stopping, Cleared):
    """Whether it may be started, while people stop it and let it go on."""


class Ending(Reporting, Asking, Cleared):
    """How it ends, and who says so."""


class Closing(Reporting, Failing, Repeating, Cleared):
    """How it is closed, whatever fails."""


class Overhearing(Posting, Completing, Repeating, Chapter):
    """What tools say, and what may be made of it."""


class Correcting(Posting, Following, Asked):
    """What they say later, below it and in its place, while people decide."""


class Finishing(Following, Posting, Reporting, Cleared):
    """How it ends by their word."""


class Interposing(Completing, Denying, Pretending, Asked):
    """Who adds to it and takes from it."""


class Naming(Posting, Pressing, Asked):
    """Whom they name, before and after they decide."""


class Everything(
    *(
        Asking,
        Mistaking,
        Pressing,
        Stopping,
        Recanting,
        Obeying,
        Reporting,
        Rushing,
        Leaving,
        Repeating,
        InServiceNow,
        ByHand,
        Rules,
        Late,
    ),
    *(Posting, Following, Completing, Denying, Pretending),
    *(Time, InGit, InPolicy, Accounts, Away, Declining, Failing, Losing, Asked),
):
    """The whole story."""


CHAPTERS = {
    chapter.__name__.lower(): chapter
    for chapter in (
        *(Hearing, Opening, Submitting, Approving, Halting, Withdrawing, Bypassing, Proving, Asserting, Allowing),
        *(Waiting, Going, Declined, Meddling, Skipping, Passing, Darkening, Starting, Ending, Closing),
        *(Overhearing, Correcting, Finishing, Interposing, Naming, Everything),
    )
}

KINDS = {
    "announcement": (Asking, Mistaking),
    "press": (Pressing, Stopping, Recanting, Obeying),
    "report": (Reporting, Rushing, Leaving),
    "told": (Posting, Following),
    "completion": (Completing, Denying, Pretending),
}
"""The desk's kinds, and who plays them."""


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
