"""Going: the move comes first, inside the window, for what was approved; otherwise the gate stays shut and says why."""

import pytest

from tests.stories.telling import (
    ask,
    ask_and_wait,
    buttons,
    clear,
    entries,
    findings,
    gate,
    has_button,
    press_an_old_card,
    release,
    repository_of,
    shown,
    through_both,
    to_the_cab,
    told,
)
from tests.stories.town import Town


@pytest.fixture(scope="module")
def acme(town_of_deploys: Town) -> Town:
    return town_of_deploys


@pytest.fixture(scope="module")
def brief(acme: Town) -> tuple[str, str]:
    """(number, version) of a change that is approved, and held until its window is over."""
    version = release(acme)
    number = through_both(acme, ask_and_wait(acme, "linus", f"brief {version}"))
    acme.until_card("Approved; not cleared yet", number=number)
    acme.press("grace", "change.hold", number=number)
    acme.until(lambda: acme.change(number)["on_hold"], "on hold")
    return number, version


def test_what_is_approved_waits_for_its_window(acme: Town, brief: tuple[str, str]) -> None:
    assert not gate(acme, "brief", brief[1])["open"]
    version = release(acme)
    number = through_both(acme, ask_and_wait(acme, "linus", f"much-later {version}"))

    acme.until_card("Approved; not cleared yet", number=number)
    answer = gate(acme, "much-later", version)
    assert not answer["open"] and "waiting for its window" in answer["reason"]
    assert acme.change(number)["state"] == "Scheduled"


def test_a_request_nobody_decides_expires(acme: Town) -> None:
    version = release(acme)
    number = ask(acme, "linus", f"hasty {version}")

    change = acme.until_state("canceled", number)

    assert any("nobody decided in time" in note["text"] for note in change["work_notes"])
    assert all(approval["state"] == "cancelled" for approval in change["approvals"])
    acme.until_card("expired", number=number)
    assert buttons(acme, number) == []
    acme.until(lambda: [dm for dm in acme.dms("linus") if number in dm and "xpired" in dm], "linus is told")
    answer = gate(acme, "hasty", version)
    assert not answer["open"] and "expired" in answer["reason"]
    press_an_old_card(acme, "ada", number, "it is expired")

    again = ask(acme, "linus", f"hasty {version}")
    acme.until_card("attempt 2", number=again)


def test_it_goes_inside_its_window_and_servicenow_moves_first(acme: Town) -> None:
    version = release(acme)
    number = through_both(acme, ask_and_wait(acme, "linus", f"later {version}"))

    acme.until_state("implement", number)

    acme.until_card("cleared until", number=number)
    assert gate(acme, "later", version)["open"]
    moved = [e["at"] for e in acme.standins.diary("servicenow", "^PATCH .*/change") if '"state": "-1"' in e["body"]]
    edits = acme.standins.diary("slack", "chat.update")
    said = [e["at"] for e in edits if number in e["body"] and "Cleared" in e["body"]]
    assert moved and min(said) > moved[-1]
    window = acme.change(number)["start_date"].replace(" ", "T")
    assert entries(acme, number, "cleared")[0]["at"][:19] >= window


def test_a_tag_that_moved_is_asked_anew(acme: Town) -> None:
    version = release(acme)
    number = ask_and_wait(acme, "linus", f"payments {version} the sale")
    before = entries(acme, number, "listened")[0]["sha"]
    moved = repository_of(acme, "payments").commit("PAY-103: one more fix", tag=f"v{version}")

    through_both(acme, number)

    change = acme.until_state("canceled", number)
    assert any("now points at" in note["text"] and moved[:12] in note["text"] for note in change["work_notes"])
    assert not entries(acme, number, "cleared")
    mine = lambda: [c for c in acme.changes() if version in c["short_description"]]  # noqa: E731
    again = acme.until(lambda: next(c["number"] for c in mine() if c["number"] != number), "the next attempt")
    acme.until_card("attempt 2", number=again)
    assert entries(acme, again, "listened")[0]["sha"] == moved != before
    assert acme.change(again)["requested_by"] == "linus"
    answer = gate(acme, version=version)
    assert not answer["open"] and answer["number"] == again
    acme.until(lambda: has_button(acme, "change.approve", again), "the approvers are asked anew")
    through_both(acme, again)
    acme.until(lambda: gate(acme, version=version)["open"], "the gate of the second attempt opens")
    assert not gate(acme, version=version, sha=before)["open"]


