"""Commenting on stories over the wire: once, findable, and harmless whatever the text."""

from typing import Any

import pytest

from bot.ports import Declined, NotOurTurn, NotThere, Outage, Unknown
from integrations.standin.faults import Fault
from tests.integrations.jira.clients import calls, tracker
from tests.integrations.jira.conftest import RunningJira

COMMENT = "POST /rest/api/2/issue/{key}/comment"
MARKER = "card/CHG0030042/approved"


@pytest.fixture(params=["Cloud", "Server"])
def either(jira: RunningJira, request: pytest.FixtureRequest) -> RunningJira:
    jira.switch(deployment=request.param)
    return jira


def shown(jira: RunningJira, key: str = "PAY-101") -> list[dict[str, Any]]:
    return list(jira.call("GET", f"/issue/{key}/comment").json()["comments"])


def answers(jira: RunningJira, call: str) -> list[int | None]:
    """How each of these calls was answered."""
    return [entry.status for entry in jira.standin.diary if entry.call == call]


def test_a_comment_is_found_by_its_marker(either: RunningJira) -> None:
    client = tracker(either)
    client.comment("PAY-101", "Opened", "another marker")

    written = client.comment("PAY-101", "Approved by Ada", MARKER)
    client.comment("PAY-101", "Done", "a third one")

    assert client.find_comment("PAY-101", MARKER) == written
    assert client.find_comment("PAY-101", "never written") == ""
    assert client.find_comment("PAY-102", MARKER) == ""


def test_of_two_the_newest_is_found(either: RunningJira) -> None:
    client = tracker(either)
    client.comment("PAY-101", "first", MARKER)

    assert client.find_comment("PAY-101", MARKER) != client.comment("PAY-101", "second", MARKER)
    assert client.find_comment("PAY-101", MARKER) == shown(either)[-1]["id"]


def test_a_marker_on_somebody_elses_comment_is_not_ours(either: RunningJira) -> None:
    client = tracker(either)
    client.comment("PAY-101", "ours", MARKER)
    elses = {"key": "someone", "name": "someone", "accountId": "someone"}
    either.standin.faults.add(
        Fault(
            "GET */issue/{key}/comment",
            "answer",
            status=200,
            body={"comments": [{"id": "10000", "author": elses}], "total": 1, "startAt": 0, "maxResults": 100},
        )
    )
    either.standin.faults.add(Fault("GET */issue/{key}/comment", "answer", status=200, body={"comments": []}))

    assert client.find_comment("PAY-101", MARKER) == ""


def test_comments_are_kept_from_customers(jira: RunningJira) -> None:
    tracker(jira).comment("PAY-101", "internal", MARKER)

    assert [comment["jsdPublic"] for comment in shown(jira)] == [False]


def test_finding_among_hundreds_is_bounded(jira: RunningJira) -> None:
    jira.switch(limits_writes=False)
    client = tracker(jira)
    written = client.comment("PAY-101", "the first", MARKER)
    for number in range(150):
        jira.call("POST", "/issue/PAY-101/comment", {"body": f"chatter {number}"})
    jira.standin.diary.clear()

    assert client.find_comment("PAY-101", MARKER) == written
    assert calls(jira).count("GET /rest/api/2/issue/{key}/comment") == 2
    assert calls(jira).count("POST /rest/api/2/comment/list") == 2


def test_a_lost_answer_is_unknown_and_nothing_is_sent_twice(jira: RunningJira) -> None:
    jira.standin.faults.add(Fault(COMMENT, "drop_after"))
    client = tracker(jira)

    with pytest.raises(Unknown):
        client.comment("PAY-101", "Approved", MARKER)

    assert calls(jira).count(COMMENT) == 1
    assert client.find_comment("PAY-101", MARKER) == shown(jira)[0]["id"]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_after_a_comment_is_unknown(jira: RunningJira, status: int) -> None:
    jira.standin.faults.add(Fault(COMMENT, "answer_after", status=status, body="<html>gateway</html>"))

    with pytest.raises(Unknown):
        tracker(jira).comment("PAY-101", "Approved", MARKER)


def test_many_comments_on_one_issue_are_written_at_jiras_pace(jira: RunningJira) -> None:
    client = tracker(jira)

    for number in range(21):
        client.comment("PAY-101", f"comment {number}", f"marker {number}")

    assert len(shown(jira)) == 21
    assert set(answers(jira, COMMENT)) == {201}


def test_what_two_replicas_write_too_often_has_to_wait(jira: RunningJira) -> None:
    replicas = tracker(jira), tracker(jira)

    with pytest.raises(Outage) as outage:
        for number in range(30):
            replicas[number % 2].comment("PAY-101", f"comment {number}", f"marker {number}")

    assert outage.value.retry_after is not None
    assert len(shown(jira)) == 20


def test_nothing_is_sent_while_jira_wants_a_pause(jira: RunningJira) -> None:
    client = tracker(jira)
    jira.standin.faults.add(Fault(COMMENT, "answer", status=429, headers={"Retry-After": "1847"}))
    with pytest.raises(Outage):
        client.comment("PAY-101", "first", MARKER)

    with pytest.raises(NotOurTurn) as early:
        client.comment("PAY-102", "second", MARKER)

    assert early.value.retry_after is not None and early.value.retry_after.total_seconds() > 1800
    assert answers(jira, COMMENT) == [429]
    assert client.find_comment("PAY-102", MARKER) == ""  # other addresses are not held


def test_a_missing_right_says_its_reason(either: RunningJira) -> None:
    either.switch(can_comment=False)

    with pytest.raises(Declined, match="permission to comment"):
        tracker(either).comment("PAY-101", "Approved", MARKER)


def test_there_is_no_comment_on_what_is_not_there(either: RunningJira) -> None:
    with pytest.raises(NotThere):
        tracker(either).comment("SEC-3", "Approved", MARKER)
    with pytest.raises(NotThere):
        tracker(either).find_comment("PAY-999", MARKER)


def test_hostile_text_arrives_as_text(jira: RunningJira) -> None:
    tracker(jira).comment("PAY-101", "{panel}x{panel} [~accountid:1] !a.png! =cmd() @ada \u202eevil", MARKER)

    (comment,) = shown(jira)
    assert comment["body"] == r"\{panel\}x\{panel\} \[\~accountid:1\] \!a.png\! =cmd() @ada evil"


def test_a_very_long_text_is_cut_and_says_so(jira: RunningJira) -> None:
    tracker(jira).comment("PAY-101", "{" * 40_000, MARKER)

    (comment,) = shown(jira)
    assert comment["body"].endswith("more characters were cut)")
