"""What other tools say in their own words: posts, edits, replies, webhooks; whole, in parts, guessed; and of whom."""

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from bot.change.announcement import Told
from bot.change.lifecycle import is_cleared
from bot.change.model import Change, Kind, Person, Status
from bot.change.reading import Reading
from bot.ledger.tables import ClaimRow, FindingRow
from tests.builders import ADA, GRACE, LINUS
from tests.lifecycle.board import Board
from tests.lifecycle.place import BY_NOBODY, Said
from tests.story.world import SERVICE, sha

ASKS = (Status.REQUESTED, Status.STARTED)
CALLED: tuple[dict[str, Any], ...] = (
    {"version": "2.4.1"},
    {"version": "v2.4.1"},
    {"sha": sha("d")},
    {"sha": sha("d")[:7]},
    {"version": "2.4.1", "sha": sha("d")},
    {"version": "2.4.1", "sha": sha("c")},
    {"version": BY_NOBODY},
    {"version": "#142"},
    {"version": "142", "sha": sha("d")[:12]},
    {"sha": sha("e"), "is_gitops": True},
    {"version": "2.4.1", "sha": sha("b"), "is_gitops": True},
    {"ref": "v2.4.1"},
    {"ref": "main", "is_gitops": True},
    {},
)
"""What tools call a deploy by: a version, a commit, a run's number, a commit of the configuration's, nothing."""
SERVICES = {"payments": "payments", "acme/payments": "payments", "": "", "checkout": "checkout", "billing": "nobody's"}
ENVIRONMENTS = {"production": "production", "prod": "production", "": "", "staging": "staging", "qa": "nobody's"}
ELSEWHERE = {"here": ("payments", "production"), "staging": ("payments", "staging"), "checkout": ("checkout", "prod")}
ACTORS: dict[str, Person | None] = {
    LINUS.email: LINUS,
    "linus-t": LINUS,
    ADA.email: ADA,
    f"<@{GRACE.slack_id}>": GRACE,
    "": None,
    "somebody": None,
}
"""As posted, and whom it means by the policy."""
services = st.sampled_from(["payments", *SERVICES])
environments = st.sampled_from(["production", *ENVIRONMENTS])
actors = st.sampled_from(list(ACTORS))
called = st.sampled_from(CALLED)
statuses = st.sampled_from(list(Status))
kinds = st.sampled_from([Kind.DEPLOY, Kind.DEPLOY, Kind.ROLLBACK])


@dataclass(frozen=True)
class Spot:
    """Where a tool says something: a post, or a reply below one; a webhook has none."""

    channel: str = ""
    ts: str = ""
    thread: str = ""

    @property
    def place(self) -> str:
        return self.thread or self.ts


class Tools(Board):
    """How a tool says something, and what that must not do."""

    def open_board(self) -> None:
        super().open_board()
        self.spots: list[Spot] = []
        self.stamps = count(1)
        self.about: dict[str, set[str]] = {}
        """By the post's time: the changes that were said to be meant there."""

    def a_post(self, thread: str = "") -> Spot:
        spot = Spot(SERVICE.channel, f"17600{next(self.stamps):05}.000100", thread)
        self.spots.append(spot)
        return spot

    def says(self, reading: Reading, spot: Spot, *, late: timedelta = timedelta(0), **how: bool) -> Said:
        told = Told(reading, "a tool", spot.channel, spot.ts, spot.thread, **how)
        before = {change.id: change for change in self.changes()}
        others = self._others()
        said = self.tell(told, late=late)
        self._look_at_what_it_did(said, told, before, others)
        actor = ACTORS[reading.actor]
        for change_id in self._meant(said, told):
            if actor and asks(reading.status, before.get(change_id)):
                self.name(change_id, actor)
        self.world.settle()
        return said

    def _meant(self, said: Said, told: Told) -> list[str]:
        """It is kept what a post is about."""
        if not said.answer.change_id:
            return []
        if told.place:
            self.about.setdefault(told.place, set()).add(said.answer.change_id)
        return [said.answer.change_id]

    def _others(self) -> tuple[int, int]:
        return self.count(ClaimRow), self.count(FindingRow)

    def _look_at_what_it_did(self, said: Said, told: Told, before: dict[str, Change], others: tuple[int, int]) -> None:
        """At once, before anything else is done."""
        after = {change.id: change for change in self.changes()}
        born = [change for change in after.values() if change.id not in before]
        moved = [one for one in before.values() if _heart(after[one.id]) != _heart(one)]
        if told.is_guess:
            assert not born and not moved and self._others() == others, f"a guess acts: {said.answer.sentence}"
        if born:
            self._may_be_born(told, born)
        for change in moved:
            self._may_be_meant(told, change)
            is_over_still = change.outcome is None or _heart(change)[1:] == _heart(after[change.id])[1:]
            assert is_over_still, f"{change.title} is {change.outcome}, and moves"

    def _may_be_born(self, told: Told, born: list[Change]) -> None:
        """Rules written down a second time: what a tool has to say before anything is opened."""
        reading = told.reading
        assert len(born) == 1 and reading.status in ASKS, f"“{reading.status}” opens {[one.title for one in born]}"
        assert SERVICES[reading.service] == born[0].service, f"nobody said that it is {born[0].service}"
        assert ENVIRONMENTS[reading.environment] == born[0].environment, f"nobody said {born[0].environment}"
        assert ACTORS[reading.actor], "nobody asked for it, and it is opened"
        assert is_named(reading), f"nobody said which version, and {born[0].version} is opened"
        assert not reading.is_gitops or not born[0].announced_sha, "the configuration's commit is deployed"

    def _may_be_meant(self, told: Told, change: Change) -> None:
        """No word on one place moves another place's change, and none on one commit another commit's."""
        reading = told.reading
        assert SERVICES[reading.service] in ("", change.service), f"said of {reading.service}: {change.title}"
        assert ENVIRONMENTS[reading.environment] in ("", change.environment), f"not of {change.environment}"
        assert reading.kind is change.kind, f"said of a {reading.kind}: {change.title}"
        is_tied = bool(told.place) and change.id in self._about_there(told.place)
        assert is_tied or (reading.service and reading.environment), f"nobody said that it is {change.title}"
        known = change.release.sha if change.release else change.announced_sha
        if reading.sha and known and not reading.is_gitops:
            assert known.startswith(reading.sha) or reading.sha.startswith(known), f"said of {reading.sha[:7]}"
        other = self._called(reading, change)
        is_one = other is None or not other.release or not change.release or other.release.sha == change.release.sha
        is_its_own = change.version.removeprefix("v") == reading.version.removeprefix("v")
        assert is_one or is_its_own, f"said of {reading.version}: {change.title}"

    def _about_there(self, place: str) -> set[str]:
        """Other names of one change are that change."""
        found = set(self.about.get(place, set()))
        by_id = {change.id: change for change in self.changes()}
        numbers = {change.number or change.id: change.id for change in by_id.values()}
        return found | {numbers.get(by_id[one].alias_of, one) for one in found}

    def _called(self, reading: Reading, change: Change) -> Change | None:
        """The change that this version is of, in this place."""
        version = reading.version.removeprefix("v")
        here = (change.service, change.environment, change.kind)
        same = [one for one in self.changes() if (one.service, one.environment, one.kind) == here]
        named = [one for one in same if version and one.version.removeprefix("v") == version and not one.alias_of]
        return named[-1] if named else None


