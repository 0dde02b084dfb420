"""The changes that the table is played on: one of each kind for those who are refused, a fresh one for who is not."""

import json
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import requests
from sqlalchemy import select

from bot.change.announcement import Completion, Heard, Speaker, Told
from bot.change.model import Change, Kind, Status, Transport
from bot.change.reading import Reading
from bot.desk.proving import PROVE, hear_proven
from bot.ledger.tables import BodyRow, EntryRow
from bot.slack import buttons
from bot.slack.questions import COMPLETE, DISMISS
from tests.people.door import REASON, Card, Door
from tests.people.persons import (
    BEINGS,
    CAB,
    CHANNEL,
    GROUP,
    PRIVATE,
    UNPROVEN,
    Being,
    become,
    leave_the_team,
    stand_in,
)
from tests.people.town import Town

SUPERSEDED = "5e" * 32
"""The fingerprint of contents that nobody shows any more."""
LINUS = BEINGS["requester"]
WORK = "PAY-101: retry once more\n\nCo-authored-by: Cora Doe <cora@acme.example>"
BUTTONS = {
    "approve": buttons.APPROVE,
    "reject": buttons.REJECT,
    "hold": buttons.HOLD,
    "withdraw": buttons.WITHDRAW,
    "done": buttons.SUCCEEDED,
}


@dataclass(frozen=True)
class Entered:
    """One entry of the ledger."""

    kind: str
    change_id: str
    actor: str
    body: dict[str, Any]


