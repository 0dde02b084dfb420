"""What the page can make go wrong: it befalls the next call, is listed while it lasts, and is lifted again."""

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests

from integrations.standin.page.mishaps import MISHAPS
from tests.integrations.standin.rig import Rig


def ask_jira(rig: Rig) -> requests.Response:
    who = (rig.secrets.jira_email, rig.secrets.jira_api_token)
    return requests.get(f"{rig.jira.url}/rest/api/2/issue/PAY-101", auth=who, timeout=5)


def comment(rig: Rig, timeout: float = 5) -> requests.Response:
    who = (rig.secrets.jira_email, rig.secrets.jira_api_token)
    url = f"{rig.jira.url}/rest/api/2/issue/PAY-101/comment"
    return requests.post(url, auth=who, json={"body": "Out today."}, timeout=timeout)


def comments(rig: Rig) -> int:
    story = next(one for one in rig.systems()["jira"]["stories"] if one["key"] == "PAY-101")
    return len(story["comments"])


def spoil(rig: Rig, what: str, **more: Any) -> list[dict[str, Any]]:
    answer = rig.post("/page/trouble", {"system": "jira", "what": what, **more})
    in_force: list[dict[str, Any]] = answer["in_force"]
    return in_force


@pytest.mark.parametrize(
    ("what", "status"), [("error", 500), ("gateway", 502), ("unavailable", 503), ("web_page", 200)]
)
def test_a_wrong_answer_befalls_one_call_and_the_next_is_well(rig: Rig, what: str, status: int) -> None:
    spoil(rig, what)

    first, second = ask_jira(rig), ask_jira(rig)

    assert (first.status_code, second.status_code) == (status, 200)
    assert second.json()["key"] == "PAY-101"
    assert what == "error" or first.text.startswith("<!doctype html>")
    assert rig.pulse()["wrong"] == []


@pytest.mark.parametrize(("name", "header"), [("3", "3"), ("0", "0"), ("1847", "1847"), ("none", None)])
def test_too_many_requests_come_with_the_chosen_retry_after(rig: Rig, name: str, header: str | None) -> None:
    spoil(rig, "busy", retry_after=name)

    answer = ask_jira(rig)

    assert (answer.status_code, answer.headers.get("retry-after")) == (429, header)


def test_retry_after_may_be_a_date_to_come(rig: Rig) -> None:
    spoil(rig, "busy", retry_after="date")

    answer = ask_jira(rig)

    until = parsedate_to_datetime(answer.headers["retry-after"])
    assert until > datetime.now(until.tzinfo)


@pytest.mark.parametrize(("what", "done"), [("lost_before", 0), ("lost_after", 1), ("half", 1)])
def test_a_broken_line_says_nothing_of_whether_it_was_done(rig: Rig, what: str, done: int) -> None:
    spoil(rig, what, call="POST /rest/api/*/comment")

    with pytest.raises(requests.RequestException):
        comment(rig)

    assert comments(rig) == done


def test_done_but_answered_as_failed(rig: Rig) -> None:
    spoil(rig, "error_after", call="POST /rest/api/*/comment")

    assert comment(rig).status_code == 500
    assert comments(rig) == 1


def test_a_late_answer_is_late(rig: Rig) -> None:
    spoil(rig, "late", seconds="1.5", call="POST /rest/api/*/comment")

    with pytest.raises(requests.ReadTimeout):
        comment(rig, timeout=0.3)


def test_it_befalls_only_the_chosen_call(rig: Rig) -> None:
    spoil(rig, "error", call="POST /rest/api/2/issue/{key}/comment", times="-1")

    assert ask_jira(rig).status_code == 200
    assert [comment(rig).status_code, comment(rig).status_code] == [500, 500]


def test_what_is_wrong_is_told_in_words_with_how_often_it_hit(rig: Rig) -> None:
    spoil(rig, "error", call="POST /rest/api/2/issue/{key}/comment", times="3")
    comment(rig)

    [wrong] = rig.pulse()["wrong"]

    assert (wrong["system"], wrong["says"], wrong["call"]) == (
        "jira",
        "answers an internal error (500)",
        "comment on a story",
    )
    assert (wrong["times"], wrong["hits"]) == (2, 1)


def test_one_is_lifted_and_the_other_stays(rig: Rig) -> None:
    spoil(rig, "error", times="-1")
    first, second = spoil(rig, "busy", times="-1")

    left = rig.post("/page/trouble/lift", {"system": "jira", "id": first["id"]})["in_force"]

    assert [one["id"] for one in left] == [second["id"]]
    assert ask_jira(rig).status_code == 429


def test_all_are_lifted_at_once_whatever_made_them(rig: Rig) -> None:
    spoil(rig, "error", times="-1")
    spoil(rig, "suspended")
    rig.post("/page/trouble", {"system": "slack", "what": "down"})
    rig.post("/page/trouble", {"system": "servicenow", "what": "upgrading"})

    assert rig.post("/page/trouble/lift", {}) == {"in_force": []}
    assert ask_jira(rig).status_code == 200
    assert rig.slack_api("auth.test").json()["ok"] is True


@pytest.mark.parametrize(("what", "status"), [("hibernating", 200), ("upgrading", 503)])
def test_servicenow_sleeps_as_a_whole_until_it_is_woken(rig: Rig, what: str, status: int) -> None:
    [wrong] = rig.post("/page/trouble", {"system": "servicenow", "what": what})["in_force"]

    for path in ("/api/now/table/change_request", "/oauth_token.do"):
        answer = requests.request("GET" if "api" in path else "POST", f"{rig.servicenow.url}{path}", timeout=5)
        assert (answer.status_code, "html" in answer.headers["content-type"]) == (status, True)

    rig.post("/page/trouble/lift", {"system": "servicenow", "id": wrong["id"]})
    rig.open_change()
    assert rig.pulse()["wrong"] == []


def test_slack_is_down_for_the_app(rig: Rig) -> None:
    rig.post("/page/trouble", {"system": "slack", "what": "down"})

    assert [rig.slack_api("auth.test").status_code for _ in range(3)] == [503] * 3


@pytest.mark.parametrize(
    "told",
    [
        {"system": "jira", "what": "late", "seconds": "3600"},
        {"system": "jira", "what": "late", "seconds": "soon"},
        {"system": "jira", "what": "error", "times": "100000"},
        {"system": "jira", "what": "hibernating"},
        {"system": "jira", "what": "earthquake"},
        {"system": "github", "what": "error"},
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(rig: Rig, told: dict[str, str]) -> None:
    answer = requests.post(f"{rig.page.url}/page/trouble", json=told, timeout=5)

    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")
    assert rig.pulse()["wrong"] == []


def test_the_calls_that_were_made_are_offered_first(rig: Rig) -> None:
    comment(rig)

    told = rig.get("/page/trouble").json()

    first = told["calls"]["jira"][0]
    assert first == {"call": "POST /rest/api/2/issue/{key}/comment", "label": "comment on a story", "group": "made"}
    assert {one["group"] for one in told["calls"]["slack"]} == {"matter", "rest"}
    assert {one["name"] for one in told["mishaps"]} == set(MISHAPS)


def test_every_call_that_is_offered_can_be_spoiled(rig: Rig) -> None:
    """A name with a star or a brace in it must still match what the diary writes."""
    offered = [one["call"] for one in rig.get("/page/trouble").json()["calls"]["jira"] if "issue/{key}" in one["call"]]
    reads = [call for call in offered if call.startswith("GET ") and call.endswith("issue/{key}")]
    assert len(reads) == 1

    spoil(rig, "error", call=reads[0])

    assert ask_jira(rig).status_code == 500
