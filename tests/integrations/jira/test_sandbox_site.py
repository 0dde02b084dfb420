"""The site as a whole: what it is, its projects, the caller's rights, and addresses that do not exist."""

import re

import pytest
import requests
from starlette.routing import Mount, Route

from integrations.jira.sandbox import ABSENT, COVERAGE, build
from integrations.standin.secrets import invent
from integrations.standin.world import load_world
from tests.integrations.jira.conftest import RunningJira


def test_coverage_names_each_address_once() -> None:
    standin = build(load_world(), invent())
    served = set()
    for route in standin.routes:
        if isinstance(route, Mount) or "path:path" in getattr(route, "path", ""):
            served.add(f"* {getattr(route, 'path', '')}")
        elif isinstance(route, Route):
            served |= {f"{method} {route.path}" for method in (route.methods or set()) - {"HEAD"}}

    assert served == set(COVERAGE)
    assert all(word.startswith(("supported", "partial: ")) for word in COVERAGE.values())


@pytest.mark.parametrize("deployment", ["Cloud", "Server"])
def test_what_is_said_to_be_absent_is_not_served(jira: RunningJira, deployment: str) -> None:
    jira.switch(deployment=deployment)
    assert not set(ABSENT) & set(COVERAGE)
    for call in ABSENT:
        method, _, path = call.partition(" ")
        path = path.replace("{version}", "2").replace("{key}", "PAY-101").replace("{version_id}", "10000")
        more = {"auth": jira.basic} if deployment == "Cloud" else {"headers": jira.bearer}
        answer = requests.request(method, jira.url + re.sub(r"{\w+}", "10000", path), timeout=10, **more)
        assert answer.status_code in (404, 405), call


def test_server_info_is_taken_from_the_address_in_use(jira: RunningJira) -> None:
    info = jira.call("GET", "/serverInfo", headers={"Host": "jira.example:1234"}).json()

    assert info["baseUrl"] == "http://jira.example:1234"
    assert (info["deploymentType"], info["versionNumbers"][0]) == ("Cloud", 1001)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000", info["serverTime"])


def test_a_data_center_calls_itself_server(data_center: RunningJira) -> None:
    info = data_center.call("GET", "/serverInfo").json()

    assert (info["deploymentType"], info["versionNumbers"]) == ("Server", [10, 3, 5])


def test_every_answer_carries_its_trace(jira: RunningJira) -> None:
    for answer in (jira.call("GET", "/serverInfo"), jira.call("GET", "/issue/NOPE-1"), jira.call("GET", "/nowhere")):
        assert answer.headers["X-AREQUESTID"]
        assert answer.headers["Atl-Traceid"]
        assert answer.headers["Content-Type"].endswith(";charset=UTF-8")


def test_only_browsable_projects_are_listed(jira: RunningJira) -> None:
    page = jira.call("GET", "/project/search").json()

    assert [project["key"] for project in page["values"]] == ["BULK", "CHK", "OPS", "PAY"]
    assert (page["total"], page["isLast"], page["startAt"]) == (4, True, 0)
    assert [project["key"] for project in jira.call("GET", "/project").json()] == ["BULK", "CHK", "OPS", "PAY"]


def test_projects_can_be_paged_and_picked(jira: RunningJira) -> None:
    page = jira.call("GET", "/project/search?startAt=1&maxResults=2").json()
    picked = jira.call("GET", "/project/search?keys=PAY&keys=SEC").json()

    assert ([project["key"] for project in page["values"]], page["isLast"]) == (["CHK", "OPS"], False)
    assert [project["key"] for project in picked["values"]] == ["PAY"]
    assert jira.call("GET", "/project/SEC").status_code == 404
    assert jira.call("GET", "/project/pay").json()["name"] == "Payments"


def test_permissions_follow_the_switches(jira: RunningJira) -> None:
    jira.switch(can_link=False)
    answer = jira.call("GET", "/mypermissions?permissions=LINK_ISSUES,ADD_COMMENTS&projectKey=PAY").json()

    has = {key: permission["havePermission"] for key, permission in answer["permissions"].items()}
    assert has == {"LINK_ISSUES": False, "ADD_COMMENTS": True}


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 400), ("permissions=FLY", 400), ("permissions=LINK_ISSUES&projectKey=SEC", 404)],
)
def test_permissions_must_be_named_and_the_project_seen(jira: RunningJira, query: str, status: int) -> None:
    assert jira.call("GET", f"/mypermissions?{query}").status_code == status


def test_application_links_are_for_administrators(jira: RunningJira) -> None:
    path = f"{jira.url}/rest/applinks/latest/listApplicationlinks"

    assert requests.get(path, auth=jira.basic, timeout=10).status_code == 403
    jira.switch(is_admin=True)
    assert requests.get(path, auth=jira.basic, timeout=10).json() == {"list": []}


def test_an_unknown_path_is_a_problem(jira: RunningJira) -> None:
    answer = jira.call("GET", "/issue/PAY-101/no-such-thing", version="3")

    path = "/rest/api/3/issue/PAY-101/no-such-thing"
    assert answer.headers["Content-Type"] == "application/problem+json;charset=UTF-8"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": f"No endpoint GET {path}.",
        "instance": path,
    }


def test_a_wrong_method_is_a_problem_and_so_is_a_wrong_version(jira: RunningJira) -> None:
    assert jira.call("DELETE", "/serverInfo").status_code == 405
    assert jira.call("DELETE", "/serverInfo").json()["title"] == "Method Not Allowed"
    assert jira.call("GET", "/serverInfo", version="4").status_code == 404
    assert jira.call("DELETE", "/serverInfo", version="4").status_code == 404


def test_a_data_center_has_no_version_3_but_has_the_latest(data_center: RunningJira) -> None:
    assert data_center.call("GET", "/serverInfo", version="3").status_code == 404
    assert data_center.call("GET", "/serverInfo", version="latest").status_code == 200
    assert data_center.call("POST", "/issue/bulkfetch", {"issueIdsOrKeys": ["PAY-101"]}).status_code == 404
    assert data_center.call("GET", "/search/jql?jql=project=PAY").status_code == 404


def test_a_body_must_say_that_it_is_json(jira: RunningJira) -> None:
    address = f"{jira.url}/rest/api/2/issue/PAY-101/comment"
    answer = requests.post(address, data='{"body": "x"}', auth=jira.basic, timeout=10)

    assert answer.status_code == 415


def test_a_body_that_is_no_json_is_refused_without_errors(jira: RunningJira) -> None:
    address = f"{jira.url}/rest/api/2/issue/PAY-101/comment"
    headers = {"Content-Type": "application/json"}
    answer = requests.post(address, data="not json", headers=headers, auth=jira.basic, timeout=10)

    assert answer.status_code == 400
    assert answer.json() == {
        "errorMessages": ["There was an error parsing JSON. Check that your request body is valid."]
    }


def test_the_diary_tells_reads_from_writes(jira: RunningJira) -> None:
    jira.call("POST", "/search/jql", {"jql": "project = PAY"})
    jira.call("POST", "/issue/bulkfetch", {"issueIdsOrKeys": ["PAY-101"]})
    jira.call("POST", "/comment/list", {"ids": [1]})
    jira.call("PUT", "/issue/PAY-101/properties/mark", 1)

    assert [entry.is_effect for entry in jira.standin.diary] == [False, False, False, True]
    assert [entry.call for entry in jira.standin.diary][-1] == "PUT /rest/api/2/issue/{key}/properties/{property}"
