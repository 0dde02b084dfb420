"""Comments: text in version 2, documents in version 3, marks, limits, and no protection against writing twice."""

from typing import Any

import pytest

from tests.integrations.jira.conftest import RunningJira

PATH = "/issue/PAY-101/comment"
MARK = {"key": "com.acme.change", "value": {"event": "opened"}}
TOO_LONG = "The entered text is too long. It exceeds the allowed limit of 32,767 characters."


def document(*words: str) -> dict[str, Any]:
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": word}]} for word in words],
    }


def write(jira: RunningJira, body: Any = "hello", *, version: str = "2", **more: Any) -> Any:
    return jira.call("POST", PATH, {"body": body, **more}, version=version)


def test_a_comment_is_created_with_its_author_and_times(jira: RunningJira) -> None:
    answer = write(jira, "Change *CHG1* opened")
    comment = answer.json()

    assert answer.status_code == 201
    assert (comment["body"], comment["author"]["displayName"]) == ("Change *CHG1* opened", "Cabbie")
    assert comment["self"].endswith(f"/rest/api/2/issue/10001/comment/{comment['id']}")
    assert comment["created"] == comment["updated"]
    assert jira.issue_state("PAY-101")["comments"] == [{"body": "Change *CHG1* opened", "properties": {}}]


def test_the_same_comment_twice_is_two_comments(jira: RunningJira) -> None:
    assert write(jira).json()["id"] != write(jira).json()["id"]


def test_each_version_shows_the_comment_its_own_way(jira: RunningJira) -> None:
    write(jira, "one\n\ntwo")
    write(jira, document("three", "four"), version="3")

    assert [c["body"] for c in jira.call("GET", PATH).json()["comments"]] == ["one\n\ntwo", "three\n\nfour"]
    bodies = [c["body"] for c in jira.call("GET", PATH, version="3").json()["comments"]]
    assert bodies == [document("one", "two"), document("three", "four")]


def test_version_3_takes_documents_only(jira: RunningJira) -> None:
    title = {"type": "heading", "attrs": {"level": 1}, "content": [{"type": "text", "text": "x"}]}
    heading = {"type": "doc", "version": 1, "content": [title]}
    for body in ("plain", {"type": "paragraph"}, heading, {"type": "doc", "version": 1, "content": [{"type": []}]}):
        answer = write(jira, body, version="3")
        assert (answer.status_code, answer.json()["errors"]) == (400, {"comment": "Comment body is not valid!"})


def test_version_2_takes_text_only(jira: RunningJira) -> None:
    assert write(jira, document("x")).status_code == 400


@pytest.mark.parametrize("body", ["", "  \n ", None])
def test_an_empty_comment_is_refused(jira: RunningJira, body: str | None) -> None:
    assert write(jira, body).json()["errors"] == {"comment": "Comment body can not be empty!"}


def test_a_comment_ends_at_32767_characters(jira: RunningJira) -> None:
    assert write(jira, "x" * 32_767).status_code == 201
    answer = write(jira, "x" * 32_768)

    assert (answer.status_code, answer.json()) == (400, {"errorMessages": [], "errors": {"comment": TOO_LONG}})
    assert write(jira, document("x" * 32_760), version="3").json()["errors"] == {"comment": TOO_LONG}


def test_visibility_needs_a_role_of_our_own(jira: RunningJira) -> None:
    good = write(jira, visibility={"type": "role", "value": "Developers"})
    bad = write(jira, visibility={"type": "role", "value": "Administrators"})

    assert good.json()["visibility"] == {"type": "role", "value": "Developers", "identifier": "Developers"}
    assert bad.status_code == 400
    assert "commentLevel" in bad.json()["errors"]
    assert write(jira, visibility={"type": "group", "value": "jira-users"}).status_code == 201
    assert write(jira, visibility={"type": "planet", "value": "x"}).status_code == 400


def test_marks_are_read_by_list_of_ids_and_by_key_but_not_in_the_page(jira: RunningJira) -> None:
    number = write(jira, properties=[MARK]).json()["id"]
    bulk = jira.call("POST", "/comment/list?expand=properties", {"ids": [int(number), 999]}).json()

    assert [comment["properties"] for comment in bulk["values"]] == [[MARK]]
    assert (bulk["total"], bulk["isLast"]) == (1, True)
    assert jira.call("GET", f"/comment/{number}/properties/com.acme.change").json() == MARK
    page = jira.call("GET", f"{PATH}?expand=properties").json()
    assert "properties" not in page["comments"][0]
    assert "properties" not in jira.call("POST", "/comment/list", {"ids": [number]}).json()["values"][0]


