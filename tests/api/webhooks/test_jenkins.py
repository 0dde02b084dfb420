"""Jenkins: our own JSON and the Notification plugin's, each result."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.change.model import Kind, Status
from tests.api.webhooks.door import Door
from tests.api.webhooks.posts import SHA, jenkins_notification, jenkins_post
from tests.builders import NOW

RESULTS = [
    ("SUCCESS", Status.SUCCEEDED, ""),
    ("FAILURE", Status.FAILED, ""),
    ("UNSTABLE", Status.FAILED, "unstable"),
    ("ABORTED", Status.FAILED, "aborted"),
    ("NOT_BUILT", Status.FAILED, "not built"),
]


@pytest.mark.parametrize(("said", "status", "word"), [*RESULTS, *((status.value, status, "") for status in Status)])
def test_each_status_of_our_own(door: Door, said: str, status: Status, word: str) -> None:
    delivery = door.hears("jenkins", jenkins_post(said))

    reading = delivery.reading
    assert (reading.status, reading.word, reading.kind) == (status, word, Kind.DEPLOY)
    assert (reading.version, reading.sha, reading.actor) == ("3.2.0", SHA, "linus")
    assert (delivery.job, delivery.occurred_at) == ("search/deploy-production", NOW - timedelta(minutes=1))


def test_the_least_that_is_said(door: Door) -> None:
    delivery = door.hears("jenkins", {"job": "deploy-search", "status": "succeeded"})

    reading = delivery.reading
    assert (reading.status, reading.service, reading.version, reading.sha) == (Status.SUCCEEDED, "", "", "")
    assert (delivery.job, delivery.occurred_at) == ("deploy-search", NOW)


def test_a_rollback_is_one(door: Door) -> None:
    assert door.reads("jenkins", jenkins_post(kind="rollback")).kind is Kind.ROLLBACK
    assert door.reads("jenkins", jenkins_notification(parameters={"KIND": "Rollback"})).kind is Kind.ROLLBACK


@pytest.mark.parametrize(
    ("phase", "result", "status", "word"),
    [
        ("QUEUED", None, Status.REQUESTED, ""),
        ("STARTED", None, Status.STARTED, ""),
        *(("COMPLETED", *result) for result in RESULTS),
        *(("FINALIZED", *result) for result in RESULTS),
        ("NONE", "SUCCESS", Status.SUCCEEDED, ""),
    ],
)
def test_each_phase_of_the_plugin(door: Door, phase: str, result: str | None, status: Status, word: str) -> None:
    delivery = door.hears("jenkins", jenkins_notification(phase, result))

    reading = delivery.reading
    assert (reading.status, reading.word, reading.sha, reading.ref) == (status, word, SHA, "origin/main")
    assert (reading.version, reading.service, reading.environment) == ("#51", "", "")
    assert reading.actor == "", "those who changed something are not who deploys"
    assert delivery.job == "deploy-search-production"
    assert delivery.repository == "https://git.acme.example/acme/search.git"
    assert delivery.occurred_at == datetime(2026, 3, 2, 13, 59, tzinfo=UTC)


@pytest.mark.parametrize("phase", ["COMPLETED", "FINALIZED", "NONE"])
def test_an_end_without_a_result_says_nothing(door: Door, phase: str) -> None:
    assert "does not say yet" in door.why_nothing("jenkins", jenkins_notification(phase))


def test_what_the_build_was_told_to_deploy_comes_before_what_it_checked_out(door: Door) -> None:
    told = {"VERSION": "3.2.0", "environment": "production", "Service": "search", "ACTOR": "linus", "DEBUG": "1"}

    reading = door.reads("jenkins", jenkins_notification(parameters=told))

    assert (reading.version, reading.sha, reading.ref) == ("3.2.0", "", "")
    assert (reading.service, reading.environment, reading.actor) == ("search", "production", "linus")
    assert door.reads("jenkins", jenkins_notification(parameters={"SHA": "ABCDEF1"})).sha == "abcdef1"


def test_completed_and_finalized_are_one_statement(door: Door) -> None:
    completed, finalized, otherwise, another, started = (
        door.hears("jenkins", payload).once
        for payload in (
            jenkins_notification("COMPLETED", "SUCCESS"),
            jenkins_notification("FINALIZED", "SUCCESS", timestamp=1772459999000),
            jenkins_notification("FINALIZED", "UNSTABLE"),
            jenkins_notification("COMPLETED", "SUCCESS", queue_id=4712),
            jenkins_notification(),
        )
    )

    assert completed == finalized
    assert len({completed, otherwise, another, started}) == 4


def test_our_own_are_told_apart_by_build_and_status_and_by_what_goes_where(door: Door) -> None:
    same = [door.hears("jenkins", jenkins_post(at=at)).once for at in ("2026-03-02T13:59:00Z", None)]
    others: list[Any] = [jenkins_post("succeeded"), jenkins_post(build=52), jenkins_post(build=None)]
    others += [jenkins_post(environment="staging"), jenkins_post(service="billing"), jenkins_post(kind="rollback")]
    keys = [door.hears("jenkins", payload).once for payload in [*others, jenkins_post(build=None, at=1)]]

    assert same[0] == same[1]
    assert len({same[0], *keys}) == 8
