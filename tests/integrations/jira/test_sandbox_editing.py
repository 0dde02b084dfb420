"""Creating and editing issues: what may be said, in which words, and what stays undone."""

from typing import Any

import pytest

from tests.integrations.jira.conftest import RunningJira

OFF_SCREEN = "Field '{}' cannot be set. It is not on the appropriate screen, or unknown."


def create(jira: RunningJira, version: str = "2", **fields: Any) -> Any:
    usual = {"project": {"key": "PAY"}, "issuetype": {"name": "Task"}, "summary": "Release notes"}
    return jira.call("POST", "/issue", {"fields": usual | fields}, version=version)


def edit(jira: RunningJira, body: Any, key: str = "PAY-101", version: str = "2", query: str = "") -> Any:
    return jira.call("PUT", f"/issue/{key}{query}", body, version=version)


def fields(jira: RunningJira, key: str = "PAY-101") -> dict[str, Any]:
    shown: dict[str, Any] = jira.call("GET", f"/issue/{key}").json()["fields"]
    return shown


@pytest.fixture(params=["Cloud", "Server"])
def either(jira: RunningJira, request: pytest.FixtureRequest) -> RunningJira:
    jira.switch(deployment=request.param)
    return jira


class TestCreating:
    def test_gives_the_next_key_of_the_project(self, either: RunningJira) -> None:
        first, second = create(either, labels=["release"], parent={"key": "PAY-101"}), create(either)

        assert (first.status_code, set(first.json())) == (201, {"id", "key", "self"})
        assert [first.json()["key"], second.json()["key"]] == ["PAY-151", "PAY-152"]
        shown = fields(either, "PAY-151")
        assert (shown["labels"], shown["parent"]["key"], shown["status"]["name"]) == (["release"], "PAY-101", "To Do")
        assert shown["reporter"]["displayName"] == "Cabbie"

    def test_names_all_that_is_missing(self, jira: RunningJira) -> None:
        nothing = jira.call("POST", "/issue", {"fields": {}})

        assert nothing.status_code == 400
        assert set(nothing.json()["errors"]) == {"project", "issuetype"}
        assert create(jira, summary=" ").json()["errors"] == {"summary": "You must specify a summary of the issue."}

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"summary": "x" * 256}, "summary"),
            ({"summary": "two\nlines"}, "summary"),
            ({"summary": 7}, "summary"),
            ({"labels": ["two words"]}, "labels"),
            ({"labels": "one"}, "labels"),
            ({"fixVersions": [{"name": "9.9"}]}, "fixVersions"),
            ({"assignee": {"accountId": "nobody"}}, "assignee"),
            ({"assignee": {"name": "margaret"}}, "assignee"),
            ({"parent": {"key": "SEC-3"}}, "parent"),
            ({"description": {"type": "doc"}}, "description"),
            ({"status": {"name": "Done"}}, "status"),
            ({"customfield_10010": 1}, "customfield_10010"),
        ],
    )
    def test_refuses_a_wrong_value_by_the_name_of_its_field(
        self, jira: RunningJira, wrong: dict[str, Any], field: str
    ) -> None:
        answer = create(jira, **wrong)

        assert (answer.status_code, set(answer.json()["errors"])) == (400, {field})
        assert jira.call("GET", "/issue/PAY-151").status_code == 404

    def test_is_for_those_who_may(self, jira: RunningJira) -> None:
        assert create(jira, project={"key": "SEC"}).status_code == 400
        jira.switch(can_create=False)
        assert set(create(jira).json()["errors"]) == {"project"}

    def test_takes_a_document_in_version_3_alone(self, jira: RunningJira) -> None:
        text = [{"type": "paragraph", "content": [{"type": "text", "text": "why"}]}]
        document = {"type": "doc", "version": 1, "content": text}

        assert create(jira, version="3", description=document).status_code == 201
        assert create(jira, version="3", description="why").status_code == 400
        assert fields(jira, "PAY-151")["description"] == "why"

    def test_a_body_that_is_none_is_refused(self, jira: RunningJira) -> None:
        assert jira.call("POST", "/issue", []).json()["errorMessages"][0].startswith("Invalid request payload.")
        assert jira.call("POST", "/issue", {"fields": [1]}).status_code == 400
        assert jira.call("POST", "/issue", {"colour": 1}).status_code == 400