def test_comments_of_hidden_issues_are_in_no_list(jira: RunningJira) -> None:
    number = write(jira).json()["id"]
    jira.change("PAY-101", hidden=True)

    assert jira.call("POST", "/comment/list", {"ids": [number]}).json()["values"] == []
    assert jira.call("GET", f"/comment/{number}/properties").status_code == 404


@pytest.mark.parametrize("ids", [[], list(range(1001)), "1", [{}], None])
def test_a_list_takes_1_to_1000_ids(jira: RunningJira, ids: object) -> None:
    assert jira.call("POST", "/comment/list", {"ids": ids}).status_code == 400


def test_marks_of_a_comment_can_be_changed_later(jira: RunningJira) -> None:
    one = f"/comment/{write(jira).json()['id']}/properties/mark"

    assert [jira.call("PUT", one, value).status_code for value in (1, 2)] == [201, 200]
    assert jira.call("GET", one).json() == {"key": "mark", "value": 2}
    keys = jira.call("GET", one.removesuffix("/mark")).json()["keys"]
    assert [key["key"] for key in keys] == ["mark"]
    assert keys[0]["self"].endswith(one)
    assert [jira.call("DELETE", one).status_code for _ in range(2)] == [204, 404]


def test_pages_by_number_in_either_order(jira: RunningJira) -> None:
    for word in "abc":
        write(jira, word)

    def bodies(query: str) -> list[str]:
        return [comment["body"] for comment in jira.call("GET", f"{PATH}?{query}").json()["comments"]]

    assert bodies("") == ["a", "b", "c"]
    assert bodies("orderBy=-created") == ["c", "b", "a"]
    assert bodies("orderBy=+created&startAt=1&maxResults=1") == ["b"]
    assert bodies("startAt=3") == []
    assert jira.call("GET", f"{PATH}?orderBy=author").status_code == 400
    page = jira.call("GET", f"{PATH}?maxResults=9999").json()
    assert (page["maxResults"], page["total"], page["startAt"]) == (100, 3, 0)


def test_the_server_may_give_less_than_asked(data_center: RunningJira) -> None:
    for number in range(51):
        write(data_center, str(number))
    page = data_center.call("GET", f"{PATH}?maxResults=100").json()

    assert (len(page["comments"]), page["maxResults"], page["total"]) == (50, 50, 51)


def test_one_comment_is_read_changed_and_deleted(jira: RunningJira) -> None:
    one = f"{PATH}/{write(jira).json()['id']}"

    assert jira.call("PUT", one, {"body": "changed"}).json()["body"] == "changed"
    assert jira.call("GET", one).json()["body"] == "changed"
    assert jira.call("GET", one.replace("PAY-101", "PAY-102")).status_code == 404
    assert [jira.call("DELETE", one).status_code for _ in range(2)] == [204, 404]
    assert "comments" not in jira.issue_state("PAY-101")


def test_without_the_right_a_comment_is_a_400(jira: RunningJira) -> None:
    jira.switch(can_comment=False)
    answer = write(jira)

    assert answer.status_code == 400
    assert answer.json()["errorMessages"] == ["You do not have the permission to comment on this issue."]


@pytest.mark.parametrize(
    "properties", ["x", [{"key": "a"}], [{"key": "k" * 256, "value": 1}], [{"key": [], "value": 1}]]
)
def test_garbled_marks_are_refused_and_nothing_is_written(jira: RunningJira, properties: object) -> None:
    assert write(jira, properties=properties).status_code == 400
    assert "comments" not in jira.issue_state("PAY-101")


def test_comments_show_whole_inside_an_issue_and_up_to_twenty_inside_a_search(jira: RunningJira) -> None:
    jira.switch(limits_writes=False)
    for number in range(21):
        write(jira, str(number))
    whole = jira.call("GET", "/issue/PAY-101?fields=comment").json()["fields"]["comment"]
    found = jira.call("POST", "/search/jql", {"jql": "key = PAY-101", "fields": ["comment"]}).json()["issues"][0]
    searched = found["fields"]["comment"]

    assert (len(whole["comments"]), whole["total"]) == (21, 21)
    assert (len(searched["comments"]), searched["total"]) == (20, 21)


def test_it_may_be_the_stored_document_that_is_too_long(jira: RunningJira) -> None:
    jira.switch(wiki_counts_as_document=True)

    assert write(jira, "x" * 32_767).json()["errors"] == {"comment": TOO_LONG}
    assert write(jira, "x\n" * 1_000).json()["errors"] == {"comment": TOO_LONG}
    assert write(jira, "x" * 30_000).status_code == 201
