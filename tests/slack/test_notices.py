"""What is said once beside the card: who is called, who decided, how it ended."""

import pytest

from bot.change.model import Outcome, Person, Progress, State, Verdict
from bot.slack.notices import notices
from tests.builders import (
    ADA,
    GRACE,
    LINUS,
    NOW,
    SLACK_IDS,
    at_authorize,
    change,
    cleared,
    decision,
    row,
    scheduled,
)
from tests.slack.reading import all_text, is_accepted


def said(of):
    """By kind and target."""
    found = notices(of, now=NOW, people=of.slack_ids)
    assert all(is_accepted(notice.message) for notice in found)
    markers = [notice.message.marker for notice in found]
    assert len(set(markers)) == len(markers)
    return {f"{notice.kind}:{notice.target}": notice for notice in found}


def test_a_change_that_waits_says_nothing_beside_its_card():
    assert said(change()) == {}


def test_the_cab_is_called_in_a_reply_the_whole_channel_sees():
    notice = said(at_authorize())["thread:authorize"]

    assert notice.broadcast
    assert notice.to == "C0PAYMENTS"
    assert "<@U0GRACE> <@U0BARBARA>" in notice.message.text
    assert notice.message.marker == "thread:authorize:change-1"


def test_nobody_is_called_who_may_not_decide():
    rows = (row(GRACE), row(LINUS))

    assert "<@U0LINUS>" not in said(at_authorize(rows=rows))["thread:authorize"].message.text


def test_the_group_is_named_where_nobody_in_it_is_known_to_slack():
    notice = said(at_authorize(slack_ids={}))["thread:authorize"]

    assert "CAB Approval" in notice.message.text


@pytest.mark.parametrize(
    "of",
    [at_authorize(rows=()), at_authorize(on_hold=True), at_authorize(progress=Progress.STOPPED)],
)
def test_nobody_is_called_while_nobody_can_decide(of):
    assert "thread:authorize" not in said(of)


def test_each_decision_is_noted_in_the_thread_with_who_and_how():
    found = said(scheduled())

    notes = [notice for key, notice in found.items() if key.startswith("thread:decision:")]
    assert len(notes) == 2
    assert "✓ Ada Lovelace · 14:03 UTC · Slack · recorded on behalf" in notes[0].message.text
    assert not any(note.broadcast for note in notes)


def test_a_rejection_is_broadcast_with_its_reason_once():
    of = change(outcome=Outcome.REJECTED, decisions=(decision(ADA, Verdict.REJECTED, reason="Tests are missing"),))

    found = said(of)

    [note] = [notice for notice in found.values() if notice.kind == "thread"]
    assert note.broadcast
    assert "Tests are missing" in note.message.text
    assert "Tests are missing" in found["dm:rejected"].message.text


@pytest.mark.parametrize(
    ("outcome", "is_loud"),
    [
        (Outcome.SUCCEEDED, False),
        (Outcome.FAILED, True),
        (Outcome.ROLLED_BACK, True),
        (Outcome.CANCELED, False),
        (Outcome.REJECTED, True),
        (Outcome.EXPIRED, False),
    ],
)
def test_the_requester_is_told_every_outcome_and_the_channel_the_bad_ones(outcome, is_loud):
    of = cleared(outcome=outcome, outcome_by=GRACE, outcome_source="ServiceNow", outcome_why="as seen", decisions=())

    found = said(of)

    assert found["thread:outcome"].broadcast is is_loud
    dm = found[f"dm:{outcome}"]
    assert dm.to == "U0LINUS"
    for fact in ("CHG0030042", "payments 2.4.1 → production", "Grace Hopper", "ServiceNow", "as seen"):
        assert fact in dm.message.text


def test_the_requester_is_told_of_approval_and_clearance():
    assert "dm:approved" in said(scheduled())
    assert {"dm:approved", "dm:cleared"} <= set(said(cleared()))


def test_approval_is_not_told_of_a_change_nobody_approved():
    assert said(scheduled(decisions=())) == {}
    assert "dm:approved" not in said(at_authorize())


def test_clearance_is_not_told_on_hold_or_too_late():
    assert "dm:cleared" not in said(cleared(on_hold=True))
    assert "dm:cleared" not in said(cleared(cleared_until=NOW))


def test_each_hold_and_each_stop_is_told_for_itself():
    held = change(on_hold=True, decisions=(decision(ADA, Verdict.HELD, id="d1"), decision(ADA, Verdict.HELD, id="d2")))
    stops = [said(change(progress=Progress.STOPPED, stopped_because=why)) for why in ("No sha.", "Nobody is left.")]

    assert {"dm:held:d1", "dm:held:d2"} <= set(said(held))
    assert set(stops[0]) != set(stops[1])


def test_a_requester_without_a_slack_account_gets_no_dm():
    of = scheduled(requested_by=Person("p", email="jo@acme.example"))

    assert all(notice.kind == "thread" for notice in said(of).values())


def test_an_approval_that_does_not_count_is_said_to_be_none():
    of = scheduled(decisions=(decision(LINUS, is_valid=False, stage=State.AUTHORIZE),))

    [note] = [notice for notice in said(of).values() if notice.kind == "thread"]
    assert "does not count" in all_text(note.message)


def test_what_was_said_stays_the_same_so_that_it_is_known_as_said():
    assert said(scheduled(slack_ids=SLACK_IDS)).keys() <= said(cleared()).keys()
