"""What tools post is heard by who posted it where, edits and replies too; and anybody may ask why."""

import json
from dataclasses import replace

import pytest

from bot.change.announcement import Completion, Question, Told
from bot.change.errors import StillMissing
from bot.change.model import Kind, Status
from bot.change.policy import Announcer
from bot.change.reading import Reading
from bot.slack import completing, questions, why
from tests.slack.front import OTHER_TEAM, OURS, PIPELINE, ROGUE, Front, a_policy, announcement
from tests.slack.reading import all_text, buttons_of, is_accepted_view

DEPLOYING = "Deploying payments 2.4.1 (0f1e2d3) to production by mhale"
DEPLOYED = "Deployed payments 2.4.1 (0f1e2d3) to production by mhale"
UNKNOWN = "ShipBot v3: payments 2.4.1 rollout production complete"


def post(text: str = DEPLOYING, **facts: object) -> dict[str, object]:
    """As an app posts it, without metadata."""
    return announcement(None, metadata=None, text=text, **facts)


def edit(text: str, **facts: object) -> dict[str, object]:
    return {
        "type": "message", "subtype": "message_changed", "hidden": True, "channel": "C0PAYMENTS",
        "ts": "1700000090.000100",
        "message": post(text, edited={"user": "U0PIPELINE", "ts": "1700000090.000000"}, **facts),
        "previous_message": post(),
    }  # fmt: skip


def told(front: Front) -> list[Told]:
    return [heard.body for heard in front.desk.diary if isinstance(heard.body, Told)]


def test_a_tool_s_own_words_are_heard() -> None:
    front = Front()

    assert front.event(post()).status == 200
    [said] = told(front)
    reading = said.reading
    assert (reading.service, reading.environment, reading.version) == ("payments", "production", "2.4.1")
    assert (reading.status, reading.actor, reading.sha) == (Status.STARTED, "mhale", "0f1e2d3")
    assert (said.channel, said.message_ts, said.thread_ts) == ("C0PAYMENTS", "1700000004.000100", "")
    assert front.desk.diary[0].by.app_id == PIPELINE


@pytest.mark.parametrize(
    ("event", "delivery"),
    [
        (post(app_id=ROGUE, bot_profile={"app_id": ROGUE}), {}),
        (post(app_id=PIPELINE, bot_profile={"app_id": ROGUE}), {}),
        (post(app_id=OURS, bot_profile={"app_id": OURS}), {}),
        (post(app_id=None, bot_profile=None, bot_id=None), {}),
        (post(channel="C0RANDOM"), {}),
        (post(text=DEPLOYING.replace("payments", "billing")), {}),
        (post(text=DEPLOYING.replace("production", "qa")), {}),
        (post(text="Build #12 of payments passed"), {}),
        (post(subtype="channel_topic"), {}),
        (post(), {"is_ext_shared_channel": True}),
        (post(), {"team_id": OTHER_TEAM}),
    ],
)
def test_who_says_it_where_and_of_what_decides(event: dict[str, object], delivery: dict[str, object]) -> None:
    front = Front()

    assert front.event(event, **delivery).status == 200
    assert front.desk.diary == [] and front.said == []


def test_a_person_who_writes_the_very_same_is_not_heard() -> None:
    front = Front()
    event = {"type": "message", "channel": "C0PAYMENTS", "channel_type": "channel", "ts": "1700000004.000100"}

    front.event({**event, "user": "U0ADA", "client_msg_id": "c1", "text": DEPLOYING, "team": "T0ACME"})

    assert front.desk.diary == []


def test_an_old_integration_is_known_by_its_bot_s_id() -> None:
    front = Front(policy=a_policy(announcers=("B0OLDHOOK",)))

    front.event(post(subtype="bot_message", user=None, app_id=None, bot_profile=None, bot_id="B0OLDHOOK", username="x"))

    assert len(told(front)) == 1


