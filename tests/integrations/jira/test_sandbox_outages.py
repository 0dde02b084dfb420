"""A site that answers otherwise: renamed, suspended, behind a broken proxy, suspicious of us."""

from datetime import UTC, datetime, timedelta

import pytest
import requests

from bot.ports import BadCredentials
from integrations.standin.faults import Fault
from tests.integrations.jira.apps import app_of, trade
from tests.integrations.jira.clients import tracker
from tests.integrations.jira.conftest import RunningJira

LINK = {"globalId": "a=1&b=2", "object": {"url": "https://a.example", "title": "CHG1"}}
MISMATCH = {"code": 401, "message": "Unauthorized; scope does not match"}


class TestRenamed:
    @pytest.fixture
    def jira(self, jira: RunningJira) -> RunningJira:
        jira.switch(renamed_to=jira.url.replace("127.0.0.1", "localhost"))
        return jira

    def test_sends_everybody_to_the_new_address(self, jira: RunningJira) -> None:
        answer = jira.call("GET", "/issue/PAY-101?fields=summary")

        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("http://localhost:")
        assert answer.headers["Location"].endswith("/rest/api/2/issue/PAY-101?fields=summary")

    def test_loses_a_write_of_a_client_that_follows(self, jira: RunningJira) -> None:
        address = f"{jira.url}/rest/api/2/issue/PAY-101/remotelink"
        answer = requests.post(address, json=LINK, auth=jira.basic, timeout=10)

        assert [step.status_code for step in answer.history] == [302]
        assert answer.request.method == "GET"
        assert "remote_links" not in jira.issue_state("PAY-101")

    def test_is_served_at_the_new_address(self, jira: RunningJira) -> None:
        address = jira.url.replace("127.0.0.1", "localhost")
        answer = requests.post(f"{address}/rest/api/2/issue/PAY-101/remotelink", json=LINK, auth=jira.basic, timeout=10)

        assert answer.status_code == 201
        assert requests.get(f"{address}/rest/api/2/serverInfo", timeout=10).json()["baseUrl"] == address


@pytest.mark.parametrize("status", [404, 503])
def test_a_suspended_site_shows_a_page_for_people(jira: RunningJira, status: int) -> None:
    jira.switch(unavailable_status=status)
    for path in ("/issue/PAY-101", "/myself", "/serverInfo", "/nowhere"):
        answer = jira.call("GET", path)
        assert answer.status_code == status
        assert answer.headers["Content-Type"] == "text/html;charset=UTF-8"
        assert "<title>Page unavailable</title>" in answer.text


def test_a_proxy_may_answer_in_its_own_words(jira: RunningJira) -> None:
    page = "<html><head><title>502 Bad Gateway</title></head></html>"
    jira.standin.faults.add(Fault("POST */remotelink", "answer_after", status=502, body=page))
    answer = jira.call("POST", "/issue/PAY-101/remotelink", LINK)

    assert (answer.status_code, answer.headers["Content-Type"], answer.text) == (502, "text/html", page)
    assert len(jira.issue_state("PAY-101")["remote_links"]) == 1


def test_an_address_far_too_long_does_not_reach_jira(jira: RunningJira) -> None:
    keys = ",".join(f"PAY-{number}" for number in range(1, 1200))

    assert jira.call("GET", f"/search/jql?jql=key in ({keys})").status_code == 414
    assert jira.call("POST", "/search/jql", {"jql": f"key in ({keys})"}).status_code == 400


class TestCaptcha:
    WRONG = ("cabbie", "wrong")

    def ask(self, jira: RunningJira, user: str = "cabbie") -> requests.Response:
        return requests.get(f"{jira.url}/rest/api/2/myself", auth=(user, "wrong"), timeout=10)

    def test_comes_after_three_wrong_passwords_of_one_user(self, data_center: RunningJira) -> None:
        statuses = [self.ask(data_center).status_code for _ in range(4)]
        denied = self.ask(data_center)

        assert statuses == [401, 401, 401, 403]
        assert denied.headers["X-Seraph-LoginReason"] == "AUTHENTICATION_DENIED"
        wanted = f"CAPTCHA_CHALLENGE; login-url={data_center.url}/login.jsp"
        assert denied.headers["X-Authentication-Denied-Reason"] == wanted
        assert self.ask(data_center, "somebody").status_code == 401

    def test_keeps_our_own_account_out_until_solved(self, data_center: RunningJira) -> None:
        data_center.switch(captcha=True)
        assert data_center.call("GET", "/myself").status_code == 403
        assert data_center.call("GET", "/serverInfo", headers={}).status_code == 200
        with pytest.raises(BadCredentials, match="captcha"):
            tracker(data_center).read(["PAY-101"])
        data_center.switch(captcha=False)
        assert data_center.call("GET", "/myself").status_code == 200


