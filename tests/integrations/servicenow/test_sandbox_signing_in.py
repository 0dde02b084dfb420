"""Access tokens, the basic authentication gate, and what a stranger is told."""

import requests

from tests.integrations.servicenow.conftest import JSON, Servicenow

CHANGES = "/api/now/table/change_request"


def test_a_client_gets_a_bearer_token_and_no_refresh_token(snow: Servicenow):
    answer = snow.token("change")

    assert answer.status_code == 200
    assert answer.json() == {
        "access_token": answer.json()["access_token"],
        "scope": "useraccount",
        "token_type": "Bearer",
        "expires_in": answer.json()["expires_in"],
    }
    assert 1790 < answer.json()["expires_in"] <= 1799


def test_asking_again_gives_the_current_token(snow: Servicenow):
    assert snow.token("change").json()["access_token"] == snow.token("change").json()["access_token"]


def test_each_account_has_a_token_of_its_own(snow: Servicenow):
    assert snow.token("change").json()["access_token"] != snow.token("approval").json()["access_token"]


def test_json_is_not_taken_for_a_token_request(snow: Servicenow):
    body = {"grant_type": "client_credentials", "client_id": snow.secrets.servicenow_client_id}

    answer = requests.post(f"{snow.url}/oauth_token.do", json=body, timeout=5)

    assert answer.status_code == 400
    assert set(answer.json()) == {"error", "error_description"}


def test_a_wrong_secret_gets_no_token(snow: Servicenow):
    form = {
        "grant_type": "client_credentials",
        "client_id": snow.secrets.servicenow_client_id,
        "client_secret": snow.secrets.servicenow_approval_client_secret,
    }

    answer = requests.post(f"{snow.url}/oauth_token.do", data=form, timeout=5)

    assert answer.status_code == 401


def test_a_token_dies_after_its_seconds(snow: Servicenow):
    before = snow.call("GET", CHANGES).status_code
    snow.switch(token_seconds=0)

    after = snow.call("GET", CHANGES)

    assert before == 200
    assert after.status_code == 401


def test_a_dead_token_is_replaced_by_a_new_one(snow: Servicenow):
    old = snow.token("change").json()["access_token"]
    snow.switch(token_seconds=0)
    snow.token("change")
    snow.switch(token_seconds=1799)

    assert snow.token("change").json()["access_token"] != old


def test_without_credentials_the_documented_401(snow: Servicenow):
    for path in (CHANGES, "/api/sn_chg_rest/change", "/api/now/attachment", "/api/nowhere"):
        answer = requests.get(f"{snow.url}{path}", headers=JSON, timeout=5)

        assert answer.status_code == 401
        assert answer.json() == {
            "error": {"message": "User Not Authenticated", "detail": "Required to provide Auth information"},
            "status": "failure",
        }


def test_the_basic_gate_lets_machine_users_in(snow: Servicenow):
    credentials = ("cabbie.change", snow.secrets.servicenow_client_secret)

    assert requests.get(f"{snow.url}{CHANGES}", auth=credentials, timeout=5).status_code == 200


def test_the_basic_gate_stops_whoever_could_use_the_screen(snow: Servicenow):
    credentials = ("ada", snow.secrets.servicenow_client_secret)

    assert requests.get(f"{snow.url}{CHANGES}", auth=credentials, timeout=5).status_code == 401


def test_an_instance_may_refuse_basic_authentication_altogether(snow: Servicenow):
    snow.switch(basic_auth="refused")
    credentials = ("cabbie.change", snow.secrets.servicenow_client_secret)

    assert requests.get(f"{snow.url}{CHANGES}", auth=credentials, timeout=5).status_code == 401


def test_a_locked_out_account_is_not_let_in(snow: Servicenow):
    snow.headers("change")
    snow.person("cabbie.change", locked_out=True)

    assert snow.call("GET", CHANGES).status_code == 401


def test_too_many_requests_in_an_hour(snow: Servicenow):
    snow.switch(rate_limit=2)
    snow.call("GET", CHANGES)
    snow.call("GET", CHANGES)

    answer = snow.call("GET", CHANGES)

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.headers["X-RateLimit-Limit"] == "2"
    assert answer.headers["X-RateLimit-Rule"] and answer.headers["X-RateLimit-Reset"]
    assert answer.json()["error"]["message"] == "Rate limit exceeded"
    assert snow.call("GET", CHANGES, by="approval").status_code == 200
