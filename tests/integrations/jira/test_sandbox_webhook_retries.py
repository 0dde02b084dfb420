"""How often a webhook comes: at least once, again after some answers, never after others."""

from collections.abc import Iterator

import pytest
import requests

from tests.integrations.jira.conftest import RunningJira
from tests.integrations.jira.receiver import Letter, Receiver, receiving
from tests.integrations.jira.test_sandbox_webhooks import subscribe

SAME = "x-atlassian-webhook-identifier"
RETRY = "x-atlassian-webhook-retry"


@pytest.fixture
def receiver(jira: RunningJira) -> Iterator[Receiver]:
    jira.switch(webhook_retry_scale=0.00001)
    with receiving() as open_for:
        yield open_for


def touch(jira: RunningJira, receiver: Receiver, *answers: int) -> None:
    subscribe(jira, receiver, "jira:issue_updated")
    receiver.answers = list(answers)
    jira.change("PAY-101", summary="Renamed")


def after_the_next(jira: RunningJira, receiver: Receiver, count: int) -> list[Letter]:
    """Everything about the first event, once a second one has come too: by then no more was tried at once."""
    receiver.wait_for(count)
    jira.change("PAY-102", summary="The second")
    receiver.wait_for(count + 1)
    return [letter for letter in receiver.letters if letter.json["issue"]["key"] == "PAY-101"]


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504, 0])
def test_comes_again_after_trouble_as_the_same(jira: RunningJira, receiver: Receiver, status: int) -> None:
    touch(jira, receiver, status, status)
    letters = receiver.wait_for(3)

    assert len({letter.headers[SAME] for letter in letters}) == 1
    assert len({letter.body for letter in letters}) == 1
    assert [letter.headers.get(RETRY) for letter in letters] == [None, "1", "2"]


def test_comes_five_more_times_and_no_more(jira: RunningJira, receiver: Receiver) -> None:
    touch(jira, receiver, *[503] * 6)
    letters = after_the_next(jira, receiver, 6)

    assert [letter.headers.get(RETRY) for letter in letters] == [None, "1", "2", "3", "4", "5"]


@pytest.mark.parametrize("status", [200, 204, 301, 400, 401, 403, 404, 410])
def test_comes_once_after_an_answer_that_means_it(jira: RunningJira, receiver: Receiver, status: int) -> None:
    touch(jira, receiver, status)

    assert len(after_the_next(jira, receiver, 1)) == 1


def test_comes_twice_though_it_was_answered(jira: RunningJira, receiver: Receiver) -> None:
    jira.switch(webhook_duplicates=1)
    touch(jira, receiver)
    first, second = receiver.wait_for(2)

    assert first.headers[SAME] == second.headers[SAME]
    assert RETRY not in second.headers


def test_comes_again_when_our_answer_got_lost(jira: RunningJira, receiver: Receiver) -> None:
    jira.switch(webhook_lost_acks=1)
    touch(jira, receiver)
    first, second = receiver.wait_for(2)

    assert first.headers[SAME] == second.headers[SAME]
    assert second.headers[RETRY] == "1"


def test_comes_again_on_demand(jira: RunningJira, receiver: Receiver) -> None:
    touch(jira, receiver)
    (letter,) = receiver.wait_for(1)
    address = f"{jira.url}/_standin/webhooks/redeliver"

    assert requests.post(address, json={"identifier": letter.headers[SAME]}, timeout=10).ok
    assert requests.post(address, json={"identifier": "nobody"}, timeout=10).status_code == 404
    assert receiver.wait_for(2)[1].body == letter.body


def test_two_webhooks_get_two_identifiers(jira: RunningJira, receiver: Receiver) -> None:
    subscribe(jira, receiver, "jira:issue_updated", name="another")
    touch(jira, receiver)

    assert len({letter.headers[SAME] for letter in receiver.wait_for(2)}) == 2


def test_nobody_there_is_tried_again_and_written_down(jira: RunningJira, receiver: Receiver) -> None:
    subscribe(jira, receiver, "jira:issue_updated", url="http://127.0.0.1:9/nobody")
    jira.switch(webhook_retry_scale=1000.0)
    jira.change("PAY-101", summary="Renamed")
    subscribe(jira, receiver, "jira:issue_updated", name="another")
    jira.change("PAY-102", summary="Renamed")
    receiver.wait_for(1)

    tried = requests.get(f"{jira.url}/_standin/webhooks", timeout=10).json()
    assert [one["status"] for one in tried if one["issue"] == "PAY-101"] == [None]


def test_a_data_center_tries_once_and_names_nothing(data_center: RunningJira, receiver: Receiver) -> None:
    touch(data_center, receiver, 503)
    (letter,) = after_the_next(data_center, receiver, 1)

    assert SAME not in letter.headers
    assert "accountId" not in str(letter.json["user"])
