"""Who gets in, and how wrong credentials look: mostly like no credentials at all."""

import pytest
import requests

from tests.integrations.jira.conftest import RunningJira

DEAD = ("cabbie@acme.example", "expired")


def test_good_credentials_are_known_by_name(jira: RunningJira) -> None:
    me = jira.call("GET", "/myself").json()

    assert (me["displayName"], me["emailAddress"]) == ("Cabbie", jira.secrets.jira_email)
    assert me["accountId"].startswith("712020:")
    assert "name" not in me


def test_dead_basic_is_noticed_by_myself_alone(jira: RunningJira) -> None:
    answer = jira.call("GET", "/myself", auth=DEAD)

    assert answer.status_code == 401
    assert answer.text == "Client must be authenticated to access this resource."
    assert answer.headers["Content-Type"] == "text/html;charset=UTF-8"
    assert answer.headers["X-Seraph-LoginReason"] == "AUTHENTICATED_FAILED"


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/search/jql?jql=key=PAY-101", 200, {"issues": [], "isLast": True}),
        (
            "/issue/PAY-101",
            404,
            {"errorMessages": ["Issue does not exist or you do not have permission to see it."], "errors": {}},
        ),
    ],
)
def test_dead_basic_reads_as_a_stranger(jira: RunningJira, path: str, status: int, body: object) -> None:
    answer = jira.call("GET", path, auth=DEAD)

    assert (answer.status_code, answer.json()) == (status, body)
    assert answer.headers["X-Seraph-LoginReason"] == "AUTHENTICATED_FAILED"


def test_a_stranger_sees_the_server_and_its_fields_but_no_project(jira: RunningJira) -> None:
    assert jira.call("GET", "/serverInfo", auth=DEAD).status_code == 200
    assert jira.call("GET", "/field", auth=DEAD).status_code == 200
    assert jira.call("GET", "/project/search", auth=DEAD).json()["values"] == []
    assert jira.call("POST", "/issue/bulkfetch", {"issueIdsOrKeys": ["PAY-101"]}, auth=DEAD).json()["issues"] == []


def test_a_stranger_cannot_write(jira: RunningJira) -> None:
    answer = jira.call("POST", "/issue/PAY-101/comment", {"body": "x"}, auth=DEAD)

    assert answer.status_code == 404
    assert "comments" not in jira.issue_state("PAY-101")


def test_bearer_on_the_site_itself_is_refused_even_for_server_info(jira: RunningJira) -> None:
    headers = {"Authorization": f"Bearer {jira.secrets.jira_api_token}"}
    answer = requests.get(f"{jira.url}/rest/api/3/serverInfo", headers=headers, timeout=10)

    assert (answer.status_code, answer.json()) == (403, {"error": "Failed to parse Connect Session Auth Token"})


class TestGateway:
    def _get(self, jira: RunningJira, cloud_id: str, path: str, token: str) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return requests.get(f"{jira.url}/ex/jira/{cloud_id}{path}", headers=headers, timeout=10)

    def _cloud_id(self, jira: RunningJira) -> str:
        return str(requests.get(f"{jira.url}/_edge/tenant_info", timeout=10).json()["cloudId"])

    def test_takes_the_token_as_bearer(self, jira: RunningJira) -> None:
        cloud_id = self._cloud_id(jira)
        answer = self._get(jira, cloud_id, "/rest/api/3/issue/PAY-101", jira.secrets.jira_api_token)

        assert answer.json()["key"] == "PAY-101"
        assert answer.json()["self"] == f"{jira.url}/ex/jira/{cloud_id}/rest/api/3/issue/10001"
        assert [entry.call for entry in jira.standin.diary][-1] == "GET /rest/api/3/issue/{key}"

    def test_names_the_site_not_itself(self, jira: RunningJira) -> None:
        answer = self._get(jira, self._cloud_id(jira), "/rest/api/3/serverInfo", jira.secrets.jira_api_token)

        assert answer.json()["baseUrl"] == jira.url

    def test_knows_no_strangers(self, jira: RunningJira) -> None:
        answer = self._get(jira, self._cloud_id(jira), "/rest/api/3/serverInfo", "expired")

        assert (answer.status_code, answer.json()) == (
            401,
            {"code": 401, "message": "Unauthorized; scope does not match"},
        )

    def test_has_no_application_links(self, jira: RunningJira) -> None:
        path = "/rest/applinks/latest/listApplicationlinks"

        assert self._get(jira, self._cloud_id(jira), path, jira.secrets.jira_api_token).status_code == 401

    def test_does_not_know_other_sites(self, jira: RunningJira) -> None:
        cloud_id = "00000000-0000-0000-0000-000000000000"
        answer = self._get(jira, cloud_id, "/rest/api/3/myself", jira.secrets.jira_api_token)

        assert answer.status_code == 404
        assert answer.headers["X-Failure-Category"] == "FAILURE_CLIENT_TCS"
        assert answer.json()["path"] == f"/ex/jira/{cloud_id}/rest/api/3/myself"
        assert set(answer.json()) == {"timestamp", "status", "error", "message", "path"}


