"""The living card: what it says in each state, and what it never says."""

import pytest

from bot.change.model import (
    Finding,
    Hands,
    Outcome,
    Person,
    Progress,
    Recorded,
    RowState,
    State,
    Verdict,
    Want,
)
from bot.slack import buttons
from bot.slack.cards import card
from tests.builders import (
    ADA,
    GRACE,
    LINUS,
    MARGARET,
    MISSING,
    NOW,
    RESTRICTED,
    at_authorize,
    change,
    claim,
    cleared,
    decision,
    plan,
    release,
    row,
    scheduled,
    story,
)
from tests.slack.reading import all_text, buttons_of, is_accepted

PAGE = "https://sn.example/change_request.do?sys_id=f6"


def shown(of, **options):
    return card(of, now=NOW, people=of.slack_ids, **options)


def test_the_card_answers_what_an_approver_asks():
    message = shown(change())

    text = all_text(message)
    for fact in (
        "CHG0030042",
        "payments 2.4.1 → production",
        "2026-03-02 14:00–18:00 UTC",
        "moderate: touches payments",
        "Linus Torres",
        "Refunds are rounded wrongly",
        "Everybody who pays by card",
        "PAY-101",
        "1 without a story",
        "7 commits since v2.4.0",
    ):
        assert fact in text


def test_the_first_line_and_the_fallback_text_name_number_state_and_window():
    message = shown(change())

    first = message.blocks[0]["text"]["text"]
    for fact in ("CHG0030042", "Waiting for the team's approval", "payments 2.4.1 → production", "14:00–18:00 UTC"):
        assert fact in first
        assert fact in message.text
    assert "approve or reject" in message.text
    assert "risk moderate" in message.text


def test_those_who_may_approve_are_mentioned_at_the_first_ask_and_the_requester_and_authors_are_not():
    message = shown(change(rows=(row(ADA), row(MARGARET), row(LINUS))))

    text = all_text(message)
    assert "<@U0ADA>" in text
    assert "<@U0MARGARET>" not in text, "she wrote it"
    assert "<@U0LINUS>" not in text, "he asked for it"


def test_hands_known_to_servicenow_are_not_mentioned_either():
    of = change(release=release(authors=()), hands=Hands(requester="sys-linus", authors=("sys-margaret",)))

    assert "<@U0MARGARET>" not in all_text(shown(of))


def test_at_authorize_the_card_names_the_group_and_mentions_nobody_for_an_edit_notifies_nobody():
    text = all_text(shown(at_authorize()))

    assert "Waiting for CAB Approval" in text
    assert "<@" not in text


def test_one_approval_is_shown_with_how_it_was_recorded_and_is_not_an_approved_change():
    message = shown(at_authorize())

    assert "✓ Ada Lovelace · 14:03 UTC · Slack · recorded on behalf" in all_text(message)
    assert "Approved" not in all_text(message)


@pytest.mark.parametrize(
    ("recorded", "words"),
    [
        (Recorded.ON_BEHALF, "Slack · recorded on behalf"),
        (Recorded.SELF, "Slack · self-authenticated"),
        (Recorded.DEEP_LINK, "ServiceNow · deep link"),
        (Recorded.IN_SERVICENOW, "given in ServiceNow"),
    ],
)
def test_each_way_of_recording_is_named(recorded, words):
    assert words in all_text(shown(at_authorize(decisions=(decision(ADA, recorded=recorded),))))


def test_approved_is_said_when_servicenow_moved_on_and_somebody_approved():
    assert "Approved" in shown(scheduled()).text


def test_a_change_nobody_was_asked_about_is_never_called_approved():
    message = shown(scheduled(decisions=()))

    assert "nobody was asked" in message.text
    assert "pproved" not in all_text(message)


def test_an_approval_the_rules_do_not_accept_is_shown_as_such():
    of = scheduled(decisions=(decision(LINUS, is_valid=False),))

    text = all_text(shown(of))
    assert "Linus Torres: does not count" in text
    assert "✓" not in text


def test_a_withdrawn_approval_does_not_stand():
    of = change(decisions=(decision(ADA), decision(ADA, Verdict.WITHDRAWN)))

    assert "✓ Ada" not in all_text(shown(of))


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (change(state=None, number="", progress=Progress.LISTENING, plan=None, release=None), "Reading what it brings"),
        (change(state=None, progress=Progress.OPENING), "Being opened"),
        (change(state=State.NEW), "Being opened"),
        (change(), "Waiting for the team's approval"),
        (at_authorize(), "Waiting for the CAB's approval"),
        (change(on_hold=True), "On hold"),
        (change(progress=Progress.STOPPED, stopped_because="Nobody is left."), "Stopped"),
        (change(progress=Progress.STUCK), "Stuck"),
        (change(want=Want.CANCEL), "Being canceled"),
        (cleared(), "Cleared to deploy"),
        (cleared(cleared_until=NOW), "Clearance has ended"),
        (cleared(cleared_until=None), "In Implement"),
        (cleared(started_at=NOW), "Deploying"),
        (cleared(state=State.REVIEW), "In review"),
        (change(outcome=Outcome.REJECTED), "Rejected"),
        (change(outcome=Outcome.EXPIRED, state=State.CANCELED), "Expired"),
        (change(outcome=Outcome.CANCELED), "Canceled"),
        (change(state=State.CANCELED), "Canceled in ServiceNow"),
        (change(state=State.CLOSED), "no outcome was reported"),
        (change(outcome=Outcome.SUCCEEDED, state=State.CLOSED), "Deployed"),
        (change(outcome=Outcome.FAILED, state=State.REVIEW), "Deploy failed"),
        (change(outcome=Outcome.ROLLED_BACK, state=State.REVIEW), "Rolled back"),
        (change(alias_of="CHG0030001"), "The same deploy as CHG0030001"),
    ],
)
def test_every_state_has_its_words(of, words):
    message = shown(of)

    assert words in message.text
    assert words in message.blocks[0]["text"]["text"]
    assert is_accepted(message)


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (change(), [buttons.APPROVE, buttons.REJECT, buttons.HOLD, buttons.DETAILS]),
        (
            change(decisions=(decision(ADA),)),
            [buttons.APPROVE, buttons.REJECT, buttons.HOLD, buttons.WITHDRAW, buttons.DETAILS],
        ),
        (change(on_hold=True), [buttons.RELEASE, buttons.DETAILS]),
        (scheduled(), [buttons.HOLD, buttons.DETAILS]),
        (
            cleared(),
            [buttons.SUCCEEDED, buttons.FAILED, buttons.ROLLED_BACK, buttons.HOLD, buttons.DETAILS],
        ),
        (change(progress=Progress.STOPPED), [buttons.DETAILS]),
        (cleared(outcome=Outcome.FAILED, progress=Progress.CLOSING), [buttons.DETAILS]),
        (change(outcome=Outcome.REJECTED, progress=Progress.DONE), []),
        (change(number="", state=None), []),
    ],
)
def test_buttons_appear_because_the_state_allows_them(of, expected):
    found = buttons_of(shown(of))

    assert [b["action_id"] for b in found] == expected
    assert all(b["value"] == "CHG0030042" for b in found)


