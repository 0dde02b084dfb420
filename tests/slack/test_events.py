"""Pipelines' announcements and people's mentions: what is heard, what is answered, what is left alone."""

from datetime import UTC, datetime

import pytest

from bot.change.errors import UnknownService
from bot.change.model import Kind, Status
from tests.builders import change
from tests.slack.front import OTHER_TEAM, OURS, PIPELINE, ROGUE, Front, a_policy, announcement

GOOD = {"service": "payments", "version": "2.4.1", "environment": "production", "status": "requested"}


def test_an_announcement_is_heard_as_what_it_is():
    front = Front()

    reply = front.event(
        announcement(
            GOOD
            | {
                "kind": "rollback",
                "why": "it leaked",
                "sha": "A1B2C3D",
                "url": "https://ci/1",
                "requested_by": "l@acme.example",
            }
            | {"commits": [{"sha": "a1b2c3d", "subject": "PAY-1 fix", "author_email": "m@acme.example"}]}
        )
    )

    assert reply.status == 200
    [heard] = front.desk.diary
    body = heard.body
    assert (body.service, body.version, body.environment) == ("payments", "2.4.1", "production")
    assert (body.status, body.kind) == (Status.REQUESTED, Kind.ROLLBACK)
    assert (body.sha, body.url, body.requested_by) == ("a1b2c3d", "https://ci/1", "l@acme.example")
    assert body.commits[0].author_email == "m@acme.example"
    assert (body.channel, body.message_ts) == ("C0PAYMENTS", "1700000004.000100")
    assert (heard.by.app_id, heard.by.slack_id, heard.by.name) == (PIPELINE, "", "Pipeline")
    assert heard.at == datetime.fromtimestamp(1700000004.0001, UTC)
    assert front.said == []


def test_the_words_some_pipelines_use_are_understood():
    front = Front()

    front.event(announcement({"service": "payments", "commit": "a1b2c3d", "actor_email": "jo@acme.example"}))

    assert (front.desk.diary[0].body.sha, front.desk.diary[0].body.requested_by) == ("a1b2c3d", "jo@acme.example")


def test_the_same_message_under_two_event_ids_is_heard_once():
    front = Front()

    front.event(announcement(GOOD), event_id="Ev1")
    front.event(announcement(GOOD), event_id="Ev2")

    assert len(front.desk.diary) == 1


@pytest.mark.parametrize(
    ("event", "delivery"),
    [
        (announcement(GOOD, app_id=ROGUE, bot_profile={"app_id": ROGUE}), {}),
        (announcement(GOOD, app_id=PIPELINE, bot_profile={"app_id": ROGUE}), {}),
        (announcement(GOOD, app_id=None, bot_profile=None), {}),
        (announcement(GOOD, app_id=None, bot_profile=None, subtype="bot_message", username="Pipeline"), {}),
        (announcement(GOOD, app_id=OURS, bot_profile={"app_id": OURS}), {}),
        (announcement(GOOD, channel="C0RANDOM"), {}),
        (announcement(GOOD, thread_ts="1600000000.000100"), {}),
        (announcement(GOOD, subtype="message_changed"), {}),
        (announcement(GOOD, subtype="thread_broadcast", thread_ts="1600000000.000100"), {}),
        (announcement(GOOD, metadata={"event_type": "cabbie", "event_payload": GOOD}), {}),
        (announcement(GOOD, metadata=None, text="Deploying payments 2.4.1"), {}),
        (announcement(GOOD), {"is_ext_shared_channel": True}),
        (announcement(GOOD), {"team_id": OTHER_TEAM}),
    ],
)
def test_what_is_no_announcement_is_left_alone(event, delivery):
    front = Front()

    assert front.event(event, **delivery).status == 200
    assert front.desk.diary == []
    assert front.said == []


def test_our_own_app_is_never_listened_to_even_when_policy_says_so():
    front = Front(policy=a_policy(announcers=(PIPELINE, OURS)))

    front.event(announcement(GOOD, app_id=OURS, bot_profile={"app_id": OURS}))

    assert front.desk.diary == []


