"""What must hold after every step, whatever was heard."""

import hashlib
from collections import Counter
from datetime import timedelta

import rfc8785
from hypothesis.stateful import invariant
from sqlalchemy import select

from bot.change.gate import gate
from bot.change.model import Change, Progress, State
from bot.ledger.tables import BodyRow, ChangeRow, ClaimRow, EntryRow
from tests.builders import LINUS
from tests.lifecycle.judging import Judging
from tests.lifecycle.place import PATIENCE
from tests.lifecycle.witness import approved_by
from tests.story.world import sha

PAST_APPROVAL = {State.SCHEDULED, State.IMPLEMENT, State.REVIEW, State.CLOSED}
NOTICED_WITHIN = timedelta(minutes=15)
"""After ServiceNow was away, a move is tried again every five minutes."""


AT_REST = (Progress.STOPPED, Progress.STUCK)
Changes = tuple[Change, ...]


class Holding(Judging):
    """Promises."""

    @invariant()
    def every_promise_is_kept(self) -> None:
        changes = self.changes()
        self.the_witness_objects_to_nothing()
        self.the_chain_is_intact()
        self.the_gate_is_open_only_for_what_was_approved(changes)
        self.nothing_is_shown_before_servicenow_says_so(changes)
        self.whoever_asked_or_wrote_never_counts(changes)
        self.what_was_said_of_it_stays(changes)
        self.every_refused_press_is_an_entry()
        self.one_change_has_one_key_and_one_card()
        self.nobody_decides_for_ever(changes)

    def the_witness_objects_to_nothing(self) -> None:
        assert not self.world.witness.objections, self.world.witness.objections

    def the_chain_is_intact(self) -> None:
        """Walked by another hand than Cabbie's own, from where it was walked to before."""
        with self.world.ledger.reading() as tx:
            entries = select(EntryRow, BodyRow.body).join(BodyRow, BodyRow.seq == EntryRow.seq)
            fresh = tx.session.execute(entries.where(EntryRow.seq > self.walked[0]).order_by(EntryRow.seq)).all()
        for entry, body in fresh:
            seq, previous = self.walked
            assert (entry.seq, entry.previous) == (seq + 1, previous), f"entry {entry.seq} does not follow"
            assert entry.body_fingerprint == hashlib.sha256(body.encode()).hexdigest(), f"entry {entry.seq}'s body"
            facts = {name: getattr(entry, name) for name in ("seq", "at", "kind", "actor", "previous")}
            facts |= {"change": entry.change_id, "body": entry.body_fingerprint}
            assert entry.fingerprint == hashlib.sha256(rfc8785.dumps(facts)).hexdigest(), f"entry {entry.seq}"
            self.walked = entry.seq, entry.fingerprint

    def the_gate_is_open_only_for_what_was_approved(self, changes: Changes) -> None:
        now, asked_at = self.world.clock(), self.world.reads.asked_at()
        for change in changes:
            for asked_sha in (sha("d"), sha("c"), sha("e"), ""):
                found = gate(change, sha=asked_sha, now=now, asked_at=asked_at, patience=PATIENCE)
                if found.is_open:
                    self._must_be_going(change, asked_sha)

    def _must_be_going(self, change: Change, asked_sha: str) -> None:
        now, number = self.world.clock(), change.number
        held = self.world.servicenow.numbered(number)
        assert change.release and change.plan
        assert self.world.witness.went(held, State.IMPLEMENT), f"{number}'s gate is open, and Cabbie never moved it"
        assert asked_sha in ("", change.release.sha), f"{number}'s gate is open for {asked_sha[:7]}"
        assert change.plan.window.start <= now < change.plan.window.end, f"{number}'s gate is open outside its window"
        last_word = max(time for time in (self.world.reads.asked_at(), change.seen_at) if time)
        assert now - last_word <= PATIENCE, f"{number}'s gate is open although ServiceNow is silent"
        if not self.world.is_unheard and "look" not in change.troubles:
            assert held.state is State.IMPLEMENT, f"{number}'s gate is open: {held.state}"
            assert not held.on_hold, f"{number}'s gate is open: on hold"
        assert change.outcome is None, f"{number}'s gate is open: {change.outcome}"

    def nothing_is_shown_before_servicenow_says_so(self, changes: Changes) -> None:
        """Approved, cleared: on the card, in the requester's messages, on the stories."""
        for change in changes:
            if not change.number:
                continue
            held = self.world.servicenow.numbered(change.number)
            texts = [text for text in self.world.dms(LINUS) if change.number in text]
            card = self.world.slack.messages.get(change.projection("card").ref)
            texts += [card.message.text, str(card.message.blocks)] if card else []
            links = self.world.jira.links.values()
            icons = {link.icon for by_id in links for link in by_id.values() if link.title.startswith(change.number)}
            is_told = any(" is approved" in text or "Approved; " in text for text in texts) or "approved" in icons
            assert not is_told or PAST_APPROVAL & set(held.states), f"{change.number} is called approved"
            is_told = any("leared to" in text or "Cleared until" in text for text in texts)
            went = self.world.witness.went(held, State.IMPLEMENT)
            assert not (is_told or change.cleared_until) or went, f"{change.number} is called cleared"

    def whoever_asked_or_wrote_never_counts(self, changes: Changes) -> None:
        for change in changes:
            unclean = self.makers(change) if self._is_kept_from_asking(change) else self.unclean(change)
            for decision in change.decisions:
                is_unclean = decision.by.sys_user in unclean and decision.verdict == "approved"
                assert not (is_unclean and decision.is_valid), f"{decision.name}'s own approval counts"
            is_seen = {row.sys_id for row in change.rows if row.state == "approved"}
            held = self.world.servicenow.changes.get(change.sys_id)
            if held and any(approved_by(row) & self.makers(change) for row in held.rows if row.sys_id in is_seen):
                assert any(f.kind == "own approval" for f in change.findings), f"{held.number}: nobody is told"

    def _is_kept_from_asking(self, change: Change) -> bool:
        """Nobody can tell now who was named."""
        return change.is_over or not {"askers", "void"}.isdisjoint(change.troubles) or change.progress in AT_REST

    def what_was_said_of_it_stays(self, changes: Changes) -> None:
        """Later words, edits and replies move nothing back."""
        for change in changes:
            before, self.seen[change.id] = self.seen.get(change.id), change
            times = change.started_at, change.finished_at
            assert None in times or times[0] <= times[1], f"{change.title} ended before it started"  # type: ignore[operator]
            if before is None:
                continue
            assert before.started_at in (None, change.started_at), f"{change.title} started once more"
            is_taken_back = change.outcome is None and before.outcome_source == "Slack"
            is_same = before.outcome in (None, change.outcome) or is_taken_back
            assert is_same, f"{change.title} was {before.outcome}, and is {change.outcome}"
            assert not (before.is_over and not change.is_over), f"{change.title} was over, and goes on"

    def every_refused_press_is_an_entry(self) -> None:
        refused = self.count(ClaimRow, ClaimRow.progress.like("refused%"))
        with self.world.ledger.reading() as tx:
            bodies = tx.session.scalars(
                select(BodyRow.body).join(EntryRow, EntryRow.seq == BodyRow.seq).where(EntryRow.kind == "refused")
            ).all()
        assert sum('"claim":' in body for body in bodies) == refused, "a press was refused, and nobody will know"

    def one_change_has_one_key_and_one_card(self) -> None:
        with self.world.ledger.reading() as tx:
            keys = Counter(tx.session.scalars(select(ChangeRow.key).where(ChangeRow.key != "")).all())
        assert not [key for key, count in keys.items() if key and count > 1]
        cards = Counter(posted.message.marker for posted in self.world.slack.marked("card"))
        assert not [marker for marker, count in cards.items() if count > 1]

    def nobody_decides_for_ever(self, changes: Changes) -> None:
        """Silence is an answer."""
        for change in changes:
            if not change.plan or change.outcome or change.troubles or change.progress is Progress.STUCK:
                continue
            end = min(change.requested_at + timedelta(hours=8), change.plan.window.end)
            end = change.plan.window.end if change.state is State.SCHEDULED else end
            is_open = change.state in (State.NEW, State.ASSESS, State.AUTHORIZE, State.SCHEDULED)
            assert not is_open or self.world.clock() < end + NOTICED_WITHIN, f"{change.number} is open since {end}"
