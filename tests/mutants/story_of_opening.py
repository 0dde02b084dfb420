"""Short stories of opening a change: once, complete, hop by hop."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.mutants.village import set_clock, village
from tests.stories.telling import ask, ask_and_wait, clear, entries, has_button
from tests.stories.town import Town, number_in

CREATE = "POST /api/sn_chg_rest/v1/change"
PATCH = "PATCH /api/sn_chg_rest/v1/change/{sys_id}"


def moves(place: Town) -> list[dict[str, Any]]:
    """What was written into a change's state, in order."""
    return [
        entry for entry in place.standins.diary("servicenow") if entry["call"] == PATCH and '"state"' in entry["body"]
    ]


def test_every_hop_is_made_up_to_the_end(place: Town) -> None:
    number = clear(place, ask_and_wait(place, "linus", "payments 2.4.1"))
    place.type("linus", f"/deploy done {number}")
    closed = place.until_state("closed", number)

    assert [json.loads(entry["body"])["state"] for entry in moves(place)][:3] == ["-4", "-1", "0"]
    assert closed["close_code"].lower() == "successful" and "2.4.1" in closed["close_notes"]


def test_an_instance_that_is_particular_about_states_is_opened_in_new_and_asks(place: Town) -> None:
    """It takes no labels; and a change that is born in another state than New asks nobody, ever."""
    place.standins.post("servicenow", "switches", state_labels=False, state_on_create="taken")

    number = ask_and_wait(place, "linus", "payments 2.4.1")

    assert place.change(number)["state"] == "Assess"
    assert {row["state"] for row in place.change(number)["approvals"]} == {"requested"}
    first = moves(place)[0]
    asked = [entry for entry in place.standins.diary("servicenow") if entry["call"].endswith("/nextstates")]
    assert asked and asked[0]["seq"] < first["seq"], "where it may go is asked before it is moved"


def test_a_change_whose_answer_was_lost_is_there_once(place: Town) -> None:
    place.standins.fault("servicenow", CREATE, "drop_after")

    number = ask_and_wait(place, "linus", "payments 2.4.1")

    assert [change["number"] for change in place.changes()] == [number]


def test_a_change_that_shows_up_late_is_canceled(tmp_path: Path) -> None:
    """The first create never arrives, as far as anybody can see; it does, after the second one was made."""
    clock = tmp_path / "clock"
    with village(tmp_path, CABBIE_RECORD_PATIENCE="PT10M", CABBIE_REHEARSAL_CLOCK=str(clock)) as place:
        place.standins.fault("servicenow", CREATE, "drop_before")
        place.type("linus", "/deploy payments 2.4.1")
        first = place.until(lambda: [e for e in place.standins.diary("servicenow") if e["call"] == CREATE], "a create")
        set_clock(clock, timedelta(minutes=11))
        number = number_in(place.until_card("approve")["text"])

        late = _send_again(place, json.loads(first[0]["body"]))
        set_clock(clock, timedelta(minutes=35))

        place.until(lambda: place.change(late)["state"] == "Canceled", "the late one is canceled")
        assert place.change(number)["state"] == "Assess"
        assert any(number in note["text"] for note in place.change(late)["work_notes"])


def _send_again(place: Town, columns: dict[str, str]) -> str:
    """The same create as the change account sent it; the number of what it made."""
    url = place.environment["SERVICENOW_URL"]
    names = ("client_id", "client_secret")
    form = {name: place.environment[f"SERVICENOW_{name.upper()}"] for name in names}
    signed = requests.post(f"{url}/oauth_token.do", data={"grant_type": "client_credentials", **form}, timeout=5)
    headers = {"Authorization": f"Bearer {signed.json()['access_token']}"}
    answer = requests.post(f"{url}/api/sn_chg_rest/v1/change", json=columns, headers=headers, timeout=5)
    return str(answer.json()["result"]["number"]["value"])


@pytest.mark.parametrize("column", ["correlation_id", "backout_plan"])
def test_a_column_that_is_not_kept_is_noticed_before_anybody_is_asked(place: Town, column: str) -> None:
    """ServiceNow says 200 to the create, and the column reads back empty."""
    place.standins.post("servicenow", "switches", hidden_fields={"change_request": [column]})

    place.type("linus", "/deploy payments 2.4.1")

    place.until(lambda: [dm for dm in place.dms("linus") if column in dm], f"linus is told about {column}")
    assert not place.changes() or not place.change()["approvals"]


def test_a_change_that_was_rejected_is_canceled_and_the_next_attempt_is_another(place: Town) -> None:
    first = ask_and_wait(place, "linus", "payments 2.4.1")
    place.press("ada", "change.reject", number=first)
    place.fill("ada", reason="Not before the sale is over.")
    place.until_state("canceled", first)

    second = ask(place, "linus", "payments 2.4.1")

    place.until(lambda: has_button(place, "change.approve", second), "the second card")
    keys = {entry["correlation_id"] for number in (first, second) for entry in entries(place, number, "opened")}
    assert len(keys) == 2