def test_the_older_shape_without_a_user_is_heard_by_its_app_id():
    front = Front()

    front.event(announcement(GOOD, user=None, app_id=None, subtype="bot_message"))

    assert len(front.desk.diary) == 1


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({}, "service"),
        ({"service": ""}, "service"),
        ({"service": 7}, "service"),
        ({"service": "payments"}, "version"),
        (GOOD | {"version": ["2.4.1"]}, "version"),
        (GOOD | {"status": "finished"}, "status"),
        (GOOD | {"status": {"a": 1}}, "status"),
        (GOOD | {"kind": "hotfix"}, "kind"),
        (GOOD | {"sha": "not hex"}, "sha"),
        (GOOD | {"url": "javascript:alert(1)"}, "url"),
        (GOOD | {"why": "x" * 1001}, "why"),
        (GOOD | {"commits": "many"}, "commits"),
        (GOOD | {"commits": [{"subject": "no sha"}]}, "commits.0"),
        (GOOD | {"commits": [{"sha": "a1b2c3d", "subject": "one of many"}] * 501}, "commits"),
        (GOOD | {"is_emergency": "no"}, "is_emergency"),
        ("payments 2.4.1", "event_payload"),
    ],
)
def test_a_malformed_announcement_is_told_which_field_is_wrong(payload, field):
    front = Front()

    assert front.event(announcement(payload)).status == 200

    assert front.desk.diary == []
    [(where, said)] = front.said
    assert where == "C0PAYMENTS below 1700000004.000100"
    assert f"`{field}`" in said


def test_a_malformed_announcement_delivered_twice_is_answered_once():
    front = Front()

    front.event(announcement({}))
    front.event(announcement({}))

    assert len(front.said) == 1


def test_a_refused_announcement_is_answered_in_its_thread():
    front = Front()
    front.desk.refusal = UnknownService("payments", "<!here>")

    front.event(announcement(GOOD))

    [(where, said)] = front.said
    assert where == "C0PAYMENTS below 1700000004.000100"
    assert "I don't know a service called" in said
    assert "&lt;!here&gt;" in said


def mention(text, **facts):
    known = {
        "type": "app_mention",
        "user": "U0LINUS",
        "team": "T0ACME",
        "channel": "C0PAYMENTS",
        "ts": "1700000009.0001",
    }
    return known | {"text": text, "channel_type": "channel"} | facts


def test_in_a_thread_a_mention_does_what_a_command_does():
    front = Front()

    front.event(mention("<@U0CABBIE> deploy payments 2.4.1", thread_ts="1700000001.0001"))

    [heard] = front.desk.diary
    assert (heard.body.service, heard.body.version, heard.by.slack_id) == ("payments", "2.4.1", "U0LINUS")
    assert front.said == [("C0PAYMENTS below 1700000001.0001", "Heard.")]


def test_a_mention_shows_a_change():
    front = Front(change())

    front.event(mention("<@U0CABBIE|cabbie> CHG0030042"))

    assert "Waiting for the team's approval" in front.said[0][1]


def test_in_our_dm_a_plain_message_is_a_command():
    front = Front()
    event = mention("deploy payments 2.4.1", type="message", channel="D0LINUS", channel_type="im")

    front.event(event)

    assert front.desk.diary[0].body.service == "payments"
    assert front.said == [("D0LINUS", "Heard.")]


@pytest.mark.parametrize(
    ("event", "delivery"),
    [
        (mention("<@U0CABBIE> queue", bot_id="B0ROGUE"), {}),
        (mention("<@U0CABBIE> queue", user=None), {}),
        (mention("<@U0CABBIE> queue"), {"is_ext_shared_channel": True}),
        (mention("queue", type="message", channel_type="channel"), {}),
        (mention("queue", type="message", channel_type="im", channel="D0X", bot_id="B0CABBIE"), {}),
        (mention("queue", type="message", channel_type="im", channel="D0X", subtype="message_changed"), {}),
    ],
)
def test_bots_and_shared_channels_get_no_answer(event, delivery):
    front = Front(change())

    assert front.event(event, **delivery).status == 200
    assert front.said == []


def test_somebody_of_another_workspace_who_mentions_us_is_shown_nothing():
    front = Front(change())

    front.event(mention("<@U0CABBIE> CHG0030042", user_team=OTHER_TEAM))

    assert "of another workspace" in front.said[0][1]