class TestDataCenter:
    def test_takes_its_token_and_says_so(self, data_center: RunningJira) -> None:
        answer = data_center.call("GET", "/myself")

        assert answer.json()["name"] == "cabbie"
        assert "accountId" not in answer.json()
        assert answer.headers["X-AUSERNAME"] == "cabbie"
        assert answer.headers["X-Seraph-LoginReason"] == "OK"

    def test_refuses_a_wrong_token_everywhere(self, data_center: RunningJira) -> None:
        for path in ("/myself", "/serverInfo", "/issue/PAY-101"):
            assert data_center.call("GET", path, headers={"Authorization": "Bearer wrong"}).status_code == 401

    def test_tells_a_stranger_to_log_in(self, data_center: RunningJira) -> None:
        answer = data_center.call("GET", "/issue/PAY-101", headers={})

        assert answer.status_code == 401
        assert "Login Required" in answer.json()["errorMessages"]
        assert data_center.call("GET", "/serverInfo", headers={}).status_code == 200

    def test_refuses_the_credentials_of_cloud(self, data_center: RunningJira) -> None:
        answer = requests.get(f"{data_center.url}/rest/api/2/myself", auth=data_center.basic, timeout=10)

        assert answer.status_code == 401

    def test_has_no_gateway_and_no_tenant(self, data_center: RunningJira) -> None:
        assert requests.get(f"{data_center.url}/_edge/tenant_info", timeout=10).status_code == 404
        gateway = f"{data_center.url}/ex/jira/any/rest/api/2/serverInfo"
        assert requests.get(gateway, headers=data_center.bearer, timeout=10).status_code == 404


class TestBehindTheGateway:
    """Only the REST interface is there, for those who are known, whatever the site is called by now."""

    def _gateway(self, jira: RunningJira) -> str:
        cloud_id = requests.get(f"{jira.url}/_edge/tenant_info", timeout=10).json()["cloudId"]
        return f"{jira.url}/ex/jira/{cloud_id}"

    @pytest.mark.parametrize(
        ("method", "path"),
        [("GET", "/_edge/tenant_info"), ("GET", "/browse/PAY-101"), ("POST", "/oauth/token"), ("GET", "/rest/nowhere")],
    )
    def test_other_addresses_are_not_there(self, jira: RunningJira, method: str, path: str) -> None:
        address, headers = self._gateway(jira) + path, {"Authorization": f"Bearer {jira.secrets.jira_api_token}"}

        assert requests.request(method, address, json={}, headers=headers, timeout=10).status_code == 404
        assert requests.request(method, address, json={}, timeout=10).status_code == 401

    def test_a_renamed_site_answers_there_as_before(self, jira: RunningJira) -> None:
        gateway, headers = self._gateway(jira), {"Authorization": f"Bearer {jira.secrets.jira_api_token}"}
        jira.switch(renamed_to="https://other.acme.example")

        assert requests.get(f"{gateway}/rest/api/3/issue/PAY-101", headers=headers, timeout=10).status_code == 200
        assert jira.call("GET", "/issue/PAY-101").status_code == 302
