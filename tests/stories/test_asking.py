"""Asking for a deploy: typed, in a form, misspelled; answered at once whatever ServiceNow does."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.town import Town, number_in, town


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(Path(tmp_path_factory.mktemp("asking"))) as place:
        yield place


@pytest.fixture(autouse=True)
def no_faults_left(acme: Town) -> Iterator[None]:
    yield
    for system in ("slack", "jira", "servicenow"):
        acme.standins.delete(system, "faults")


def test_the_answer_comes_within_three_seconds_however_slow_everything_else_is(acme: Town) -> None:
    for system in ("servicenow", "jira", "slack"):
        acme.standins.fault(system, "*", "delay", times=-1, seconds=5)

    typed, took = _timed(acme, "/deploy payments 2.4.1 to staging the retry is promised for today")
    assert "heard" in typed and took < 3, (typed, took)
    form, took = _timed(acme, "/deploy")
    assert "The form did not open; try again, or type it" in form and took < 3, (form, took)


def _timed(town: Town, command: str) -> tuple[str, float]:
    before = time.monotonic()
    answer = town.type("margaret", command)
    return town.said_to(answer), time.monotonic() - before


def test_words_after_the_version_are_the_environment_and_the_reason(acme: Town) -> None:
    acme.type("linus", "/deploy checkout 1.1.0 the sale starts on Friday", channel="checkout")
    card = acme.until_card("approve", channel="checkout")

    assert "the sale starts on Friday" in json.dumps(card["blocks"], ensure_ascii=False)
    change = acme.change(number_in(card["text"]))
    assert change["short_description"] == "Deploy checkout 1.1.0 to production"
    assert "the sale starts on Friday" in change["justification"]


def test_a_deploy_to_staging_is_asked_for_by_name(acme: Town) -> None:
    card = acme.until_card("payments 2.4.1 → staging")  # the one that had to wait
    assert acme.change(number_in(card["text"]))["short_description"] == "Deploy payments 2.4.1 to staging"


def test_a_service_whose_name_holds_the_word_payload_works_over_http(acme: Town) -> None:
    acme.type("linus", "/deploy payload-service 1.0.0 payload is a word like any other", channel="platform")

    card = acme.until_card("payload-service 1.0.0", channel="platform")
    assert "payload is a word like any other" in json.dumps(card["blocks"])


@pytest.mark.parametrize(
    ("typed", "answered"),
    [
        ("/deploy paymnts 2.4.1", "I don't know a service called “paymnts”. Did you mean “payments”?"),
        ("/deploy payments 2.4.1 to mars", "payments has no environment called “mars”: it has production and staging."),
        ("/deploy payments 2.4.1 emergency the shop is down", "Emergency changes don't go through Cabbie yet"),
        ("/deploy finished CHG0030042", "Did you mean `/deploy done CHG…`? For example: `/deploy done CHG0030042`"),
        ("/deploy strat CHG0030042", "Did you mean `/deploy start CHG…`? For example: `/deploy start CHG0030042`"),
        ("/deploy halp", "Did you mean `/deploy help`? For example: `/deploy help`"),
        ("/deploy done", "For example: `/deploy done CHG0030042`"),
        ("/deploy done CHG0099999", "I don't know a change CHG0099999"),
        ("/change queu", "Did you mean `/change queue`? For example: `/change queue`"),
        ("/change CHG0099999", "I don't know a change CHG0099999"),
        ("/deploy help", "/deploy payments 2.4.1 to production"),
        ("/change help", "/change queue"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_answered_in_one_sentence(acme: Town, typed: str, answered: str) -> None:
    before = [m["ts"] for m in acme.messages(who="ada")]

    assert answered in acme.said_to(acme.type("linus", typed))
    assert [m["ts"] for m in acme.messages(who="ada")] == before  # nobody else is troubled


def test_an_unknown_version_is_told_to_the_person_who_asked_and_can_be_asked_again(acme: Town) -> None:
    acme.type("margaret", "/deploy payments 9.9.9")

    said = acme.until(lambda: [dm for dm in acme.dms("margaret") if "9.9.9" in dm], "a word to margaret")
    assert "I can't find 9.9.9 of payments in git" in said[0]
    assert not [c for c in acme.changes() if "9.9.9" in c["short_description"]]
    assert not [m for m in acme.messages() if "9.9.9" in m["text"]]
    again = acme.said_to(acme.type("margaret", "/deploy payments 9.9.9"))
    assert "already under way" not in again, again


def test_the_form_asks_what_was_not_said(acme: Town) -> None:
    acme.type("linus", "/deploy", channel="platform")

    refused = acme.fill("linus", service="search", version="3.1.0", environment="staging", why="quicker")
    assert refused["errors"]["environment"] == "search has no environment called “staging”: it has production."
    answer = acme.fill("linus", service="search", version="3.1.0", environment="production", why="quicker answers")

    assert answer["ok"], answer
    card = acme.until_card("search 3.1.0", channel="platform")
    assert "quicker answers" in json.dumps(card["blocks"])
    assert any("heard" in said for said in acme.whispers("linus", "platform"))


def test_a_form_without_a_version_says_so_beside_the_field(acme: Town) -> None:
    acme.type("linus", "/deploy payments")

    view = acme.screen("linus")["views"][-1]
    refused = acme.fill("linus", version=" ")

    assert view["blocks"][0]["element"]["initial_option"]["value"] == "payments"
    assert "version" in refused["errors"], refused


def test_a_person_can_ask_by_mentioning_cabbie_in_a_thread(acme: Town) -> None:
    acme.standins.post("slack", "people/U0LINUS/message", channel="C0PLATFORM", text="<@U0CABBIE> deploy search 9.8.7")

    acme.until(lambda: [m for m in acme.messages("platform") if "search 9.8.7" in m["text"] and "heard" in m["text"]])
