"""Transitions: only those possible now, by an id of their own workflow, with what their screen demands."""

from typing import Any

import pytest

from tests.integrations.jira.conftest import RunningJira


def listed(jira: RunningJira, key: str, query: str = "") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = jira.call("GET", f"/issue/{key}/transitions{query}").json()["transitions"]
    return rows


def perform(jira: RunningJira, key: str, body: object, version: str = "2") -> Any:
    return jira.call("POST", f"/issue/{key}/transitions", body, version=version)


def test_the_way_to_where_it_is_already_is_not_listed(jira: RunningJira) -> None:
    rows = listed(jira, "PAY-102")

    assert [(row["id"], row["to"]["name"], row["to"]["statusCategory"]["key"]) for row in rows] == [
        ("11", "To Do", "new"),
        ("21", "In Progress", "indeterminate"),
        ("41", "Done", "done"),
    ]


def test_an_unknown_id_and_a_missing_right_list_nothing(jira: RunningJira) -> None:
    answer = jira.call("GET", "/issue/PAY-102/transitions?transitionId=999")
    assert (answer.status_code, answer.json()) == (200, {"expand": "transitions", "transitions": []})

    jira.switch(can_transition=False)
    assert listed(jira, "PAY-102") == []
    assert perform(jira, "PAY-102", {"transition": {"id": "41"}}).status_code == 400


@pytest.mark.parametrize("number", ["41", 41])
def test_done_by_id_as_text_or_number(jira: RunningJira, number: object) -> None:
    answer = perform(jira, "PAY-102", {"transition": {"id": number}, "fields": {}})

    assert (answer.status_code, answer.text) == (204, "")
    fields = jira.call("GET", "/issue/PAY-102").json()["fields"]
    assert (fields["status"]["name"], fields["resolution"]["name"]) == ("Done", "Done")


def test_reopening_clears_the_resolution(jira: RunningJira) -> None:
    perform(jira, "PAY-101", {"transition": {"id": "21"}})

    assert jira.call("GET", "/issue/PAY-101").json()["fields"]["resolution"] is None


def test_a_step_that_is_not_open_now_is_illegal(jira: RunningJira) -> None:
    for number in ("41", "999", "5"):
        answer = perform(jira, "PAY-101", {"transition": {"id": number}})
        assert answer.status_code == 400
        assert answer.json()["errorMessages"] == [
            "It seems that you have tried to perform an illegal workflow operation."
        ]


def test_a_step_must_be_named(jira: RunningJira) -> None:
    assert perform(jira, "PAY-102", {}).json() == {"errorMessages": ["Missing 'transition' identifier"], "errors": {}}


