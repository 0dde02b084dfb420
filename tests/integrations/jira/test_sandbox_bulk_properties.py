"""Properties of many issues at once: taken with a redirect to the task that does it."""

from typing import Any

import pytest
import requests

from tests.integrations.jira.conftest import RunningJira

PATH = "/issue/properties/multi"


def ids(jira: RunningJira, *keys: str) -> list[int]:
    return [int(jira.call("GET", f"/issue/{key}").json()["id"]) for key in keys]


def test_the_answer_is_a_redirect_to_a_task(jira: RunningJira) -> None:
    first, second = ids(jira, "PAY-101", "PAY-102")
    body = {"issues": [{"issueID": n, "properties": {"mark": {"a": n}}} for n in (first, second)]}
    answer = jira.call("POST", PATH, body, version="3")

    assert (answer.status_code, answer.text) == (303, "")
    task = requests.get(answer.headers["Location"], auth=jira.basic, timeout=10).json()
    assert (task["status"], task["progress"], task["result"]) == ("COMPLETE", 100, "")
    assert jira.issue_state("PAY-102")["properties"] == {"mark": {"a": second}}


def test_a_client_that_follows_reads_the_task(jira: RunningJira) -> None:
    body = {"issues": [{"issueID": 10001, "properties": {"mark": 1}}]}
    answer = requests.post(f"{jira.url}/rest/api/3{PATH}", json=body, auth=jira.basic, timeout=10)

    assert (answer.request.method, answer.json()["status"]) == ("GET", "COMPLETE")


def test_what_could_not_be_written_stands_in_the_result(jira: RunningJira) -> None:
    archived, fine = ids(jira, "PAY-99", "PAY-101")
    body = {"issues": [{"issueID": n, "properties": {"mark": 1}} for n in (archived, fine, 99)]}
    answer = jira.call("POST", PATH, body)

    task = requests.get(answer.headers["Location"], auth=jira.basic, timeout=10).json()
    assert task["result"] == f"2 issues could not be updated: {archived}, 99"
    assert "properties" not in jira.issue_state("PAY-99")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"issues": []},
        {"issues": [{"issueID": n, "properties": {"m": 1}} for n in range(101)]},
        {"issues": [{"issueID": 10001, "properties": {f"m{n}": 1 for n in range(11)}}]},
        {"issues": [{"issueID": 10001, "properties": {"m": "x" * 32_769}}]},
        {"issues": [{"issueID": "PAY-101", "properties": {"m": 1}}]},
        {"issues": [{"issueID": 10001, "properties": {}}]},
    ],
)
def test_too_much_or_something_else_is_refused(jira: RunningJira, body: dict[str, Any]) -> None:
    assert jira.call("POST", PATH, body).status_code == 400


def test_strangers_and_data_centers_have_none(jira: RunningJira) -> None:
    body = {"issues": [{"issueID": 10001, "properties": {"mark": 1}}]}

    assert jira.call("POST", PATH, body, auth=None).status_code == 401
    assert jira.call("GET", "/task/99").status_code == 404
    jira.switch(deployment="Server")
    assert jira.call("POST", PATH, body).status_code in (404, 405)
