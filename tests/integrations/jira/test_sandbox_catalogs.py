"""The lists of a site: types, statuses, resolutions, people, what creating an issue asks for."""

import pytest

from tests.integrations.jira.conftest import RunningJira


def names(jira: RunningJira, path: str) -> list[str]:
    return [row["name"] for row in jira.call("GET", path).json()]


def test_types_statuses_and_resolutions_are_listed(jira: RunningJira) -> None:
    assert names(jira, "/issuetype") == ["Story", "Task", "Bug", "Epic"]
    assert names(jira, "/status") == ["To Do", "In Progress", "In Review", "Done"]
    assert names(jira, "/resolution") == ["Done", "Won't Do", "Duplicate", "Fixed"]


def test_a_projects_statuses_are_those_of_its_workflow(jira: RunningJira) -> None:
    statuses = jira.call("GET", "/project/OPS/statuses").json()

    assert [status["name"] for status in statuses[0]["statuses"]] == ["To Do", "In Progress", "Done"]
    assert jira.call("GET", "/project/SEC/statuses").status_code == 404


@pytest.mark.parametrize(
    ("deployment", "types", "fields"), [("Cloud", "issueTypes", "fields"), ("Server", *["values"] * 2)]
)
def test_creating_tells_what_it_asks_for(jira: RunningJira, deployment: str, types: str, fields: str) -> None:
    jira.switch(deployment=deployment)
    path = "/issue/createmeta/PAY/issuetypes"
    listed = jira.call("GET", path).json()[types]
    asked = jira.call("GET", f"{path}/{listed[0]['id']}").json()[fields]

    assert {field["fieldId"] for field in asked if field["required"]} == {"project", "issuetype", "summary"}
    assert jira.call("GET", f"{path}/999").status_code == 404
    assert jira.call("GET", "/issue/createmeta/SEC/issuetypes").status_code == 404


def test_people_are_found_by_part_of_their_name_without_their_email(jira: RunningJira) -> None:
    (linus,) = jira.call("GET", "/user/search?query=linus@").json()

    assert linus["displayName"] == "Linus Torres"
    assert "emailAddress" not in linus
    assert jira.call("GET", f"/user?accountId={linus['accountId']}").json() == linus
    assert jira.call("GET", "/user/search").status_code == 400
    assert jira.call("GET", "/user?accountId=nobody").status_code == 404
    assert jira.call("GET", "/user/search?query=linus", auth=None).status_code == 401
    assert jira.call("GET", "/user/search?query=otto").json() == []


def test_people_go_by_name_on_a_data_center(data_center: RunningJira) -> None:
    (linus,) = data_center.call("GET", "/user/search?username=linus").json()

    assert (linus["name"], linus["emailAddress"]) == ("linus", "linus@acme.example")
    assert data_center.call("GET", "/user?username=linus").json() == linus
    assert data_center.call("GET", "/user/search?query=linus").status_code == 400
