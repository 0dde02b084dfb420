"""Versions: made and released by those who administer the project, searchable, one name once."""

from typing import Any

import pytest

from tests.integrations.jira.conftest import RunningJira


@pytest.fixture
def jira(jira: RunningJira) -> RunningJira:
    jira.switch(is_admin=True)
    return jira


def make(jira: RunningJira, name: str, **more: Any) -> Any:
    return jira.call("POST", "/version", {"name": name, "project": "PAY", **more})


def test_a_version_is_made_and_listed(jira: RunningJira) -> None:
    made = make(jira, "2.4.1", description="Faster", releaseDate="2026-11-23").json()

    assert (made["name"], made["released"], made["archived"]) == ("2.4.1", False, False)
    assert (made["projectId"], made["releaseDate"]) == (10000, "2026-11-23")
    assert jira.call("GET", "/project/PAY/versions").json() == [made]
    assert jira.call("GET", f"/version/{made['id']}").json() == made
    page = jira.call("GET", "/project/PAY/version?query=2.4&status=unreleased").json()
    assert (page["values"], page["total"], page["isLast"]) == ([made], 1, True)


def test_a_project_may_be_named_by_number(jira: RunningJira) -> None:
    assert jira.call("POST", "/version", {"name": "1", "projectId": 10000}).status_code == 201
    assert jira.call("POST", "/version", {"name": "1", "projectId": 99}).status_code == 404


def test_releasing_sets_it_and_its_day(jira: RunningJira) -> None:
    number = make(jira, "2.4.1").json()["id"]
    released = jira.call("PUT", f"/version/{number}", {"released": True, "releaseDate": "2026-11-23"}).json()

    assert (released["released"], released["releaseDate"], released["name"]) == (True, "2026-11-23", "2.4.1")
    assert jira.call("GET", "/project/PAY/version?status=released").json()["total"] == 1


def test_a_new_name_is_new_on_its_issues_too(jira: RunningJira) -> None:
    number = make(jira, "2.4.1").json()["id"]
    jira.call("PUT", "/issue/PAY-101", {"update": {"fixVersions": [{"add": {"id": number}}]}})
    jira.call("PUT", f"/version/{number}", {"name": "2.5.0"})

    shown = jira.call("GET", "/issue/PAY-101?fields=fixVersions").json()["fields"]["fixVersions"]
    assert [one["name"] for one in shown] == ["2.5.0"]
    found = jira.call("POST", "/search/jql", {"jql": 'fixVersion = "2.5.0"', "fields": ["key"]}).json()
    assert [issue["key"] for issue in found["issues"]] == ["PAY-101"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": ""}, 400),
        ({"name": "x" * 256}, 400),
        ({"name": 1}, 400),
        ({"name": "2.4.1"}, 400),
        ({"name": "2.4.1".upper()}, 400),
        ({"name": "1", "releaseDate": "23/Nov/26"}, 400),
        ({"name": "1", "releaseDate": "2026-11-23", "userReleaseDate": "23/Nov/26"}, 400),
        ({"name": "1", "startDate": "2026-12-01", "releaseDate": "2026-11-23"}, 400),
        ({"name": "1", "released": "yes"}, 400),
        ({"name": "1", "colour": "red"}, 400),
        ({"name": "1", "project": "SEC"}, 404),
    ],
)
def test_a_wrong_one_is_refused(jira: RunningJira, body: dict[str, Any], status: int) -> None:
    make(jira, "2.4.1")

    assert jira.call("POST", "/version", {"project": "PAY"} | body).status_code == status
    assert len(jira.call("GET", "/project/PAY/versions").json()) == 1


def test_to_all_but_administrators_nothing_is_there(jira: RunningJira) -> None:
    number = make(jira, "2.4.1").json()["id"]
    jira.switch(is_admin=False)

    assert make(jira, "2.4.2").status_code == 404
    assert jira.call("PUT", f"/version/{number}", {"released": True}).status_code == 404
    assert jira.call("GET", f"/version/{number}").status_code == 200
    assert jira.call("GET", "/version/99").status_code == 404
    assert jira.call("GET", "/project/SEC/versions").status_code == 404


def test_the_library_keeps_versions(jira: RunningJira) -> None:
    client = jira.client()
    version = client.create_version("2.4.1", "PAY")
    version.update(released=True, releaseDate="2026-11-23")

    assert [(one.name, one.released) for one in client.project_versions("PAY")] == [("2.4.1", True)]
