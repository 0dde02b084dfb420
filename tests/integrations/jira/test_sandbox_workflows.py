"""Workflows as teams build them: several ways into one status, conditions, validators, what is refused and how."""

from typing import Any

import pytest
import requests

from tests.integrations.jira.conftest import RunningJira


@pytest.fixture
def jira(jira: RunningJira) -> RunningJira:
    """A project REL with the release workflow and one issue in review."""
    project = {"key": "REL", "name": "Releases", "workflow": "release"}
    requests.post(f"{jira.url}/_standin/projects", json=project, timeout=10).raise_for_status()
    jira.add({"key": "REL-1", "summary": "Ship it", "status": "In Review"}).raise_for_status()
    return jira


def offered(jira: RunningJira, query: str = "") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = jira.call("GET", f"/issue/REL-1/transitions{query}").json()["transitions"]
    return rows


def do(jira: RunningJira, number: str, **more: Any) -> requests.Response:
    return jira.call("POST", "/issue/REL-1/transitions", {"transition": {"id": number}, **more})


def test_two_steps_lead_to_the_same_status(jira: RunningJira) -> None:
    rows = offered(jira)

    assert [(row["id"], row["name"], row["to"]["name"]) for row in rows] == [
        ("711", "Release", "Done"),
        ("712", "Done", "Done"),
    ]
    assert [row["hasScreen"] for row in rows] == [False, True]
    assert {row["isGlobal"] for row in rows} == {False}


def test_a_step_leads_out_of_some_statuses_alone(jira: RunningJira) -> None:
    jira.change("REL-1", status="To Do")

    assert [row["name"] for row in offered(jira)] == ["Start", "Drop"]
    assert do(jira, "711").status_code == 400


def test_a_step_on_a_condition_is_offered_to_whom_it_is_for(jira: RunningJira) -> None:
    jira.change("REL-1", status="In Progress", assignee="linus")
    assert [row["name"] for row in offered(jira)] == ["Drop"]
    listed = {row["name"]: row for row in offered(jira, "?includeUnavailableTransitions=true")}
    assert (listed["Send to review"]["isAvailable"], listed["Drop"]["isAvailable"]) == (False, True)
    assert listed["Send to review"]["isConditional"]

    me = jira.call("GET", "/myself").json()["accountId"]
    jira.call("PUT", "/issue/REL-1/assignee", {"accountId": me})

    assert [row["name"] for row in offered(jira)] == ["Send to review", "Drop"]
    assert do(jira, "5").status_code == 204


def test_a_validator_refuses_in_its_own_words_what_is_on_offer(jira: RunningJira) -> None:
    refused = do(jira, "711")

    assert refused.status_code == 400
    assert refused.json()["errorMessages"] == ["Set a fix version before you release this issue."]
    jira.change("REL-1", fix_versions=["1.0"])
    assert do(jira, "711").status_code == 204
    fields = jira.call("GET", "/issue/REL-1").json()["fields"]
    assert (fields["status"]["name"], fields["resolution"]["name"]) == ("Done", "Fixed")


def test_a_screen_tells_what_may_be_chosen_and_takes_it(jira: RunningJira) -> None:
    jira.change("REL-1", fix_versions=["1.0"])
    done = next(row for row in offered(jira, "?expand=transitions.fields") if row["id"] == "712")

    assert [version["name"] for version in done["fields"]["fixVersions"]["allowedValues"]] == ["1.0"]
    assert "Fixed" in [one["name"] for one in done["fields"]["resolution"]["allowedValues"]]
    assert (done["fields"]["resolution"]["required"], done["fields"]["fixVersions"]["required"]) == (True, False)
    fields = {"resolution": {"name": "Duplicate"}, "fixVersions": []}
    assert do(jira, "712", fields=fields).status_code == 204
    shown = jira.call("GET", "/issue/REL-1").json()["fields"]
    assert (shown["resolution"]["name"], shown["fixVersions"]) == ("Duplicate", [])


def test_a_conflict_and_a_wrong_setup_leave_it_where_it_is(jira: RunningJira) -> None:
    jira.change("REL-1", fix_versions=["1.0"])
    jira.switch(conflicts=1)
    statuses = [do(jira, "711").status_code]
    assert jira.issue_state("REL-1")["status"] == "In Review"
    jira.switch(is_misconfigured=True)
    statuses.append(do(jira, "711").status_code)
    jira.switch(is_misconfigured=False)

    assert [*statuses, do(jira, "711").status_code] == [409, 422, 204]


def test_properties_are_set_on_the_way(jira: RunningJira) -> None:
    jira.change("REL-1", fix_versions=["1.0"])

    assert do(jira, "711", properties=[{"key": "mark", "value": 1}]).status_code == 204
    assert jira.issue_state("REL-1")["properties"] == {"mark": 1}


def test_the_library_finds_the_first_of_two_of_one_name(jira: RunningJira) -> None:
    jira.client().transition_issue("REL-1", "done", fields={"resolution": {"name": "Done"}})

    assert jira.issue_state("REL-1")["status"] == "Done"
