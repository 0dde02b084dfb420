"""Argo CD: what the template says of a sync."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from bot.api.webhooks import argocd
from bot.change.model import Status
from tests.api.webhooks.door import Door
from tests.api.webhooks.posts import SHA, argocd_sync
from tests.builders import NOW


@pytest.mark.parametrize(
    ("phase", "health", "status", "word"),
    [
        ("Running", "Progressing", Status.STARTED, ""),
        ("Running", "Degraded", Status.STARTED, ""),
        ("Succeeded", "Healthy", Status.SUCCEEDED, ""),
        ("Succeeded", None, Status.SUCCEEDED, ""),
        ("Failed", "Healthy", Status.FAILED, ""),
        ("Error", "Degraded", Status.FAILED, "error"),
    ],
)
def test_each_phase(door: Door, phase: str, health: Any, status: Status, word: str) -> None:
    delivery = door.hears("argocd", argocd_sync(phase, health))

    reading = delivery.reading
    assert (reading.status, reading.word, reading.service, reading.environment) == (status, word, "", "")
    assert (reading.sha, reading.is_gitops, reading.actor, reading.version) == (SHA, True, "", "")
    assert reading.url == "https://argocd.acme.example/applications/search-production"
    assert delivery.job == "search-production"
    assert delivery.repository == "https://git.acme.example/acme/search-manifests"
    ago = timedelta(minutes=3) if status is Status.STARTED else timedelta(seconds=90)
    assert delivery.occurred_at == NOW - ago


@pytest.mark.parametrize(
    ("phase", "health", "word"),
    [
        ("Succeeded", "Progressing", "no outcome yet"),
        ("Succeeded", "Missing", "no outcome yet"),
        ("Succeeded", "Suspended", "no outcome yet"),
        ("Succeeded", "Unknown", "no outcome yet"),
        ("Terminating", "Healthy", "no outcome yet"),
        ("Succeeded", "Degraded", "degraded"),
    ],
)
def test_what_is_no_outcome_of_a_deploy(door: Door, phase: str, health: Any, word: str) -> None:
    assert word in door.why_nothing("argocd", argocd_sync(phase, health))


def test_a_team_says_what_it_knows_of_the_application_itself(door: Door) -> None:
    known = {"service": "search", "environment": "production", "version": "3.2.0", "sha": "ABCDEF1", "actor": "linus"}

    reading = door.reads("argocd", argocd_sync(**known))

    assert (reading.service, reading.environment, reading.version) == ("search", "production", "3.2.0")
    assert (reading.sha, reading.is_gitops, reading.actor) == ("abcdef1", False, "linus")


def test_the_revision_of_a_chart_is_no_commit(door: Door) -> None:
    reading = door.reads("argocd", argocd_sync(revision="4.1.2"))

    assert (reading.sha, reading.ref, reading.version, reading.is_gitops) == ("", "4.1.2", "", True)


def test_one_sync_says_each_thing_once(door: Door) -> None:
    started, ended = argocd_sync(), argocd_sync("Succeeded", "Healthy")
    keys = [door.hears("argocd", payload).once for payload in (started, ended, ended | {"health": "Healthy"})]
    another = door.hears("argocd", argocd_sync(started_at="2026-03-02T13:59:00Z")).once
    untold = [door.hears("argocd", argocd_sync(phase, started_at=None)).once for phase in ("Running", "Failed")]

    assert keys[1] == keys[2]
    assert len({*keys, another, *untold}) == 5


def test_the_template_that_is_shown_is_the_one_that_is_read(door: Door) -> None:
    """Filled in as Argo CD would: each toJson and each with … else, one JSON value."""
    shown = re.search(r"body: \|\n(.*?)\n\n", argocd.__doc__ or "", re.DOTALL)
    assert shown
    filled = re.sub(r"\{\{with .*?\{\{end\}\}|\{\{.*?\}\}", lambda part: f'"{part.start()}"', shown[1])
    names = json.loads(filled)

    assert set(names) <= set(argocd.Notification.model_fields)
    assert set(names) == set(argocd_sync())
