"""Hearing deploys without anybody typing: announcements in Slack's message metadata and over the API."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.stories.pipeline import announce, ask_gate, post, replies, token_for
from tests.stories.town import Town, number_in, town

SHA_OF_NOTHING = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(Path(tmp_path_factory.mktemp("hearing"))) as place:
        yield place


def cleared(town: Town, version: str, environment: str) -> str:
    """A deploy of payments, announced by a pipeline for linus and approved by ada and grace; its number."""
    post(town, service="payments", version=version, environment=environment, requested_by="linus@acme.example")
    card = town.until_card(f"{version} → {environment}")
    number = number_in(card["text"])
    town.until_card("approve", number=number)
    town.press("ada", "change.approve", number=number)
    town.until(lambda: town.approve_in_servicenow("grace", number).get("ok"), "the CAB being asked")
    town.until_state("implement", number)
    town.until_card("cleared until", number=number)
    return number


# ------------------------------------------------------------------------------------------------------ in Slack


def test_an_announcement_by_an_allowed_app_does_what_the_command_does(acme: Town) -> None:
    ts = post(acme, service="search", version="3.1.0", channel="platform", why="the index is slow",
              requested_by="ada@acme.example", url="https://ci.example/142")  # fmt: skip

    card = acme.until_card("search 3.1.0", channel="platform")
    number = number_in(card["text"])
    change = acme.until_state("assess", number)
    shown = json.dumps(card["blocks"], ensure_ascii=False)
    assert change["requested_by"] == "ada"
    assert "the index is slow" in shown and "https://ci.example/142" in shown
    assert "<@U0ADA>" not in shown  # whom a pipeline names may not approve
    assert not replies(acme, ts, channel="platform")


def test_an_announcement_that_slack_delivers_again_is_heard_once(acme: Town) -> None:
    acme.standins.delete("slack", "deliveries")
    ts = post(acme, service="nothing", version="2")
    acme.until(lambda: replies(acme, ts), "an answer")
    event = acme.standins.get("slack", "deliveries")[0]["event_id"]

    acme.standins.post("slack", "redeliver", event_id=event)

    acme.until(lambda: _times_delivered(acme, event) == 2, "the second delivery")
    later = post(acme, service="nothing", version="3")  # its answer comes after whatever the second delivery made
    acme.until(lambda: replies(acme, later), "an answer")
    assert len(replies(acme, ts)) == 1


def _times_delivered(town: Town, event: str) -> int:
    return sum(d["event_id"] == event and d["status"] == 200 for d in town.standins.get("slack", "deliveries"))


def test_whom_a_pipeline_names_may_not_approve_either(acme: Town) -> None:
    post(acme, service="payload-service", version="1.0.0", channel="platform", requested_by="ada@acme.example")
    card = acme.until_card("payload-service 1.0.0", channel="platform")

    acme.press("ada", "change.approve", channel="platform", number=number_in(card["text"]))

    acme.until(lambda: [w for w in acme.whispers("ada", "platform") if "second pair of eyes: you requested it" in w])


def test_another_app_is_not_heard(acme: Town) -> None:
    ts = post(acme, app="rogue", service="payments", version="2.3.0")
    post(acme, service="nothing", version="1")  # the allowed one's, afterwards: both have been read when it is answered

    acme.until(lambda: [m for m in acme.messages() if "I don't know a service called “nothing”" in m["text"]])
    assert not replies(acme, ts)
    assert not [c for c in acme.changes() if "2.3.0" in c["short_description"]]


@pytest.mark.parametrize(
    ("payload", "answered"),
    [
        ({"service": "payments"}, "`version` is missing"),
        ({"version": "2.4.1"}, "`service` is missing"),
        ({"service": "payments", "version": 241}, "`version` has to be text"),
        ({"service": "payments", "version": "2.4.1", "status": "deployed"}, "`status` has to be one of requested, st"),
        ({"service": "payments", "version": "2.4.1", "sha": "HEAD"}, "`sha` has to be a commit's hash"),
        ({"service": "payments", "version": "2.4.1", "url": "javascript:alert(1)"}, "`url` has to start with http"),
        ({"service": "payments", "version": "2.4.1", "commits": "abc"}, "`commits` has to be a list of objects"),
        ({"service": "payments", "version": "2.4.1", "environment": "moon"}, "has no environment called “moon”"),
    ],
)  # fmt: skip
def test_a_malformed_announcement_is_answered_below_it(acme: Town, payload: dict[str, Any], answered: str) -> None:
    ts = post(acme, **payload)

    said = acme.until(lambda: replies(acme, ts), "an answer")
    assert len(said) == 1 and answered in said[0], said


# ------------------------------------------------------------------------------------------------------ over HTTP


def test_the_api_asks_for_a_deploy_and_says_the_same_when_asked_the_same_again(acme: Town) -> None:
    facts: dict[str, Any] = {
        "service": "checkout",
        "version": "1.1.0",
        "why": "the sale",
        "requested_by": "linus@acme.example",
    }

    with ThreadPoolExecutor(4) as hands:
        answers = list(hands.map(lambda _: announce(acme, **facts, id="run-142"), range(4)))

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.text for answer in answers}) == 1
    told = answers[0].json()
    assert "heard" in told["sentence"] and told["change"]


def test_an_idempotency_key_does_what_an_id_does(acme: Town) -> None:
    facts: dict[str, Any] = {"service": "nothing", "version": "1"}

    first = announce(acme, **facts, headers={"Idempotency-Key": "k-1"})
    again = announce(acme, service="checkout", version="1.1.1", headers={"Idempotency-Key": "k-1"})

    assert first.status_code == again.status_code == 409
    assert first.json() == again.json()


def test_a_token_speaks_for_its_services_alone(acme: Town) -> None:
    pipeline = token_for(acme, "payments")

    nobody = announce(acme, token="wrong", service="payments", version="2.4.1")
    other = announce(acme, token=pipeline, service="checkout", version="1.1.0")
    own = announce(acme, token=pipeline, service="payments", version="2.4.1", status="failed", environment="staging")

    assert (nobody.status_code, other.status_code, own.status_code) == (401, 403, 202)
    assert other.json()["detail"] == "This token does not speak for checkout."
    for answer in (nobody, other):
        assert answer.headers["content-type"] == "application/problem+json"
    assert acme.api("GET", "/api/v1/gate", token=pipeline, params={"service": "checkout"}).status_code == 403
    assert acme.api("GET", "/api/v1/gate", token="wrong", params={"service": "payments"}).status_code == 401


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        ({"version": "1"}, "service"),
        ({"service": "payments"}, "version"),
        ({"service": "payments", "version": "1", "status": "deployed"}, "status"),
        ({"service": "payments", "version": "1", "kind": "emergency"}, "kind"),
        ({"service": "payments", "version": "1", "sha": "../../etc"}, "sha"),
        ({"service": "payments", "version": "1", "url": "file:///etc/passwd"}, "url"),
        ({"service": "payments", "version": "1", "colour": "red"}, "colour"),
        ({"service": "payments", "version": "1", "commits": [{"sha": "abc"}]}, "commits.0.sha"),
        ({"service": "payments", "version": "x" * 300}, "version"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_named(acme: Town, facts: dict[str, Any], wrong: str) -> None:
    answer = announce(acme, **facts)

    assert answer.status_code == 422, answer.text
    assert wrong in answer.json()["detail"]
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("facts", "unknown"),
    [
        ({"service": "payments", "version": "1", "environment": "moon"}, "environment called “moon”"),
        ({"service": "no-such", "version": "1"}, "service called “no-such”"),
    ],
)
def test_what_the_policy_does_not_know_is_refused_by_name(acme: Town, facts: dict[str, Any], unknown: str) -> None:
    answer = announce(acme, **facts)

    assert (answer.status_code, unknown in answer.json()["detail"]) == (409, True)


# ------------------------------------------------------------------------------------------------- how a deploy goes


def test_started_and_succeeded_close_the_change(acme: Town) -> None:
    number = cleared(acme, "2.4.1", "production")
    sha = acme.change(number)["description"].split("Commit: ")[1].split("\n")[0]

    started = announce(acme, service="payments", version="v2.4.1", status="started")
    ended = announce(acme, service="payments", sha=sha[:10], status="succeeded", why="142 pods")

    assert started.json()["number"] == ended.json()["number"] == number
    change = acme.until_state("closed", number)
    assert change["close_code"] == "successful" and change["work_start"] and change["work_end"]
    assert "142 pods" in change["close_notes"]
    again = announce(acme, service="payments", version="2.4.1", status="succeeded")
    assert again.status_code == 202 and number in again.json()["sentence"]


def test_failed_stays_in_review_with_a_task(acme: Town) -> None:
    number = cleared(acme, "2.4.1", "staging")

    post(acme, service="payments", version="2.4.1", environment="staging", status="failed", why="out of memory")

    change = acme.until_state("review", number)
    task = acme.until(
        lambda: next((t for t in acme.change(number)["tasks"] if "out of memory" in t["description"]), None), "a task"
    )
    assert task["assignment_group"] == "Payments Engineering"
    assert change["close_code"] != "successful"


def test_canceled_before_anything_ran_cancels_the_change(acme: Town) -> None:
    post(acme, service="payments", version="2.3.0", environment="staging", requested_by="linus@acme.example", why="old")
    card = acme.until_card("2.3.0 → staging")

    post(acme, service="payments", version="2.3.0", environment="staging", status="canceled", why="wrong version")

    change = acme.until_state("canceled", number_in(card["text"]))
    assert any("wrong version" in note["text"] for note in change["work_notes"])
    acme.until_card("canceled", number=number_in(card["text"]))


def test_a_rollback_is_a_change_of_its_own_kind(acme: Town) -> None:
    answer = announce(acme, service="payments", version="2.4.0", kind="rollback", why="2.4.1 rounds wrongly",
                      requested_by="linus@acme.example")  # fmt: skip

    assert answer.status_code == 202
    card = acme.until_card("2.4.0 → production")
    change = acme.change(number_in(card["text"]))
    assert change["short_description"] == "Roll back payments 2.4.0 to production"
    assert "2.4.1 rounds wrongly" in change["justification"]
    assert not ask_gate(acme, service="payments", version="2.4.0")["open"]


# ---------------------------------------------------------------------------------------------- what was not cleared


def test_a_deploy_that_nobody_asked_for_is_reported_to_the_managers(acme: Town) -> None:
    answer = announce(acme, service="bulk", version="7.7.7", status="started")

    assert answer.status_code == 202 and "without a change" in answer.json()["sentence"]
    said = acme.until(
        lambda: [m["text"] for m in acme.messages("changes", "katherine") if "bulk 7.7.7" in m["text"]],
        "the managers told",
    )
    assert len(said) == 1 and "started in production without a change" in said[0]


def test_a_deploy_that_starts_before_it_is_cleared_is_a_finding_and_is_stopped(acme: Town) -> None:
    post(acme, service="checkout", version="1.1.1", channel="checkout", requested_by="linus@acme.example")
    number = number_in(acme.until_card("1.1.1", channel="checkout")["text"])

    post(acme, service="checkout", version="1.1.1", channel="checkout", status="started")

    acme.until(lambda: acme.change(number)["on_hold"], "a hold")
    said = acme.until(
        lambda: [m["text"] for m in acme.messages("changes", "katherine") if "checkout 1.1.1" in m["text"]],
        "the managers told",
    )
    assert "the pipeline reports" in said[0]
    assert not ask_gate(acme, service="checkout", version="1.1.1")["open"]


def test_a_closed_change_does_not_cover_a_second_run(acme: Town) -> None:
    number = cleared(acme, "2.5.0", "staging")
    announce(acme, service="payments", version="2.5.0", environment="staging", status="succeeded")
    acme.until_state("closed", number)

    late = announce(acme, service="payments", version="2.5.0", environment="staging", status="started")

    assert "without a change" in late.json()["sentence"], late.text
    assert not ask_gate(acme, service="payments", version="2.5.0", environment="staging")["open"]


def test_a_pipelines_request_that_stops_is_told_in_the_services_channel(acme: Town) -> None:
    announce(acme, service="search", version="9.9.9", requested_by="ada@acme.example")

    said = acme.until(
        lambda: [m["text"] for m in acme.messages("platform") if "search 9.9.9" in m["text"]], "the channel told"
    )
    assert "I can't find 9.9.9 of search in git" in said[0]
