"""The query language beyond keys: people, days, releases, texts, families, and nothing at all."""

from datetime import timedelta

import pytest
import requests

from tests.integrations.jira.conftest import RunningJira
from tests.integrations.jira.test_sandbox_search import errors, found


@pytest.fixture
def jira(jira: RunningJira) -> RunningJira:
    jira.switch(is_admin=True)
    jira.add(
        {"key": "PAY-500", "summary": "Old", "fix_versions": ["1.0"], "labels": ["CHG0030001", "late"]},
        {"key": "PAY-501", "summary": "Child", "parent": "PAY-500", "fix_versions": ["2.0"]},
        {"key": "PAY-502", "summary": "Mine", "description": "Retry after a timeout\n\nat night"},
    ).raise_for_status()
    me = jira.call("GET", "/myself").json()["accountId"]
    jira.call("PUT", "/issue/PAY-502/assignee", {"accountId": me})
    released = jira.call("GET", "/project/PAY/versions").json()[0]
    jira.call("PUT", f"/version/{released['id']}", {"released": True, "releaseDate": "2026-11-01"})
    return jira


NEW = "key in (PAY-500, PAY-501, PAY-502) and "


@pytest.mark.parametrize(
    ("jql", "expected"),
    [
        ("assignee = currentUser()", ["PAY-502"]),
        (NEW + "assignee in (currentUser(), margaret)", ["PAY-502"]),
        (NEW + "assignee in membersOf('jira-users')", ["PAY-502"]),
        (NEW + "assignee = empty order by key", ["PAY-500", "PAY-501"]),
        (NEW + "assignee != currentUser()", []),
        (NEW + "fixVersion = 1.0", ["PAY-500"]),
        (NEW + "fixVersion in releasedVersions()", ["PAY-500"]),
        (NEW + "fixVersion in releasedVersions(CHK)", []),
        (NEW + "fixVersion in unreleasedVersions(PAY)", ["PAY-501"]),
        (NEW + "fixVersion = latestReleasedVersion(PAY)", ["PAY-500"]),
        (NEW + "fixVersion = earliestUnreleasedVersion(PAY)", ["PAY-501"]),
        (NEW + "fixVersion is empty", ["PAY-502"]),
        ("parent = PAY-500", ["PAY-501"]),
        ("parent in (PAY-500, PAY-101)", ["PAY-501"]),
        (NEW + "parent is empty order by key", ["PAY-500", "PAY-502"]),
        ("labels = CHG0030001", ["PAY-500"]),
        (NEW + "labels in (late, later)", ["PAY-500"]),
        (NEW + "labels is empty order by key", ["PAY-501", "PAY-502"]),
        ("text ~ 'retry timeout' and key = PAY-502", ["PAY-502"]),
        ("description ~ 'nigh*'", ["PAY-502"]),
        (NEW + "resolution = Unresolved order by key", ["PAY-500", "PAY-501", "PAY-502"]),
        (NEW + "resolution is not empty", []),
        ("project = PAY and resolution = Done and statusCategory = Done and key < PAY-102 order by key", ["PAY-101"]),
        ("project = PAY and statusCategory != Done and status in ('In Review')", ["PAY-102"]),
        (NEW + "reporter = currentUser()", []),
        (NEW + "resolved is empty and created >= startOfDay(-1) order by key", ["PAY-500", "PAY-501", "PAY-502"]),
        ("comment ~ nothing", []),
    ],
)
def test_finds(jira: RunningJira, jql: str, expected: list[str]) -> None:
    assert found(jira, jql) == expected


@pytest.mark.parametrize(
    ("jql", "sentence"),
    [
        ("assignee = nobody", "The value 'nobody' does not exist for the field 'assignee'."),
        ("fixVersion = 9.9", "The value '9.9' does not exist for the field 'fixVersion'."),
        ("resolution = Magic", "The value 'Magic' does not exist for the field 'resolution'."),
        ("assignee = currentUsr()", "Unable to find JQL function 'currentUsr()'."),
        ("project = currentUser()", "The JQL function 'currentUser()' is not supported by the field 'project'."),
        ("updated > yesterday", "Date value 'yesterday' for field 'updated' is invalid. Valid formats include:"),
        ("updated > '2026-13-01'", "Date value '2026-13-01' for field 'updated' is invalid."),
        ("created > currentUser()", "is not supported by the field 'created'."),
        ("updated ~ now", "The operator '~' is not supported by the 'updated' field."),
        ("summary = 'whole'", "The operator '=' is not supported by the 'summary' field."),
        ("parent = SEC-3", "An issue with key 'SEC-3' does not exist for field 'parent'."),
        ("assignee in currentUser", "Expecting '(' but got 'currentUser'."),
        ("assignee = membersOf('a' 'b')", "Expecting ')' or ',' but got"),
        ("key = PAY-101 order by labels", "Field 'labels' does not exist"),
    ],
)
def test_refuses(jira: RunningJira, jql: str, sentence: str) -> None:
    assert sentence in errors(jira, jql)[0]


