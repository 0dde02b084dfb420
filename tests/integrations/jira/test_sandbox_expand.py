"""What an issue shows when asked for more: its history, its names, its steps, its text as HTML."""

from typing import Any

import pytest

from bot.change.model import Found
from tests.integrations.jira.clients import tracker
from tests.integrations.jira.conftest import RunningJira


def whole(jira: RunningJira, expand: str, key: str = "PAY-101", fields: str = "*all") -> dict[str, Any]:
    shown: dict[str, Any] = jira.call("GET", f"/issue/{key}?expand={expand}&fields={fields}").json()
    return shown


def items(history: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    return [(item["field"], item["fromString"], item["toString"]) for item in history["items"]]


class TestHistory:
    def test_tells_who_changed_what(self, jira: RunningJira) -> None:
        jira.change("PAY-102", status="Done", by="linus")
        jira.call("PUT", "/issue/PAY-102", {"fields": {"labels": ["late"], "summary": "Shorter"}})
        log = whole(jira, "changelog", "PAY-102")["changelog"]

        assert [history["author"]["displayName"] for history in log["histories"]] == ["Cabbie", "Linus Torres"]
        assert items(log["histories"][0]) == [
            ("summary", "Show the real decline reason to the customer", "Shorter"),
            ("labels", "", "late"),
        ]
        assert ("resolution", None, "Done") in items(log["histories"][1])
        assert (log["total"], log["startAt"], log["maxResults"]) == (2, 0, 2)

    def test_is_the_oldest_first_on_a_data_center_and_on_its_own_page(self, jira: RunningJira) -> None:
        for name in ("one", "two", "three"):
            jira.change("PAY-101", summary=name)
        page = jira.call("GET", "/issue/PAY-101/changelog?startAt=1&maxResults=1").json()
        assert (items(page["values"][0])[0][2], page["total"], page["isLast"]) == ("two", 3, False)
        assert [items(one)[0][2] for one in whole(jira, "changelog")["changelog"]["histories"]] == [
            "three",
            "two",
            "one",
        ]

        jira.switch(deployment="Server")

        assert [items(one)[0][2] for one in whole(jira, "changelog")["changelog"]["histories"]] == [
            "one",
            "two",
            "three",
        ]
        assert jira.call("GET", "/issue/PAY-101/changelog").status_code == 404

    def test_keeps_links_moves_and_versions(self, jira: RunningJira) -> None:
        link = {"object": {"url": "https://a.example", "title": "CHG1"}, "application": {"name": "ServiceNow"}}
        made = jira.call("POST", "/issue/PAY-101/remotelink", link).json()["id"]
        jira.call("DELETE", f"/issue/PAY-101/remotelink/{made}")
        jira.change("PAY-101", fix_versions=["1.0"])
        jira.change("PAY-101", moved_to="OPS-900")
        told = [item for history in whole(jira, "changelog")["changelog"]["histories"] for item in items(history)]

        sentence = 'This issue links to "CHG1 (ServiceNow)"'
        assert ("RemoteIssueLink", None, sentence) in told
        assert ("RemoteIssueLink", sentence, None) in told
        assert ("Fix Version", None, "1.0") in told
        assert ("Fix Version", "1.0", None) in told
        assert ("Key", "PAY-101", "OPS-900") in told
        assert ("project", "Payments", "Operations") in told

    def test_is_cut_where_many_issues_are_read(self, jira: RunningJira) -> None:
        for number in range(45):
            jira.change("PAY-101", summary=f"Title {number}")
        body = {"issueIdsOrKeys": ["PAY-101"], "fields": ["summary"], "expand": ["changelog"]}
        (bulk,) = jira.call("POST", "/issue/bulkfetch", body).json()["issues"]
        search = {"jql": "key = PAY-101", "fields": ["summary"], "expand": "changelog"}
        (found,) = jira.call("POST", "/search/jql", search).json()["issues"]

        sizes = [len(shown["changelog"]["histories"]) for shown in (whole(jira, "changelog"), bulk, found)]
        assert sizes == [45, 40, 20]
        assert found["changelog"]["total"] == 45


def test_names_and_schema_describe_the_fields_shown(jira: RunningJira) -> None:
    shown = whole(jira, "names,schema", fields="summary,fixVersions")

    assert shown["names"] == {"summary": "Summary", "fixVersions": "Fix versions"}
    assert shown["schema"]["fixVersions"] == {"type": "array", "items": "version", "system": "fixVersions"}
    page = jira.call("GET", "/search/jql?jql=project=PAY&fields=summary&expand=names,schema").json()
    assert (page["names"], page["schema"]["summary"]["type"]) == ({"summary": "Summary"}, "string")
    assert "names" not in page["issues"][0]


def test_steps_and_editable_fields_come_along(jira: RunningJira) -> None:
    shown = whole(jira, "transitions,editmeta", "PAY-102")

    assert [step["name"] for step in shown["transitions"]] == ["To Do", "In Progress", "Done"]
    assert shown["editmeta"] == jira.call("GET", "/issue/PAY-102/editmeta").json()
    assert shown["editmeta"]["fields"]["labels"]["operations"] == ["add", "set", "remove"]
    jira.switch(can_edit=False)
    assert jira.call("GET", "/issue/PAY-102/editmeta").json() == {"fields": {}}


@pytest.mark.parametrize("version", ["2", "3"])
def test_text_is_shown_as_html_too(jira: RunningJira, version: str) -> None:
    jira.add({"key": "PAY-500", "summary": "x", "description": "Why <b>\nand how\n\nThen"})
    shown = jira.call("GET", "/issue/PAY-500?expand=renderedFields", version=version).json()["renderedFields"]

    assert shown["description"] == "<p>Why &lt;b&gt;<br/>and how</p>\n<p>Then</p>"
    assert shown["summary"] is None


def test_all_properties_can_be_asked_for(jira: RunningJira) -> None:
    for key in ("one", "two"):
        jira.call("PUT", f"/issue/PAY-101/properties/{key}", key)

    shown = jira.call("GET", "/issue/PAY-101?properties=*all,-two").json()["properties"]
    assert shown == {"one": "one"}


def test_bulkfetch_tells_which_it_could_not_read_just_now(jira: RunningJira) -> None:
    jira.switch(bulk_errors=["10001"])
    answer = jira.call("POST", "/issue/bulkfetch", {"issueIdsOrKeys": ["PAY-101", "PAY-102"]}).json()

    assert [issue["key"] for issue in answer["issues"]] == ["PAY-102"]
    assert [error["id"] for error in answer["issueErrors"]] == ["10001"]


def test_an_issue_that_bulkfetch_could_not_read_is_not_taken_for_an_archived_one(jira: RunningJira) -> None:
    jira.switch(bulk_errors=["10001"])

    assert [story.found for story in tracker(jira).read(["PAY-101", "PAY-102"])] == [Found.READ, Found.READ]