class Stage:
    """Everybody has been met; then they became what they are."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.door = Door(town)
        self._versions, self._posts = count(1), count(1)
        self._shared: dict[tuple[str, bool], Change] = {}
        self._let_authors_be_unknown("show")
        become(town, at_first=True)
        self.other = self._waiting(is_proven=True)
        leave_the_team(town, BEINGS["former member"].key)
        stand_in(town, BEINGS["delegate"].key, of=BEINGS["approver"].key)
        for kind in ("waiting", "answered", "cleared"):
            for is_proven in (True, False):
                self._shared[kind, is_proven] = self.make(kind, is_proven=is_proven)
        become(town, at_first=False)
        self._let_authors_be_unknown("stop")

    # -------------------------------------------------------------------------------------------------------- changes

    def subject(self, deed: str, being: Being, *, is_shared: bool) -> Change:
        """The change that this deed is tried on."""
        kind = {"withdraw": "answered", "done": "cleared"}.get(deed, "waiting")
        is_proven = being is not BEINGS["unresolved author"]
        if is_shared:
            return self._shared[kind, is_proven]
        self._let_authors_be_unknown("show")
        found = self.make(kind, is_proven=is_proven, by=being)
        self._let_authors_be_unknown("stop")
        return found

    def make(self, kind: str, *, is_proven: bool, by: Being | None = None) -> Change:
        """by: who has answered already, where it is not everybody who may."""
        if kind == "cleared":
            return self._cleared(is_proven=is_proven)
        change = self._waiting(is_proven=is_proven)
        if kind == "answered":
            there = [by] if by else [being for being in BEINGS.values() if being.can_answer_there]
            self._approve_there(change.number, *(being.key for being in there))
        return self.town.change(change.number)

    def _waiting(self, *, is_proven: bool, enough: str = "all") -> Change:
        """Asked for by linus. enough: of the team, "all" or "first"; asked of ServiceNow's flow when it asks them."""
        self.town.instance.switches["quorum"] = {GROUP: enough}
        service, version = self.release(is_proven=is_proven)
        self.door.type(LINUS, f"{service} {version}")
        self.town.settle()
        found = self.town.reads.named(service, "production", [f"version:{version}"])
        assert found is not None and found.rows, found
        return found

    def _cleared(self, *, is_proven: bool) -> Change:
        change = self._waiting(is_proven=is_proven, enough="first")
        self._approve_there(change.number, BEINGS["approver"].key, CAB)
        found = self.town.change(change.number)
        assert found.cleared_until, found
        return found

    def release(self, *, is_proven: bool = True) -> tuple[str, str]:
        """(service, version) of margaret's and cora's; where nobody can tell who wrote it, of uma's too."""
        version = f"3.0.{next(self._versions)}"
        repository = self.town.repository("payments" if is_proven else UNPROVEN)
        if not is_proven:
            repository.commit("OPS-7: pool", name="Uma", email=PRIVATE)
        repository.commit(WORK, tag=f"v{version}")
        return ("payments" if is_proven else UNPROVEN), version

    def _approve_there(self, number: str, *keys: str) -> None:
        """In ServiceNow's own screen, one after the other; then Cabbie looks at it."""
        for key in keys:
            url = f"{self.town.urls['servicenow']}/_standin/people/{key}/approve"
            done = requests.post(url, json={"number": number}, timeout=10)
            assert done.ok, done.text
        self.town.look_at(number)

    def _let_authors_be_unknown(self, word: str) -> None:
        """What the team's policy says of authors whom nobody can tell: "show" or "stop"."""
        policy = self.town.policy
        self.town.policy = replace(policy, approval=replace(policy.approval, unresolved_author=word))

    # ---------------------------------------------------------------------------------------------------------- deeds

    def perform(self, deed: str, being: Being, change: Change, card: str) -> str:
        """As the person does it, until nothing more is to be done; the version that was asked for, if one was."""
        if deed == "form":
            return self._ask(being, card)
        if deed in ("complete", "dismiss"):
            return self._answer(being, deed, card)
        self._press(deed, being, change, self._card(change, card))
        self.town.settle()
        return ""

    def _press(self, deed: str, being: Being, change: Change, on: Card) -> None:
        self.door.press(being, BUTTONS[deed], change.number, on)
        if deed == "reject":
            self.door.fill(being, {"reason": REASON})

    def _card(self, change: Change, card: str) -> Card:
        if card == "foreign":
            return Card(self.other)
        return Card(change, contents=SUPERSEDED if card == "stale" else "")

    def _answer(self, being: Being, deed: str, card: str) -> str:
        service, version = self.release()
        ts = f"1750000000.{next(self._posts):06}"
        self._tool_posts(service, version, ts, is_guess=deed == "dismiss")
        if card == "stale":
            self._is_denied(ts)
        self._answered(
            being, DISMISS if deed == "dismiss" else COMPLETE, "C0RIVAL" if card == "foreign" else CHANNEL, ts
        )
        return version

    def _tool_posts(self, service: str, version: str, ts: str, *, is_guess: bool) -> None:
        """It does not say who asked for it; or is in no format that anybody knows."""
        actor = f"{LINUS.key}@acme.example" if is_guess else ""
        reading = Reading("a format", Status.STARTED, Kind.DEPLOY, service, "production", version, actor=actor)
        told = Told(reading, "a tool in Slack", CHANNEL, ts, waits_at_gate=True, is_guess=is_guess)
        by = Speaker(Transport.HTTP, app_id="A0TOOL", name="a tool")
        asked = self.town.desk.hear(Heard(by, self.town.clock.now(), f"post:{ts}", told))
        assert asked.sentence.startswith("I ask below it"), asked

    def _is_denied(self, ts: str) -> None:
        """By linus, and nobody is told."""
        by = Speaker(Transport.HTTP, slack_id=LINUS.slack_id, slack_team=LINUS.team, name=LINUS.key)
        said = Completion(CHANNEL, ts, is_no_deploy=True, is_proven=True)
        self.town.desk.hear(Heard(by, self.town.clock.now(), f"denied:{ts}", said))

    def _answered(self, being: Being, action_id: str, channel: str, ts: str) -> None:
        """The form too, in linus's name; until it is known who they are and what came of it."""
        if self.door.answer(being, action_id, channel, ts):
            self.door.fill(being, {"requested_by": LINUS.slack_id})
        for errand in [one for one in self.town.queue.errands if one[0] == PROVE]:
            self.town.queue.errands.remove(errand)
            hear_proven(self.town.tools, self.town.desk.hear, *errand[1:])
        self.town.settle()

    def _ask(self, being: Being, card: str) -> str:
        service, version = self.release()
        self.door.ask_for_a_form(being)
        elsewhere = {"private_metadata": json.dumps({"channel": "C0RIVAL"})} if card == "foreign" else {}
        for _ in range(2 if card == "stale" else 1):
            self.door.fill(being, {"service": service, "version": version}, id=f"V-{version}", **elsewhere)
            self.town.settle()
        return version

    # ---------------------------------------------------------------------------------------------- what became of it

    def facts(self, change: Change) -> tuple[object, ...]:
        """What must stay as it is where somebody is refused."""
        now = self.town.change(change.number)
        rows = tuple(sorted((row.sys_id, row.state) for row in now.rows))
        return now.state, now.on_hold, now.outcome, now.progress, now.finished_at, rows, len(now.decisions)

    def rows(self, table: str, **equal: str) -> list[Any]:
        """As ServiceNow holds them."""
        return self.town.instance.store.where(table, **equal)

    def entries_after(self, seq: int) -> list[Entered]:
        with self.town.tools.ledger.reading() as tx:
            found = tx.session.execute(
                select(EntryRow.kind, EntryRow.change_id, EntryRow.actor, BodyRow.body)
                .outerjoin(BodyRow, BodyRow.seq == EntryRow.seq)
                .where(EntryRow.seq > seq)
                .order_by(EntryRow.seq)
            )
            return [Entered(row.kind, row.change_id, row.actor, json.loads(row.body or "{}")) for row in found]

    @property
    def last_entry(self) -> int:
        with self.town.tools.ledger.reading() as tx:
            return tx.head().seq

    def actor(self, being: Being) -> str:
        return self.town.person(being.slack_id, being.team)
