"""The door itself: what is answered and logged, what is replayed, and when it happened."""

import io
import json
import logging
import secrets
from collections.abc import Iterator
from contextlib import redirect_stderr
from datetime import timedelta
from typing import Any

import pytest
import structlog
from prometheus_client import REGISTRY

from bot import logs
from bot.api.webhooks.routes import ANSWERS
from bot.change.announcement import Answer
from tests.api.webhooks.door import SENDERS, Door
from tests.api.webhooks.posts import EXAMPLES, argocd_sync, cdevent, github_status, gitlab_deployment, jenkins_post
from tests.builders import NOW


@pytest.mark.parametrize("sender", SENDERS)
def test_what_is_heard_is_answered_as_it_was_taken(door: Door, sender: str) -> None:
    answer = door.says(sender, EXAMPLES[sender])

    assert (answer.status_code, answer.headers["content-type"]) == (202, "application/json")
    assert answer.json() == {"sentence": "Heard.", "change": "c-1", "number": "CHG0030042"}


@pytest.mark.parametrize("sender", SENDERS)
def test_what_is_refused_is_answered_with_the_sentence(sender: str) -> None:
    door = Door(Answer("I don't know a service called “acme/search”.", is_refusal=True))

    answer = door.says(sender, EXAMPLES[sender])

    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
    assert answer.json()["detail"] == "I don't know a service called “acme/search”."


@pytest.mark.parametrize("sender", SENDERS)
def test_played_back_it_is_the_same_statement(door: Door, sender: str) -> None:
    """Whatever headers come with it, and however it is written where nothing is signed."""
    first, again = (
        door.hears(sender, EXAMPLES[sender], {"X-GitHub-Delivery": name, "X-Gitlab-Event-UUID": name, "Date": name})
        for name in ("one", "two")
    )
    turned = door.hears(sender, dict(reversed(EXAMPLES[sender].items())) | {"more": 1})

    assert first.once == again.once == turned.once
    assert len({door.hears(other, EXAMPLES[other]).once for other in SENDERS}) == len(SENDERS)


def moments(sender: str, said: Any) -> Any:
    if sender == "cdevents":
        event = cdevent()
        event["context"]["timestamp"] = said
        return event
    return {
        "github": github_status(created_at=said),
        "gitlab": gitlab_deployment(status_changed_at=said),
        "argocd": argocd_sync(started_at=said),
        "jenkins": jenkins_post(at=said),
    }[sender]


@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize(
    "said",
    [
        *("2026-03-02T13:30:00Z", "2026-03-02T13:30:00+00:00", "2026-03-02T19:00:00+05:30", "2026-03-02 13:30:00 UTC"),
        *("2026-03-02 14:30:00 +0100", "20260302T133000Z", 1772458200000),
    ],
)
def test_when_it_happened_is_the_sender_s_own_word(door: Door, sender: str, said: Any) -> None:
    assert door.hears(sender, moments(sender, said)).occurred_at == NOW - timedelta(minutes=30)


GARBAGE = [
    *("2026-03-02T14:00:01Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00"),
    *("2026-03-02T13:30:00", "yesterday", "", "2" * 5000, "１２３４", "-1"),
    *(None, 10**30, -(10**30), 1e300, 1.5, True, [], {}, {"at": "2026-03-02T13:30:00Z"}),
]


@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize("said", GARBAGE, ids=range(len(GARBAGE)))
def test_what_is_no_moment_or_is_yet_to_come_is_now(door: Door, sender: str, said: Any) -> None:
    assert door.hears(sender, moments(sender, said)).occurred_at == NOW


def test_what_became_of_each_is_counted(door: Door) -> None:
    def counted() -> dict[str, float]:
        labels = ({"source": "argocd", "answer": word} for word in ANSWERS)
        return {each["answer"]: REGISTRY.get_sample_value("cabbie_webhooks_total", each) or 0 for each in labels}

    before = counted()
    door.says("argocd", argocd_sync())
    door.says("argocd", argocd_sync("Succeeded"))
    door.says("argocd", {})
    door.says("argocd", {}, {"Authorization": ""})

    assert {word: now - before[word] for word, now in counted().items()} == {
        **dict.fromkeys(ANSWERS, 1),
        "refused": 0,
    }


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a log set up as in production writes."""
    before, out = logging.getLogger().handlers[:], io.StringIO()
    with redirect_stderr(out):
        logs.set_up("INFO", "json")
    yield out
    logging.getLogger().handlers[:] = before
    structlog.reset_defaults()


def test_each_delivery_is_one_line_without_a_secret_or_what_was_sent(written: io.StringIO) -> None:
    taken, refusing = Door(), Door(Answer("No.", is_refusal=True))
    header = {"X-GitHub-Delivery": "72d3162e"}
    marked = {"note": secrets.token_hex(12)}

    taken.says("github", github_status("success") | marked, header)
    refusing.says("github", github_status() | marked, header)
    taken.says("github", {"zen": "…"} | marked, header)
    taken.says("github", github_status("gone") | marked, header)
    taken.says("github", marked, header | {"X-Hub-Signature-256": secrets.token_hex(32)})
    taken.says("github", {}, {"X-GitHub-Delivery": "no name\tof theirs"})
    taken.says("cdevents", cdevent())

    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    facts = [line.get("what", line.get("wrong", line.get("why", ""))) for line in lines]
    assert [(line["event"], line["source"], line["delivery"]) for line in lines] == [
        ("webhook.taken", "github", "72d3162e"),
        ("webhook.refused", "github", "72d3162e"),
        ("webhook.ignored", "github", "72d3162e"),
        ("webhook.not_understood", "github", "72d3162e"),
        ("webhook.unproven", "github", ""),
        ("webhook.ignored", "github", ""),
        ("webhook.taken", "cdevents", cdevent()["context"]["id"]),
    ]
    assert facts[:3] == ["succeeded", "started", "ping"] and facts[5:] == ["event", "succeeded"]
    assert facts[3].startswith("deployment_status.state: ") and facts[4].startswith("X-Hub-Signature-256 is not")
    assert not any(word in written.getvalue() for word in [*marked.values(), *taken.secrets.values(), "acme/search"])
