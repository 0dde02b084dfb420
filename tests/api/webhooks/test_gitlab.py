"""GitLab: each status of a deployment, and the commit in full."""

from datetime import timedelta

import pytest

from bot.change.model import Status
from tests.api.webhooks.door import Door
from tests.api.webhooks.posts import SHA, gitlab_deployment
from tests.builders import NOW


@pytest.mark.parametrize(
    ("said", "status", "word"),
    [
        ("created", Status.REQUESTED, ""),
        ("blocked", Status.REQUESTED, "blocked"),
        ("running", Status.STARTED, ""),
        ("success", Status.SUCCEEDED, ""),
        ("failed", Status.FAILED, ""),
        ("canceled", Status.CANCELED, ""),
        ("skipped", Status.CANCELED, "skipped"),
    ],
)
def test_each_status(door: Door, said: str, status: Status, word: str) -> None:
    delivery = door.hears("gitlab", gitlab_deployment(said), {"X-Gitlab-Event-UUID": "13792a34-cac6"})

    reading = delivery.reading
    assert (reading.status, reading.word, reading.sha, reading.ref) == (status, word, SHA, "main")
    assert (reading.service, reading.environment, reading.actor) == ("acme/search", "production", "linus")
    assert reading.url == "https://gitlab.acme.example/acme/search/-/jobs/796"
    assert reading.issue_keys == ("FIND-31",)
    assert (delivery.source, delivery.job, delivery.delivery) == ("gitlab", "acme/search", "13792a34-cac6")
    assert delivery.occurred_at == NOW - timedelta(seconds=30)


@pytest.mark.parametrize(
    "url", [None, "", f"https://gitlab.acme.example/-/commit/{'a' * 40}", "https://x.example/other"]
)
def test_a_short_sha_stays_short_where_nothing_completes_it(door: Door, url: str | None) -> None:
    assert door.reads("gitlab", gitlab_deployment(commit_url=url)).sha == SHA[:8]


@pytest.mark.parametrize("kind", ["push", "pipeline", "build", ""])
def test_other_events_are_none_of_our_business(door: Door, kind: str) -> None:
    sentence = door.why_nothing("gitlab", {"object_kind": kind}, {"X-Gitlab-Event": "Deployment Hook"})

    assert (kind or "event") in sentence


def test_a_status_that_comes_back_later_is_another_statement(door: Door) -> None:
    first, again, later, other = (
        door.hears("gitlab", payload).once
        for payload in (
            gitlab_deployment("failed"),
            gitlab_deployment("failed", user=None),
            gitlab_deployment("failed", status_changed_at="2026-03-02 15:30:00 +0100"),
            gitlab_deployment("success"),
        )
    )

    assert first == again
    assert len({first, later, other}) == 3


def test_an_old_gitlab_that_has_no_number_for_it_is_told_apart_by_all_it_says(door: Door) -> None:
    old = gitlab_deployment()
    del old["deployment_id"]
    turned = dict(reversed(old.items()))

    assert door.hears("gitlab", old).once == door.hears("gitlab", turned).once
    assert door.hears("gitlab", old).once != door.hears("gitlab", old | {"status": "failed"}).once
