"""Short stories of Slack's requests: whose they are, how soon they are answered, and what is written down by then."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from tests.mutants.by_hand import command, headers_for, knock
from tests.stories.telling import ask_and_wait
from tests.stories.town import Town


def test_only_what_slack_signed_is_heard(place: Town) -> None:
    body = command("help")

    assert knock(place, body, headers_for(place, body)).status_code == 200
    assert knock(place, body, headers_for(place, body, secret="another")).status_code == 401
    unsigned = {"content-type": "application/x-www-form-urlencoded"}
    assert knock(place, body, unsigned).status_code == 401


@pytest.mark.parametrize("age", [pytest.param(400, id="long ago"), pytest.param(-400, id="in the future")])
def test_what_was_signed_at_another_time_is_not_heard(place: Town, age: float) -> None:
    body = command("help")

    assert knock(place, body, headers_for(place, body, age=age)).status_code == 401


def test_what_was_heard_once_cannot_be_sent_by_somebody_else(place: Town) -> None:
    body = command("help")
    headers = headers_for(place, body)

    assert [knock(place, body, headers).status_code for _ in range(2)] == [200, 401]


def test_a_service_may_be_called_payload(place: Town) -> None:
    answer = place.type("linus", "/deploy payload-service 1.0.0", channel="platform")

    assert answer["ok"] and "heard" in place.said_to(answer)
    place.until_card("payload-service 1.0.0", channel="platform")


def test_an_answer_does_not_wait_for_slack(place: Town) -> None:
    """Slack's own API hangs; the press is answered all the same."""
    number = ask_and_wait(place, "linus", "payments 2.4.1")
    place.standins.post("slack", "switches", ack_seconds=6.0)
    place.standins.fault("slack", "*", "pause_before", times=-1)

    answer = place.press("ada", "change.approve", number=number)

    place.standins.delete("slack", "faults")
    assert answer["ok"], answer


def test_a_form_opens_before_anything_else_is_asked(place: Town) -> None:
    """A trigger lives three seconds; whatever is slow comes after the form."""
    number = ask_and_wait(place, "linus", "payments 2.4.1")
    for call in ("users.info", "conversations.info", "auth.test"):
        place.standins.fault("slack", call, "delay", times=-1, seconds=3.5)

    place.press("ada", "change.reject", number=number)

    assert [view["title"]["text"] for view in place.screen("ada")["views"]] == [f"Reject {number}"]


def test_what_is_not_written_down_is_not_answered(place: Town) -> None:
    """Somebody else holds the database: the presser sees that it failed, and presses again."""
    number = ask_and_wait(place, "linus", "payments 2.4.1")
    place.standins.post("slack", "switches", ack_seconds=2.0)
    with nobody_writes(place):
        answer = place.press("ada", "change.hold", number=number)

    assert not answer["ok"], answer


@contextmanager
def nobody_writes(place: Town) -> Iterator[None]:
    """The database is locked for as long as it lasts."""
    path = place.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as memory:
        memory.execute("BEGIN IMMEDIATE")
        yield
        memory.execute("ROLLBACK")
