"""The stand-in against what Atlassian itself publishes and what live sites were recorded saying.

Neither is ours to keep in this repository: CABBIE_CONFORMANCE names a folder with ``golden/jira`` in it.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.integrations.jira.conftest import RunningJira
from tests.integrations.jira.openapi import Description

ROOT = os.environ.get("CABBIE_CONFORMANCE")
GOLDEN = Path(ROOT or "", "golden", "jira")
pytestmark = pytest.mark.skipif(
    not ROOT, reason="CABBIE_CONFORMANCE does not name the folder with the vendors' own payloads"
)

ISSUE = "/rest/api/3/issue/{issueIdOrKey}"
MARK = {"key": "mark", "value": {"event": "opened"}}
LINK = {"globalId": "a=1&b=2", "relationship": "is changed by", "object": {"url": "https://a.example", "title": "CHG1"}}
DOCUMENT = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": "x"}]}]}


def golden(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((GOLDEN / f"{name}.json").read_text())
    return content


@pytest.fixture(scope="module")
def description() -> Description:
    return Description(GOLDEN / "openapi-trimmed.json")


# (method, the description's path, our path, body), in this order on one site
TRAFFIC: list[tuple[str, str, str, Any]] = [
    ("GET", "/rest/api/3/serverInfo", "/serverInfo", None),
    ("GET", "/rest/api/3/myself", "/myself", None),
    ("GET", "/rest/api/3/field", "/field", None),
    ("GET", "/rest/api/3/mypermissions", "/mypermissions?permissions=LINK_ISSUES", None),
    ("GET", "/rest/api/3/mypermissions", "/mypermissions", None),
    ("GET", ISSUE, "/issue/PAY-101", None),
    ("GET", ISSUE, "/issue/NOPE-1", None),
    ("POST", "/rest/api/3/issue/bulkfetch", "/issue/bulkfetch", {"issueIdsOrKeys": ["PAY-101", "PAY-150"]}),
    ("POST", "/rest/api/3/issue/bulkfetch", "/issue/bulkfetch", {"issueIdsOrKeys": []}),
    ("GET", "/rest/api/3/search/jql", "/search/jql?jql=project=PAY&maxResults=2&fields=*all", None),
    ("POST", "/rest/api/3/search/jql", "/search/jql", {"jql": "project = PAY", "fields": ["summary"]}),
    ("GET", "/rest/api/3/search/jql", "/search/jql?jql=order by key", None),
    ("POST", "/rest/api/3/search/approximate-count", "/search/approximate-count", {"jql": "project = PAY"}),
    ("POST", ISSUE + "/remotelink", "/issue/PAY-101/remotelink", LINK),
    ("POST", ISSUE + "/remotelink", "/issue/PAY-101/remotelink", LINK),
    ("GET", ISSUE + "/remotelink", "/issue/PAY-101/remotelink", None),
    ("GET", ISSUE + "/remotelink/{linkId}", "/issue/PAY-101/remotelink/10000", None),
    ("PUT", ISSUE + "/remotelink/{linkId}", "/issue/PAY-101/remotelink/10000", LINK),
    ("DELETE", ISSUE + "/remotelink/{linkId}", "/issue/PAY-101/remotelink/10000", None),
    ("POST", ISSUE + "/comment", "/issue/PAY-101/comment", {"body": DOCUMENT, "properties": [MARK]}),
    ("POST", ISSUE + "/comment", "/issue/PAY-101/comment", {"body": "x"}),
    ("GET", ISSUE + "/comment", "/issue/PAY-101/comment?orderBy=-created", None),
    ("GET", ISSUE + "/comment/{id}", "/issue/PAY-101/comment/10000", None),
    ("PUT", ISSUE + "/comment/{id}", "/issue/PAY-101/comment/10000", {"body": DOCUMENT}),
    ("POST", "/rest/api/3/comment/list", "/comment/list?expand=properties", {"ids": [10000]}),
    ("GET", "/rest/api/3/comment/{commentId}/properties/{propertyKey}", "/comment/10000/properties/mark", None),
    ("PUT", "/rest/api/3/comment/{commentId}/properties/{propertyKey}", "/comment/10000/properties/other", 1),
    ("DELETE", ISSUE + "/comment/{id}", "/issue/PAY-101/comment/10000", None),
    ("GET", ISSUE + "/properties", "/issue/PAY-101/properties", None),
    ("PUT", ISSUE + "/properties/{propertyKey}", "/issue/PAY-101/properties/mark", 1),
    ("PUT", ISSUE + "/properties/{propertyKey}", "/issue/PAY-101/properties/mark", 2),
    ("GET", ISSUE + "/properties/{propertyKey}", "/issue/PAY-101/properties/mark", None),
    ("DELETE", ISSUE + "/properties/{propertyKey}", "/issue/PAY-101/properties/mark", None),
    ("GET", ISSUE + "/transitions", "/issue/PAY-102/transitions?expand=transitions.fields", None),
    ("POST", ISSUE + "/transitions", "/issue/PAY-102/transitions", {"transition": {"id": "41"}}),
    ("POST", ISSUE + "/transitions", "/issue/PAY-102/transitions", {}),
]


def test_answers_are_as_the_description_says(jira: RunningJira, description: Description) -> None:
    complaints = []
    for method, described, path, body in TRAFFIC:
        answer = jira.call(method, path, body, version="3")
        given = answer.json() if answer.content else None
        complaints += description.complaints(method, described, answer.status_code, given)

    assert complaints == []


def test_the_description_is_read_strictly(description: Description) -> None:
    wrong = {"issues": [{"id": 10001, "colour": "red"}], "isLast": "yes", "total": 1}
    complaints = description.complaints("GET", "/rest/api/3/search/jql", 200, wrong)

    assert [line.split(": ")[-1] for line in complaints] == [
        "10001 is no string",
        "colour is unknown",
        "'yes' is no boolean",
        "total is unknown",
    ]
    assert description.complaints("GET", "/rest/api/3/search/jql", 418, None)


def test_requests_in_that_traffic_are_as_described(description: Description) -> None:
    refused_on_purpose = [{"body": "x"}, {}, {"issueIdsOrKeys": []}]
    complaints = []
    for method, described, _, body in TRAFFIC:
        if body is not None and body not in refused_on_purpose:
            complaints += description.request_complaints(method, described, body)

    assert complaints == []


# golden example → the path on our site that should say the same; others differ by their data alone
REFUSALS = {
    "error_400_comment_too_long": ("/issue/PAY-101/comment", "2", {"body": "x" * 32_768}),
    "error_400_jql_unbounded": ("/search/jql?jql=order by key", "3", None),
    "error_400_max_results": ("/search/jql?jql=project=PAY&maxResults=6000&fields=id", "3", None),
    "error_400_next_page_token": ("/search/jql?jql=project=PAY&nextPageToken=garbage", "3", None),
    "error_400_search_body_unknown_property": ("/search/jql", "3", {"jql": "project = PAY", "colour": 1}),
    "error_400_transition_missing": ("/issue/PAY-101/transitions", "3", {}),
    "error_400_transition_invalid": ("/issue/PAY-101/transitions", "2", {"transition": {"id": "999"}}),
    "error_404_issue": ("/issue/NOPE-999999", "3", None),
    "error_410_search_removed": ("/search", "3", None),
    "create_remote_link_400_title": ("/issue/PAY-101/remotelink", "3", {"object": {"url": "https://a.example"}}),
    "transitions_unknown_id_200": ("/issue/PAY-101/transitions?transitionId=999", "3", None),
}


@pytest.mark.parametrize("name", sorted(REFUSALS))
def test_says_what_a_live_site_said(jira: RunningJira, name: str) -> None:
    wanted = golden(name)
    path, version, body = REFUSALS[name]
    answer = jira.call(wanted["request"]["method"], path, body, version=version)

    assert (answer.status_code, answer.json()) == (wanted["response"]["status"], wanted["response"]["body"])
    assert answer.headers["Content-Type"] == wanted["response"]["headers"]["Content-Type"]


@pytest.mark.parametrize("name", ["search_jql_dead_token_200", "error_401_myself", "error_403_bearer_unreadable"])
def test_turns_dead_credentials_away_as_a_live_site_did(jira: RunningJira, name: str) -> None:
    wanted = golden(name)
    path = wanted["request"]["path"].removeprefix("/rest/api/3")
    more: dict[str, Any] = {"auth": ("cabbie@acme.example", "expired")}
    if name.startswith("error_403"):
        more = {"auth": None, "headers": {"Authorization": "Bearer expired"}}
    answer = jira.call("GET", path, version="3", params=wanted["request"]["query"], **more)

    body = answer.text if isinstance(wanted["response"]["body"], str) else answer.json()
    assert (answer.status_code, body) == (wanted["response"]["status"], wanted["response"]["body"])
    assert all(answer.headers.get(header) == value for header, value in wanted["response"]["headers"].items())


def test_a_stranger_asking_for_an_unknown_key_gets_an_empty_page(jira: RunningJira) -> None:
    wanted = golden("search_jql_unknown_key_200_anonymous")
    answer = jira.call("GET", "/search/jql", version="3", params=wanted["request"]["query"], auth=None)

    assert (answer.status_code, answer.json()) == (200, wanted["response"]["body"])


def test_a_required_field_is_demanded_in_the_same_words(jira: RunningJira) -> None:
    jira.change("OPS-7", status="In Progress")
    wanted = golden("error_400_transition_field_required")["response"]
    answer = jira.call("POST", "/issue/OPS-7/transitions", {"transition": {"id": "5"}})

    assert (answer.status_code, answer.json()) == (wanted["status"], wanted["body"])


def test_a_document_is_demanded_in_the_same_words(jira: RunningJira) -> None:
    wanted = golden("error_400_comment_not_adf")
    answer = jira.call("POST", "/issue/PAY-101/comment", wanted["request"]["body"], version="3")

    assert (answer.status_code, answer.json()["errors"]) == (400, wanted["response"]["body"]["errors"])


def test_an_unknown_path_and_an_unknown_site_are_refused_alike(jira: RunningJira) -> None:
    for name in ("error_404_unknown_path_problem_json", "error_404_gateway_unknown_cloudid"):
        wanted = golden(name)["response"]
        path = golden(name)["request"]["path"].replace("PUB-1", "PAY-101")
        answer = requests.get(jira.url + path, timeout=10)
        assert answer.status_code == wanted["status"]
        assert set(answer.json()) == set(wanted["body"])
        assert answer.headers["Content-Type"] == wanted["headers"]["Content-Type"]


def test_links_are_created_updated_and_read_as_in_the_example(jira: RunningJira) -> None:
    for name in ("create_remote_link_201", "update_remote_link_200"):
        wanted = golden(name)
        answer = jira.call("POST", "/issue/PAY-101/remotelink", wanted["request"]["body"], version="3")
        assert (answer.status_code, answer.json()["id"]) == (wanted["response"]["status"], 10000)
        assert set(answer.json()) == set(wanted["response"]["body"])
    shown = jira.call("GET", "/issue/PAY-101/remotelink", version="3").json()[0]

    sent = golden("update_remote_link_200")["request"]["body"]
    assert {name: shown[name] for name in sent} == sent
    assert set(shown) == set(golden("get_remote_link_by_id_200")["response"]["body"])


@pytest.mark.parametrize("version", ["2", "3"])
def test_comments_are_written_as_in_the_example(jira: RunningJira, version: str) -> None:
    jira.switch(roles=["Administrators"])
    wanted = golden(f"add_comment_v{version}_201")
    answer = jira.call("POST", "/issue/PAY-101/comment", wanted["request"]["body"], version=version)

    assert answer.status_code == 201
    assert answer.json()["body"] == wanted["response"]["body"]["body"]
    assert set(wanted["response"]["body"]) <= set(answer.json())
    assert answer.json()["visibility"] == wanted["response"]["body"]["visibility"]


def test_the_library_transition_is_taken_as_it_was_measured(jira: RunningJira) -> None:
    body = golden("do_transition_lib_v2_204")["request"]["body"] | {"transition": {"id": 41}}

    assert jira.call("POST", "/issue/PAY-102/transitions", body).status_code == 204


def test_a_data_center_refuses_unknown_keys_in_the_same_words(data_center: RunningJira) -> None:
    wanted = golden("error_400_jql_unknown_key_dc")["response"]
    answer = data_center.call("GET", "/search", params={"jql": "key in (PAY-101,ABC-999,ABC-998)"})
    malformed = golden("error_400_jql_bad_key_syntax")

    assert (answer.status_code, answer.json()) == (wanted["status"], wanted["body"])
    answer = data_center.call("GET", "/search", params=malformed["request"]["query"])
    assert answer.json() == malformed["response"]["body"]


def test_the_server_tells_at_least_what_the_examples_tell(jira: RunningJira) -> None:
    cloud = jira.call("GET", "/serverInfo").json()
    jira.switch(deployment="Server")
    data_center = jira.call("GET", "/serverInfo").json()

    own = {"displayUrlConfluence", "displayUrlServicedeskHelpCenter"}  # other products' addresses, not on this site
    assert set(golden("server_info_cloud_200")["response"]["body"]) - own <= set(cloud)
    assert set(golden("server_info_dc_200")["response"]["body"]) == set(data_center)


def test_one_write_too_many_hears_what_is_documented(jira: RunningJira) -> None:
    wanted = golden("error_429_per_issue_write")["response"]
    answers = [jira.call("PUT", "/issue/PAY-101/properties/mark", number) for number in range(101)]

    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.json() == wanted["body"]
    assert refused.headers["RateLimit-Reason"] == wanted["headers"]["RateLimit-Reason"]
    assert int(refused.headers["Retry-After"]) >= 1
