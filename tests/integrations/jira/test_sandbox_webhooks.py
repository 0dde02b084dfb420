"""Webhooks of an administrator: kept over REST, signed, filtered, and telling what changed."""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.integrations.jira.conftest import RunningJira
from tests.integrations.jira.receiver import Receiver, receiving

ISSUES = ["jira:issue_created", "jira:issue_updated", "jira:issue_deleted"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as open_for:
        yield open_for


def hooks(jira: RunningJira, method: str, body: Any = None, path: str = "", **more: Any) -> requests.Response:
    login: dict[str, Any] = {"auth": jira.basic}
    if jira.standin.switches["deployment"] != "Cloud":
        login = {"headers": jira.bearer}
    address = f"{jira.url}/rest/webhooks/1.0/webhook{path}"
    return requests.request(method, address, json=body, timeout=10, **(login | more))


def subscribe(jira: RunningJira, receiver: Receiver, *events: str, jql: str = "", **more: Any) -> dict[str, Any]:
    jira.switch(is_admin=True)
    filters = {"issue-related-events-section": jql}
    body = {"name": "ours", "url": receiver.url, "events": list(events), "filters": filters, "excludeBody": False}
    answer = hooks(jira, "POST", body | more)
    assert answer.status_code == 201, answer.text
    kept: dict[str, Any] = answer.json()
    return kept


def test_are_kept_by_administrators_alone(jira: RunningJira) -> None:
    for method, path in (("GET", ""), ("POST", ""), ("GET", "/1"), ("PUT", "/1"), ("DELETE", "/1")):
        assert hooks(jira, method, {} if method in ("POST", "PUT") else None, path).status_code == 403
    assert hooks(jira, "GET", auth=None).status_code == 401


def test_are_created_read_changed_and_deleted(jira: RunningJira) -> None:
    secret = secrets.token_hex(16)
    kept = subscribe(jira, Receiver("https://bot.acme.example/hook"), *ISSUES, jql="project = PAY", secret=secret)
    path = "/" + kept["self"].rpartition("/")[2]

    assert (kept["enabled"], kept["isSigned"], kept["lastUpdatedDisplayName"]) == (True, True, "Cabbie")
    assert secret not in str(kept)
    assert hooks(jira, "GET").json() == [kept]
    changed = hooks(jira, "PUT", {"name": "still ours", "enabled": False}, path).json()
    assert (changed["name"], changed["enabled"], changed["filters"]) == ("still ours", False, kept["filters"])
    assert hooks(jira, "DELETE", path=path).status_code == 204
    assert hooks(jira, "GET", path=path).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"url": "ftp://bot.acme.example"},
        {"url": "nonsense"},
        {"events": ["jira:coffee_made"]},
        {"events": []},
        {"events": "all"},
        {"filters": {"issue-related-events-section": "project ="}},
        {"filters": []},
        {"colour": "red"},
    ],
)
def test_are_refused_when_wrong(jira: RunningJira, wrong: dict[str, Any]) -> None:
    jira.switch(is_admin=True)
    good = {"name": "ours", "url": "https://bot.acme.example/hook", "events": ISSUES}

    assert hooks(jira, "POST", good | wrong).status_code == 400
    assert hooks(jira, "GET").json() == []


def test_may_be_held_to_https(jira: RunningJira) -> None:
    jira.switch(is_admin=True, webhooks_need_https=True)

    body = {"name": "ours", "url": "http://bot.acme.example/hook", "events": ISSUES}
    assert hooks(jira, "POST", body).status_code == 400


def test_a_change_of_status_is_told_with_what_it_was_before(jira: RunningJira, receiver: Receiver) -> None:
    subscribe(jira, receiver, *ISSUES)
    jira.call("POST", "/issue/PAY-102/transitions", {"transition": {"id": "41"}})
    (letter,) = receiver.wait_for(1)

    told = letter.json
    assert (told["webhookEvent"], told["issue_event_type_name"]) == ("jira:issue_updated", "issue_generic")
    assert (told["issue"]["key"], told["issue"]["fields"]["status"]["name"]) == ("PAY-102", "Done")
    assert told["issue"]["self"] == f"{jira.url}/rest/api/2/issue/10002"
    assert told["user"]["displayName"] == "Cabbie"
    status = next(item for item in told["changelog"]["items"] if item["field"] == "status")
    assert status == {
        "field": "status",
        "fieldtype": "jira",
        "fieldId": "status",
        "from": "10001",
        "fromString": "In Review",
        "to": "10002",
        "toString": "Done",
    }
    assert isinstance(told["timestamp"], int)


def test_what_people_do_is_told_in_their_name(jira: RunningJira, receiver: Receiver) -> None:
    subscribe(jira, receiver, *ISSUES)
    jira.change("PAY-102", status="In Progress", by="linus")
    jira.add({"key": "PAY-500", "summary": "New"})
    requests.delete(f"{jira.url}/_standin/issues/PAY-500", timeout=10)
    receiver.wait_for(3)

    assert sorted(receiver.events()) == sorted(ISSUES)
    updated = next(one.json for one in receiver.letters if one.json["webhookEvent"] == "jira:issue_updated")
    assert updated["user"]["displayName"] == "Linus Torres"
    assert jira.call("GET", "/issue/PAY-500").status_code == 404