def test_a_hold_shuts_the_gate_of_a_cleared_deploy(acme: Town) -> None:
    version = release(acme)
    number = clear(acme, ask_and_wait(acme, "linus", f"payments {version}"))
    assert gate(acme, version=version)["open"]

    told(acme, "grace", lambda: acme.press("grace", "change.hold", number=number), words="you held")
    assert "on hold" in gate(acme, version=version)["reason"]
    acme.until_card("on hold", number=number)

    told(acme, "grace", lambda: acme.press("grace", "change.release", number=number), words="you released")
    acme.until(lambda: gate(acme, version=version)["open"], "open again")
    assert not gate(acme, version=version, sha="f" * 40)["open"]


# ------------------------------------------------------------------------------------------------ by hand in ServiceNow


def edit(acme: Town, number: str, **fields: str) -> None:
    answer = acme.standins.post("servicenow", "people/katherine/edit", number=number, fields=fields)
    assert answer["ok"], answer


def test_a_move_by_hand_clears_nothing(acme: Town) -> None:
    version = release(acme)
    number = through_both(acme, ask_and_wait(acme, "linus", f"much-later {version}"))
    acme.until_card("Approved; not cleared yet", number=number)

    edit(acme, number, state="Implement")

    acme.until_card("In Implement", number=number)
    answer = gate(acme, "much-later", version)
    assert not answer["open"] and "but not cleared" in answer["reason"]
    assert "Cleared" not in shown(acme, number)
    acme.until(lambda: any(number in sentence for sentence in findings(acme, "moved by hand")), "a finding")


def test_a_cancellation_in_servicenow_is_noticed(acme: Town) -> None:
    version = release(acme)
    number = to_the_cab(acme, ask_and_wait(acme, "linus", f"payments {version}"))

    edit(acme, number, state="Canceled")

    acme.until_card("canceled in ServiceNow", number=number)
    assert not gate(acme, version=version)["open"]
    acme.until(lambda: [dm for dm in acme.dms("linus") if number in dm and "Canceled" in dm], "linus is told")
    acme.until(lambda: any(number in c["body"] for c in acme.issue("PAY-101")["comments"]), "the story is told")


def test_a_change_closed_in_servicenow_is_noticed(acme: Town) -> None:
    version = release(acme)
    number = clear(acme, ask_and_wait(acme, "linus", f"payments {version}"))

    edit(acme, number, state="Review")
    acme.until_card("In review", number=number)
    assert not gate(acme, version=version)["open"]
    edit(acme, number, state="Closed", close_code="Unsuccessful", close_notes="Looked wrong in the logs.")

    acme.until_card("closed in ServiceNow", number=number)
    assert "failed" in shown(acme, number).lower()


def test_a_change_sent_back_in_servicenow_is_not_pushed_on_against_it(acme: Town) -> None:
    version = release(acme)
    number = ask_and_wait(acme, "linus", f"payments {version}")

    edit(acme, number, state="New")  # from Assess: ServiceNow lets nobody send a normal change back from Authorize

    acme.until_card("sent back to New in ServiceNow", number=number)
    assert acme.change(number)["state"] == "New"
    assert "change.approve" not in buttons(acme, number)
    assert not gate(acme, version=version)["open"]
    acme.until(lambda: [dm for dm in acme.dms("linus") if number in dm and "New" in dm], "linus is told")


def test_a_window_that_is_over_before_it_is_cleared_shuts_it(acme: Town, brief: tuple[str, str]) -> None:
    number, version = brief

    change = acme.until_state("canceled", number)

    assert any("window is over" in note["text"] for note in change["work_notes"])
    acme.until_card("Expired", number=number)
    assert "nobody decided" not in shown(acme, number).lower()
    assert not gate(acme, "brief", version)["open"]
