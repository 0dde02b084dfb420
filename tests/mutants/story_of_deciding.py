"""Short stories of deciding: by whom, on what, recorded where."""

from typing import Any

import pytest

from tests.mutants.by_hand import click_on, headers_for, knock
from tests.stories.telling import (
    ask,
    ask_and_wait,
    calls,
    clear,
    deliver_click,
    entries,
    findings,
    gate,
    repository_of,
    row,
    to_the_cab,
    told,
    wait_for_row,
)
from tests.stories.town import PEOPLE, Town


@pytest.mark.parametrize(
    ("who", "because"),
    [
        pytest.param("linus", "you requested it", id="the requester"),
        pytest.param("margaret", "you wrote part of what it deploys", id="an author"),
        pytest.param("grace", "not among those whom ServiceNow asks", id="not asked"),
    ],
)
def test_who_may_not_decide_decides_nothing(place: Town, who: str, because: str) -> None:
    number = ask_and_wait(place, "linus", "payments 2.4.1")

    place.press(who, "change.approve", number=number)

    assert because in judged(place, number)
    assert {each["state"] for each in place.change(number)["approvals"]} == {"requested"}
    place.until(lambda: [told for told in place.whispers(who) if because in told], f"{who} is told why")


def judged(place: Town, number: str) -> str:
    """What became of the first press, as the ledger has it."""
    verdicts = ("refused", "decided")
    found = place.until(lambda: [e for e in entries(place, number) if e["kind"] in verdicts], "a judgement")
    return str(found[0]["sentence"])


@pytest.mark.parametrize(
    ("account", "because"),
    [
        pytest.param({"is_restricted": True}, "a guest", id="a guest"),
        pytest.param({"team": "T0RIVAL"}, "of another workspace", id="of another workspace"),
    ],
)
def test_an_approver_who_is_no_member_any_more_decides_nothing(
    place: Town, account: dict[str, Any], because: str
) -> None:
    number = ask_and_wait(place, "linus", "payments 2.4.1")
    body = click_on(place, "ada", number, "change.approve")
    place.standins.post("slack", f"users/{PEOPLE['ada']}", **account)

    knock(place, body, headers_for(place, body))

    assert because in judged(place, number)
    assert row(place, number, "ada")["state"] == "requested"


def test_a_click_from_another_workspace_is_not_taken_for_the_same_id_here(place: Town) -> None:
    """Slack Connect: the presser's own workspace comes with the click, whoever their id looks like here."""
    number = ask_and_wait(place, "linus", "payments 2.4.1")
    body = click_on(place, "ada", number, "change.approve", team="T0RIVAL")

    knock(place, body, headers_for(place, body))

    assert "of another workspace" in judged(place, number)
    assert row(place, number, "ada")["state"] == "requested"
    assert not findings(place, "binding changed"), "nobody is told that ada's own accounts do not match"


def test_a_card_of_other_contents_decides_nothing(place: Town) -> None:
    number = ask_and_wait(place, "linus", "payments 2.4.1")

    deliver_click(place, "ada", number, "change.approve", block_id=f"decide:{'ab' * 20}")

    assert "changed since that card" in judged(place, number)
    assert row(place, number, "ada")["state"] == "requested"


def test_a_verdict_is_written_into_the_pressers_own_row_by_the_account_for_verdicts(place: Town) -> None:
    number = to_the_cab(place, ask_and_wait(place, "linus", "payments 2.4.1"))

    told(place, "barbara", lambda: place.press("barbara", "change.approve", number=number), words="you approved")

    mine = wait_for_row(place, number, "barbara", "approved")
    assert mine["by"] == "cabbie.approval"
    assert "Barbara Liskov" in mine["comments"][0]["text"]
    assert row(place, number, "grace")["state"] == "not_required"


def test_one_of_two_clears_nothing(place: Town) -> None:
    place.standins.post("servicenow", "switches", quorum={"CAB Approval": "all"})
    number = to_the_cab(place, ask_and_wait(place, "linus", "payments 2.4.1"))

    told(place, "grace", lambda: place.press("grace", "change.approve", number=number), words="you approved")

    place.until_card("Grace Hopper", number=number)
    assert place.change(number)["state"] == "Authorize"
    assert not [message for message in place.dms("linus") if "is approved" in message]
    assert not gate(place)["open"]


def test_the_requesters_own_approval_in_servicenow_shuts_the_gate(place: Town) -> None:
    number = ask_and_wait(place, "linus", "payments 2.4.1")

    place.until(lambda: "row" in place.approve_in_servicenow("linus", number), "linus approves")

    place.until(lambda: place.change(number)["on_hold"], "on hold")
    assert findings(place, "own approval")
    place.until(lambda: place.messages("changes", "katherine"), "the managers told")


def test_a_verdict_whose_answer_was_lost_is_recorded_once(place: Town) -> None:
    number = ask_and_wait(place, "linus", "payments 2.4.1")
    place.standins.fault("servicenow", "PATCH *sysapproval*", "drop_after")

    place.press("ada", "change.approve", number=number)

    assert "Ada Lovelace approved it" in judged(place, number)
    assert [entry["recorded"] for entry in entries(place, number, "decided")] == ["recorded on behalf"]
    assert len(row(place, number, "ada")["comments"]) == 1


def test_the_same_click_delivered_twice_counts_once(place: Town) -> None:
    """Signed anew each time, as Slack would send it."""
    number = ask_and_wait(place, "linus", "payments 2.4.1")
    bodies = [click_on(place, "ada", number, "change.hold", at="1700000000.000100") for _ in range(2)]

    answers = [knock(place, body, headers_for(place, body)).status_code for body in bodies]

    assert answers == [200, 200] and bodies[0] != bodies[1]
    place.until(lambda: place.change(number)["on_hold"], "on hold")
    assert len(entries(place, number, "claimed")) == 1


def test_an_author_whom_nobody_knows_stops_it(place: Town) -> None:
    repository_of(place, "payments").commit("PAY-101: retry", tag="v9.9.9", name="Some Body", email="some@body.example")

    number = ask(place, "linus", "payments 9.9.9")

    place.until(lambda: [dm for dm in place.dms("linus") if "some@body.example" in dm], "linus is told")
    assert place.change(number)["state"] == "New" and not place.change(number)["approvals"]


def test_the_cab_is_called_where_it_is_heard(place: Town) -> None:
    number = to_the_cab(place, ask_and_wait(place, "linus", "payments 2.4.1"))

    called = place.until(lambda: calls(place, number), "the CAB is called")

    assert len(called) == 1
    assert called[0]["subtype"] == "thread_broadcast"
    assert "<@U0GRACE>" in called[0]["text"] and "<@U0BARBARA>" in called[0]["text"]


def test_one_change_has_one_card(place: Town) -> None:
    number = clear(place, ask_and_wait(place, "linus", "payments 2.4.1"))

    assert len([card for card in place.cards() if number in card["text"]]) == 1
    assert "Cleared until" in str(place.card(number=number)["blocks"])
