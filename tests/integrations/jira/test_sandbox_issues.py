"""Reading issues: by key, by id, by a former key; and all those that cannot be read."""

import pytest

from tests.integrations.jira.conftest import RunningJira

HIDDEN = {"errorMessages": ["Issue does not exist or you do not have permission to see it."], "errors": {}}


def keys(jira: RunningJira, *asked: str, **more: object) -> list[str]:
    answer = jira.call("POST", "/issue/bulkfetch", {"issueIdsOrKeys": list(asked), **more})
    return [issue["key"] for issue in answer.json()["issues"]]


@pytest.mark.parametrize("name", ["PAY-101", "pay-101", "10001"])
def test_an_issue_answers_to_its_key_in_any_case_and_to_its_id(jira: RunningJira, name: str) -> None:
    issue = jira.call("GET", f"/issue/{name}").json()

    assert (issue["id"], issue["key"]) == ("10001", "PAY-101")
    assert issue["fields"]["status"]["statusCategory"]["key"] == "done"
    assert issue["fields"]["assignee"]["displayName"] == "Margaret Hale"
    assert issue["fields"]["project"]["key"] == "PAY"


def test_a_moved_issue_answers_with_its_new_key(jira: RunningJira) -> None:
    answer = jira.call("GET", "/issue/OLD-7")

    assert (answer.status_code, answer.json()["key"]) == (200, "PAY-140")


@pytest.mark.parametrize("name", ["SEC-3", "PAY-999", "NOPE-1", "99999", "garbage"])
def test_hidden_and_absent_look_the_same(jira: RunningJira, name: str) -> None:
    answer = jira.call("GET", f"/issue/{name}")

    assert (answer.status_code, answer.json()) == (404, HIDDEN)


def test_an_archived_issue_is_read_but_not_found_and_not_written(jira: RunningJira) -> None:
    assert jira.call("GET", "/issue/PAY-99").status_code == 200
    assert jira.call("GET", "/search/jql?jql=key=PAY-99").json()["issues"] == []
    assert jira.call("POST", "/issue/PAY-99/comment", {"body": "x"}).status_code == 403
    assert jira.call("PUT", "/issue/PAY-99/properties/mark", 1).status_code == 403


def test_a_security_level_shows_when_asked_and_may_hide_the_issue(jira: RunningJira) -> None:
    fields = jira.call("GET", "/issue/PAY-150?fields=security").json()["fields"]
    jira.switch(can_see_security_levels=False)

    assert (list(fields), fields["security"]["name"]) == (["security"], "Legal only")
    assert jira.call("GET", "/issue/PAY-150").status_code == 404
    assert jira.call("GET", "/issue/PAY-101").status_code == 200


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("summary,status", {"summary", "status"}),
        ("summary&fields=labels", {"summary", "labels"}),
        ("nonsense", set()),
    ],
)
def test_fields_are_chosen_by_name(jira: RunningJira, wanted: str, expected: set[str]) -> None:
    assert set(jira.call("GET", f"/issue/PAY-101?fields={wanted}").json()["fields"]) == expected


def test_all_fields_are_the_default_and_can_be_taken_away_from(jira: RunningJira) -> None:
    whole = set(jira.call("GET", "/issue/PAY-101").json()["fields"])

    assert {"summary", "comment", "description", "updated", "created", "fixVersions", "issuetype"} <= whole
    assert set(jira.call("GET", "/issue/PAY-101?fields=-comment").json()["fields"]) == whole - {"comment"}
    assert set(jira.call("GET", "/issue/PAY-101?fields=*navigable").json()["fields"]) == whole - {"comment"}


def test_a_description_is_a_document_in_version_3(jira: RunningJira) -> None:
    jira.add({"key": "PAY-500", "summary": "Described", "description": "Why\nand how"})

    assert jira.call("GET", "/issue/PAY-500").json()["fields"]["description"] == "Why\nand how"
    document = jira.call("GET", "/issue/PAY-500", version="3").json()["fields"]["description"]
    assert (document["type"], document["version"]) == ("doc", 1)


class TestBulkFetch:
    def test_comes_sorted_by_id_each_once_under_its_present_key(self, jira: RunningJira) -> None:
        assert keys(jira, "OLD-7", "pay-102", "PAY-101", "PAY-140", "10002") == ["PAY-101", "PAY-102", "PAY-140"]

    def test_is_silent_about_what_is_hidden_or_absent(self, jira: RunningJira) -> None:
        body = {"issueIdsOrKeys": ["SEC-3", "PAY-999", "NOPE", "PAY-101"]}
        answer = jira.call("POST", "/issue/bulkfetch", body).json()

        assert [issue["key"] for issue in answer["issues"]] == ["PAY-101"]
        assert answer["issueErrors"] == []

    def test_reads_archived_issues_unless_switched(self, jira: RunningJira) -> None:
        assert keys(jira, "PAY-99") == ["PAY-99"]
        jira.switch(archived_in_bulkfetch=False)
        assert keys(jira, "PAY-99") == []

    def test_takes_a_hundred_and_not_one_more(self, jira: RunningJira) -> None:
        asked = [f"BULK-{number}" for number in range(1, 101)]

        assert len(keys(jira, *asked, fields=["summary"])) == 100
        assert jira.call("POST", "/issue/bulkfetch", {"issueIdsOrKeys": [*asked, "PAY-1"]}).status_code == 400
        assert jira.call("POST", "/issue/bulkfetch", {"issueIdsOrKeys": []}).status_code == 400

    @pytest.mark.parametrize(
        "body", [{"issueIdsOrKeys": [10001]}, {"issueIdsOrKeys": ["PAY-1"], "colour": 1}, [], {"issueIdsOrKeys": "A-1"}]
    )
    def test_refuses_other_bodies(self, jira: RunningJira, body: object) -> None:
        answer = jira.call("POST", "/issue/bulkfetch", body)

        assert answer.status_code == 400
        assert answer.json()["errorMessages"][0].startswith("Invalid request payload.")

    def test_brings_properties_along(self, jira: RunningJira) -> None:
        jira.call("PUT", "/issue/PAY-101/properties/mark", {"change": "CHG0000001"})
        body = {"issueIdsOrKeys": ["PAY-101"], "fields": ["summary"], "properties": ["mark", "other"]}
        issue = jira.call("POST", "/issue/bulkfetch", body).json()["issues"][0]

        assert issue["properties"] == {"mark": {"change": "CHG0000001"}}
        assert list(issue["fields"]) == ["summary"]


def test_a_data_center_may_tell_hidden_from_absent(data_center: RunningJira) -> None:
    assert data_center.call("GET", "/issue/SEC-3").json() == HIDDEN
    data_center.switch(dc_tells_hidden=True)
    there, gone = (data_center.call("GET", f"/issue/{key}") for key in ("SEC-3", "NOPE-1"))

    assert (there.status_code, there.json()["errorMessages"]) == (
        403,
        ["You do not have the permission to see the specified issue."],
    )
    assert (gone.status_code, gone.json()["errorMessages"]) == (404, ["Issue Does Not Exist"])
    assert data_center.call("GET", "/issue/SEC-3", headers={}).status_code == 401
