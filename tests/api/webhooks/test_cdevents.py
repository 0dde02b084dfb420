"""CDEvents: each predicate, in each way that CloudEvents travel over HTTP."""

from datetime import timedelta
from typing import Any

import pytest

from bot.change.model import Kind, Status
from tests.api.webhooks.door import Door
from tests.api.webhooks.posts import SHA, cdevent, cloudevent
from tests.builders import NOW

STRUCTURED = {"Content-Type": "application/cloudevents+json; charset=utf-8"}
WAYS = ["structured", "binary", "binary, typed", "bare"]


def sent(event: dict[str, Any], way: str) -> tuple[dict[str, Any], dict[str, str]]:
    """(body, headers)."""
    context = event["context"]
    named = {f"ce-{name}": context[name].replace("/", "%2F") for name in ("id", "source", "type")}
    return {
        "structured": (cloudevent(event), STRUCTURED),
        "binary": (event, named | {"ce-specversion": "1.0"}),
        "binary, typed": (event, named | {"Content-Type": "application/cdevents+json"}),
        "bare": (event, {}),
    }[way]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("predicate", "kind", "word"),
    [
        ("deployed", Kind.DEPLOY, ""),
        ("upgraded", Kind.DEPLOY, ""),
        ("rolledback", Kind.ROLLBACK, ""),
        ("published", Kind.DEPLOY, "published"),
    ],
)
def test_each_predicate(door: Door, predicate: str, kind: Kind, word: str, way: str) -> None:
    delivery = door.hears("cdevents", *sent(cdevent(predicate), way))

    reading = delivery.reading
    assert (reading.status, reading.kind, reading.word) == (Status.SUCCEEDED, kind, word)
    assert (reading.service, reading.environment, reading.sha) == ("daemonset/search", "production", SHA)
    assert (reading.actor, reading.url, reading.is_gitops) == ("", "", False)
    assert (delivery.job, delivery.delivery) == ("daemonset/search", "0d6a5a34-5d4b-4f05-a5fd-4d1f5dd6c4c1")
    assert delivery.occurred_at == NOW - timedelta(seconds=59.75)


@pytest.mark.parametrize("version", ["", ".0.1.2", ".0.1.1", ".0.3.0", ".0.4.0-draft", ".1.0.0"])
def test_other_versions_of_the_standard_are_read_too(door: Door, version: str) -> None:
    event = cdevent() | {"schemaUri": "https://cdevents.dev/x", "links": []}
    event["context"] |= {"type": f"dev.cdevents.service.deployed{version}", "specversion": "0.6.0"}
    del event["context"]["version"], event["subject"]["type"], event["subject"]["source"]

    assert door.reads("cdevents", event).status is Status.SUCCEEDED


@pytest.mark.parametrize(
    "kind",
    [
        "dev.cdevents.service.removed.0.2.0",
        "dev.cdevents.build.finished.0.2.0",
        "dev.cdevents.environment.created.0.2.0",
    ],
)
def test_other_events_are_none_of_our_business(door: Door, kind: str) -> None:
    event = cdevent()
    event["context"]["type"] = kind

    assert ".".join(kind.split(".")[2:4]) in door.why_nothing("cdevents", event)


@pytest.mark.parametrize(
    "kind", ["com.example.service.deployed", "dev.cdevents.service.deployed.x", "service.deployed"]
)
def test_what_is_no_event_of_theirs_is_not_taken_for_one(door: Door, kind: str) -> None:
    event = cdevent()
    event["context"]["type"] = kind

    assert kind in door.why_nothing("cdevents", event)


def test_a_service_that_is_published_without_word_of_what_was_not_deployed_by_that(door: Door) -> None:
    assert "nothing was deployed" in door.why_nothing("cdevents", cdevent("published", artifactId=None))


@pytest.mark.parametrize(
    ("purl", "version", "sha", "repository"),
    [
        ("pkg:oci/search@sha256%3A9f2c?tag=3.2.0&repository_url=registry.acme.example", "3.2.0", "", ""),
        ("pkg:oci/search@sha256%3A9f2c", "sha256:9f2c", "", ""),
        (f"pkg:oci/search?tag=3.2.0&vcs_url=git%2Bhttps://x.example/s%40{SHA}", "3.2.0", SHA, "https://x.example/s"),
        ("pkg:maven/com.acme/search@3.2.0?classifier=jar#src", "3.2.0", "", ""),
        ("pkg:npm/%40acme/search@3.2.0", "3.2.0", "", ""),
        ("pkg:docker/acme/search@3.2.0", "3.2.0", "", ""),
        (f"pkg:golang/acme.example/search@{SHA}", "", SHA, ""),
        ("pkg:github/acme/search@v3.2.0", "v3.2.0", "", ""),
        ("pkg:generic/search", "", "", ""),
        ("search-3.2.0.whl", "search-3.2.0.whl", "", ""),
        ("pkg:", "", "", ""),
    ],
)
def test_an_artifact_says_which_release_it_is(door: Door, purl: str, version: str, sha: str, repository: str) -> None:
    delivery = door.hears("cdevents", cdevent(artifactId=purl))

    assert (delivery.reading.version, delivery.reading.sha, delivery.repository) == (version, sha, repository)


def test_a_team_says_what_the_standard_has_no_field_for(door: Door) -> None:
    custom = {"version": "3.2.0", "sha": "ABCDEF1", "actor": "linus", "url": "https://ci.acme.example/7", "more": [1]}

    reading = door.reads("cdevents", cdevent(custom=custom))

    assert (reading.version, reading.sha, reading.actor) == ("3.2.0", "abcdef1", "linus")
    assert reading.url == "https://ci.acme.example/7"
    for other in ("anything", [], {"sha": 7, "version": {}, "url": "javascript:x"}, {"sha": "main"}):
        assert door.reads("cdevents", cdevent(custom=other)) == door.reads("cdevents", cdevent())


def test_the_way_it_came_does_not_make_it_another_statement(door: Door) -> None:
    keys = {door.hears("cdevents", *sent(cdevent(), way)).once for way in WAYS}
    event = cdevent()
    event["context"]["source"] = "/acme/another"

    assert len(keys) == 1
    assert door.hears("cdevents", event).once not in keys


def test_headers_and_event_have_to_agree(door: Door) -> None:
    assert "context.id" in door.why_not("cdevents", cdevent(), {"ce-id": "another"})
    assert "context.type" in door.why_not("cdevents", cloudevent(cdevent(), type="x"), STRUCTURED)


@pytest.mark.parametrize("different", [{"data": None}, {"data": "text"}, {"data": [], "data_base64": "e30="}])
def test_an_envelope_without_an_event_is_not_understood(door: Door, different: dict[str, Any]) -> None:
    assert "data" in door.why_not("cdevents", cloudevent(cdevent(), **different), STRUCTURED)


def test_a_batch_is_asked_for_one_by_one(door: Door) -> None:
    batch = {"Content-Type": "application/cloudevents-batch+json"}

    assert "one at a time" in door.why_not("cdevents", [cloudevent(cdevent())], batch)
