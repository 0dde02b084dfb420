"""Access tokens of machines and of people, the basic authentication gate, and what a stranger is told."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from integrations.servicenow.sandbox.switches import DEFAULTS
from tests.integrations.servicenow.conftest import JSON, Servicenow, person_id

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


# ---------------------------------------------------------------------------------------------- people, by their own

CALLBACK = "https://cabbie.acme.example/servicenow/callback?keep=1"
VERIFIER = "correct-horse-battery-staple-correct-horse-battery"
ME = "sys_id=javascript:gs.getUserID()"


@dataclass
class Application:
    """What an application of one's own would send."""

    snow: Servicenow

    def asked(self, **changed: str) -> dict[str, str]:
        digest = hashlib.sha256(VERIFIER.encode()).digest()
        words = {
            "response_type": "code",
            "client_id": self.snow.secrets.servicenow_user_client_id,
            "redirect_uri": CALLBACK,
            "state": "s/1&x",
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in {**words, **changed}.items() if value}

    def page(self, **changed: str) -> requests.Response:
        return requests.get(f"{self.snow.url}/oauth_auth.do", params=self.asked(**changed), timeout=5)

    def press(self, decision: str = "allow", who: str = "ada", **changed: str) -> requests.Response:
        form = {**self.asked(**changed), "decision": decision, "user": person_id(who)}
        return requests.post(f"{self.snow.url}/oauth_auth.do", data=form, allow_redirects=False, timeout=5)

    def code(self, who: str = "ada", **changed: str) -> str:
        return dict(parse_qsl(urlsplit(self.press(who=who, **changed).headers["location"]).query))["code"]

    def ask(self, **words: str) -> requests.Response:
        client = {
            "client_id": self.snow.secrets.servicenow_user_client_id,
            "client_secret": self.snow.secrets.servicenow_user_client_secret,
        }
        return requests.post(f"{self.snow.url}/oauth_token.do", data={**client, **words}, timeout=5)

    def exchange(self, code: str, **changed: str) -> requests.Response:
        words = {"code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
        return self.ask(grant_type="authorization_code", **{**words, **changed})

    def refresh(self, token: str, **changed: str) -> requests.Response:
        return self.ask(grant_type="refresh_token", refresh_token=token, **changed)

    def whose(self, token: str) -> list[str]:
        headers = {**JSON, "Authorization": f"Bearer {token}"}
        query = {"sysparm_query": ME, "sysparm_fields": "user_name"}
        answer = requests.get(f"{self.snow.url}/api/now/table/sys_user", params=query, headers=headers, timeout=5)
        return [row["user_name"] for row in answer.json()["result"]] if answer.ok else [str(answer.status_code)]


@pytest.fixture
def app(snow: Servicenow) -> Application:
    snow.switch(redirect_urls=[CALLBACK])
    return Application(snow)


def test_whoever_allows_it_is_who_the_token_stands_for(app: Application):
    assert "Ada Lovelace" in app.page().text

    answer = app.exchange(app.code())

    given = answer.json()
    assert answer.status_code == 200
    assert set(given) == {"access_token", "refresh_token", "scope", "token_type", "expires_in"}
    assert app.whose(given["access_token"]) == ["ada"]


def test_the_browser_comes_back_with_the_state_as_it_was_sent(app: Application):
    location = urlsplit(app.press().headers["location"])

    assert f"{location.scheme}://{location.netloc}{location.path}" == CALLBACK.partition("?")[0]
    assert dict(parse_qsl(location.query))["state"] == "s/1&x"
    assert dict(parse_qsl(location.query))["keep"] == "1"


def test_who_denies_gives_no_code(app: Application):
    words = dict(parse_qsl(urlsplit(app.press("deny").headers["location"]).query))

    assert words == {"keep": "1", "error": "access_denied", "state": "s/1&x"}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"client_id": "another"}, "Invalid client_id"),
        ({"redirect_uri": "https://evil.example/"}, "Invalid redirect_uri"),
        ({"redirect_uri": f"{CALLBACK}/.."}, "Invalid redirect_uri"),
        ({"response_type": "token"}, "response_type"),
        ({"state": ""}, "Missing State parameter in request"),
        ({"code_challenge_method": "MD5"}, "code_challenge_method"),
    ],
)
def test_a_wrong_request_is_said_on_the_page_and_redirected_nowhere(
    app: Application, changed: dict[str, str], words: str
):
    for answer in (app.page(**changed), app.press(**changed)):
        assert answer.status_code == 400
        assert words in answer.text
        assert "location" not in answer.headers


