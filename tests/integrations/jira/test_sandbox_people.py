"""What people do and see: the page of an issue, and changes behind the bot's back."""

import requests

from tests.integrations.jira.conftest import RunningJira


def page(jira: RunningJira, key: str) -> requests.Response:
    return requests.get(f"{jira.url}/browse/{key}", timeout=10, allow_redirects=False)


def test_the_page_shows_issue_links_and_comments_without_a_login(jira: RunningJira) -> None:
    link = {
        "globalId": "a",
        "application": {"name": "ServiceNow"},
        "relationship": "is changed by",
        "object": {
            "url": "https://acme.example/?a=1&b=2",
            "title": "CHG1 <b>",
            "icon": {"url16x16": "https://acme.example/i.png", "title": "Change"},
            "status": {"resolved": True, "icon": {"title": "Closed"}},
        },
    }
    jira.call("POST", "/issue/PAY-101/remotelink", link)
    jira.call("POST", "/issue/PAY-101/comment", {"body": "<script>alert(1)</script>"})
    html = page(jira, "PAY-101").text

    assert "Retry card payments once when the acquirer times out" in html
    assert "<h2>is changed by</h2>" in html
    assert '<li class="resolved">' in html
    assert '<a href="https://acme.example/?a=1&amp;b=2">CHG1 &lt;b&gt;</a>' in html
    assert 'title="[ServiceNow] Change"' in html
    assert "<small>Closed</small>" in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script" not in html


def test_a_link_that_would_run_is_not_followed(jira: RunningJira) -> None:
    jira.call("POST", "/issue/PAY-101/remotelink", {"object": {"url": "javascript:alert(1)", "title": "x"}})

    assert "javascript:" not in page(jira, "PAY-101").text


def test_a_former_key_leads_on_and_an_unknown_one_nowhere(jira: RunningJira) -> None:
    moved = page(jira, "OLD-7")

    assert (moved.status_code, moved.headers["Location"]) == (302, "/browse/PAY-140")
    assert page(jira, "PAY-999").status_code == 404


def test_people_add_issues(jira: RunningJira) -> None:
    added = jira.add({"key": "PAY-500", "summary": "New", "assignee": "linus"}, {"key": "PAY-501", "summary": "Newer"})

    assert [issue["key"] for issue in added.json()] == ["PAY-500", "PAY-501"]
    assert jira.call("GET", "/issue/PAY-500").json()["id"] == str(added.json()[0]["id"])


def test_people_cannot_add_nonsense(jira: RunningJira) -> None:
    for wrong in (
        {"key": "PAY-101", "summary": "taken"},
        {"key": "ZZZ-1", "summary": "no such project"},
        {"key": "PAY-01", "summary": "leading zero"},
        {"key": "PAY-600"},
        {"key": "PAY-600", "summary": "x", "status": "Nearly"},
        {"key": "PAY-600", "summary": "x", "assignee": "eve"},
        {"key": "PAY-600", "summary": "x", "colour": "red"},
    ):
        assert jira.add(wrong).status_code == 400


def test_people_move_hide_and_archive(jira: RunningJira) -> None:
    jira.change("PAY-101", moved_to="OPS-900", summary="Renamed", status="In Progress")
    moved = jira.call("GET", "/issue/PAY-101").json()
    jira.change("PAY-102", hidden=True)
    jira.change("PAY-103", archived=True)

    assert (moved["key"], moved["id"], moved["fields"]["project"]["key"]) == ("OPS-900", "10001", "OPS")
    assert (moved["fields"]["summary"], moved["fields"]["status"]["name"]) == ("Renamed", "In Progress")
    assert jira.call("GET", "/issue/PAY-102").status_code == 404
    assert jira.call("POST", "/issue/PAY-103/comment", {"body": "x"}).status_code == 403
    assert jira.change("PAY-104", colour="red").status_code == 400
    assert jira.change("PAY-999", hidden=True).status_code == 404


def test_the_state_is_every_issue_in_order_with_what_hangs_on_it(jira: RunningJira) -> None:
    jira.call("PUT", "/issue/PAY-101/properties/mark", {"b": 1})
    state = requests.get(f"{jira.url}/_standin/state", timeout=10).json()

    ids = [issue["id"] for issue in state["issues"]]
    assert ids == list(range(10001, 10001 + 131))
    first = {"id": 10001, "key": "PAY-101", "summary": "Retry card payments once when the acquirer times out"}
    assert state["issues"][0] == first | {"status": "Done", "properties": {"mark": {"b": 1}}}
    assert jira.issue_state("PAY-140")["former_keys"] == ["OLD-7"]


def test_a_write_may_be_done_and_its_answer_lost(jira: RunningJira) -> None:
    call = "POST /rest/api/*/issue/{key}/comment"
    requests.post(f"{jira.url}/_standin/faults", json={"call": call, "action": "drop_after"}, timeout=10)
    try:
        jira.call("POST", "/issue/PAY-101/comment", {"body": "once"})
        is_answered = True
    except requests.ConnectionError:
        is_answered = False

    assert not is_answered
    assert len(jira.issue_state("PAY-101")["comments"]) == 1