def test_an_app_may_be_bound_to_channels_and_formats_and_may_wait_at_the_gate() -> None:
    bound = Announcer(PIPELINE, channels=("C0CHECKOUT",), formats=("gitlab",), waits_at_gate=True)
    front = Front(policy=a_policy(announcers=(bound,)))

    front.event(post())
    front.event(post(channel="C0CHECKOUT"))
    assert told(front) == [], "another channel, and another format"

    front.policy = replace(front.policy, announcers=(replace(bound, formats=("sentence",)),))
    front.event(post(channel="C0CHECKOUT"))
    assert told(front)[0].waits_at_gate


def test_an_edit_is_heard_as_of_when_it_was_made_and_a_preview_is_nothing_new() -> None:
    front = Front()

    front.event(post())
    front.event(edit(DEPLOYING))
    front.event(edit(DEPLOYED))
    front.event(edit(DEPLOYED))

    first, second = front.desk.diary
    assert second.body.reading.status is Status.SUCCEEDED
    assert second.body.message_ts == first.body.message_ts
    assert second.at > first.at


def test_a_reply_belongs_to_the_post_above_it_also_when_it_is_shown_in_the_channel() -> None:
    front = Front()

    front.event(post(DEPLOYED, ts="1700000091.000100", thread_ts="1700000004.000100", subtype="thread_broadcast"))

    assert told(front)[0].place == "1700000004.000100"


def test_metadata_that_is_edited_moves_it_on() -> None:
    front = Front()
    before = {"service": "payments", "version": "2.4.1", "status": "started"}
    changed = edit("")
    changed["message"] = announcement(before | {"status": "succeeded"})
    changed["previous_message"] = announcement(before)

    front.event(announcement(before))
    front.event(changed)
    front.event({**changed, "previous_message": changed["message"]})

    assert [heard.body.status for heard in front.desk.diary] == [Status.STARTED, Status.SUCCEEDED]


def test_an_unknown_tool_s_post_is_only_a_guess() -> None:
    front = Front()

    front.event(post(UNKNOWN))

    assert [(said.is_guess, said.reading.status) for said in told(front)] == [(True, Status.SUCCEEDED)]


def test_a_refusal_is_said_below_the_post() -> None:
    front = Front()
    front.desk.refusal = StillMissing("who asked for it")

    front.event(post())

    assert [text for _, text in front.said] == [str(front.desk.refusal)]


# ----------------------------------------------------------------------------------------------------------- completing


def a_question(*missing: str, is_guess: bool = False) -> Question:
    reading = Reading("sentence", Status.STARTED, Kind.DEPLOY, "payments", "production", "2.4.1")
    said = Told(reading, "sentence in Slack", "C0PAYMENTS", "1700000004.000100", is_guess=is_guess)
    return Question(said, missing, "payments", "production")


def pressed(front: Front, question: Question, *, number: int = 0, **facts: object):
    front.reads.questions[question.told.channel, question.told.place] = question
    message = questions.question(question, "a marker")
    return front.click(buttons_of(message)[number], "announcement", **facts)


@pytest.mark.parametrize(
    "missing",
    [("requested_by",), ("version", "requested_by"), ("service", "environment", "version", "requested_by")],
)
def test_the_form_has_exactly_what_is_missing(missing: tuple[str, ...]) -> None:
    front = Front()

    pressed(front, a_question(*missing))

    [view] = front.web.views("views.open")
    assert [block["block_id"] for block in view["blocks"] if block["type"] == "input"] == list(missing)
    assert is_accepted_view(view)


def test_what_is_filled_in_is_heard_of_the_person_who_did() -> None:
    front = Front()
    pressed(front, a_question("version"))
    [view] = front.web.views("views.open")

    assert front.submit(view, {"version": "2.4.1"}) == {}

    [heard] = front.desk.diary
    assert heard.body == Completion("C0PAYMENTS", "1700000004.000100", version="2.4.1")
    assert heard.by.slack_id == "U0ADA"


