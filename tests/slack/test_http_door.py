"""Slack over HTTP: who is let in, and what is made of what they bring."""

import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from bot.change.model import Transport
from integrations.slack.sandbox.signing import signature
from tests.slack.front import OURS, SECRET, TEAM, Front, announcement, signed

COMMAND = urlencode(
    {
        "command": "/deploy",
        "text": "payload-service 1.0.0",
        "team_id": TEAM,
        "user_id": "U0LINUS",
        "channel_id": "C0PLATFORM",
        "trigger_id": "t.1",
        "api_app_id": OURS,
        "response_url": "https://hooks.slack.com/commands/payload",
    }
).encode()
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_a_service_called_payload_something_is_heard():
    front = Front()

    reply = front.http.dispatch(COMMAND, signed(COMMAND, front.now) | FORM)

    assert reply.status == 200
    [heard] = front.desk.diary
    assert (heard.body.service, heard.body.version) == ("payload-service", "1.0.0")
    assert heard.by.transport is Transport.HTTP
    assert heard.once == "command:t.1"


def test_what_a_slack_signs_is_accepted():
    front = Front()
    stamp = str(int(front.now.timestamp()))
    given = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature(SECRET, stamp, COMMAND)}

    assert front.http.dispatch(COMMAND, given | FORM).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Request-Timestamp": "yesterday"},
        {"X-Slack-Request-Timestamp": "١٢٣"},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0=é"},
    ],
)
def test_what_is_not_signed_by_slack_is_refused_and_not_heard(headers):
    front = Front()
    given = (signed(COMMAND, front.now) | FORM | headers) if headers else FORM

    reply = front.http.dispatch(COMMAND, given)

    assert (reply.status, reply.body) == (401, "")
    assert front.desk.diary == []


def test_another_secrets_signature_is_refused():
    front = Front()

    assert front.http.dispatch(COMMAND, signed(COMMAND, front.now, "0" * 32) | FORM).status == 401


@pytest.mark.parametrize("age", [301, -301])
def test_a_signature_older_than_five_minutes_or_from_the_future_is_refused(age):
    front = Front()

    reply = front.send(COMMAND, age=timedelta(seconds=age))

    assert reply.status == 401
    assert front.desk.diary == []


def test_a_signature_of_five_minutes_is_still_good():
    assert Front().send(COMMAND, age=timedelta(seconds=299)).status == 200


def test_the_signature_is_over_the_raw_bytes():
    front = Front()
    respaced = COMMAND.replace(b"+", b"%20")

    assert front.http.dispatch(respaced, signed(COMMAND, front.now) | FORM).status == 401


def test_the_same_request_is_heard_once():
    front = Front()
    given = signed(COMMAND, front.now) | FORM

    first, second = front.http.dispatch(COMMAND, given), front.http.dispatch(COMMAND, given)

    assert (first.status, second.status) == (200, 401)
    assert len(front.desk.diary) == 1


def test_slacks_own_retry_of_an_answered_request_is_answered_and_not_done_again():
    front = Front()
    given = signed(COMMAND, front.now) | FORM

    front.http.dispatch(COMMAND, given)
    again = front.http.dispatch(COMMAND, given | {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"})

    assert again.status == 200
    assert len(front.desk.diary) == 1


def test_a_request_that_failed_may_come_again():
    front = Front()
    given = signed(COMMAND, front.now) | FORM

    front.desk.breaks_with = RuntimeError("the database is away")
    failed = front.http.dispatch(COMMAND, given)
    front.desk.breaks_with = None
    again = front.http.dispatch(COMMAND, given)

    assert (failed.status, again.status) == (500, 200)
    assert len(front.desk.diary) == 1


def test_what_was_not_committed_is_not_acknowledged_and_says_nothing_of_itself():
    front = Front()
    front.desk.breaks_with = RuntimeError("secret detail")

    reply = front.send(COMMAND)

    assert reply.status == 500
    assert "secret detail" not in reply.body


def test_an_event_whose_commit_failed_is_sent_again_by_slack_because_the_answer_is_500():
    front = Front()
    front.desk.breaks_with = RuntimeError("no")

    assert front.event(announcement({"service": "payments", "version": "2.4.1"})).status == 500


def test_the_request_url_is_verified():
    body = json.dumps({"type": "url_verification", "token": "x", "challenge": "3eZbrw1a"}).encode()

    reply = Front().send(body, form=False)

    assert reply.status == 200
    assert json.loads(reply.body) == {"challenge": "3eZbrw1a"}


def test_a_certificate_check_is_answered_unsigned_and_does_nothing():
    front = Front()

    reply = front.http.dispatch(b"ssl_check=1&token=x", FORM)

    assert (reply.status, reply.body) == (200, "")
    assert front.desk.diary == []


@pytest.mark.parametrize("body", [b"{not json", b"payload=%7Bnot", b"[1, 2]", b'{"a": "\xff"}', b"payload=3"])
def test_what_cannot_be_read_is_a_bad_request(body):
    assert Front().send(body, form=not body.startswith(b"[")).status == 400


@pytest.mark.parametrize("kind", ["user_change", "tokens_revoked", "app_uninstalled", "channel_shared"])
def test_events_nobody_listens_to_are_answered(kind):
    assert Front().event({"type": kind}).status == 200


def test_being_limited_is_answered():
    body = {"type": "app_rate_limited", "team_id": TEAM, "minute_rate_limited": 1518467820, "api_app_id": OURS}

    assert Front().send(json.dumps(body).encode(), form=False).status == 200


def test_nothing_is_asked_of_slack_to_answer_a_command():
    front = Front()

    front.deploy("payments 2.4.1")

    assert front.web.calls == []


def test_without_a_secret_there_is_no_door():
    with pytest.raises(ValueError, match="signing secret"):
        Front().slack.http(" ")