def test_a_comment_is_told_as_itself_and_as_a_change_of_its_issue(jira: RunningJira, receiver: Receiver) -> None:
    subscribe(jira, receiver, "comment_created", "comment_updated", "comment_deleted", "jira:issue_updated")
    written = jira.call("POST", "/issue/PAY-101/comment", {"body": "hello"}).json()["id"]
    told = {letter.json["webhookEvent"]: letter.json for letter in receiver.wait_for(2)}

    assert told["comment_created"]["comment"]["body"] == "hello"
    assert told["comment_created"]["issue"]["key"] == "PAY-101"
    assert "issue_event_type_name" not in told["comment_created"]
    assert told["jira:issue_updated"]["issue_event_type_name"] == "issue_commented"
    jira.call("PUT", f"/issue/PAY-101/comment/{written}", {"body": "hello again"})
    jira.call("DELETE", f"/issue/PAY-101/comment/{written}")
    receiver.wait_for(6)
    assert {"comment_updated", "comment_deleted"} <= set(receiver.events())


def test_properties_and_versions_are_told(jira: RunningJira, receiver: Receiver) -> None:
    subscribe(jira, receiver, "issue_property_set", "issue_property_deleted", "jira:version_released")
    jira.call("PUT", "/issue/PAY-101/properties/mark", {"a": 1})
    jira.call("DELETE", "/issue/PAY-101/properties/mark")
    version = jira.call("POST", "/version", {"name": "2.4.1", "project": "PAY"}).json()
    jira.call("PUT", f"/version/{version['id']}", {"released": True, "releaseDate": "2026-11-23"})
    told = {letter.json["webhookEvent"]: letter.json for letter in receiver.wait_for(3)}

    assert told["issue_property_set"]["property"] == {"key": "mark", "value": {"a": 1}}
    assert "issue_property_deleted" in told
    released = told["jira:version_released"]["version"]
    assert (released["name"], released["released"], released["releaseDate"]) == ("2.4.1", True, "2026-11-23")


def test_a_filter_keeps_other_issues_out(jira: RunningJira, receiver: Receiver) -> None:
    subscribe(jira, receiver, "jira:issue_updated", jql="project = CHK and status = Done")
    jira.change("PAY-102", status="Done")
    jira.change("CHK-12", status="In Progress")
    jira.change("CHK-12", status="Done")

    (letter,) = receiver.wait_for(1)
    deliveries = requests.get(f"{jira.url}/_standin/webhooks", timeout=10).json()
    assert letter.json["issue"]["key"] == "CHK-12"
    assert [delivery["issue"] for delivery in deliveries] == ["CHK-12"]


def test_what_stays_the_same_is_no_event(jira: RunningJira, receiver: Receiver) -> None:
    subscribe(jira, receiver, *ISSUES)
    jira.call("PUT", "/issue/PAY-101", {"fields": {"labels": []}})
    jira.call("POST", "/issue/PAY-101/remotelink", {"object": {"url": "https://a.example", "title": "CHG1"}})
    jira.call("PUT", "/issue/PAY-101", {"fields": {"labels": ["late"]}})

    (letter,) = receiver.wait_for(1)
    assert [item["field"] for item in letter.json["changelog"]["items"]] == ["labels"]


@pytest.mark.parametrize("deployment", ["Cloud", "Server"])
def test_the_signature_is_over_the_bytes_as_they_are_sent(
    jira: RunningJira, receiver: Receiver, deployment: str
) -> None:
    jira.switch(deployment=deployment)
    secret = secrets.token_hex(16)
    subscribe(jira, receiver, "jira:issue_updated", secret=secret)
    jira.change("PAY-101", summary="Zürich – 東京")
    (letter,) = receiver.wait_for(1)

    wanted = "sha256=" + hmac.new(secret.encode(), letter.body, hashlib.sha256).hexdigest()
    assert letter.headers["x-hub-signature"] == wanted
    assert "Zürich – 東京".encode() in letter.body
    assert letter.headers["content-type"] == "application/json; charset=utf-8"


def test_without_a_secret_there_is_no_signature_and_a_disabled_one_is_silent(
    jira: RunningJira, receiver: Receiver
) -> None:
    subscribe(jira, receiver, "jira:issue_updated", enabled=False, name="off")
    subscribe(jira, receiver, "jira:issue_updated")
    jira.change("PAY-101", summary="Renamed")

    (letter,) = receiver.wait_for(1)
    assert "x-hub-signature" not in letter.headers
    assert letter.headers["x-atlassian-webhook-flow"] == "Primary"


def test_an_address_may_name_the_issue_and_a_body_be_left_out(jira: RunningJira, receiver: Receiver) -> None:
    subscribe(
        jira, receiver, "jira:issue_updated", excludeBody=True, url=receiver.url + "/${issue.key}?p=${project.key}"
    )
    jira.change("PAY-101", summary="Renamed")

    (letter,) = receiver.wait_for(1)
    assert (letter.path, letter.body) == ("/PAY-101?p=PAY", b"")


def test_a_property_set_along_a_transition_is_told(jira: RunningJira, receiver: Receiver) -> None:
    subscribe(jira, receiver, "issue_property_set")
    moving = {"transition": {"id": "41"}, "properties": [{"key": "mark", "value": 1}]}
    assert jira.call("POST", "/issue/PAY-102/transitions", moving).status_code == 204

    (letter,) = receiver.wait_for(1)
    assert letter.json["property"] == {"key": "mark", "value": 1}


def test_events_that_never_happen_here_may_be_asked_for(jira: RunningJira, receiver: Receiver) -> None:
    kept = subscribe(jira, receiver, "issuelink_created", "worklog_updated", "project_deleted")

    assert kept["events"] == ["issuelink_created", "worklog_updated", "project_deleted"]