def moment(**ahead: float) -> str:
    return (datetime.now(UTC) + timedelta(**ahead)).isoformat()


class TestExpiredToken:
    def test_is_good_until_its_moment_and_then_a_stranger(self, jira: RunningJira) -> None:
        jira.switch(token_expires_at=moment(hours=1))
        assert jira.call("GET", "/myself").status_code == 200
        jira.switch(token_expires_at=moment(hours=-1))
        assert jira.call("GET", "/myself").status_code == 401
        found = jira.call("GET", "/search/jql?jql=key=PAY-101")
        assert (found.json(), found.headers["X-Seraph-LoginReason"]) == (
            {"issues": [], "isLast": True},
            "AUTHENTICATED_FAILED",
        )

    def test_is_refused_by_a_data_center(self, data_center: RunningJira) -> None:
        data_center.switch(token_expires_at=moment(hours=-1))

        assert data_center.call("GET", "/issue/PAY-101").status_code == 401


class TestScopes:
    def gateway(
        self, jira: RunningJira, method: str, path: str, body: object = None, version: str = "3"
    ) -> requests.Response:
        cloud_id = requests.get(f"{jira.url}/_edge/tenant_info", timeout=10).json()["cloudId"]
        headers = {"Authorization": f"Bearer {jira.secrets.jira_api_token}"}
        address = f"{jira.url}/ex/jira/{cloud_id}/rest/api/{version}{path}"
        return requests.request(method, address, json=body, headers=headers, timeout=10)

    def test_a_scoped_token_is_good_behind_the_gateway_alone(self, jira: RunningJira) -> None:
        jira.switch(token_scopes=["read:jira-work"])

        assert jira.call("GET", "/issue/PAY-101").status_code == 401
        assert self.gateway(jira, "GET", "/issue/PAY-101").status_code == 200

    @pytest.mark.parametrize(
        ("scopes", "method", "path", "body", "is_open"),
        [
            (["read:jira-work"], "GET", "/issue/PAY-101/remotelink", None, True),
            (["read:jira-work"], "POST", "/issue/PAY-101/remotelink", LINK, False),
            (["read:jira-work"], "POST", "/issue/bulkfetch", {"issueIdsOrKeys": ["PAY-101"]}, True),
            (["read:jira-work"], "GET", "/myself", None, False),
            (["read:jira-user"], "GET", "/myself", None, True),
            (["write:jira-work"], "POST", "/issue/PAY-101/remotelink", LINK, True),
            (["write:jira-work"], "GET", "/issue/PAY-101", None, False),
            (["write:issue.remote-link:jira"], "POST", "/issue/PAY-101/remotelink", LINK, False),
            (
                ["write:issue:jira", "write:issue.remote-link:jira", "read:issue.remote-link:jira"],
                "POST",
                "/issue/PAY-101/remotelink",
                LINK,
                True,
            ),
            (["read:issue.property:jira"], "GET", "/issue/PAY-101/properties", None, True),
            (["read:jira-user"], "GET", "/serverInfo", None, True),
        ],
    )
    def test_each_address_needs_its_own(
        self, jira: RunningJira, scopes: list[str], method: str, path: str, body: object, is_open: bool
    ) -> None:
        jira.switch(token_scopes=scopes)
        answer = self.gateway(jira, method, path, body)

        assert (answer.status_code < 300) == is_open
        assert is_open or (answer.status_code, answer.json()) == (401, MISMATCH)


class TestApps:
    def test_trade_their_credentials_for_a_short_token(self, jira: RunningJira) -> None:
        app = app_of(jira)

        assert app.call("GET", "/myself").json()["displayName"] == "Cabbie"
        assert app.ask("GET", "/oauth/token/accessible-resources").json()[0]["id"] == app.cloud_id
        assert (
            jira.session.get(f"{jira.url}/rest/api/3/myself", headers={"Authorization": "Bearer x"}).status_code == 403
        )

    def test_wrong_ones_get_none(self, jira: RunningJira) -> None:
        app = app_of(jira)
        known = {"client_id": app.client_id, "client_secret": app.client_secret}

        assert trade(jira, **known | {"client_secret": "wrong"}).status_code == 401
        assert trade(jira, **known, grant_type="authorization_code").json()["error"] == "unsupported_grant_type"
        assert trade(jira, **known, audience="other.example").status_code == 403

    def test_an_old_token_is_dead(self, jira: RunningJira) -> None:
        jira.switch(app_token_seconds=0)
        app = app_of(jira)

        assert app.call("GET", "/issue/PAY-101").json() == MISMATCH
        assert app.ask("GET", "/oauth/token/accessible-resources").status_code == 401