@pytest.mark.parametrize(("is_required", "status"), [(True, 400), (False, 200)])
def test_an_instance_may_do_without_the_state(app: Application, is_required: bool, status: int):
    app.snow.switch(state_required=is_required)

    assert app.page(state="").status_code == status


@pytest.mark.parametrize("who", ["otto", "cabbie.change", "nobody"])
def test_only_who_may_sign_in_at_the_screen_signs_in_there(app: Application, who: str):
    assert app.press(who=who).status_code == 401


def test_a_code_is_good_once(app: Application):
    code = app.code()
    first, second = app.exchange(code), app.exchange(code)

    assert first.status_code == 200
    assert (second.status_code, second.json()["error"]) == (400, "invalid_grant")


def test_a_code_dies_after_its_seconds(app: Application):
    code = app.code()
    app.snow.switch(code_seconds=0)

    assert app.exchange(code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"redirect_uri": "https://cabbie.acme.example/"}, "invalid_grant"),
        ({"code_verifier": "another"}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"client_secret": "another"}, "invalid_client"),
        ({"client_id": "another"}, "invalid_client"),
    ],
)
def test_a_code_is_bound_to_who_asked_for_it(app: Application, changed: dict[str, str], error: str):
    answer = app.exchange(app.code(), **changed)

    assert (answer.status_code, answer.json()["error"]) == (401 if error == "invalid_client" else 400, error)


def test_a_refresh_token_stays_the_same_and_gives_the_current_token(app: Application):
    given = app.exchange(app.code()).json()

    again = app.refresh(given["refresh_token"]).json()

    assert (again["refresh_token"], again["access_token"]) == (given["refresh_token"], given["access_token"])
    requests.post(f"{app.snow.url}/oauth_revoke_token.do", data={"token": given["access_token"]}, timeout=5)
    assert app.whose(given["access_token"]) == ["401"]
    assert app.whose(app.refresh(given["refresh_token"]).json()["access_token"]) == ["ada"]


@pytest.mark.parametrize("grant", ["code", "password"])
def test_asked_again_while_it_lives_the_same_token_is_given(app: Application, grant: str):
    password = secrets.token_urlsafe(12)
    app.snow.switch(password_grant={"ada": password})

    def sign_in() -> dict[str, str]:
        form = {"grant_type": "password", "username": "ada", "password": password}
        answer: dict[str, str] = (app.exchange(app.code()) if grant == "code" else app.ask(**form)).json()
        return {name: answer[name] for name in ("access_token", "refresh_token")}

    first = sign_in()
    again = sign_in()
    requests.post(f"{app.snow.url}/oauth_revoke_token.do", data={"token": first["access_token"]}, timeout=5)
    anew = sign_in()

    assert again == first
    assert anew["access_token"] != first["access_token"]
    assert app.whose(anew["access_token"]) == ["ada"]


def test_where_refresh_tokens_rotate_each_sign_in_has_its_own(app: Application):
    app.snow.switch(rotates_refresh_tokens=True)

    first, second = (app.exchange(app.code()).json() for _ in range(2))

    assert first["refresh_token"] != second["refresh_token"]


@pytest.mark.parametrize("path", ["/oauth_token.do", "/oauth_revoke_token.do"])
def test_bytes_that_are_no_text_are_answered(snow: Servicenow, path: str):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    answer = requests.post(f"{snow.url}{path}", data=b"grant_type=\xff&token=\xff", headers=headers, timeout=5)

    assert answer.status_code < 500


def test_a_basic_credential_that_is_no_base64_is_a_stranger(snow: Servicenow):
    headers = {**JSON, "Authorization": "Basic \xe9"}

    assert requests.get(f"{snow.url}{CHANGES}", headers=headers, timeout=5).status_code == 401


