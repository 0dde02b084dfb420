"""Buttons and the forms they open: what is heard, and that nobody is left without an answer."""

import json

import pytest

from bot.change.announcement import Press, Report, ReportWord
from bot.change.errors import NotWaiting
from bot.change.model import Verdict
from bot.slack import buttons
from tests.builders import NOW, change, cleared, decision, scheduled
from tests.doubles.reads import Line
from tests.slack.front import OTHER_TEAM, Front
from tests.slack.reading import all_text, buttons_of, is_accepted_view

REASON = "The refund tests are missing"


def pressed(front, of, action_id, **facts):
    """Press the button on the card the room shows for this change."""
    card = front.room.card(of, now=front.now)
    element = next(b for b in buttons_of(card) if b["action_id"] == action_id)
    return front.click(element, card.blocks[-1]["block_id"], **facts)


@pytest.mark.parametrize(
    ("of", "action_id", "verdict"),
    [
        (change(), buttons.APPROVE, Verdict.APPROVED),
        (change(), buttons.HOLD, Verdict.HELD),
        (scheduled(), buttons.HOLD, Verdict.HELD),
        (change(on_hold=True), buttons.RELEASE, Verdict.RELEASED),
        (change(decisions=(decision(),)), buttons.WITHDRAW, Verdict.WITHDRAWN),
    ],
)
def test_a_press_is_heard_with_what_was_shown(of, action_id, verdict):
    front = Front(of)

    reply = pressed(front, of, action_id)

    assert (reply.status, reply.body) == (200, "")
    [heard] = front.desk.diary
    assert isinstance(heard.body, Press)
    assert (heard.body.number, heard.body.verdict) == ("CHG0030042", verdict)
    assert of.fingerprint.startswith(heard.body.fingerprint)
    assert len(heard.body.fingerprint) == 40
    assert (heard.body.channel, heard.body.message_ts) == ("C0PAYMENTS", "1700000001.000100")
    assert heard.body.action_ts
    assert (heard.by.slack_id, heard.by.slack_team) == ("U0ADA", "T0ACME")


def test_the_presser_alone_is_told_at_once():
    front = Front()

    pressed(front, change(), buttons.APPROVE)

    assert front.whispers == [("U0ADA", "Heard.")]


def test_a_refused_press_is_explained_to_the_presser():
    front = Front()
    front.desk.refusal = NotWaiting("CHG0030042", "canceled")

    reply = pressed(front, change(), buttons.APPROVE)

    assert reply.status == 200
    assert "not waiting for a decision any more" in front.whispers[0][1]


def test_a_press_that_could_not_be_written_down_is_not_acknowledged():
    front = Front()
    front.desk.breaks_with = RuntimeError("no database")

    assert pressed(front, change(), buttons.APPROVE).status == 500
    assert front.whispers == []


def test_the_same_click_counts_once_and_another_click_is_another():
    front = Front()
    card = front.room.card(change(), now=front.now)
    approve, block_id = buttons_of(card)[0], card.blocks[-1]["block_id"]
    payload = front.click_payload(approve, block_id)

    front.interact(payload)
    front.interact(payload | {"trigger_id": "delivered again"})
    front.interact(front.click_payload(approve, block_id))

    assert len(front.desk.diary) == 2


def test_who_pressed_is_the_signed_user_and_not_what_the_value_says():
    front = Front()
    user = {"id": "U0EVE", "username": "ada", "team_id": OTHER_TEAM}

    pressed(front, change(), buttons.APPROVE, user=user)

    assert (front.desk.diary[0].by.slack_id, front.desk.diary[0].by.slack_team) == ("U0EVE", OTHER_TEAM)


@pytest.mark.parametrize("action_id", [buttons.APPROVE, buttons.REJECT])
def test_a_button_that_opened_servicenow_is_acknowledged_and_decides_nothing(action_id):
    front = Front()

    reply = pressed(front, change(service="checkout"), action_id)

    assert reply.status == 200
    assert front.desk.diary == []
    assert front.web.calls == []


@pytest.mark.parametrize(
    ("of", "action_id", "title"),
    [
        (change(), buttons.REJECT, "Reject CHG0030042"),
        (cleared(), buttons.FAILED, "CHG0030042 failed"),
        (cleared(), buttons.ROLLED_BACK, "CHG0030042 rolled back"),
    ],
)
def test_a_reason_is_asked_for_before_anything_is_heard(of, action_id, title):
    front = Front(of)

    pressed(front, of, action_id)

    [view] = front.web.views("views.open")
    assert view["title"]["text"] == title
    assert view["blocks"][0]["element"]["min_length"] == 10
    assert is_accepted_view(view)
    assert front.desk.diary == []


