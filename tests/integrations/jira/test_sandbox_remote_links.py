"""Remote links: one per globalId, all of it sent each time."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.integrations.jira.conftest import RunningJira

PATH = "/issue/PAY-101/remotelink"
GLOBAL_ID = "servicenow=https://acme.example&sys_id=0123"
FULL: dict[str, Any] = {
    "globalId": GLOBAL_ID,
    "application": {"type": "com.servicenow", "name": "ServiceNow"},
    "relationship": "is changed by",
    "object": {
        "url": "https://acme.example/change?id=1&a=<b>",
        "title": "CHG0000001",
        "summary": "Deploy payments",
        "icon": {"url16x16": "https://acme.example/i.png", "title": "Change"},
        "status": {"resolved": True, "icon": {"title": "Closed", "url16x16": "https://acme.example/c.png"}},
    },
}


def write(jira: RunningJira, **changes: Any) -> Any:
    return jira.call("POST", PATH, FULL | changes)


def links(jira: RunningJira) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = jira.call("GET", PATH).json()
    return shown


def test_a_new_link_is_created_and_shown_whole(jira: RunningJira) -> None:
    answer = write(jira)

    assert (answer.status_code, set(answer.json())) == (201, {"id", "self"})
    assert answer.json()["self"] == f"{jira.url}/rest/api/2{PATH}/{answer.json()['id']}"
    assert links(jira) == [FULL | answer.json()]


def test_the_same_global_id_updates_and_forgets_what_is_not_sent(jira: RunningJira) -> None:
    first = write(jira).json()
    answer = jira.call("POST", PATH, {"globalId": GLOBAL_ID, "object": {"url": "https://b.example", "title": "New"}})

    assert (answer.status_code, answer.json()) == (200, first)
    assert links(jira) == [
        first
        | {
            "globalId": GLOBAL_ID,
            "application": {},
            "object": {"url": "https://b.example", "title": "New", "icon": {}, "status": {"icon": {}}},
        }
    ]


def test_a_global_id_counts_per_issue(jira: RunningJira) -> None:
    write(jira)

    assert jira.call("POST", "/issue/PAY-102/remotelink", FULL).status_code == 201
    assert jira.call("POST", "/issue/OLD-7/remotelink", FULL).status_code == 201
    assert jira.call("POST", "/issue/PAY-140/remotelink", FULL).status_code == 200


def test_without_a_global_id_there_are_duplicates(jira: RunningJira) -> None:
    for _ in range(2):
        assert write(jira, globalId=None).status_code == 201

    assert len(links(jira)) == 2


def test_title_and_url_are_required(jira: RunningJira) -> None:
    no_title = write(jira, object={"url": "https://a.example"})
    neither = jira.call("POST", PATH, {})

    assert (no_title.status_code, no_title.json()) == (
        400,
        {"errorMessages": [], "errors": {"title": "'title' is required."}},
    )
    assert neither.json()["errors"] == {"title": "'title' is required.", "url": "'url' is required."}


@pytest.mark.parametrize("changes", [{"globalId": "x" * 256}, {"relationship": "x" * 256}])
def test_texts_end_at_255(jira: RunningJira, changes: dict[str, str]) -> None:
    assert write(jira, **changes).status_code == 400
    assert write(jira, **{name: text[1:] for name, text in changes.items()}).status_code == 201


@pytest.mark.parametrize("changes", [{"object": "x"}, {"application": []}, {"globalId": 1}])
def test_wrong_types_are_refused(jira: RunningJira, changes: dict[str, Any]) -> None:
    assert write(jira, **changes).status_code == 400
    assert links(jira) == []


def test_one_link_is_found_by_its_encoded_global_id(jira: RunningJira) -> None:
    write(jira)

    assert jira.call("GET", f"{PATH}?globalId={quote(GLOBAL_ID, safe='')}").json()["globalId"] == GLOBAL_ID
    assert jira.call("GET", f"{PATH}?globalId={GLOBAL_ID}").status_code == 404


def test_one_link_is_read_overwritten_and_deleted_by_id(jira: RunningJira) -> None:
    one = f"{PATH}/{write(jira).json()['id']}"

    assert jira.call("GET", one).json()["object"]["title"] == "CHG0000001"
    new = {"object": {"url": "https://b.example", "title": "New"}}
    assert jira.call("PUT", one, new).status_code == 204
    assert jira.call("GET", one).json()["object"]["title"] == "New"
    assert jira.call("DELETE", one).status_code == 204
    assert jira.call("GET", one).status_code == 404


def test_a_link_of_another_issue_and_a_garbled_id_are_400(jira: RunningJira) -> None:
    number = write(jira).json()["id"]

    assert jira.call("GET", f"/issue/PAY-102/remotelink/{number}").status_code == 400
    assert jira.call("DELETE", f"{PATH}/abc").status_code == 400


def test_a_link_is_deleted_by_its_global_id(jira: RunningJira) -> None:
    write(jira)
    address = f"{PATH}?globalId={quote(GLOBAL_ID, safe='')}"

    statuses = [jira.call("DELETE", path).status_code for path in (PATH, address, address)]
    assert statuses == [400, 204, 404]


def test_rights_are_needed_to_write_not_to_read(jira: RunningJira) -> None:
    write(jira)
    jira.switch(can_link=False)

    assert write(jira).status_code == 403
    assert jira.call("DELETE", f"{PATH}?globalId={quote(GLOBAL_ID, safe='')}").status_code == 403
    assert len(links(jira)) == 1
    jira.switch(issue_linking=False)
    assert jira.call("GET", PATH).status_code == 403


@pytest.mark.parametrize("key", ["SEC-3", "PAY-999"])
def test_hidden_issues_take_no_links(jira: RunningJira, key: str) -> None:
    assert jira.call("POST", f"/issue/{key}/remotelink", FULL).status_code == 404


def test_a_put_takes_no_global_id_that_another_link_of_the_issue_has(jira: RunningJira) -> None:
    write(jira)
    other = write(jira, globalId="b=2").json()["id"]

    assert jira.call("PUT", f"{PATH}/{other}", FULL).status_code == 400
    assert [link["globalId"] for link in links(jira)] == [GLOBAL_ID, "b=2"]
    assert jira.call("PUT", f"{PATH}/{other}", FULL | {"globalId": "b=2"}).status_code == 204
    assert jira.call("PUT", f"{PATH}/{other}", FULL | {"globalId": None}).status_code == 204


@pytest.mark.parametrize("name", ["title", "url"])
def test_blanks_are_no_title_and_no_url(jira: RunningJira, name: str) -> None:
    answer = write(jira, object=FULL["object"] | {name: "  "})

    assert (answer.status_code, answer.json()["errors"]) == (400, {name: f"'{name}' is required."})
