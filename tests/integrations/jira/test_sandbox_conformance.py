"""The stand-in against what Atlassian itself publishes and what live sites were recorded saying.

Neither is ours to keep in this repository: CABBIE_CONFORMANCE names a folder with ``golden/jira`` in it.
"""

import hashlib
import hmac
from typing import Any

import pytest

from integrations.jira.sandbox import COVERAGE
from integrations.jira.sandbox.scopes import needed
from integrations.jira.sandbox.webhooks.signing import hub_signature
from tests.integrations.jira.apps import app_of
from tests.integrations.jira.conftest import RunningJira
from tests.integrations.jira.golden import GOLDEN, ROOT, golden, names, replayed, unlike
from tests.integrations.jira.openapi import Description
from tests.integrations.jira.receiver import receiving
from tests.integrations.jira.replays import DOCUMENT, REPLAYS, linked
from tests.integrations.jira.test_sandbox_webhooks import subscribe

pytestmark = pytest.mark.skipif(
    not ROOT, reason="CABBIE_CONFORMANCE does not name the folder with the vendors' own payloads"
)

ISSUE = "/rest/api/3/issue/{issueIdOrKey}"
MARK = {"key": "mark", "value": {"event": "opened"}}
LINK = {"globalId": "a=1&b=2", "relationship": "is changed by", "object": {"url": "https://a.example", "title": "CHG1"}}


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
    ("GET", ISSUE, "/issue/PAY-101?expand=names,schema,transitions,editmeta,renderedFields", None),
    ("GET", ISSUE, "/issue/NOPE-1", None),
    ("PUT", ISSUE, "/issue/PAY-103", {"fields": {"summary": "y"}, "update": {"labels": [{"add": "z"}]}}),
    ("PUT", ISSUE, "/issue/PAY-103?returnIssue=true", {"fields": {"summary": "x"}}),
    ("PUT", ISSUE, "/issue/PAY-103", {"fields": {"status": "x"}}),
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


def test_apps_and_their_webhooks_are_as_described(jira: RunningJira, description: Description) -> None:
    app = app_of(jira)
    hook = {"events": ["jira:issue_updated"], "jqlFilter": "project = PAY"}
    traffic: list[tuple[str, str, Any]] = [
        ("POST", "", {"url": "https://bot.acme.example", "webhooks": [hook, {"events": [], "jqlFilter": "x = 1"}]}),
        ("GET", "", None),
        ("PUT", "/refresh", {"webhookIds": [1]}),
        ("DELETE", "", {"webhookIds": [1]}),
    ]
    complaints = []
    for method, path, body in traffic:
        answer = app.call(method, f"/webhook{path}", body)
        given = answer.json() if answer.content else None
        complaints += description.complaints(method, f"/rest/api/3/webhook{path}", answer.status_code, given)

    assert complaints == []


NAMES = {"issueIdOrKey": "key", "linkId": "link", "propertyKey": "property", "commentId": "comment"}


def test_scopes_are_as_described(description: Description) -> None:
    wrong = []
    for method, path, scopes in description.scopes():
        address = path.replace("/rest/api/3", "/rest/api/{version}").replace("/comment/{id}", "/comment/{comment}")
        for theirs, ours in NAMES.items():
            address = address.replace(f"{{{theirs}}}", f"{{{ours}}}")
        if f"{method} {address}" not in COVERAGE:
            continue
        classic, granular = needed(method, address)
        if classic != set(scopes.get("Current", ())) or not granular <= set(scopes.get("Beta", ())):
            wrong.append((method, address, classic, granular, scopes))

    assert wrong == []


ELSEWHERE = {
    "openapi-trimmed": "the description that the traffic above is held against",
    "webhook_issue_updated": "from Jira to us: the test below",
}
NOT_OURS = {
    "openapi-trimmed-v2-derived": "made from the description above by putting 2 for 3; no word of Atlassian's own",
}


def test_no_example_is_forgotten() -> None:
    accounted = {*REPLAYS, *ELSEWHERE, *NOT_OURS}

    assert [name for name in names() if name not in accounted] == []
    assert sorted(accounted - set(names())) == []


@pytest.mark.parametrize("name", sorted(REPLAYS))
def test_an_example_is_answered_alike(jira: RunningJira, name: str) -> None:
    assert replayed(jira, name, REPLAYS[name]) == []


def test_what_is_unlike_is_seen() -> None:
    wanted = {"id": "1", "list": [{"a": 1}], "inner": {"x": True}}

    assert unlike(wanted, wanted, "") == []
    assert unlike(wanted, {"id": 1, "list": [{}], "inner": {"x": True}}, "") == [
        ".id: 1 instead of '1'",
        ".list[].a is missing",
    ]
    assert unlike(wanted, {"id": "1", "list": {}, "inner": []}, "", frozenset({"inner"})) == [
        ".list: {} instead of [{'a': 1}]"
    ]


def test_a_deployment_is_answered_to_the_letter(jira: RunningJira) -> None:
    wanted, app = golden("deployments_bulk_202"), app_of(jira)
    address = f"/jira/deployments/0.1/cloud/{app.cloud_id}/bulk"
    said = app.ask("POST", address, wanted["request"]["body"]).json()

    assert {name: said[name] for name in wanted["response"]["body"]} == wanted["response"]["body"]


def test_links_are_read_as_they_were_written(jira: RunningJira) -> None:
    linked(jira)
    shown = jira.call("GET", "/issue/PAY-101/remotelink", version="3").json()[0]

    sent = golden("update_remote_link_200")["request"]["body"]
    assert {name: shown[name] for name in sent} == sent
    assert set(shown) == set(golden("get_remote_link_by_id_200")["response"]["body"])


@pytest.mark.parametrize("version", ["2", "3"])
def test_comments_are_shown_as_they_were_written(jira: RunningJira, version: str) -> None:
    jira.switch(roles=["Administrators"])
    wanted = golden(f"add_comment_v{version}_201")
    answer = jira.call("POST", "/issue/PAY-101/comment", wanted["request"]["body"], version=version).json()

    assert answer["body"] == wanted["response"]["body"]["body"]
    assert answer["visibility"] == wanted["response"]["body"]["visibility"]


def test_a_webhook_is_like_the_example_and_signed_as_published(jira: RunningJira) -> None:
    wanted = golden("webhook_issue_updated")
    secret = wanted["secret"]
    with receiving() as receiver:
        subscribe(jira, receiver, "jira:issue_updated", secret=secret)
        jira.change("PAY-102", status="Done", labels=["UI"])
        (letter,) = receiver.wait_for(1)

    assert unlike(wanted["request"]["body"], letter.json, "") == []
    told = {name.lower() for name in wanted["request"]["headers"]}
    assert told <= set(letter.headers)
    signature = hmac.new(secret.encode(), letter.body, hashlib.sha256).hexdigest()
    assert letter.headers["x-hub-signature"] == f"sha256={signature}"
    vector = wanted["published_test_vector"]
    assert hub_signature(vector["secret"], vector["body"].encode()) == vector["X-Hub-Signature"]
    raw = wanted["request"]["body_raw"].encode()
    assert hub_signature(secret, raw) == wanted["request"]["headers"]["X-Hub-Signature"]
