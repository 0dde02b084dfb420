"""Service projects: what the customer reads, and what stays among ourselves."""

import pytest
import requests

from tests.integrations.jira.clients import tracker
from tests.integrations.jira.conftest import RunningJira


@pytest.fixture
def jira(jira: RunningJira) -> RunningJira:
    """A service project HELP with one request."""
    project = {"key": "HELP", "name": "Help", "is_service": True}
    requests.post(f"{jira.url}/_standin/projects", json=project, timeout=10).raise_for_status()
    jira.add({"key": "HELP-1", "summary": "Card refused"}).raise_for_status()
    return jira


def desk(
    jira: RunningJira, method: str, body: object = None, key: str = "HELP-1", query: str = ""
) -> requests.Response:
    address = f"{jira.url}/rest/servicedeskapi/request/{key}/comment{query}"
    return requests.request(method, address, json=body, auth=jira.basic, timeout=10)


def public(jira: RunningJira) -> list[bool]:
    return [comment["is_public"] for comment in jira.issue_state("HELP-1")["comments"]]


def test_an_ordinary_comment_is_read_by_the_customer(jira: RunningJira) -> None:
    assert jira.call("GET", "/project/HELP").json()["projectTypeKey"] == "service_desk"
    assert jira.call("POST", "/issue/HELP-1/comment", {"body": "hello"}).json()["jsdPublic"]
    assert public(jira) == [True]


def test_a_property_keeps_it_internal(jira: RunningJira) -> None:
    mark = {"key": "sd.public.comment", "value": {"internal": True}}
    written = jira.call("POST", "/issue/HELP-1/comment", {"body": "among us", "properties": [mark]}).json()

    assert not written["jsdPublic"]
    jira.client().add_comment("HELP-1", "also", is_internal=True)
    assert public(jira) == [False, False]


def test_cabbies_own_comments_stay_internal(jira: RunningJira) -> None:
    tracker(jira).comment("HELP-1", "Approved", "card/CHG0030042/approved")

    assert public(jira) == [False]


def test_the_desk_asks_for_whom_a_comment_is(jira: RunningJira) -> None:
    seen = desk(jira, "POST", {"body": "for you", "public": True})
    desk(jira, "POST", {"body": "for us", "public": False})

    assert (seen.status_code, seen.json()["public"]) == (201, True)
    assert public(jira) == [True, False]
    assert [one["body"] for one in desk(jira, "GET").json()["values"]] == ["for you", "for us"]
    assert [one["body"] for one in desk(jira, "GET", query="?internal=false").json()["values"]] == ["for you"]


def test_the_desk_knows_requests_alone_and_refuses_in_its_own_shape(jira: RunningJira) -> None:
    for key in ("PAY-101", "NOPE-1"):
        answer = desk(jira, "POST", {"body": "x", "public": True}, key)
        assert (answer.status_code, set(answer.json())) == (404, {"errorMessage", "i18nErrorMessage"})
    assert desk(jira, "POST", {"body": " ", "public": True}).status_code == 400
    assert desk(jira, "POST", {"body": "x"}).status_code == 400
    jira.switch(can_comment=False)
    assert desk(jira, "POST", {"body": "x", "public": True}).status_code == 403
