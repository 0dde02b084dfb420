"""GitHub: each event and each state, read as its documentation means it."""

from datetime import timedelta
from typing import Any

import pytest

from bot.change.model import Kind, Status
from tests.api.webhooks.door import Door
from tests.api.webhooks.posts import SHA, github_deployment, github_status
from tests.builders import NOW


def test_a_deployment_that_is_created_is_asked_for(door: Door) -> None:
    delivery = door.hears("github", github_deployment(), {"X-GitHub-Delivery": "72d3162e-cc78"})

    reading = delivery.reading
    assert (reading.status, reading.kind, reading.format) == (Status.REQUESTED, Kind.DEPLOY, "github webhook")
    assert (reading.service, reading.environment, reading.ref, reading.sha) == (
        "acme/search",
        "production",
        "main",
        SHA,
    )
    assert (reading.actor, reading.url, reading.is_gitops) == ("linus", "", False)
    assert (delivery.source, delivery.job, delivery.repository) == ("github", "acme/search", "acme/search")
    assert (delivery.delivery, delivery.occurred_at) == ("72d3162e-cc78", NOW - timedelta(minutes=2))


@pytest.mark.parametrize(
    ("state", "status", "word"),
    [
        ("waiting", Status.REQUESTED, ""),
        ("queued", Status.REQUESTED, ""),
        ("pending", Status.STARTED, ""),
        ("in_progress", Status.STARTED, ""),
        ("success", Status.SUCCEEDED, ""),
        ("failure", Status.FAILED, ""),
        ("error", Status.FAILED, "error"),
    ],
)
def test_each_state(door: Door, state: str, status: Status, word: str) -> None:
    delivery = door.hears("github", github_status(state))

    reading = delivery.reading
    assert (reading.status, reading.word, reading.sha, reading.actor) == (status, word, SHA, "linus")
    assert reading.url == "https://github.com/acme/search/actions/runs/77/job/8"
    assert delivery.occurred_at == NOW - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("event", "payload", "word"),
    [
        ("ping", {"zen": "Keep it logically awesome.", "hook_id": 1, "hook": {}}, "ping"),
        ("deployment_status", github_status("inactive"), "inactive"),
        ("push", {"ref": "refs/heads/main", "commits": []}, "push"),
        ("deployment_protection_rule", github_deployment() | {"action": "requested"}, "deployment_protection_rule"),
        ("workflow_job", github_deployment() | {"action": "queued", "workflow_job": {}}, "workflow_job"),
        ("", {}, "event"),
    ],
)
def test_what_is_none_of_our_business(door: Door, event: str, payload: Any, word: str) -> None:
    assert word in door.why_nothing("github", payload, {"X-GitHub-Event": event})


def test_the_header_that_is_not_signed_does_not_turn_one_event_into_another(door: Door) -> None:
    reading = door.reads("github", github_status("failure"), {"X-GitHub-Event": "deployment"})

    assert reading.status is Status.FAILED


@pytest.mark.parametrize(
    "different",
    [{"task": "rollback"}, {"task": "deploy:rollback"}, {"payload": {"kind": "rollback"}}],
)
def test_a_rollback_is_one(door: Door, different: dict[str, Any]) -> None:
    assert door.reads("github", github_status("success", deployment=different)).kind is Kind.ROLLBACK


def test_the_team_may_name_the_version(door: Door) -> None:
    payload = {"version": "3.2.0", "previous_version": "3.1.9", "commands": [1, 2]}

    reading = door.reads("github", github_deployment(payload=payload))

    assert (reading.version, reading.previous_version) == ("3.2.0", "3.1.9")


@pytest.mark.parametrize("payload", ["", "text", [], 7, None, {"version": ["3.2.0"], "kind": {}}])
def test_the_team_s_own_payload_may_be_anything(door: Door, payload: Any) -> None:
    reading = door.reads("github", github_deployment(payload=payload))

    assert (reading.version, reading.kind) == ("", Kind.DEPLOY)


def test_where_an_app_deploys_for_somebody_it_is_whoever_set_off_its_workflow(door: Door) -> None:
    bot = {"creator": {"login": "github-actions[bot]", "type": "Bot"}}
    run = {"workflow_run": {"triggering_actor": {"login": "linus", "type": "User"}, "html_url": "https://x.example"}}

    assert door.reads("github", github_status(deployment=bot) | run).actor == "linus"
    assert door.reads("github", github_status(deployment=bot)).actor == "github-actions[bot]"
    assert door.reads("github", github_deployment(creator=None)).actor == ""


def test_a_status_may_be_of_another_environment_than_the_deployment(door: Door) -> None:
    assert door.reads("github", github_status(environment="production-eu")).environment == "production-eu"
    assert door.reads("github", github_status(environment="")).environment == "production"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "https://u:p@x.example/", "https://[x", ""]
)
def test_a_link_that_no_browser_should_follow_is_left_out(door: Door, url: str) -> None:
    assert door.reads("github", github_status(log_url=url, target_url=url)).url == ""
    assert door.reads("github", github_status(log_url=url)).url == "https://github.com/acme/search/actions/runs/77"


def test_each_statement_has_a_key_of_its_own_and_keeps_it(door: Door) -> None:
    payloads = [github_deployment(), github_deployment(id=7002), github_status(), github_status("success", id=9002)]
    keys = [door.hears("github", payload).once for payload in payloads]

    again = door.hears("github", payloads[2], {"X-GitHub-Delivery": "another", "X-GitHub-Event": "deployment"}).once

    assert len(set(keys)) == len(payloads)
    assert again == keys[2]


def test_the_same_number_in_another_repository_is_another_statement(door: Door) -> None:
    elsewhere = github_status() | {"repository": {"full_name": "acme/other", "html_url": "https://ghe.acme.example/x"}}

    assert door.hears("github", github_status()).once != door.hears("github", elsewhere).once
