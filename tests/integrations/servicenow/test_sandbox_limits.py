"""Rate limits: which rule holds, what is told of it, and what is written down."""

from typing import Any

import pytest
import requests

from tests.integrations.servicenow.conftest import Servicenow

CHANGES = "/api/now/table/change_request"
CHANGE_API = "/api/sn_chg_rest/change"
HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Reset", "X-RateLimit-Rule")


@pytest.fixture(autouse=True)
def signed_in(snow: Servicenow) -> None:
    for account in ("change", "approval"):
        snow.headers(account)


def limit_of(answer: requests.Response) -> str | None:
    return answer.headers.get("X-RateLimit-Limit")


def rows(snow: Servicenow, table: str) -> list[dict[str, Any]]:
    snow.person("katherine", roles=["admin"])
    found: list[dict[str, Any]] = snow.result("GET", f"/api/now/table/{table}", by="katherine")
    return found


def test_headers_are_there_only_where_a_rule_matches(snow: Servicenow):
    snow.switch(rate_limits=[{"limit": 5, "api": "table", "table": "change_request"}])

    matched = snow.call("GET", CHANGES)
    other_table = snow.call("GET", "/api/now/table/sys_user", sysparm_limit="1")
    other_api = snow.call("GET", CHANGE_API)

    assert all(name in matched.headers for name in HEADERS)
    assert "Retry-After" not in matched.headers
    assert not any(name in answer.headers for name in HEADERS for answer in (other_table, other_api))
    assert int(matched.headers["X-RateLimit-Reset"]) % 3600 == 0


def test_a_used_up_rule_is_a_429_with_its_own_words(snow: Servicenow):
    snow.switch(rate_limits=[{"limit": 1, "api": "change"}])
    snow.call("GET", CHANGE_API)

    answer = snow.call("GET", CHANGE_API)

    assert answer.status_code == 429
    assert answer.json()["error"] == {
        "message": "Rate limit exceeded",
        "detail": "Rate limit of 1 requests per hour for Change Management API exceeded",
    }
    assert 1 <= int(answer.headers["Retry-After"]) <= 3600
    assert snow.call("GET", CHANGES).status_code == 200


def test_one_users_rule_goes_before_a_roles_and_a_roles_before_everybodys(snow: Servicenow):
    everybody, role, user = {"limit": 10}, {"limit": 20, "role": "itil"}, {"limit": 30, "user": "cabbie.change"}

    seen = []
    for rules in ([everybody], [everybody, role], [everybody, role, user]):
        snow.switch(rate_limits=rules)
        seen.append((limit_of(snow.call("GET", CHANGES)), limit_of(snow.call("GET", CHANGES, by="approval"))))

    assert seen == [("10", "10"), ("20", "10"), ("30", "10")]


def test_of_two_roles_the_lower_limit_holds(snow: Servicenow):
    snow.switch(rate_limits=[{"limit": 50, "role": "itil"}, {"limit": 40, "role": "sn_change_write"}])

    assert limit_of(snow.call("GET", CHANGES)) == "40"


def test_each_user_has_a_count_of_their_own(snow: Servicenow):
    snow.switch(rate_limits=[{"limit": 1}])
    statuses = [snow.call("GET", CHANGES).status_code for _ in range(2)]

    assert statuses == [200, 429]
    assert snow.call("GET", CHANGES, by="approval").status_code == 200


def test_the_limit_may_bite_late(snow: Servicenow):
    snow.switch(rate_limits=[{"limit": 1}], rate_limit_late=2)

    assert [snow.call("GET", CHANGES).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_rules_and_violations_are_an_administrators_to_read(snow: Servicenow):
    snow.switch(rate_limits=[{"limit": 1, "user": "cabbie.change"}])
    for _ in range(3):
        snow.call("GET", CHANGES)
    hidden = snow.call("GET", "/api/now/table/sys_rate_limit_rules", by="approval")

    rules, violations = rows(snow, "sys_rate_limit_rules"), rows(snow, "sys_rate_limit_violations")

    assert hidden.status_code == 403
    assert [(rule["name"], rule["limit"]) for rule in rules] == [("cabbie.change", "1")]
    assert [(row["rule"]["value"], row["count"]) for row in violations] == [(rules[0]["sys_id"], "2")]


def test_a_refused_call_does_nothing(snow: Servicenow):
    snow.switch(rate_limits=[{"limit": 0, "api": "change"}])

    snow.call("POST", CHANGE_API, {"short_description": "x"})

    assert snow.result("GET", CHANGES) == []
