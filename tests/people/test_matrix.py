"""The table of strangers, every cell of it: through the signed door, on the stand-ins' own answers."""

import re
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from bot.change.model import Change, Outcome, State, Verdict
from integrations.standin.faults import Fault
from tests.people.door import told
from tests.people.matrix import CARDS, DEEDS, SENTENCES, cells
from tests.people.persons import BEINGS, Being, user_of
from tests.people.stage import Entered, Stage

CELLS = cells()
ALLOWED = [cell for cell, word in CELLS.items() if word == "ok"]
REFUSED = [cell for cell, word in CELLS.items() if word != "ok"]
ACKNOWLEDGED = ("Got it: ", "Noted: ", "heard. I'm opening the change")
ALONE = ("chat.postEphemeral", "chat.postMessage")
"""How one person is told: in the channel for them only, or in their DM."""
OPAQUE = re.compile(r"[0-9a-f]{32}")
OF_NO_CHANGE = ("form", "complete", "dismiss")
A_WHILE = timedelta(minutes=10)
"""Longer than anything is put off."""
ROWS = {"approve": "approved", "reject": "rejected", "withdraw": "requested"}
VERDICTS = {
    "approve": Verdict.APPROVED,
    "reject": Verdict.REJECTED,
    "hold": Verdict.HELD,
    "withdraw": Verdict.WITHDRAWN,
}


def test_the_table_has_every_cell_and_no_more() -> None:
    assert len(BEINGS) == 17
    assert set(CELLS) == set(product(BEINGS, DEEDS, CARDS))
    assert set(CELLS.values()) == {"ok", *SENTENCES}


@pytest.mark.parametrize(("who", "deed", "card"), REFUSED)
def test_refused(stage: Stage, who: str, deed: str, card: str) -> None:
    being = BEINGS[who]
    change = stage.subject(deed, being, is_shared=True)
    sentence = SENTENCES[CELLS[who, deed, card]].format(change.number)
    seq, moment, before = stage.last_entry, stage.town.moment, stage.facts(change)

    stage.perform(deed, being, change, card)

    effects = stage.town.effects(moment)
    assert (effects["servicenow"], effects["jira"]) == ([], [])
    assert stage.facts(change) == before
    said = told(effects["slack"])
    assert all(call in ALONE and whom == being.slack_id for call, whom, _ in said), said
    words = [text for _, _, text in said if not any(word in text for word in ACKNOWLEDGED)]
    assert len(words) == 1 and words[0].endswith(sentence), said
    refused = [entry for entry in stage.entries_after(seq) if entry.kind == "refused"]
    assert [(entry.actor, entry.body["sentence"]) for entry in refused] == [(stage.actor(being), sentence)]
    assert OPAQUE.fullmatch(refused[0].actor)
    assert deed in OF_NO_CHANGE or refused[0].change_id == change.id


@pytest.mark.parametrize(("who", "deed", "card"), ALLOWED)
def test_allowed(stage: Stage, who: str, deed: str, card: str) -> None:
    being = BEINGS[who]
    change = stage.subject(deed, being, is_shared=deed in OF_NO_CHANGE)
    seq = stage.last_entry

    version = stage.perform(deed, being, change, card)

    entries = stage.entries_after(seq)
    assert not [entry for entry in entries if entry.kind == "refused"]
    if deed == "form":
        check_was_asked(stage, being, version, entries)
    elif deed == "complete":
        check_was_completed(stage, being, version, entries)
    elif deed == "dismiss":
        assert [e.actor for e in entries if e.kind == "no deploy"] == [stage.actor(being)]
        assert not [row for row in stage.rows("change_request") if version in row["short_description"]]
    elif deed == "done":
        check_was_closed(stage, being, change, entries)
    else:
        check_was_decided(stage, being, change, deed, entries)


def check_was_asked(stage: Stage, being: Being, version: str, entries: list[Entered]) -> None:
    """One change, in the name of whoever asked, in the service's own channel."""
    (made,) = (row for row in stage.rows("change_request") if version in row["short_description"])
    assert made["requested_by"] == user_of(stage.town, being.key).sys_id
    change = stage.town.change(made["number"])
    assert (change.state, change.channel) == (State.ASSESS, "C0PAYMENTS")
    assert change.projection("card").ref.startswith("C0PAYMENTS/")
    assert [e.actor for e in entries if e.kind == "requested"] == [stage.actor(being)]
    assert len([e for e in entries if e.kind == "opened"]) == 1