def test_days_are_relative_to_the_clock_of_the_site(jira: RunningJira) -> None:
    recent = "key in (PAY-500, PAY-101) and updated >= '-1d'"
    assert found(jira, recent) == ["PAY-500"]
    assert found(jira, "key in (PAY-500, PAY-101) and updated > -1w and updated <= now()") == ["PAY-500"]
    assert found(jira, "key in (PAY-500, PAY-101) and created < '2026-02-01'") == ["PAY-101"]
    jira.standin.clock.move(timedelta(days=2))
    assert found(jira, recent) == []
    assert found(jira, "key in (PAY-500, PAY-101) and updated >= '-1w 2d'") == ["PAY-500"]
    jira.change("PAY-101", summary="Renamed")
    assert found(jira, recent) == ["PAY-101"]


def test_an_unknown_key_may_be_told_in_other_words(jira: RunningJira) -> None:
    jira.switch(jql_unknown_key="The value '{key}' does not exist for the field '{field}'.")

    assert errors(jira, "key in (PAY-101, NOPE-9)") == ["The value 'NOPE-9' does not exist for the field 'key'."]


def test_a_page_token_may_be_too_old(jira: RunningJira) -> None:
    query = {"jql": "project = BULK", "maxResults": 1}
    token = jira.call("POST", "/search/jql", query).json()["nextPageToken"]
    assert jira.call("POST", "/search/jql", query | {"nextPageToken": token}).status_code == 200
    jira.switch(page_token_seconds=0)

    answer = jira.call("POST", "/search/jql", query | {"nextPageToken": token})
    assert answer.json()["errorMessages"] == ["The provided next page token is invalid or expired."]


def test_strangers_read_what_is_public(jira: RunningJira) -> None:
    jira.switch(public_projects=["PAY"])
    query = {"jql": "key in (PAY-101, PAY-150, CHK-12)"}
    page = jira.call("POST", "/search/jql", query, auth=None).json()

    assert page == {"issues": [{"id": "10001"}], "isLast": True}
    assert jira.call("GET", "/issue/PAY-101", auth=None).status_code == 200
    assert jira.call("GET", "/issue/PAY-150", auth=None).status_code == 404
    assert jira.call("GET", "/issue/PAY-101/transitions", auth=None).json()["transitions"] == []
    for method, path, body, status in (
        ("POST", "/issue/PAY-101/comment", {"body": "x"}, 400),
        ("POST", "/issue/PAY-101/remotelink", {"object": {"url": "https://a.example", "title": "x"}}, 403),
        ("PUT", "/issue/PAY-101/properties/mark", 1, 403),
        ("PUT", "/issue/PAY-101", {"fields": {"summary": "x"}}, 400),
        ("PUT", "/issue/PAY-101/assignee", {"accountId": None}, 403),
        ("DELETE", "/issue/PAY-101/remotelink?globalId=x", None, 403),
    ):
        assert jira.call(method, path, body, auth=None).status_code == status, path


def test_a_deleted_issue_is_gone_from_everywhere(jira: RunningJira) -> None:
    jira.call("POST", "/issue/PAY-140/comment", {"body": "x"})
    requests.delete(f"{jira.url}/_standin/issues/OLD-7", timeout=10).raise_for_status()

    for name in ("PAY-140", "OLD-7", "10006"):
        assert jira.call("GET", f"/issue/{name}").status_code == 404
    assert "PAY-140" not in found(jira, "project = PAY")
    assert jira.call("POST", "/comment/list", {"ids": [10000]}).json()["values"] == []


def test_a_stranger_deletes_no_comment(jira: RunningJira) -> None:
    jira.switch(public_projects=["PAY"])
    number = jira.call("POST", "/issue/PAY-101/comment", {"body": "x"}).json()["id"]

    assert jira.call("DELETE", f"/issue/PAY-101/comment/{number}", auth=None).status_code == 405


def quoted(word: str) -> str:
    return f'key = PAY-502 and text ~ "{word}"'


@pytest.mark.parametrize("word", [r"a\-b", r"it\!s", r"end\u00", r"\q"])
def test_only_some_things_are_escaped(jira: RunningJira, word: str) -> None:
    assert "is an illegal JQL escape sequence. The valid escape sequences are" in errors(jira, quoted(word))[0]
    assert "is an illegal JQL escape sequence" in errors(jira, "labels = a\\xb")[0]


def test_half_an_emoji_is_no_key(jira: RunningJira) -> None:
    assert "is invalid" in errors(jira, r'key = "\ud83c"')[0]
    assert "\N{PARTY POPPER}" in errors(jira, r'key = "\ud83c\udf89"')[0]


@pytest.mark.parametrize("word", [r"r\u0065try", r"retry\ ", r"\tretry", r"retry\n"])
def test_escapes_stand_for_what_they_mean(jira: RunningJira, word: str) -> None:
    assert found(jira, quoted(word)) == ["PAY-502"]


@pytest.mark.parametrize("field", ["comment", "text"])
def test_restricted_comments_are_not_found_by_others(jira: RunningJira, field: str) -> None:
    limit = {"type": "role", "value": "Developers"}
    jira.call("POST", "/issue/PAY-502/comment", {"body": "gooseberry", "visibility": limit})

    assert found(jira, f"{field} ~ gooseberry") == ["PAY-502"]
    jira.switch(roles=[])
    assert found(jira, f"{field} ~ gooseberry") == []


def test_a_parent_out_of_sight_is_not_shown(jira: RunningJira) -> None:
    assert jira.call("GET", "/issue/PAY-501").json()["fields"]["parent"]["key"] == "PAY-500"
    jira.change("PAY-500", hidden=True)

    assert "parent" not in jira.call("GET", "/issue/PAY-501").json()["fields"]