def test_or_each_refresh_token_is_good_for_one_refresh(app: Application):
    app.snow.switch(rotates_refresh_tokens=True)
    given = app.exchange(app.code()).json()

    next_one = app.refresh(given["refresh_token"]).json()

    assert next_one["refresh_token"] != given["refresh_token"]
    assert app.whose(given["access_token"]) == ["401"]
    assert app.whose(next_one["access_token"]) == ["ada"]
    assert app.refresh(given["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_refresh_token_lives_a_hundred_days(app: Application):
    given = app.exchange(app.code()).json()
    app.snow.switch(refresh_token_seconds=0)

    assert app.refresh(given["refresh_token"]).json()["error"] == "invalid_grant"
    assert DEFAULTS["refresh_token_seconds"] == 100 * 24 * 3600


def test_who_is_locked_out_is_not_refreshed(app: Application):
    given = app.exchange(app.code()).json()
    app.snow.person("ada", locked_out=True)

    assert app.refresh(given["refresh_token"]).json()["error"] == "invalid_grant"
    assert app.whose(given["access_token"]) == ["401"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_whoever_holds_a_token_may_end_it(app: Application, method: str):
    given = app.exchange(app.code()).json()

    for token in (given["refresh_token"], given["access_token"]):
        words = {"params" if method == "GET" else "data": {"token": token}}
        assert requests.request(method, f"{app.snow.url}/oauth_revoke_token.do", timeout=5, **words).status_code == 200

    assert app.whose(given["access_token"]) == ["401"]
    assert app.refresh(given["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_person_may_take_it_back_in_servicenow(app: Application):
    ada, grace = app.exchange(app.code("ada")).json(), app.exchange(app.code("grace")).json()

    assert app.snow.person("ada", "revoke_access").json() == {"ok": True, "revoked": 1}

    assert (app.whose(ada["access_token"]), app.whose(grace["access_token"])) == (["401"], ["grace"])


def test_an_instance_may_say_no_to_all_in_the_same_words(app: Application):
    app.snow.switch(oauth_refusals="access denied")

    for answer in (app.refresh("none"), app.refresh("none", client_secret="another"), app.exchange("none")):
        assert (answer.status_code, answer.json()) == (
            401,
            {"error": "server_error", "error_description": "access_denied"},
        )


def test_the_password_grant_is_refused_unless_it_is_allowed(app: Application):
    password = secrets.token_urlsafe(12)
    words = {"grant_type": "password", "username": "ada", "password": password}
    refused = app.ask(**words)
    app.snow.switch(password_grant={"ada": password})

    given = app.ask(**words)

    assert refused.json()["error"] == "unsupported_grant_type"
    assert app.whose(given.json()["access_token"]) == ["ada"]
    assert app.ask(**{**words, "password": "another"}).json()["error"] == "invalid_grant"
    assert app.ask(**{**words, "username": "", "password": ""}).json()["error"] == "invalid_grant"


def test_a_verdict_written_with_a_persons_token_is_theirs(app: Application):
    sys_id = app.snow.new_change()
    app.snow.move(sys_id, "-4")
    app.snow.until_asked(sys_id, "ada")
    rows = app.snow.result(
        "GET",
        "/api/now/table/sysapproval_approver",
        sysparm_query=f"sysapproval={sys_id}",
        sysparm_fields="sys_id,approver.user_name",
    )
    token = app.exchange(app.code()).json()["access_token"]

    def approve(whose: str) -> int:
        row = next(row["sys_id"] for row in rows if row["approver.user_name"] == whose)
        path = f"{app.snow.url}/api/now/table/sysapproval_approver/{row}"
        headers = {**JSON, "Authorization": f"Bearer {token}"}
        body = {"state": "approved", "comments": "Fine."}
        return requests.patch(path, json=body, headers=headers, timeout=5).status_code

    assert approve("margaret") == 403
    assert approve("ada") == 200
    row = next(row for row in app.snow.standin.state()["changes"][0]["approvals"] if row["approver"] == "ada")
    assert (row["state"], row["by"]) == ("approved", "ada")
    assert row["comments"] == [{"by": "ada", "text": "Fine."}]
