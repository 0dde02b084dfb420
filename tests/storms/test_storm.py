"""Storms: everybody announces everything at once, over and over. Each deploy is one change, at each system's pace."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.pipeline import announce
from tests.stories.town import Town, number_in
from tests.storms.announcing import Announcers, deliver_again, say_all, storm
from tests.storms.conftest import Strength
from tests.storms.place import Deploy, place
from tests.storms.weather import (
    cards_of,
    changes_of,
    deliveries,
    edits,
    failed,
    refused,
    slowest,
    times_linked,
    times_told,
)

PATIENCE = 300
"""Seconds: a limit that is kept takes its time."""
MOST_EDITS = 8
"""Of one card, from the first question to its end: asked, approved by one, by two, cleared, deployed, closed, and what
is seen of it in between. Every announcement and every move of ServiceNow's may call for one."""


@pytest.fixture(scope="module")
def blown(tmp_path_factory: pytest.TempPathFactory, strength: Strength) -> Iterator[tuple[Town, list[Deploy]]]:
    """After the storm: every deploy went all its way."""
    with place(Path(tmp_path_factory.mktemp("storm")), strength.services) as (town, deploys):
        began, announcers = time.monotonic(), Announcers(town)
        at_once, late = storm(announcers, deploys, strength.duplicates)
        say_all(at_once)
        said_after = time.monotonic() - began
        town.until(lambda: all(cards_of(town, deploys).values()), "a card of each", within=PATIENCE)
        asked_after = time.monotonic() - began
        again = deliver_again(town, 5)
        say_all(late)
        _go_all_the_way(town, deploys)
        assert announcers.errors == []
        heard = len(at_once) + len(late) + again
        print(f"\n{heard} announcements of {len(deploys)} deploys: {len(at_once)} said within {said_after:.1f} s, all "
              f"cards up after {asked_after:.1f} s, all closed after {time.monotonic() - began:.1f} s; "
              f"slowest answer at the door {slowest(deliveries(town)):.2f} s")  # fmt: skip
        yield town, deploys


def _go_all_the_way(town: Town, deploys: list[Deploy]) -> None:
    """Ada and the CAB approve each, and each pipeline reports success."""
    numbers = {d.service: number_in(cards_of(town, deploys)[d.service][0]["text"]) for d in deploys}
    for deploy in deploys:
        assert town.press("ada", "change.approve", number=numbers[deploy.service], channel=deploy.channel)["ok"]
    for number in numbers.values():
        _approve_for_the_cab(town, number)
    # Not when ServiceNow has them in Implement: a report counts once Cabbie has read that back and opened its gate.
    town.until(lambda: _all_say(town, deploys, "leared until"), "all cleared", within=PATIENCE)
    for deploy in deploys:
        assert announce(town, service=deploy.service, version=deploy.version, status="succeeded").status_code == 202
    town.until(lambda: _all_are(town, deploys, "closed"), "all closed", within=PATIENCE)
    town.until(lambda: _all_say(town, deploys, "Deployed"), "all cards painted", within=PATIENCE)
    town.until(
        lambda: all(times_told(town, numbers[d.service], key) for d in deploys for key in d.stories),
        "all stories told",
        within=PATIENCE,
    )


def _approve_for_the_cab(town: Town, number: str) -> None:
    town.until(lambda: town.approve_in_servicenow("grace", number).get("ok"), "the CAB being asked", within=PATIENCE)


def _all_say(town: Town, deploys: list[Deploy], words: str) -> bool:
    cards = [card for found in cards_of(town, deploys).values() for card in found]
    return all(words in json.dumps(card, ensure_ascii=False) for card in cards)


def _all_are(town: Town, deploys: list[Deploy], state: str) -> bool:
    return all(change["state"].lower() == state for found in changes_of(town, deploys).values() for change in found)


def test_each_deploy_is_one_change(blown: tuple[Town, list[Deploy]]) -> None:
    town, deploys = blown

    assert {service: len(found) for service, found in changes_of(town, deploys).items()} == {
        deploy.service: 1 for deploy in deploys
    }
    assert len(town.changes()) == len(deploys)


def test_each_deploy_is_one_card_and_one_link_and_comment_in_each_story(blown: tuple[Town, list[Deploy]]) -> None:
    town, deploys = blown
    numbers = {service: found[0]["number"] for service, found in changes_of(town, deploys).items()}

    assert {service: len(found) for service, found in cards_of(town, deploys).items()} == dict.fromkeys(numbers, 1)
    written = {
        (d.service, key): (times_linked(town, numbers[d.service], key), times_told(town, numbers[d.service], key))
        for d in deploys
        for key in d.stories
    }
    assert written == dict.fromkeys(written, (1, 1))


def test_no_system_is_called_more_often_than_it_lets_us(blown: tuple[Town, list[Deploy]]) -> None:
    town, _ = blown

    assert refused(town) == {}


def test_many_happenings_are_few_edits(blown: tuple[Town, list[Deploy]]) -> None:
    town, deploys = blown
    cards = {card["ts"] for found in cards_of(town, deploys).values() for card in found}

    edited = edits(town)

    print(f"\nedits of a card: {sorted(edited[ts] for ts in cards)}")
    assert {ts: times for ts, times in edited.items() if times > MOST_EDITS} == {}


def test_the_door_is_never_late(blown: tuple[Town, list[Deploy]]) -> None:
    town, deploys = blown
    delivered = deliveries(town)

    assert len(delivered) > len(deploys)
    assert failed(delivered) == []