def test_a_rejection_is_heard_with_its_reason_and_the_card_it_was_pressed_on():
    front = Front()
    pressed(front, change(), buttons.REJECT)

    answer = front.submit(front.web.views("views.open")[0], {"reason": REASON})

    assert answer == {}
    [heard] = front.desk.diary
    assert isinstance(heard.body, Press)
    assert (heard.body.verdict, heard.body.reason) == (Verdict.REJECTED, REASON)
    assert change().fingerprint.startswith(heard.body.fingerprint)
    assert (heard.body.channel, heard.body.message_ts) == ("C0PAYMENTS", "1700000001.000100")
    assert front.whispers[-1] == ("U0ADA", "Heard.")


@pytest.mark.parametrize(
    ("action_id", "word"), [(buttons.FAILED, ReportWord.FAILED), (buttons.ROLLED_BACK, ReportWord.ROLLED_BACK)]
)
def test_a_bad_outcome_is_heard_with_its_reason(action_id, word):
    front = Front()
    pressed(front, cleared(), action_id)

    front.submit(front.web.views("views.open")[0], {"reason": REASON})

    [heard] = front.desk.diary
    assert isinstance(heard.body, Report)
    assert (heard.body.number, heard.body.word, heard.body.why) == ("CHG0030042", word, REASON)


def test_a_good_outcome_is_heard_at_once():
    front = Front()

    pressed(front, cleared(), buttons.SUCCEEDED)

    assert front.desk.diary[0].body.word is ReportWord.DONE


@pytest.mark.parametrize("reason", ["", "   ", "too short", "         x         "])
def test_a_reason_of_less_than_ten_characters_stays_in_the_form(reason):
    front = Front()
    pressed(front, change(), buttons.REJECT)

    answer = front.submit(front.web.views("views.open")[0], {"reason": reason})

    assert answer["response_action"] == "errors"
    assert list(answer["errors"]) == ["reason"]
    assert front.desk.diary == []


def test_a_refused_reason_stays_in_the_form_and_a_corrected_one_is_heard():
    front = Front()
    pressed(front, change(), buttons.REJECT)
    view = front.web.views("views.open")[0]

    front.desk.refusal = NotWaiting("CHG0030042", "canceled")
    refused = front.submit(view, {"reason": REASON})
    front.desk.refusal = None
    accepted = front.submit(view, {"reason": REASON + " today"})

    assert "not waiting" in refused["errors"]["reason"]
    assert accepted == {}
    assert len(front.desk.diary) == 2


def test_a_form_that_did_not_open_in_time_is_said():
    front = Front()
    front.web.error = "expired_trigger_id"

    assert pressed(front, change(), buttons.REJECT).status == 200
    assert "press the button again" in front.whispers[0][1]


def test_authority_does_not_ride_in_the_form():
    front = Front()
    pressed(front, change(), buttons.REJECT)

    about = json.loads(front.web.views("views.open")[0]["private_metadata"])

    assert set(about) == {
        "action",
        "number",
        "fingerprint",
        "card",
        "channel",
        "message_ts",
        "action_ts",
        "response_url",
    }


def test_details_show_everything_at_once():
    history = (Line(1, NOW, "asked", "Linus Torres", "Linus Torres asked for it"),)
    front = Front(change(), history=history)

    pressed(front, change(), buttons.DETAILS)

    [view] = front.web.views("views.open")
    assert is_accepted_view(view)
    for fact in ("Backout", "Tidy the build", "Linus Torres asked for it", "https://sn.example/"):
        assert fact in all_text(view)
    assert front.desk.diary == []


def test_details_are_not_shown_to_another_workspace():
    front = Front(change())

    pressed(front, change(), buttons.DETAILS, user={"id": "U0EVE", "username": "eve", "team_id": OTHER_TEAM})

    assert front.web.calls == []
    assert "of another workspace" in front.whispers[0][1]


def test_details_of_a_change_we_do_not_know_are_said_to_be_unknown():
    front = Front()

    pressed(front, change(), buttons.DETAILS)

    assert "I don't know a change CHG0030042" in front.whispers[0][1]


def test_a_button_nobody_knows_any_more_is_acknowledged():
    assert Front().click({"action_id": "change.dance", "value": "CHG0030042"}, "decide:").status == 200


def test_names_of_buttons_are_matched_whole():
    front = Front()

    front.click({"action_id": "dont.change.approve", "value": "CHG0030042"}, "decide:")

    assert front.desk.diary == []


def test_the_deploy_form_is_heard():
    front = Front()
    front.deploy("")

    answer = front.submit(
        front.web.views("views.open")[0],
        {"service": "payments", "version": " 2.4.1 ", "environment": None, "why": "because\nit is time"},
    )

    assert answer == {}
    body = front.desk.diary[0].body
    assert (body.service, body.version, body.environment) == ("payments", "2.4.1", "")
    assert body.why == "because it is time"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"service": "payments", "version": ""}, "version"),
        ({"service": "paymnets", "version": "1"}, "service"),
        ({"service": "checkout", "version": "1", "environment": "staging"}, "environment"),
    ],
)
def test_what_is_wrong_in_the_form_is_said_beside_the_field(values, field):
    front = Front()
    front.deploy("")

    answer = front.submit(front.web.views("views.open")[0], values)

    assert list(answer["errors"]) == [field]
    assert front.desk.diary == []