class Posting(Tools):
    """Posts and webhooks, each of its own."""

    @rule(
        status=statuses,
        kind=kinds,
        service=services,
        environment=environments,
        called=called,
        actor=actors,
        how=st.sampled_from(["post", "post", "at the gate", "guess", "webhook"]),
        minutes_ago=st.sampled_from([0, 0, 30]),
    )
    def a_tool_says(
        self,
        status: Status,
        kind: Kind,
        service: str,
        environment: str,
        called: dict[str, Any],
        actor: str,
        how: str,
        minutes_ago: int,
    ) -> None:
        reading = Reading("a format", status, kind, service, environment, actor=actor, **called)
        spot = Spot() if how == "webhook" else self.a_post()
        late = timedelta(minutes=minutes_ago)
        self.says(reading, spot, late=late, waits_at_gate=how == "at the gate", is_guess=how == "guess")

    @rule(called=called, actor=actors, waits=st.booleans())
    def a_tool_says_that_it_has_started(self, called: dict[str, Any], actor: str, waits: bool) -> None:
        reading = Reading("a format", Status.STARTED, service="payments", environment="production", actor=actor)
        self.says(replace(reading, **called), self.a_post(), waits_at_gate=waits)


class Following(Tools):
    """Edits of what was posted, and replies below it."""

    @precondition(lambda self: bool(getattr(self, "spots", ())))
    @rule(
        data=st.data(),
        status=statuses,
        called=called,
        actor=actors,
        where=st.sampled_from(["", "", *ELSEWHERE]),
        is_reply=st.booleans(),
        minutes_ago=st.sampled_from([0, 0, 30]),
    )
    def a_tool_says_more_there(
        self,
        data: st.DataObject,
        status: Status,
        called: dict[str, Any],
        actor: str,
        where: str,
        is_reply: bool,
        minutes_ago: int,
    ) -> None:
        """where: another place than the post's own, or none."""
        spot = data.draw(st.sampled_from(self.spots[-4:]))
        service, environment = ELSEWHERE.get(where, ("", ""))
        reading = Reading("a format", status, service=service, environment=environment, actor=actor, **called)
        there = self.a_post(spot.place) if is_reply else spot
        self.says(reading, there, late=timedelta(minutes=minutes_ago))

    @rule(status=st.sampled_from([Status.SUCCEEDED, Status.FAILED, Status.CANCELED, Status.STARTED]))
    def one_post_is_edited_to_its_end(self, status: Status) -> None:
        reading = Reading("a format", Status.STARTED, Kind.DEPLOY, "payments", "production", "2.4.1", actor="linus-t")
        spot = self.a_post()
        self.says(reading, spot, waits_at_gate=True)
        self.says(replace(reading, status=status), spot, waits_at_gate=True)


def asks(status: Status, before: Change | None) -> bool:
    """Whoever starts what may go, or tells how it went, has not asked for it by that."""
    may_go = before is not None and (is_cleared(before) or before.outcome is not None)
    return status is Status.REQUESTED or (status is Status.STARTED and not may_go)


def is_named(reading: Reading) -> bool:
    """A version or a commit of the application's: neither a run's number, nor anything of the configuration's."""
    is_version = bool(reading.version) and not reading.version.lstrip("#").isdigit()
    return is_version or (not reading.is_gitops and bool(reading.sha or reading.ref))


def _heart(change: Change) -> tuple[object, ...]:
    """What a word may move."""
    return len(change.findings), change.outcome, change.started_at, change.finished_at, change.want, change.progress
