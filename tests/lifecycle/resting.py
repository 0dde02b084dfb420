"""In the end nothing is wrong any more: everything comes to rest, and says the same everywhere."""

from collections import Counter
from datetime import timedelta

from bot.change.lifecycle import ENDED
from bot.change.model import Outcome, Progress, State
from bot.clock import sweep
from bot.story.link import remote_link
from bot.story.retry import retry
from tests.lifecycle.holding import Holding

WENT_WRONG = (Outcome.FAILED, Outcome.ROLLED_BACK)


class Resting(Holding):
    """Looked at once, when the play is over."""

    def come_to_rest(self) -> None:
        for faults in self.faults():
            faults.__init__()  # type: ignore[misc]  # a fresh one in its place, everybody holds this one
        self.world.witness.declined = set()
        self.world.restore()
        for change in self.changes():
            if change.progress is Progress.STUCK:
                retry(self.world.ledger, self.world.queue, change.number or change.id)  # type: ignore[arg-type]
        self.world.wait(timedelta(minutes=30))
        sweep(self.world.tools)
        self.world.settle()
        assert self.world.reads.verify()[1] is None
        assert not self.world.is_proving, "somebody's answer is still being thought about"
        self._nothing_is_doubled()
        self._the_systems_agree()
        self._what_is_shown_is_as_it_is()

    def _nothing_is_doubled(self) -> None:
        live = Counter(held.correlation_id for held in self.held() if held.state is not State.CANCELED)
        assert not [key for key, count in live.items() if count > 1], f"two live changes of one key: {live}"
        for key, comments in self.world.jira.comments.items():
            said = Counter(comment.marker for comment in comments)
            assert not [marker for marker, count in said.items() if count > 1], f"{key} has a comment twice"
        tasks = Counter(task["correlation_id"] for held in self.held() for task in held.tasks)
        assert not [key for key, count in tasks.items() if count > 1], "a task was given twice"

    def _the_systems_agree(self) -> None:
        for change in self.changes():
            if not change.sys_id or change.progress in (Progress.STOPPED, Progress.STUCK):
                continue
            held = self.world.servicenow.numbered(change.number)
            assert change.state is held.state, f"{change.number}: we say {change.state}, ServiceNow {held.state}"
            assert change.on_hold == held.on_hold
            if change.state in ENDED:
                assert change.outcome is not None, f"{change.number} is {change.state} and we know no outcome"
            if change.outcome in WENT_WRONG and held.state is State.REVIEW:
                assert held.tasks, f"{change.number} {change.outcome}, and nobody has to find out why"
            broken = any(f.kind == "own approval" for f in change.findings)
            if broken and held.state in (State.ASSESS, State.AUTHORIZE, State.SCHEDULED) and not change.outcome:
                assert held.on_hold or held.number in self.by_hand, (
                    f"{change.number} goes on although a rule was broken"
                )

    def _what_is_shown_is_as_it_is(self) -> None:
        """Projections converge."""
        for change in self.changes():
            ref = change.projection("card").ref
            if change.progress in (Progress.STOPPED, Progress.STUCK) or not ref:
                continue
            card = self.world.tools.room.card(change, now=self.world.clock())
            assert self.world.slack.messages[ref].message.fingerprint == card.fingerprint, f"{change.number}'s card"
            link = remote_link(self.world.tools, change)
            for story in change.release.stories if change.release else ():
                shown = self.world.jira.links[story.key].get(link.global_id)
                assert shown is None or shown.icon == link.icon, f"{story.key} shows {change.number} as {shown.icon}"