def test_a_refusal_stands_beside_the_field() -> None:
    front = Front()
    pressed(front, a_question("version"))
    [view] = front.web.views("views.open")
    front.desk.refusal = StillMissing("which version it is")

    assert front.submit(view, {"version": "2.4.1"})["errors"] == {"version": str(front.desk.refusal)}


def test_a_guess_is_confirmed_or_denied_with_one_press() -> None:
    front = Front()

    pressed(front, a_question(is_guess=True))
    pressed(front, a_question(is_guess=True), number=1)

    assert [heard.body.is_no_deploy for heard in front.desk.diary] == [False, True]


@pytest.mark.parametrize("number", [0, 1])
def test_somebody_of_another_workspace_neither_confirms_nor_denies(number: int) -> None:
    front = Front()

    stranger = {"id": "U0EVE", "username": "eve", "team_id": OTHER_TEAM}
    assert pressed(front, a_question(is_guess=True), number=number, user=stranger).status == 200

    [heard] = front.desk.diary
    assert "another workspace" in heard.body.objection, "it is refused, and that is written down"
    assert "another workspace" in front.whispers[0][1]


def test_what_a_tool_says_stays_words() -> None:
    hostile = replace(a_question("requested_by"), service="<!channel>*x*", environment="<https://evil.example|here>")

    shown = questions.question(hostile, "a marker")

    assert "<!channel>" not in all_text(shown) and "<https://evil" not in all_text(shown)


def test_what_became_of_it_names_nobody_but_whoever_said_so() -> None:
    shown = questions.settled(
        "<@U0LINUS> completed it. Deploy <!channel> <@U0ADA> <https://evil.example|here>: heard.", "m"
    )

    assert "✅ <@U0LINUS> completed it." in shown.text
    for hostile in ("<!channel>", "<@U0ADA>", "<https://evil"):
        assert hostile not in shown.text + str(shown.blocks)


# ------------------------------------------------------------------------------------------------------------------ why


def asked_why(front: Front, message: dict[str, object], **facts: object) -> str:
    payload = {
        "type": "message_action", "callback_id": why.SHORTCUT, "trigger_id": "t1", "api_app_id": OURS,
        "team": {"id": "T0ACME"}, "user": {"id": "U0ADA", "username": "ada", "team_id": "T0ACME"},
        "channel": {"id": "C0PAYMENTS", "name": "payments"}, "message": message, "message_ts": message["ts"],
        "response_url": "https://hooks.slack.com/app/1",
    }  # fmt: skip
    assert front.interact(payload | facts).status == 200
    views = front.web.views("views.open")
    assert all(is_accepted_view(view) for view in views)
    return json.dumps(views, ensure_ascii=False)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (post(), ["*Heard.*", "sentence", "payments in production"]),
        (post(DEPLOYING.replace("payments", "billing")), ["none of ours", "no service called"]),
        (post(app_id=ROGUE, bot_profile={"app_id": ROGUE}, bot_id="B0ROGUE"), ["Not heard", "does not name A0ROGUE"]),
        (post(UNKNOWN), ["Not heard", "asked about", "```", "signature"]),
        ({"ts": "1700000004.000100", "user": "U0ADA", "text": DEPLOYING}, ["Not heard", "A person wrote it"]),
    ],
)
def test_the_shortcut_tells_each_rule_s_verdict(message: dict[str, object], words: list[str]) -> None:
    front = Front()

    shown = asked_why(front, message)

    assert [word for word in words if word not in shown] == []
    assert front.desk.diary == [], "asking changes nothing"


def test_a_stranger_is_shown_nothing() -> None:
    front = Front()

    assert asked_why(front, post(), user={"id": "U0EVE", "username": "eve", "team_id": OTHER_TEAM}) == "[]"


def test_the_form_s_callback_is_ours_alone() -> None:
    assert completing.FORM not in (why.SHORTCUT, questions.COMPLETE)
