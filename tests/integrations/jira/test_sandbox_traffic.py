"""Limits on how much may be asked: bursts, an app's points, a Data Center's bucket; and every form of come again."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests

from integrations.jira.sandbox.errors import Refused
from integrations.jira.sandbox.switches import SWITCHES
from integrations.jira.sandbox.traffic import Traffic
from integrations.standin.faults import Fault
from tests.integrations.jira.apps import app_of
from tests.integrations.jira.conftest import RunningJira


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def burst(traffic: Traffic, times: int, method: str = "PUT", address: str = "/issue/{key}") -> None:
    for _ in range(times):
        traffic.burst(method, address)


class TestBursts:
    def test_a_bucket_is_emptied_and_fills_again(self) -> None:
        traffic = Traffic(dict(SWITCHES) | {"burst_capacity": 10}, clock := Clock())
        burst(traffic, 10)

        with pytest.raises(Refused) as refusal:
            burst(traffic, 1)
        assert refusal.value.status == 429
        assert refusal.value.headers["RateLimit-Reason"] == "jira-burst-based"
        clock.now += 0.1
        burst(traffic, 5)  # fifty a second for PUT
        with pytest.raises(Refused):
            burst(traffic, 1)

    def test_each_address_and_verb_has_its_own(self) -> None:
        traffic = Traffic(dict(SWITCHES) | {"burst_capacity": 10}, Clock())
        burst(traffic, 10)

        burst(traffic, 10, "GET")
        burst(traffic, 10, "PUT", "/issue/{key}/properties/{property}")
        with pytest.raises(Refused):
            burst(traffic, 1)

    def test_every_answer_tells_what_is_left_and_when_it_gets_tight(self, jira: RunningJira) -> None:
        jira.switch(burst_capacity=5)
        answers = [jira.call("GET", "/myself") for _ in range(200)]
        good, refused = (next(a for a in answers if a.status_code == status) for status in (200, 429))

        assert (good.headers["X-RateLimit-Limit"], good.headers["X-RateLimit-Remaining"]) == ("5", "4")
        assert "X-RateLimit-NearLimit" not in good.headers
        assert any(answer.headers.get("X-RateLimit-NearLimit") == "true" for answer in answers)
        assert refused.headers["RateLimit-Reason"] == "jira-burst-based"
        assert int(refused.headers["Retry-After"]) >= 1
        jira.switch(burst_capacity=0)
        assert "X-RateLimit-Limit" not in jira.call("GET", "/myself").headers


class TestQuota:
    def test_is_for_apps_alone(self, jira: RunningJira) -> None:
        jira.switch(quota_points=3)
        app = app_of(jira)
        statuses = [app.call("GET", "/issue/PAY-101").status_code for _ in range(3)]

        assert statuses == [200, 200, 429]  # a read costs one and one for the issue
        assert jira.call("GET", "/issue/PAY-101").status_code == 200

    def test_says_how_long_until_the_hour_is_over(self, jira: RunningJira) -> None:
        jira.switch(quota_points=1, quota_reason="jira-quota-tenant-based")
        app = app_of(jira)
        app.call("GET", "/myself")
        refused = app.call("GET", "/myself")

        assert refused.status_code == 429
        assert refused.headers["RateLimit-Reason"] == "jira-quota-tenant-based"
        reset = datetime.fromisoformat(refused.headers["X-RateLimit-Reset"])
        assert reset - datetime.now(UTC) <= timedelta(hours=1, seconds=2)
        assert 1 <= int(refused.headers["Retry-After"]) <= 3600
        assert refused.headers["RateLimit"].startswith('"global-app-quota";r=0;t=')

    def test_reading_many_costs_many(self, jira: RunningJira) -> None:
        jira.switch(quota_points=1000)
        app = app_of(jira)
        app.call("POST", "/issue/bulkfetch", {"issueIdsOrKeys": [f"BULK-{n}" for n in range(1, 101)]})
        app.call("POST", "/issue/PAY-101/remotelink", {"object": {"url": "https://a.example", "title": "x"}})
        jira.switch(quota_points=102)

        assert app.call("GET", "/myself").status_code == 429


def test_a_data_center_has_a_bucket_for_each_user_where_one_is_set(data_center: RunningJira) -> None:
    assert "X-RateLimit-Limit" not in data_center.call("GET", "/myself").headers
    data_center.switch(dc_rate_limit=3, dc_rate_fill=1, dc_rate_interval_seconds=3600)
    answers = [data_center.call("GET", "/myself") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    told = answers[0].headers
    assert (told["X-RateLimit-Limit"], told["X-RateLimit-FillRate"]) == ("3", "1")
    assert (told["X-RateLimit-Interval-Seconds"], told["X-RateLimit-Remaining"]) == ("3600", "2")
    assert data_center.call("GET", "/serverInfo", headers={}).status_code == 200
    data_center.switch(dc_rate_limit=4, dc_rate_fill=1, dc_rate_interval_seconds=1)
    refused = next(a for a in (data_center.call("GET", "/myself") for _ in range(20)) if a.status_code == 429)
    assert refused.headers["Retry-After"] == "0"


LATER = format_datetime(datetime(2030, 1, 1, tzinfo=UTC), usegmt=True)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("form", ["7", "0", "1847", "1.5", LATER, None])
def test_any_form_of_come_again_can_be_had(jira: RunningJira, status: int, form: str | None) -> None:
    headers = {"Retry-After": form} if form else {}
    jira.standin.faults.add(Fault("GET */issue/{key}", "answer", status=status, headers=headers, body="<html>"))
    refused = jira.call("GET", "/issue/PAY-101")

    assert (refused.status_code, refused.headers.get("Retry-After")) == (status, form)
    assert jira.call("GET", "/issue/PAY-101").status_code == 200


def test_the_gateway_may_say_when_in_another_header(jira: RunningJira) -> None:
    headers = {"X-RateLimit-Reset": "2030-01-01T00:00Z", "X-Failure-Category": "FAILURE_CLIENT_RATE_LIMIT"}
    jira.standin.faults.add(Fault("GET */issue/{key}", "answer", status=429, headers=headers, body={}))

    assert jira.call("GET", "/issue/PAY-101").headers["X-RateLimit-Reset"] == "2030-01-01T00:00Z"


def test_calls_are_counted_by_address_for_budgets(jira: RunningJira) -> None:
    def counted(since: int = 0) -> dict[str, int]:
        counts: dict[str, int] = requests.get(f"{jira.url}/_standin/calls?since={since}", timeout=10).json()
        return counts

    for key in ("PAY-101", "PAY-102"):
        jira.call("GET", f"/issue/{key}")
    jira.call("POST", "/issue/bulkfetch", {"issueIdsOrKeys": ["PAY-101"]})

    assert counted() == {"GET /rest/api/2/issue/{key}": 2, "POST /rest/api/2/issue/bulkfetch": 1}
    assert counted(since=2) == {"POST /rest/api/2/issue/bulkfetch": 1}
