"""Who called whom, in sentences; bodies readable, credentials never."""

from fnmatch import fnmatchcase
from typing import Any

import pytest
import requests

from integrations.standin.page.timeline import jira, servicenow, slack
from integrations.standin.page.timeline.masking import MASK
from integrations.standin.page.timeline.names import Names
from integrations.standin.page.timeline.words import PASTS, Call, past
from integrations.standin.world import load_world
from tests.integrations.standin.rig import Rig


def rows(rig: Rig, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = rig.get("/page/timeline", params=asked).json()["rows"]
    return found


def sentences(rig: Rig, **asked: Any) -> list[str]:
    return [f"{row['from']} → {row['to']}: {row['sentence']}" for row in rows(rig, **asked)]


def in_full(rig: Rig, row: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = rig.get(f"/page/timeline/{row['id']}").json()
    return told


def test_the_story_is_told_newest_first(rig: Rig) -> None:
    rig.open_change()
    rig.slack_api(
        "chat.postMessage", channel="C0PAYMENTS", text="CHG0030001 for <@U0ADA> &amp; <https://a.example|all>"
    )

    assert sentences(rig, effects="1") == [
        "Cabbie → Slack: posted in #payments: “CHG0030001 for @Ada Lovelace & all”",
        "Cabbie → ServiceNow: moved CHG0030001 to Assess",
        "Cabbie → ServiceNow: opened CHG0030001: “Deploy payments 2.4.1”",
    ]


def test_what_people_do_stands_between_the_calls(rig: Rig) -> None:
    rig.open_change()
    rig.post("/page/people/U0LINUS/message", {"channel": "C0PAYMENTS", "text": "hello"})
    rig.post("/page/changes/CHG0030001/approve", {"person": "ada", "comments": "Fine."})
    rig.post("/page/changes/CHG0030001/approve", {"person": "katherine"})

    latest = rows(rig, effects="1")[:3]

    assert [(row["from"], row["to"], row["sentence"], row["failed"]) for row in latest] == [
        ("Katherine Jonas", "ServiceNow", "approved CHG0030001", True),
        ("Ada Lovelace", "ServiceNow", "approved CHG0030001", False),
        ("Linus Torres", "Slack", "wrote “hello”", False),
    ]
    assert "no requested approval" in latest[0]["says"]


def test_lines_are_chosen_by_system_and_by_change(rig: Rig) -> None:
    rig.open_change()
    rig.open_change()
    rig.slack_api("chat.postMessage", channel="C0PAYMENTS", text="CHG0030002 waits")
    rig.slack_api("auth.test")

    assert {row["system"] for row in rows(rig, system="slack")} == {"slack"}
    assert sentences(rig, change="CHG0030002", effects="1") == [
        "Cabbie → Slack: posted in #payments: “CHG0030002 waits”",
        "Cabbie → ServiceNow: moved CHG0030002 to Assess",
        "Cabbie → ServiceNow: opened CHG0030002: “Deploy payments 2.4.1”",
    ]


def test_it_is_bounded_and_gives_more_on_demand(rig: Rig) -> None:
    for _ in range(7):
        rig.slack_api("auth.test")

    answer = rig.get("/page/timeline", params={"limit": 5}).json()

    assert (len(answer["rows"]), answer["more"]) == (5, True)
    assert len(rows(rig, limit=50)) == 7


def test_nothing_is_sent_again_when_nothing_happened(rig: Rig) -> None:
    rig.slack_api("auth.test")
    seen = rig.get("/page/timeline").json()["revision"]

    assert rig.get("/page/timeline", params={"seen": seen}).json() == {"revision": seen}

    rig.slack_api("auth.test")
    assert len(rig.get("/page/timeline", params={"seen": seen}).json()["rows"]) == 2


def test_what_failed_was_only_tried_and_its_fault_is_named(rig: Rig) -> None:
    rig.post("/page/trouble", {"system": "slack", "what": "lost_after", "call": "chat.postMessage"})
    with pytest.raises(requests.ConnectionError):
        rig.slack_api("chat.postMessage", channel="C0PAYMENTS", text="hello")
    rig.slack_api("chat.postMessage", channel="C0NOWHERE", text="hello")

    refused, lost = rows(rig, system="slack", effects="1")

    assert (lost["sentence"], lost["status"], lost["fault"]) == (
        "tried to post in #payments: “hello”",
        None,
        "drop_after",
    )
    assert (refused["failed"], refused["status"], refused["sentence"]) == (
        True,
        200,
        "tried to post in C0NOWHERE: “hello”",
    )
    assert lost["seconds"] is not None


def test_a_web_page_is_no_answer_to_a_call(rig: Rig) -> None:
    rig.post("/page/trouble", {"system": "servicenow", "what": "hibernating"})
    requests.get(f"{rig.servicenow.url}/api/now/table/change_request", timeout=5)
    rig.post("/page/trouble/lift", {})
    requests.get(f"{rig.servicenow.url}/change_request_list.do", timeout=5)

    looked, asked = rows(rig, system="servicenow")

    assert (asked["status"], asked["failed"], asked["sentence"]) == (200, True, "tried to look for changes")
    assert (looked["status"], looked["failed"]) == (200, False)


def test_a_call_in_full_is_readable(rig: Rig) -> None:
    rig.open_change()

    moved = in_full(rig, rows(rig, effects="1")[0])

    assert moved["request"].startswith("PATCH /api/sn_chg_rest/change/normal/")
    assert moved["body"] == '{\n  "state": "-4",\n  "work_notes": "Please decide."\n}'
    assert moved["answer"].startswith("{\n")
    assert moved["cut"] == []


def test_no_credential_is_shown_anywhere(rig: Rig) -> None:
    rig.open_change()
    rig.slack_api("apps.connections.open")
    requests.post(f"{rig.slack.url}/api/auth.test", data={"token": rig.secrets.slack_bot_token}, timeout=5)
    requests.post(f"{rig.slack.url}/api/apps.connections.open", data={"token": rig.secrets.slack_app_token}, timeout=5)
    everything = rig.get("/page/timeline").text + "".join(
        rig.get(f"/page/timeline/{row['id']}").text for row in rows(rig) if row["call"]
    )
    diary = "".join(entry["body"] + entry["answer"] for entry in rig.standins["servicenow"].diary.as_json())

    assert rig.secrets.servicenow_client_secret in diary
    assert MASK in everything
    secret = [value for name, value in vars(rig.secrets).items() if name != "jira_email"]
    assert [value for value in secret if value in everything] == []
    token = diary.partition('"access_token":"')[2].partition('"')[0]
    assert token
    assert token not in everything
    assert "ticket=" not in everything.replace(f"ticket={MASK}", "")


@pytest.mark.parametrize("path", ["slack/9999", "jira/1", "github/1"])
def test_a_call_that_is_not_there_is_said_plainly(rig: Rig, path: str) -> None:
    answer = rig.get(f"/page/timeline/{path}")

    assert (answer.status_code, answer.json()) == (404, {"error": "That call is not in the diary any more."})


NAMES = Names(load_world())
NOTHING = Call("", "/a/b/c/d/e", "", "", "")
PHRASES = [
    *(phrase(NOTHING, NAMES) for table in (slack, jira, servicenow) for phrase in table.PHRASES.values()),
    *(phrase for table in (slack, jira, servicenow) for phrase in table.CALLS.values()),
    *servicenow.READS.values(),
    *(slack.brought(kind, "x") for kind in slack.BROUGHT),
]


@pytest.mark.parametrize("table", [jira, servicenow])
def test_what_matters_is_met_in_every_version(table: Any) -> None:
    for pattern in table.CALLS:
        version = "3" if table is jira else "/v1"
        call = pattern.replace("*", version)
        assert fnmatchcase(call, pattern)
        assert table.plain(call) == table.plain(pattern)


@pytest.mark.parametrize("phrase", sorted(set(PHRASES)))
def test_every_phrase_has_a_past(phrase: str) -> None:
    assert past(phrase) == phrase.replace(phrase.split()[0], PASTS[phrase.split()[0]], 1)


ODD = '{"object": {"status": 1}, "text": [1], "issueIdsOrKeys": 5, "body": {}, "result": [1], "channel": {}, "user": 1}'


@pytest.mark.parametrize(
    "body", ["", "{", "[1]", "null", "a=b&object=1", '{"object": null, "text": null}', ODD, "\x00"]
)
@pytest.mark.parametrize("table", [slack, jira, servicenow])
def test_a_body_of_any_kind_is_told_of(table: Any, body: str) -> None:
    for name in table.PHRASES:
        call = Call(name, "/api/now/table/x/y", "sysparm_query=%", body, body)
        assert past(table.tell(call, NAMES))
