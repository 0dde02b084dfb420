"""What is no body that Jira reads: another language, half a letter, a nest too deep; and how it counts letters."""

from typing import Any

import pytest
import requests

from tests.integrations.jira.conftest import RunningJira

BAD_JSON = {"errorMessages": ["There was an error parsing JSON. Check that your request body is valid."]}
MARK = "/rest/api/2/issue/PAY-101/properties/mark"
COMMENT = "/rest/api/2/issue/PAY-101/comment"
EMOJI = "\N{PARTY POPPER}"


def send(jira: RunningJira, method: str, path: str, data: str, media: str = "application/json") -> requests.Response:
    headers = {"Content-Type": media}
    login: dict[str, Any] = {"auth": jira.basic}
    if jira.standin.switches["deployment"] != "Cloud":
        login, headers = {}, headers | jira.bearer
    return requests.request(method, jira.url + path, data=data.encode(), headers=headers, timeout=10, **login)


@pytest.mark.parametrize("body", ["", "NaN", "[Infinity]", "{'a': 1}", '"\\ud83d"', "[1,]", "[" * 100_000])
def test_what_is_no_json_is_no_value(jira: RunningJira, body: str) -> None:
    answer = send(jira, "PUT", MARK, body)

    assert (answer.status_code, answer.json()) == (400, BAD_JSON)
    assert "properties" not in jira.issue_state("PAY-101")


def test_whole_emoji_may_be_written_in_either_way(jira: RunningJira) -> None:
    assert send(jira, "PUT", MARK, '"\\ud83c\\udf89"').status_code == 201
    assert jira.issue_state("PAY-101")["properties"] == {"mark": EMOJI}


@pytest.mark.parametrize(
    ("media", "status"),
    [
        ("application/json; charset=utf-8", 201),
        ("Application/JSON", 201),
        ("application/jsonp", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("", 415),
    ],
)
@pytest.mark.parametrize("deployment", ["Cloud", "Server"])
def test_the_media_type_has_to_be_the_one(jira: RunningJira, deployment: str, media: str, status: int) -> None:
    jira.switch(deployment=deployment)

    answer = send(jira, "POST", COMMENT, '{"body": "x"}', media)
    assert answer.status_code == status
    is_problem = "problem+json" in answer.headers["Content-Type"]
    assert is_problem == (status == 415 and deployment == "Cloud")


def test_a_query_nested_too_deep_is_refused(jira: RunningJira) -> None:
    query = {"jql": "(" * 3000 + "key = PAY-101" + ")" * 3000}

    assert jira.call("POST", "/search/jql", query).status_code == 400
    assert jira.call("POST", "/search/jql", {"jql": "((key = PAY-101))"}).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/rest/api/2/task/\N{SUPERSCRIPT TWO}", 404),
        ("/rest/webhooks/1.0/webhook/\N{SUPERSCRIPT TWO}", 404),
        ("/rest/api/2/issue/PAY-101/remotelink/\N{SUPERSCRIPT TWO}", 400),
        ("/rest/api/2/search/jql?jql=key=PAY-101&reconcileIssues=\N{SUPERSCRIPT TWO}", 400),
        ("/rest/api/2/search/jql?jql=key=PAY-101&failFast=perhaps", 400),
    ],
)
def test_what_is_no_number_or_no_flag_is_refused_not_stumbled_over(jira: RunningJira, path: str, status: int) -> None:
    jira.switch(is_admin=True)

    assert requests.get(jira.url + path, auth=jira.basic, timeout=10).status_code == status


def test_a_data_center_takes_a_bad_number_for_another_address(data_center: RunningJira) -> None:
    answer = data_center.call("GET", "/search?jql=project=PAY&maxResults=many")

    assert (answer.status_code, answer.json()["status-code"]) == (404, 404)


def test_letters_are_counted_as_java_counts_them(jira: RunningJira) -> None:
    target = {"url": "https://a.example", "title": "x"}
    for size, good, bad in ((127, 201, 400), (128, 400, 400)):
        link = {"globalId": EMOJI * size, "object": target}
        assert jira.call("POST", "/issue/PAY-101/remotelink", link).status_code == good
        title = {"object": target | {"title": EMOJI * (size + 1)}}
        assert jira.call("POST", "/issue/PAY-101/remotelink", title).status_code == bad
    assert send(jira, "POST", COMMENT, f'{{"body": "{EMOJI * 16_383}"}}').status_code == 201
    assert send(jira, "POST", COMMENT, f'{{"body": "{EMOJI * 16_384}"}}').status_code == 400
    assert send(jira, "PUT", MARK, f'"{EMOJI * 16_384}"').status_code == 400
    assert jira.call("PUT", "/issue/PAY-101", {"fields": {"summary": EMOJI * 128}}).status_code == 400


def test_a_property_counts_as_it_was_sent(jira: RunningJira) -> None:
    value = '"' + "x" * 32_766 + '"'

    assert send(jira, "PUT", MARK, value + " ").status_code == 400
    assert send(jira, "PUT", MARK, value).status_code == 201


@pytest.mark.parametrize("ids", [["abc"], [True], [1.5], ["\N{SUPERSCRIPT TWO}"], [None]])
def test_comments_are_listed_by_numbers_alone(jira: RunningJira, ids: list[Any]) -> None:
    assert jira.call("POST", "/comment/list", {"ids": ids}).status_code == 400
