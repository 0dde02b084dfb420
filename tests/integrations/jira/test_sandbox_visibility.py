"""Comments for a few: written only by one of them, and read by nobody else, wherever comments are shown."""

from typing import Any

import pytest
import requests

from tests.integrations.jira.conftest import RunningJira

PATH = "/issue/PAY-101/comment"
TO_ROLE = {"type": "role", "value": "Developers"}


def write(jira: RunningJira, visibility: Any, **more: Any) -> requests.Response:
    return jira.call("POST", PATH, {"body": "among us", "visibility": visibility, **more})


def groups(jira: RunningJira) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = jira.call("GET", "/myself?expand=groups").json()["groups"]["items"]
    return shown


def test_a_group_is_identified_by_its_id_never_by_its_name(jira: RunningJira) -> None:
    (group,) = groups(jira)
    good = write(jira, {"type": "group", "identifier": group["groupId"]})

    assert group["name"] == "jira-users"
    assert good.json()["visibility"] == {"type": "group", "value": "jira-users", "identifier": group["groupId"]}
    assert write(jira, {"type": "group", "identifier": "jira-users"}).status_code == 400
    assert write(jira, {"type": "group", "value": group["groupId"]}).status_code == 400
    assert write(jira, {"type": "role", "identifier": "Developers"}).status_code == 201
    assert jira.call("GET", "/myself").json()["groups"] == {"size": 1, "items": []}


def test_a_data_center_knows_names_alone(data_center: RunningJira) -> None:
    assert write(data_center, TO_ROLE).json()["visibility"] == TO_ROLE
    assert write(data_center, {"type": "role", "identifier": "Developers"}).status_code == 400
    assert [set(group) for group in groups(data_center)] == [{"name", "self"}]


@pytest.mark.parametrize("value", [None, "", "developers", ["Developers"], {}, 1])
def test_a_role_is_named_to_the_letter(jira: RunningJira, value: object) -> None:
    assert write(jira, {"type": "role", "value": value}).status_code == 400
    assert "comments" not in jira.issue_state("PAY-101")


def everywhere(jira: RunningJira, number: str, **more: Any) -> set[str]:
    """Where the comment can be found."""
    mark = {"GET list": jira.call("GET", PATH, **more).json()["comments"]}
    mark["GET one"] = [1] if jira.call("GET", f"{PATH}/{number}", **more).ok else []
    mark["list by ids"] = jira.call("POST", "/comment/list", {"ids": [number]}, **more).json()["values"]
    mark["properties"] = [1] if jira.call("GET", f"/comment/{number}/properties/mark", **more).ok else []
    mark["issue"] = jira.call("GET", "/issue/PAY-101?fields=comment", **more).json()["fields"]["comment"]["comments"]
    asked = {"jql": "key = PAY-101", "fields": ["comment"]}
    (found,) = jira.call("POST", "/search/jql", asked, **more).json()["issues"]
    mark["search"] = found["fields"]["comment"]["comments"]
    rendered = jira.call("GET", "/issue/PAY-101?expand=renderedFields&fields=comment", **more).json()
    mark["rendered"] = rendered["renderedFields"]["comment"]["comments"]
    return {place for place, shown in mark.items() if shown}


def test_a_comment_is_shown_to_its_role_and_to_nobody_else(jira: RunningJira) -> None:
    jira.switch(public_projects=["PAY"])
    marks = [{"key": "mark", "value": 1}]
    number = write(jira, TO_ROLE, properties=marks).json()["id"]
    all_places = everywhere(jira, number)
    assert len(all_places) == 7

    assert everywhere(jira, number, auth=None) == set()
    jira.switch(roles=["Administrators"])
    assert everywhere(jira, number) == set()
    assert jira.call("GET", PATH).json()["total"] == 0
    assert jira.call("PUT", f"{PATH}/{number}", {"body": "mine"}).status_code == 404
    assert jira.call("DELETE", f"{PATH}/{number}").status_code == 404
    jira.switch(roles=["Developers"])
    assert everywhere(jira, number) == all_places


def test_what_people_say_among_themselves_is_not_for_us(jira: RunningJira) -> None:
    said = {"body": "not for bots", "visibility": {"type": "role", "value": "Administrators"}}
    requests.post(f"{jira.url}/_standin/issues/PAY-101/comments", json=said, timeout=10).raise_for_status()

    assert jira.call("GET", PATH).json()["comments"] == []
