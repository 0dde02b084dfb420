"""Forged, expired, replayed and re-serialised: what does not come from Slack at this moment, byte for byte, is refused.

Nobody hears of it, nothing is asked of anybody, and the log gets one short line.
"""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from bot.api import app as api
from bot.api.limits import LARGEST_BODY
from tests.people.sent import CLICK, COMMAND, FORM, as_form, left_nothing_but_a_line
from tests.slack.front import SECRET, Front, signed

Forge = Callable[[Mapping[str, str]], Mapping[str, str]]
FORGED: dict[str, Forge] = {
    "no headers": lambda true: {},
    "no signature": lambda true: _without(true, "X-Slack-Signature"),
    "no timestamp": lambda true: _without(true, "X-Slack-Request-Timestamp"),
    "an invented signature": lambda true: true | {"X-Slack-Signature": "v0=" + "0" * 64},
    "an empty signature": lambda true: true | {"X-Slack-Signature": ""},
    "a signature in letters nobody signs with": lambda true: true | {"X-Slack-Signature": "v0=é"},
    "half a signature": lambda true: true | {"X-Slack-Signature": true["X-Slack-Signature"][:35]},
    "a longer signature": lambda true: true | {"X-Slack-Signature": true["X-Slack-Signature"] + "00"},
    "a signature in capitals": lambda true: true | {"X-Slack-Signature": true["X-Slack-Signature"].upper()},
    "a signature with a blank": lambda true: true | {"X-Slack-Signature": true["X-Slack-Signature"] + " "},
    "a signature without its version": lambda true: true | {"X-Slack-Signature": true["X-Slack-Signature"][3:]},
    "a signature of another version": lambda true: true | {"X-Slack-Signature": "v1=" + true["X-Slack-Signature"][3:]},
    "two signatures in one header": lambda true: true | {"X-Slack-Signature": f"v0=0, {true['X-Slack-Signature']}"},
    "a timestamp in words": lambda true: true | {"X-Slack-Request-Timestamp": "yesterday"},
    "a timestamp in other digits": lambda true: true | {"X-Slack-Request-Timestamp": "١٢٣"},
    "an empty timestamp": lambda true: true | {"X-Slack-Request-Timestamp": ""},
    "an endless timestamp": lambda true: true | {"X-Slack-Request-Timestamp": "1" * 5000},
    "a timestamp before the epoch": lambda true: true | {"X-Slack-Request-Timestamp": "-1"},
    "a timestamp written otherwise": lambda true: true | {"X-Slack-Request-Timestamp": "0" + _stamp(true)},
    "the timestamp of another second": lambda true: true | {"X-Slack-Request-Timestamp": str(int(_stamp(true)) + 1)},
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
def test_what_is_not_signed_by_slack_is_refused_and_leaves_one_short_line(forged):
    front = Front()
    given = forged(signed(COMMAND, front.now))

    with capture_logs() as lines:
        reply = front.http.dispatch(COMMAND, given | FORM)

    assert (reply.status, reply.body, dict(reply.headers)) == (401, "", {})
    assert left_nothing_but_a_line(front, lines, "slack.request_refused")


def _without(headers: Mapping[str, str], name: str) -> Mapping[str, str]:
    return {one: value for one, value in headers.items() if one != name}


def _stamp(headers: Mapping[str, str]) -> str:
    return headers["X-Slack-Request-Timestamp"]


RESERIALISED = {
    "the fields in another order": (COMMAND, b"&".join(reversed(COMMAND.split(b"&")))),
    "blanks written otherwise": (COMMAND, COMMAND.replace(b"+", b"%20")),
    "percents in small letters": (COMMAND, COMMAND.replace(b"%2F", b"%2f")),
    "a field more": (COMMAND, COMMAND + b"&user_id=U0ADA"),
    "a field less": (COMMAND, COMMAND[: COMMAND.rindex(b"&")]),
    "an empty field more": (COMMAND, COMMAND + b"&"),
    "a line's end more": (COMMAND, COMMAND + b"\n"),
    "a mark of the byte order": (COMMAND, b"\xef\xbb\xbf" + COMMAND),
    "JSON without blanks": (as_form(CLICK), as_form(CLICK, separators=(",", ":"))),
    "JSON in alphabetical order": (as_form(CLICK), as_form(CLICK, sort_keys=True)),
    "JSON outside of its form": (as_form(CLICK), json.dumps(CLICK).encode()),
    "another change's number": (as_form(CLICK), as_form(CLICK).replace(b"CHG0030042", b"CHG0030043")),
    "nothing at all": (COMMAND, b""),
}


@pytest.mark.parametrize(("sent", "came"), RESERIALISED.values(), ids=RESERIALISED.keys())
def test_the_signature_is_over_the_very_bytes(sent, came):
    front = Front()
    assert came != sent

    with capture_logs() as lines:
        reply = front.http.dispatch(came, signed(sent, front.now) | FORM)

    assert (reply.status, reply.body) == (401, "")
    assert left_nothing_but_a_line(front, lines, "slack.request_refused")
    assert front.http.dispatch(sent, signed(sent, front.now) | FORM).status == 200, "the very bytes are let in"
    assert len(front.desk.diary) == 1


def test_a_signature_belongs_to_one_request():
    front = Front()
    other = COMMAND.replace(b"1.0.0", b"1.0.1")

    front.http.dispatch(COMMAND, signed(COMMAND, front.now) | FORM)

    assert front.http.dispatch(other, signed(COMMAND, front.now) | FORM).status == 401
    assert len(front.desk.diary) == 1


def test_another_secrets_signature_is_refused():
    front = Front()

    assert front.http.dispatch(COMMAND, signed(COMMAND, front.now, "0" * 32) | FORM).status == 401


@pytest.mark.parametrize("age", [301, -301, 86_400, -86_400])
def test_a_signature_older_than_five_minutes_or_from_the_future_is_refused(age):
    front = Front()

    with capture_logs() as lines:
        reply = front.send(COMMAND, age=timedelta(seconds=age))

    assert (reply.status, reply.body) == (401, "")
    assert left_nothing_but_a_line(front, lines, "slack.request_refused")


@pytest.mark.parametrize("age", [299, -299])
def test_a_signature_of_five_minutes_is_still_good(age):
    assert Front().send(COMMAND, age=timedelta(seconds=age)).status == 200


def test_the_same_request_is_heard_once():
    front = Front()
    given = signed(COMMAND, front.now) | FORM

    first, second = front.http.dispatch(COMMAND, given), front.http.dispatch(COMMAND, given)

    assert (first.status, second.status, second.body) == (200, 401, "")
    assert len(front.desk.diary) == 1


@pytest.mark.parametrize("signed_ahead", [0, 299])
def test_a_copy_is_refused_for_as_long_as_it_looks_fresh_and_afterwards_too(signed_ahead):
    """Slack's clock may be ahead of ours, and then its signature stays fresh for longer."""
    front = Front()
    given = signed(COMMAND, front.now + timedelta(seconds=signed_ahead)) | FORM
    front.http.dispatch(COMMAND, given)

    for _ in range(21):
        front.now += timedelta(seconds=30)
        assert front.http.dispatch(COMMAND, given).status == 401
    assert len(front.desk.diary) == 1


def test_a_copy_that_calls_itself_a_retry_does_nothing_either():
    front = Front()
    body = as_form(CLICK)
    given = signed(body, front.now) | FORM
    front.http.dispatch(body, given)

    assert front.http.dispatch(body, given | {"X-Slack-Retry-Num": "1"}).status == 200
    assert (len(front.desk.diary), len(front.whispers)) == (1, 1)


def test_a_copy_at_another_replicas_door_is_heard_once():
    """The other remembers no signatures of this one's: what is said has a name of its own besides."""
    front = Front()
    body = as_form(CLICK)
    given = signed(body, front.now) | FORM

    statuses = [door.dispatch(body, given).status for door in (front.http, front.slack.http(SECRET))]

    assert statuses == [200, 200]
    assert len(front.desk.diary) == 1


# ------------------------------------------------------------------------------------------------- as it comes by HTTP


def by_http(front: Front, body: bytes, headers: list[tuple[str, str]]) -> int:
    health = api.Health(is_ready=lambda: (True, ""), version="1")
    site = TestClient(api.build(health=health, slack=front.http.dispatch, routers=[]), raise_server_exceptions=False)
    return int(site.post("/slack/events", content=body, headers=[*headers, *FORM.items()]).status_code)


@pytest.mark.parametrize(("order", "status"), [((0, 1), 200), ((1, 0), 401), ((1, 1), 401)])
def test_of_two_signatures_the_first_has_to_be_right(order, status):
    front = Front()
    stamp, right = signed(COMMAND, front.now).items()
    signatures = [right, (right[0], "v0=" + "0" * 64)]

    answered = by_http(front, COMMAND, [stamp, *(signatures[n] for n in order)])

    assert answered == status
    assert len(front.desk.diary) == (status == 200)


def test_a_huge_body_is_not_read_to_its_end_even_when_it_is_signed():
    front = Front()
    body = COMMAND + b"x" * LARGEST_BODY

    with capture_logs() as lines:
        answered = by_http(front, body, list(signed(body, front.now).items()))

    assert answered == 413
    assert (front.desk.diary, lines) == ([], [])
