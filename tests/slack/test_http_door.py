"""Slack over HTTP: who is let in, and what is made of what they bring."""

import json

import pytest
from structlog.testing import capture_logs

from bot.change.model import Transport
from integrations.slack.sandbox.signing import signature
from tests.people.sent import CLICK, COMMAND, FORM, as_form, left_nothing_but_a_line
from tests.slack.front import OURS, SECRET, TEAM, Front, announcement, signed


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


EVE = as_form(CLICK | {"user": {"id": "U0EVE"}})
UNREADABLE = [b"{not json", b"payload=%7Bnot", b"[1, 2]", b'{"a": "\xff"}', b"payload=3", b"payload=", b"payload=null"]
SAID_TWICE = [
    as_form(CLICK) + b"&" + EVE,
    EVE + b"&" + as_form(CLICK),
    COMMAND + b"&user_id=U0ADA",
    b"user_id=U0ADA&" + COMMAND,
]


@pytest.mark.parametrize(
    "body",
    [*UNREADABLE, *SAID_TWICE],
)
def test_what_cannot_be_read_or_says_one_thing_twice_is_a_bad_request(body):
    front = Front()

    with capture_logs() as lines:
        reply = front.send(body, form=not body.startswith(b"["))

    assert (reply.status, reply.body) == (400, "")
    assert left_nothing_but_a_line(front, lines, "slack.request_unreadable")


@pytest.mark.parametrize("kind", ["", "text/plain", "application/octet-stream", "multipart/form-data; boundary=x"])
@pytest.mark.parametrize("body", [COMMAND, as_form(CLICK)])
def test_what_is_signed_is_read_as_slack_writes_it_whatever_it_is_called(kind, body):
    """The content type is not signed: it cannot make something else of the same bytes."""
    front, plain = Front(), Front()

    reply = front.http.dispatch(body, signed(body, front.now) | {"Content-Type": kind})
    plain.http.dispatch(body, signed(body, plain.now) | FORM)

    assert reply.status == 200
    assert front.desk.diary == plain.desk.diary


@pytest.mark.parametrize("body", [COMMAND, as_form(CLICK)])
def test_a_form_that_is_called_json_is_nothing(body):
    front = Front()

    with capture_logs() as lines:
        reply = front.http.dispatch(body, signed(body, front.now) | {"Content-Type": "application/json"})

    assert reply.status == 400
    assert left_nothing_but_a_line(front, lines, "slack.request_unreadable")


def test_whoever_calls_it_a_certificate_check_gets_nothing_done():
    front = Front()

    reply = front.http.dispatch(COMMAND + b"&ssl_check=1", FORM)

    assert (reply.status, reply.body) == (200, "")
    assert front.desk.diary == []


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