def test_approve_asks_again_naming_change_environment_and_window():
    approve = buttons_of(shown(change()))[0]

    sure = approve["confirm"]["text"]["text"]
    assert "CHG0030042" in sure
    assert "payments 2.4.1 to production" in sure
    assert "2026-03-02 14:00–18:00 UTC" in sure


def test_the_fingerprint_of_the_content_rides_in_the_block_id():
    block = shown(change()).blocks[-1]

    assert buttons.read_block_id(block["block_id"]) == (buttons.DECIDE, plan().fingerprint[:40])


def test_where_an_e_signature_is_demanded_the_buttons_open_servicenow():
    message = shown(change(), page=PAGE)

    approve, reject = buttons_of(message)[:2]
    assert (approve["action_id"], approve["url"]) == (buttons.APPROVE, PAGE)
    assert (reject["action_id"], reject["url"]) == (buttons.REJECT, PAGE)
    assert buttons.read_block_id(message.blocks[-1]["block_id"])[0] == buttons.ELSEWHERE
    assert "reject it in ServiceNow" in message.text


def test_a_claim_being_judged_is_shown_as_that_and_not_as_an_approval():
    text = all_text(shown(change(claims=(claim(ADA),))))

    assert "Checking Ada Lovelace's approval…" in text
    assert "✓" not in text


def test_trouble_and_what_stopped_it_are_said():
    of = change(
        trouble="ServiceNow does not answer; I keep trying.", progress=Progress.STOPPED, stopped_because="No sha."
    )

    text = all_text(shown(of))
    assert "ServiceNow does not answer" in text
    assert "⛔ No sha." in text


def test_what_is_missing_is_warned_of():
    of = change(
        release=release(stories=(story(), MISSING), base_sha="", base_version="", reverted_keys=("PAY-104",)),
        hands=Hands(unresolved=("who@acme.example",)),
        findings=(Finding("f1", "kind", "Somebody deployed without clearance.", NOW),),
    )

    text = all_text(shown(of))
    assert "No earlier version is known" in text
    assert "Not found in Jira, or hidden from Cabbie: PAY-999" in text
    assert "PAY-104" in text
    assert "nobody can tell who who@acme.example is" in text
    assert "deployed without clearance" in text


def test_a_restricted_story_shows_its_key_alone_whatever_we_know_of_it():
    of = change(release=release(stories=(RESTRICTED, story("PAY-151", "Secret terms", found=RESTRICTED.found))))

    text = all_text(shown(of))
    assert "PAY-150" in text
    assert "PAY-151" in text
    assert "Secret terms" not in text


def test_six_stories_are_shown_and_the_others_counted():
    stories = tuple(story(f"PAY-{n}", f"Story {n}") for n in range(1, 10))

    text = all_text(shown(change(release=release(stories=stories))))
    assert "PAY-6" in text
    assert "PAY-7" not in text
    assert "and 3 more" in text


def test_who_ended_it_when_from_where_and_why_is_shown():
    of = cleared(
        outcome=Outcome.FAILED,
        outcome_by=LINUS,
        outcome_source="Slack",
        outcome_why="Smoke tests are red",
        finished_at=NOW,
        progress=Progress.DONE,
    )

    text = all_text(shown(of))
    for fact in ("Linus Torres", "Slack", "Smoke tests are red"):
        assert fact in text


def test_the_same_change_gives_the_same_card():
    assert shown(change()) == shown(change())
    assert shown(change()).fingerprint != shown(change(why="Another reason")).fingerprint


def test_the_card_is_about_eight_lines():
    message = shown(change())

    assert [block["type"] for block in message.blocks] == ["section", "section", "section", "context", "actions"]
    assert len(message.blocks[1]["fields"]) == 4


def test_a_requester_a_pipeline_named_is_called_a_claim():
    of = change(source="pipeline A0PIPELINE", requested_by=Person("p", email="jo@acme.example"))

    assert "jo@acme.example" in all_text(shown(of))
    assert "says the pipeline A0PIPELINE" in all_text(shown(of))


def test_rows_that_are_not_open_are_not_waited_for():
    of = at_authorize(rows=(row(GRACE, RowState.NOT_REQUESTED),))

    assert "Waiting for CAB Approval" not in all_text(shown(of))