class TestEditing:
    def test_sets_fields_and_says_nothing(self, either: RunningJira) -> None:
        answer = edit(either, {"fields": {"summary": "Better", "labels": ["a", "b"], "description": "Why"}})

        assert (answer.status_code, answer.text) == (204, "")
        shown = fields(either)
        assert (shown["summary"], shown["labels"], shown["description"]) == ("Better", ["a", "b"], "Why")

    def test_adds_and_removes_in_order(self, jira: RunningJira) -> None:
        edit(jira, {"fields": {"labels": ["old", "kept"]}})
        edit(jira, {"update": {"labels": [{"add": "CHG0030001"}, {"remove": "old"}, {"add": "kept"}]}})

        assert fields(jira)["labels"] == ["kept", "CHG0030001"]

    def test_puts_versions_that_exist(self, jira: RunningJira) -> None:
        jira.switch(is_admin=True)
        jira.call("POST", "/version", {"name": "2.4.1", "project": "PAY"})
        version = {"fixVersions": [{"add": {"name": "2.4.1"}}]}

        assert edit(jira, {"update": version}).status_code == 204
        assert edit(jira, {"update": version}, "CHK-12").status_code == 400
        assert [one["name"] for one in fields(jira)["fixVersions"]] == ["2.4.1"]
        edit(jira, {"update": {"fixVersions": [{"remove": {"name": "2.4.1"}}]}})
        assert fields(jira)["fixVersions"] == []

    def test_comments_and_marks_along_the_way(self, jira: RunningJira) -> None:
        body = {"update": {"comment": [{"add": {"body": "noted"}}]}, "properties": [{"key": "mark", "value": 1}]}

        assert edit(jira, body).status_code == 204
        state = jira.issue_state("PAY-101")
        assert ([one["body"] for one in state["comments"]], state["properties"]) == (["noted"], {"mark": 1})

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"fields": {}},
            {"fields": {"status": {"name": "Done"}}},
            {"fields": {"labels": ["a"]}, "update": {"labels": [{"add": "b"}]}},
            {"update": {"summary": [{"add": "x"}]}},
            {"update": {"labels": {"add": "x"}}},
            {"update": {"labels": [{"add": "two words"}]}},
            {"update": {"labels": [{"add": "two\twords"}]}},
            {"update": {"labels": [{"add": "two\u00a0words"}]}},
            {"fields": {"summary": None}},
        ],
    )
    def test_refuses_the_rest_and_changes_nothing(self, jira: RunningJira, body: dict[str, Any]) -> None:
        before = jira.issue_state("PAY-101")

        assert edit(jira, body).status_code == 400
        assert jira.issue_state("PAY-101") == before

    def test_is_for_what_is_on_the_screen(self, jira: RunningJira) -> None:
        jira.switch(edit_screen=["labels"])
        off = edit(jira, {"fields": {"summary": "x"}})
        assert (off.status_code, off.json()) == (
            400,
            {"errorMessages": [], "errors": {"summary": OFF_SCREEN.format("summary")}},
        )
        jira.switch(can_edit=False)
        assert edit(jira, {"fields": {"labels": ["x"]}}).json()["errors"] == {"labels": OFF_SCREEN.format("labels")}
        assert edit(jira, {"fields": {"labels": ["x"]}}, "SEC-3").status_code == 404
        assert edit(jira, {"fields": {"labels": ["x"]}}, "PAY-99").status_code == 403

    def test_gives_the_issue_back_when_asked_on_cloud(self, jira: RunningJira) -> None:
        answer = edit(jira, {"fields": {"labels": ["x"]}}, query="?returnIssue=true&expand=names")

        assert (answer.status_code, answer.json()["fields"]["labels"]) == (200, ["x"])
        assert answer.json()["names"]["summary"] == "Summary"

    def test_a_conflict_and_a_wrong_setup_leave_it_undone(self, jira: RunningJira) -> None:
        jira.switch(conflicts=1)
        assert edit(jira, {"fields": {"summary": "x"}}).status_code == 409
        assert fields(jira)["summary"] != "x"
        assert edit(jira, {"fields": {"summary": "x"}}).status_code == 204
        jira.switch(is_misconfigured=True)
        assert edit(jira, {"fields": {"summary": "y"}}).status_code == 422


class TestAssigning:
    def test_goes_by_account_id_on_cloud(self, jira: RunningJira) -> None:
        linus = jira.call("GET", "/user/search?query=linus").json()[0]["accountId"]

        assert jira.call("PUT", "/issue/PAY-101/assignee", {"accountId": linus}).status_code == 204
        assert fields(jira)["assignee"]["displayName"] == "Linus Torres"
        assert jira.call("PUT", "/issue/PAY-101/assignee", {"name": "linus"}).status_code == 400
        assert jira.call("PUT", "/issue/PAY-101/assignee", {"accountId": None}).status_code == 204
        assert fields(jira)["assignee"] is None

    def test_goes_by_name_on_a_data_center(self, data_center: RunningJira) -> None:
        assert data_center.call("PUT", "/issue/PAY-101/assignee", {"name": "linus"}).status_code == 204
        assert fields(data_center)["assignee"]["name"] == "linus"
        assert data_center.call("PUT", "/issue/PAY-101/assignee", {"accountId": "x"}).status_code == 400
        assert data_center.call("PUT", "/issue/PAY-101/assignee", {"name": "otto"}).status_code == 400


class TestOverriding:
    LOUD = "To discard the user notification either admin or project admin permissions are required."

    def test_silence_is_for_administrators(self, either: RunningJira) -> None:
        quiet = {"fields": {"summary": "Quietly"}}
        answer = edit(either, quiet, query="?notifyUsers=false")

        assert (answer.status_code, answer.json()["errorMessages"]) == (403, [self.LOUD])
        assert fields(either)["summary"] != "Quietly"
        assert edit(either, quiet, query="?notifyUsers=true").status_code == 204
        either.switch(is_admin=True)
        assert edit(either, quiet, query="?notifyUsers=false").status_code == 204

    @pytest.mark.parametrize("flag", ["overrideScreenSecurity", "overrideEditableFlag"])
    def test_the_screen_is_for_everybody_but_apps(self, jira: RunningJira, flag: str) -> None:
        jira.switch(is_admin=True)

        assert edit(jira, {"fields": {"summary": "x"}}, query=f"?{flag}=true").status_code == 403
        assert edit(jira, {"fields": {"summary": "x"}}, query=f"?{flag}=false").status_code == 204


def test_a_new_issue_takes_no_comment_as_its_screen_has_none(jira: RunningJira) -> None:
    usual = {"project": {"key": "PAY"}, "issuetype": {"name": "Task"}, "summary": "Release notes"}
    spoken = {"fields": usual, "update": {"comment": [{"add": {"body": "said"}}]}}

    assert jira.call("POST", "/issue", spoken).json()["errors"] == {"comment": OFF_SCREEN.format("comment")}