class TestScreen:
    @pytest.fixture
    def jira(self, jira: RunningJira) -> RunningJira:
        jira.change("OPS-7", status="In Progress")
        return jira

    def test_tells_its_fields(self, jira: RunningJira) -> None:
        close = next(r for r in listed(jira, "OPS-7", "?expand=transitions.fields") if r["to"]["name"] == "Done")

        assert (close["id"], close["hasScreen"]) == ("5", True)
        assert {name: field["required"] for name, field in close["fields"].items()} == {
            "comment": False,
            "resolution": True,
        }

    def test_demands_what_is_required(self, jira: RunningJira) -> None:
        answer = perform(jira, "OPS-7", {"transition": {"id": "5"}})

        assert answer.status_code == 400
        assert answer.json() == {"errorMessages": [], "errors": {"resolution": "Resolution is required."}}

    @pytest.mark.parametrize(
        "body",
        [
            {"fields": {"resolution": {"name": "Fixed"}}},
            {"update": {"resolution": [{"set": {"name": "Fixed"}}]}},
        ],
    )
    def test_takes_it_in_either_way(self, jira: RunningJira, body: dict[str, Any]) -> None:
        assert perform(jira, "OPS-7", {"transition": {"id": "5"}, **body}).status_code == 204
        assert jira.call("GET", "/issue/OPS-7").json()["fields"]["resolution"]["name"] == "Fixed"

    def test_refuses_what_is_not_on_it(self, jira: RunningJira) -> None:
        fields = {"resolution": {"name": "Fixed"}, "summary": "x"}
        answer = perform(jira, "OPS-7", {"transition": {"id": "5"}, "fields": fields})

        sentence = "Field 'summary' cannot be set. It is not on the appropriate screen, or unknown."
        assert answer.json()["errors"] == {"summary": sentence}

    def test_refuses_a_field_said_twice_and_a_value_unknown(self, jira: RunningJira) -> None:
        fields = {"resolution": {"name": "Fixed"}}
        twice = {"transition": {"id": "5"}, "fields": fields, "update": {"resolution": [{"set": fields["resolution"]}]}}

        assert perform(jira, "OPS-7", twice).status_code == 400
        unknown = {"transition": {"id": "5"}, "fields": {"resolution": {"name": "Magic"}}}
        assert perform(jira, "OPS-7", unknown).status_code == 400

    def test_keeps_the_comment_that_a_screenless_step_drops(self, jira: RunningJira) -> None:
        comment = {"comment": [{"add": {"body": "deployed"}}]}
        closing = {"transition": {"id": "5"}, "fields": {"resolution": {"name": "Done"}}, "update": comment}

        assert perform(jira, "OPS-7", closing).status_code == 204
        assert perform(jira, "PAY-102", {"transition": {"id": "41"}, "update": comment}).status_code == 204
        assert [c["body"] for c in jira.issue_state("OPS-7")["comments"]] == ["deployed"]
        assert "comments" not in jira.issue_state("PAY-102")

    def test_reads_its_comment_in_the_words_of_the_version(self, jira: RunningJira) -> None:
        closing = {"transition": {"id": "5"}, "fields": {"resolution": {"name": "Done"}}}
        closing["update"] = {"comment": [{"add": {"body": "deployed"}}]}

        assert perform(jira, "OPS-7", closing, version="3").json()["errors"] == {
            "comment": "Comment body is not valid!"
        }

    def test_says_nothing_for_those_who_may_not_comment(self, jira: RunningJira) -> None:
        jira.switch(can_comment=False)
        closing = {"transition": {"id": "5"}, "fields": {"resolution": {"name": "Done"}}}
        spoken = closing | {"update": {"comment": [{"add": {"body": "deployed"}}]}}

        assert perform(jira, "OPS-7", spoken).status_code == 400
        assert (jira.issue_state("OPS-7")["status"], "comments" in jira.issue_state("OPS-7")) == ("In Progress", False)
        assert perform(jira, "OPS-7", closing).status_code == 204

    def test_takes_a_comment_as_an_operation_alone(self, jira: RunningJira) -> None:
        fields = {"resolution": {"name": "Done"}, "comment": {"body": "deployed"}}
        answer = perform(jira, "OPS-7", {"transition": {"id": "5"}, "fields": fields})

        assert (answer.status_code, set(answer.json()["errors"])) == (400, {"comment"})

    def test_may_be_missed_by_a_comment_that_is_refused_then(self, jira: RunningJira) -> None:
        jira.switch(drops_screenless_comments=False)
        comment = {"comment": [{"add": {"body": "deployed"}}]}
        answer = perform(jira, "PAY-102", {"transition": {"id": "41"}, "update": comment})

        assert (answer.status_code, set(answer.json()["errors"])) == (400, {"comment"})
        assert jira.issue_state("PAY-102")["status"] == "In Review"


@pytest.mark.parametrize("transition", [{"id": None}, {"name": "Done"}, {}, None])
def test_a_transition_is_named_by_its_id_alone(jira: RunningJira, transition: object) -> None:
    answer = perform(jira, "PAY-102", {"transition": transition})

    assert answer.json() == {"errorMessages": ["Missing 'transition' identifier"], "errors": {}}
