"""Short stories of the gate: what opens it, what shuts it, and what is found beside it."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.mutants.village import set_clock, village
from tests.stories.pipeline import announce, ask_gate, token_for
from tests.stories.telling import (
    ask_and_wait,
    clear,
    findings,
    gate,
    release,
    repository_of,
    service,
    through_both,
)
from tests.stories.town import Town

SILENCE = timedelta(minutes=2)
"""Longer than a gate stays open on ServiceNow's last word."""


def _later(starts_after: str) -> Callable[[dict[str, Any]], None]:
    def rules(policy: dict[str, Any]) -> None:
        service(policy, "payments")["window"] = {"starts_after": starts_after, "lasts": "PT2H"}

    return rules


def rests(place: Town) -> bool:
    """Cabbie has nothing in hand: every move that is due has been made."""
    with closing(sqlite3.connect(place.database_url.removeprefix("sqlite:///"), timeout=10)) as memory:
        in_hand = "SELECT count(*) FROM workflow_status WHERE status IN ('ENQUEUED', 'PENDING', 'DELAYED')"
        return memory.execute(in_hand).fetchone() == (0,)


def test_what_is_approved_waits_for_its_window(tmp_path: Path) -> None:
    with village(tmp_path, _later("PT2H")) as place:
        number = through_both(place, ask_and_wait(place, "linus", "payments 2.4.1"))
        place.until_state("scheduled", number)
        place.until(lambda: rests(place), "nothing is left to be done")

        assert not gate(place)["open"]
        assert place.change(number)["state"] == "Scheduled"


def test_it_opens_for_the_sha_that_was_approved_and_no_other(place: Town) -> None:
    clear(place, ask_and_wait(place, "linus", "payments 2.4.1"))
    approved = gate(place)["sha"]

    assert gate(place, sha=approved)["open"]
    assert not gate(place, sha="f" * 40)["open"]
    assert not gate(place, sha=approved[:6] + "0" * 34)["open"]
    assert not gate(place, environment="staging")["open"]


def test_it_shuts_while_servicenow_is_silent(tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    with village(tmp_path, CABBIE_REHEARSAL_CLOCK=str(clock)) as place:
        clear(place, ask_and_wait(place, "linus", "payments 2.4.1"))
        assert gate(place)["open"]

        place.standins.fault("servicenow", "*", "drop_before", times=-1)
        set_clock(clock, SILENCE)

        answer = place.until(lambda: (told := gate(place)) and not told["open"] and told, "a shut gate")
        assert "has not answered" in answer["reason"]


def test_a_hold_shuts_it(place: Town) -> None:
    number = clear(place, ask_and_wait(place, "linus", "payments 2.4.1"))

    place.press("grace", "change.hold", number=number)

    place.until(lambda: not gate(place)["open"], "the gate shuts")
    assert "on hold" in gate(place)["reason"]


def test_whoever_starts_before_it_is_cleared_is_found(place: Town) -> None:
    number = ask_and_wait(place, "linus", "payments 2.4.1")

    announce(place, service="payments", version="2.4.1", status="started")

    assert findings(place, "deployed without clearance")
    place.until(lambda: place.change(number)["on_hold"], "on hold")
    place.until(lambda: [m for m in place.messages("changes", "katherine") if "2.4.1" in m["text"]], "managers told")


def edit(place: Town, number: str, **fields: str) -> None:
    """Somebody changes it in ServiceNow itself."""
    answer = place.standins.post("servicenow", "people/katherine/edit", number=number, fields=fields)
    assert answer["ok"], answer


def test_a_move_by_hand_clears_nothing(tmp_path: Path) -> None:
    with village(tmp_path, _later("PT2H")) as place:
        number = through_both(place, ask_and_wait(place, "linus", "payments 2.4.1"))
        place.until_card("not cleared yet", number=number)

        edit(place, number, state="Implement")

        place.until_card("In Implement", number=number)
        place.until(lambda: rests(place), "nothing is left to be done")
        assert not gate(place)["open"]
        assert findings(place, "moved by hand")


def test_a_tag_that_moved_is_not_what_was_approved(place: Town) -> None:
    version = release(place)
    number = ask_and_wait(place, "linus", f"payments {version}")
    repository_of(place, "payments").commit("PAY-103: something else", tag=f"v{version}")

    through_both(place, number)

    place.until_state("canceled", number)
    assert not gate(place, version=version)["open"]


def test_a_window_that_is_over_shuts_it(tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    with village(tmp_path, CABBIE_REHEARSAL_CLOCK=str(clock)) as place:
        clear(place, ask_and_wait(place, "linus", "payments 2.4.1"))

        set_clock(clock, timedelta(hours=13))

        assert "window is over" in gate(place)["reason"]
        assert not gate(place)["open"]


def test_silence_is_never_a_yes(tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    with village(tmp_path, CABBIE_REHEARSAL_CLOCK=str(clock)) as place:
        number = ask_and_wait(place, "linus", "payments 2.4.1")

        set_clock(clock, timedelta(hours=9))

        place.until_state("canceled", number)
        assert "expired" in gate(place)["reason"]


@pytest.mark.parametrize("asks", ["announcement", "gate", "change"])
def test_a_token_speaks_for_its_own_service_alone(place: Town, asks: str) -> None:
    number = ask_and_wait(place, "linus", "checkout 1.1.0", channel="checkout")
    mine = token_for(place, "payments")

    if asks == "announcement":
        answer = announce(place, mine, service="checkout", version="1.1.0", status="canceled")
        assert answer.status_code == 403, answer.text
        assert place.change(number)["state"] == "Assess"
    elif asks == "gate":
        assert place.api("GET", "/api/v1/gate", token=mine, params={"service": "checkout"}).status_code == 403
    else:
        assert place.api("GET", f"/api/v1/changes/{number}", token=mine).status_code == 404
    assert ask_gate(place, mine, service="payments", version="9.9.9")["open"] is False
