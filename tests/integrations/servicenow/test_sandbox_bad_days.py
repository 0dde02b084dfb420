"""Days on which the instance answers something else: asleep, upgrading, exhausted, cancelled half-way."""

import json

import pytest
import requests

from tests.integrations.servicenow.conftest import Servicenow

CHANGES = "/api/now/table/change_request"
CHANGE_API = "/api/sn_chg_rest/v1/change"
PATHS = (CHANGES, CHANGE_API, "/api/now/attachment", "/api/nothing", "/change_request.do", "/oauth_auth.do")
CANCELLED = "Transaction cancelled: maximum execution time exceeded"


def get(snow: Servicenow, path: str) -> requests.Response:
    return requests.get(f"{snow.url}{path}", headers=snow.headers("change"), timeout=5, allow_redirects=False)


@pytest.fixture(autouse=True)
def signed_in(snow: Servicenow) -> None:
    snow.headers("change")


def test_a_hibernating_instance_answers_200_and_a_page(snow: Servicenow):
    snow.switch(condition="hibernating")

    answers = [get(snow, path) for path in PATHS]
    created = snow.call("POST", CHANGE_API, {"short_description": "x"})
    token = snow.token("change")

    for answer in (*answers, created, token):
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/html")
        assert "hibernating" in answer.text


def test_nothing_is_done_while_it_sleeps(snow: Servicenow):
    snow.switch(condition="hibernating")
    snow.call("POST", CHANGE_API, {"short_description": "x"})
    snow.switch(condition="awake")

    assert snow.result("GET", CHANGES) == []


def test_an_upgrade_is_a_503_page(snow: Servicenow):
    snow.switch(condition="upgrading")

    answer = get(snow, CHANGES)

    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (503, "text/html")


def test_single_sign_on_may_guard_every_path(snow: Servicenow):
    snow.switch(condition="login")

    answer = get(snow, CHANGES)
    followed = requests.get(f"{snow.url}{CHANGES}", headers=snow.headers("change"), timeout=5)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login_redirect.do?sysparm_url=%2Fapi%2Fnow")
    assert (followed.status_code, followed.headers["Content-Type"].partition(";")[0]) == (200, "text/html")


@pytest.mark.parametrize(("status", "kind"), [(429, "application/json"), (503, "text/html")])
def test_when_every_session_is_taken(snow: Servicenow, status: int, kind: str):
    snow.switch(condition="exhausted", semaphore_status=status)

    answer = get(snow, CHANGES)

    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (status, kind)
    assert "Retry-After" not in answer.headers and "X-RateLimit-Limit" not in answer.headers


def test_a_cancelled_transaction_may_have_been_committed(snow: Servicenow):
    snow.switch(cancelled_transactions=[{"call": "POST */change"}])

    answer = snow.call("POST", CHANGE_API, {"short_description": "x", "correlation_id": "cabbie-1"})
    found = snow.result("GET", CHANGES, sysparm_query="correlation_id=cabbie-1")

    assert answer.status_code == 500
    assert answer.json() == {
        "error": {"message": CANCELLED, "detail": f"{CANCELLED}. Check logs for error trace."},
        "status": "failure",
    }
    assert len(found) == 1


def test_or_not(snow: Servicenow):
    snow.switch(cancelled_transactions=[{"call": "POST *", "commits": False, "times": 2}])

    answers = [snow.call("POST", CHANGES, {"short_description": "x"}).status_code for _ in range(3)]

    assert answers == [500, 500, 201]
    assert len(snow.result("GET", CHANGES)) == 1


def test_a_committed_move_sets_its_flow_off_all_the_same(snow: Servicenow):
    sys_id = snow.new_change()
    snow.switch(cancelled_transactions=[{"call": "PATCH *"}])

    answer = snow.move(sys_id, "-4")

    assert answer.status_code == 500
    snow.until_asked(sys_id, "ada")


def test_a_list_may_break_off_within_its_answer(snow: Servicenow):
    snow.new_change()
    snow.switch(cancelled_transactions=[{"call": "GET */change_request", "ends": "malformed"}])

    answer = snow.call("GET", CHANGES)

    assert answer.status_code == 200
    assert CANCELLED in answer.text
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_or_tell_of_the_error_behind_the_result(snow: Servicenow):
    snow.new_change()
    snow.switch(cancelled_transactions=[{"call": "GET */change_request", "ends": "trailing"}])

    answer = snow.call("GET", CHANGES).json()

    assert len(answer["result"]) == 1
    assert answer["error"]["message"] == CANCELLED


def test_a_body_that_is_too_long_for_a_scripted_api(snow: Servicenow):
    snow.switch(content_megabytes=1)
    body = {"short_description": "x", "description": "y" * 1_100_000}

    by_change_api = snow.call("POST", CHANGE_API, body)
    by_table = snow.call("POST", CHANGES, body)

    assert (by_change_api.status_code, by_table.status_code) == (400, 201)
    assert len(snow.result("GET", CHANGES)) == 1


def test_a_unique_index_of_the_instances_own(snow: Servicenow):
    plain = [snow.call("POST", CHANGE_API, {"correlation_id": "cabbie-1"}).status_code for _ in range(2)]
    snow.switch(unique_columns={"change_request": ["correlation_id"]})
    other = snow.new_change(correlation_id="cabbie-2")

    again = snow.call("POST", CHANGE_API, {"correlation_id": "cabbie-1"})
    by_table = snow.call("POST", CHANGES, {"correlation_id": "cabbie-1"})
    moved = snow.call("PATCH", f"{CHANGES}/{other}", {"correlation_id": "cabbie-1"})
    same = snow.call("PATCH", f"{CHANGES}/{other}", {"correlation_id": "cabbie-2", "justification": "x"})

    assert plain == [200, 200]
    assert (again.status_code, by_table.status_code, moved.status_code, same.status_code) == (403, 403, 403, 200)
    assert "Unique Key violation detected by database" in by_table.json()["error"]["detail"]
    assert "Unique Key violation detected by database" in again.json()["error"]["message"]


@pytest.mark.parametrize(
    ("rule", "status", "state"), [("new", 201, "-5"), ("taken", 201, "-3"), ("refused", 403, None)]
)
def test_what_becomes_of_a_state_sent_with_a_create(snow: Servicenow, rule: str, status: int, state: str | None):
    snow.switch(state_on_create=rule, flow_seconds=0)

    answer = snow.call("POST", CHANGES, {"short_description": "x", "state": "-3"})

    assert answer.status_code == status
    made = answer.json().get("result", {})
    assert made.get("state") == state
    assert made.get("approval", "not requested") == "not requested"
    assert snow.result("GET", "/api/now/table/sysapproval_approver") == []


def test_a_state_beyond_implement_is_never_taken_at_birth(snow: Servicenow):
    snow.switch(state_on_create="taken")

    made = snow.result("POST", CHANGES, {"short_description": "x", "state": "3"})

    assert made["state"] == "-5"


def test_a_change_born_in_authorize_can_only_be_canceled(snow: Servicenow):
    snow.switch(state_on_create="taken", flow_seconds=0)
    sys_id = snow.result("POST", CHANGES, {"short_description": "x", "state": "-3"})["sys_id"]
    snow.result("PATCH", f"{CHANGES}/{sys_id}", {"assignment_group": snow.group("Payments Engineering")})

    assert snow.move(sys_id, "-2").status_code == 403
    assert snow.move(sys_id, "4").status_code == 200