def check_was_completed(stage: Stage, being: Being, version: str, entries: list[Entered]) -> None:
    """In linus's name, and whoever completed it may not approve it either."""
    (made,) = (row for row in stage.rows("change_request") if version in row["short_description"])
    change = stage.town.change(made["number"])
    assert change.state is State.ASSESS and made["requested_by"] == user_of(stage.town, "linus").sys_id
    assert change.excluded.requested(user_of(stage.town, being.key).sys_id)
    assert len([e for e in entries if e.kind == "opened"]) == 1


def check_was_closed(stage: Stage, being: Being, change: Change, entries: list[Entered]) -> None:
    after = stage.town.change(change.number)
    assert (after.state, after.outcome) == (State.CLOSED, Outcome.SUCCEEDED)
    (held,) = (row for row in stage.rows("change_request") if row["number"] == change.number)
    assert held["close_code"] == "successful"
    assert [e.actor for e in entries if e.kind == "reported"] == [stage.actor(being)]


def check_was_decided(stage: Stage, being: Being, change: Change, deed: str, entries: list[Entered]) -> None:
    (held,) = (row for row in stage.rows("change_request") if row["number"] == change.number)
    assert held["on_hold"] == str(deed == "hold").lower()
    if deed in ROWS:
        mine: dict[str, Any] = {"sysapproval": held.sys_id, "approver": user_of(stage.town, being.key).sys_id}
        assert [row["state"] for row in stage.rows("sysapproval_approver", **mine)] == [ROWS[deed]]
    decided = [entry for entry in entries if entry.kind == "decided"]
    assert [(e.actor, e.body["verdict"]) for e in decided] == [(stage.actor(being), VERDICTS[deed].value)]


# ---------------------------------------------------------------------------------------------- beside the table


@pytest.mark.parametrize("word", ["done", "failed", "rolled-back", "cancel"])
def test_a_typed_word_of_somebody_who_is_nobody_any_more_is_taken_back(stage: Stage, word: str) -> None:
    guest, change = BEINGS["guest"], stage.subject("done", BEINGS["guest"], is_shared=True)
    seq, moment, before = stage.last_entry, stage.town.moment, stage.facts(change)

    stage.door.type(guest, f"{word} {change.number} because I say so")
    stage.town.settle()

    effects = stage.town.effects(moment)
    assert (effects["servicenow"], effects["jira"], stage.facts(change)) == ([], [], before)
    assert told(effects["slack"]) == [("chat.postEphemeral", guest.slack_id, SENTENCES["guest"])]
    refused = [(e.actor, e.body["sentence"]) for e in stage.entries_after(seq) if e.kind == "refused"]
    assert refused == [(stage.actor(guest), SENTENCES["guest"])]


def test_a_word_waits_until_it_is_known_whose_it_is_and_then_counts(stage: Stage) -> None:
    requester = BEINGS["requester"]
    change = stage.subject("done", requester, is_shared=False)
    stage.door.type(BEINGS["guest"], f"failed {change.number} because I say so")
    stage.town.settle()
    silent = stage.town.workspace.standin.faults.add(Fault("users.info", "answer", times=-1, status=503))
    moment = stage.town.moment

    stage.door.type(requester, f"done {change.number}")
    stage.town.settle()
    assert stage.town.effects(moment)["servicenow"] == []
    stage.town.workspace.standin.faults.remove(silent.id)
    stage.town.clock.move(A_WHILE)
    stage.town.look_at(change.number)

    assert stage.town.change(change.number).state is State.CLOSED


def test_a_copy_of_what_counted_changes_nothing_at_any_door(stage: Stage) -> None:
    """The other door is another replica's, which has not seen the signature."""
    change = stage.subject("approve", BEINGS["approver"], is_shared=False)
    stage.perform("approve", BEINGS["approver"], change, "fresh")
    seq, moment, before = stage.last_entry, stage.town.moment, stage.facts(change)

    statuses = stage.door.send_the_last_again()
    stage.town.settle()

    assert statuses == (401, 200)
    effects = stage.town.effects(moment)
    assert (effects["servicenow"], effects["jira"], stage.facts(change)) == ([], [], before)
    assert (stage.entries_after(seq), stage.last_entry) == ([], seq)
    assert {whom for _, whom, _ in told(effects["slack"])} == {BEINGS["approver"].slack_id}, "told once more, alone"
