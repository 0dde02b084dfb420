"""How often one issue may be written, and what the one too many hears."""

import pytest

from integrations.jira.sandbox.errors import Refused
from integrations.jira.sandbox.limiter import WriteLimiter
from tests.integrations.jira.conftest import RunningJira


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def write(limiter: WriteLimiter, times: int, issue: int = 1) -> None:
    for _ in range(times):
        limiter.count(issue)


def test_twenty_writes_in_two_seconds() -> None:
    limiter = WriteLimiter(clock := Clock())
    write(limiter, 20)

    with pytest.raises(Refused) as refusal:
        write(limiter, 1)
    assert refusal.value.status == 429
    assert refusal.value.headers["Retry-After"] == "2"
    write(limiter, 20, issue=2)
    clock.now += 2.01
    write(limiter, 20)


def test_a_hundred_writes_in_thirty_seconds() -> None:
    limiter = WriteLimiter(clock := Clock())
    for _ in range(5):
        write(limiter, 20)
        clock.now += 2.01

    with pytest.raises(Refused) as refusal:
        write(limiter, 1)
    assert refusal.value.headers["Retry-After"] == "20"
    clock.now += 20
    write(limiter, 1)


def test_a_refused_write_changes_nothing_and_says_when_to_come_again(jira: RunningJira) -> None:
    jira.standin.switches["limits_writes"] = True
    path = "/issue/PAY-101/properties/mark"
    answers = [jira.call("PUT", path, number) for number in range(101)]

    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["RateLimit-Reason"] == "jira-per-issue-on-write"
    assert int(refused.headers["Retry-After"]) >= 1
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert refused.headers["X-RateLimit-Reset"].endswith("Z")
    last_good = max(number for number, answer in enumerate(answers) if answer.status_code < 300)
    assert jira.issue_state("PAY-101")["properties"] == {"mark": last_good}


def test_a_data_center_and_a_switch_know_no_such_limit(jira: RunningJira) -> None:
    for setting in ({"limits_writes": False}, {"limits_writes": True, "deployment": "Server"}):
        jira.switch(**setting)
        statuses = {jira.call("PUT", "/issue/PAY-101/properties/mark", 1).status_code for _ in range(30)}
        assert 429 not in statuses
