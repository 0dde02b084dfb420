"""Unknown tools: what is asked about, what is not, and the entry that would have it heard next time."""

from typing import Any

import pytest
import yaml

from bot.change.model import Kind, Status
from bot.reading import guess, propose, read, reader_of
from config.announcements import shipped_announcements, teams_own

BOT = {"bot_id": "B0SHIPIT", "app_id": "A0SHIPIT", "username": "Ship-It"}
SERVICES, ENVIRONMENTS = ("till", "ledger-api"), ("production", "staging")

ASKED: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    # what is posted, what it seems to say, and another post of that shape
    "one sentence": (
        {"text": ":ship: ledger-api release 3.1.4 is live on prod, took 31s"},
        {"status": Status.SUCCEEDED, "service": "ledger-api", "environment": "production", "version": "3.1.4"},
        {"text": "till release 9.0 is live on staging, took 4m"},
    ),
    "it failed": (
        {"text": "Rollout of till v2 onto production has failed (see log)"},
        {"status": Status.FAILED, "service": "till", "environment": "production", "version": "v2"},
        {"text": "Rollout of ledger-api v3 onto staging has failed (see log)"},
    ),
    "fields, and a repository in a link": (
        {
            "text": "Release done",
            "attachments": [
                {
                    "text": "<https://git.acme.example/acme/till/pull/7|#7>",
                    "fields": [{"title": "Where", "value": "staging"}],
                },
                {"fields": [{"title": "By", "value": "ada"}]},
            ],
        },
        {"status": Status.SUCCEEDED, "service": "till", "environment": "staging", "actor": "ada"},
        {
            "text": "Release done",
            "attachments": [
                {
                    "text": "<https://git.acme.example/acme/ledger-api/pull/9|#9>",
                    "fields": [{"title": "Where", "value": "production"}],
                },
                {"fields": [{"title": "By", "value": "grace"}]},
            ],
        },
    ),
    "the status in a field of its own": (
        {
            "text": "Rollout of till 1.2.3 in production",
            "attachments": [{"fields": [{"title": "Result", "value": "failed"}]}],
        },
        {"status": Status.FAILED, "service": "till", "environment": "production", "version": "1.2.3"},
        {
            "text": "Rollout of till 1.2.4 in staging",
            "attachments": [{"fields": [{"title": "Result", "value": "failed"}]}],
        },
    ),
    "a rollback": (
        {"text": "We're rolling back till from 2.0.1, production by ada"},
        {
            "status": Status.STARTED,
            "kind": Kind.ROLLBACK,
            "service": "till",
            "environment": "production",
            "actor": "ada",
        },
        {"text": "We're rolling back ledger-api from 1.0.1, staging by grace"},
    ),
    "from one environment to another": (
        {"text": 'till 2.0.1 has been promoted from staging to production; it\'s done (thanks, "ops": 100%)'},
        {"status": Status.SUCCEEDED, "service": "till", "environment": "production", "version": "2.0.1"},
        {"text": 'till 2.0.2 has been promoted from staging to production; it\'s done (thanks, "ops": 98%)'},
    ),
}

LEFT_ALONE = {
    "no deploy": "till 1.2.3 passed in production",
    "waits for somebody": "Deploy of till 1.2.3 to production started, awaiting approval",
    "asks for approval": "Deployed to staging; till 1.2.3 requires your approval",
    "a build": "Release build of till for production succeeded",
    "tests": "Deploy tests of till on staging failed",
    "a plan": "Deployment plan of till for production finished",
    "a question": "Was till deployed to production?",
    "not done": "till was not deployed to production",
    "two services": "Deployed till and ledger-api, production",
    "no service": "Deployed to production",
    "no environment": "Deployed till 1.2.3",
    "an environment nobody has": "Deployed till 1.2.3, moon",
    "two environments": "till deployed: staging, production",
    "no status": "Release of till for production",
    "a service in an address only": "Release done, staging https://grafana.acme.example/d/till",
}


@pytest.mark.parametrize(("message", "says", "_"), ASKED.values(), ids=ASKED)
def test_it_is_understood_well_enough_to_ask(message: dict[str, Any], says: dict[str, Any], _: Any):
    guessed = guess(BOT | message, SERVICES, ENVIRONMENTS)

    assert guessed is not None
    assert {name: getattr(guessed.reading, name) for name in says} == says


@pytest.mark.parametrize("text", LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_it_is_left_alone(text: str):
    assert guess(BOT | {"text": text}, SERVICES, ENVIRONMENTS) is None


def test_nothing_is_known_without_the_policys_names():
    for message, _, _ in ASKED.values():
        assert guess(BOT | message, (), ()) is None


@pytest.mark.parametrize(("message", "says", "other"), ASKED.values(), ids=ASKED)
def test_the_proposed_entry_is_valid_and_reads_it_and_others_of_its_shape(
    message: dict[str, Any], says: dict[str, Any], other: dict[str, Any]
):
    guessed = guess(BOT | message, SERVICES, ENVIRONMENTS)
    assert guessed is not None

    own = teams_own(yaml.safe_load(propose(BOT | message, guessed))["formats"])

    assert own.wrong == ()
    reader = reader_of(shipped_announcements(), own.formats)
    first, second = (read(BOT | post, reader).reading for post in (message, other))
    expected = guess(BOT | other, SERVICES, ENVIRONMENTS)
    assert first is not None and second is not None and expected is not None
    assert (first.format, second.format) == ("ship-it", "ship-it")
    assert (first.status, first.kind) == (guessed.reading.status, guessed.reading.kind)
    for reading, meant in ((first, guessed.reading), (second, expected.reading)):
        assert reading.service.rpartition("/")[2] == meant.service
        assert reading.environment.removesuffix("uction") in meant.environment
        assert (reading.version, reading.actor) == (meant.version, meant.actor)


def test_a_proposal_of_hostile_words_is_still_yaml_that_says_the_same():
    message = BOT | {
        "username": "x: [",
        "text": "till 'deployed': \"#{*&!|>%@`\" C:\\d (.*) [a-z]+ \u0085\x07 to production",
    }
    guessed = guess(message, SERVICES, ENVIRONMENTS)
    assert guessed is not None

    own = teams_own(yaml.safe_load(propose(message, guessed))["formats"])

    assert own.wrong == ()
    reading = read(message, reader_of(shipped_announcements(), own.formats)).reading
    assert reading is not None
    assert (reading.format, reading.service, reading.environment) == ("x", "till", "production")
