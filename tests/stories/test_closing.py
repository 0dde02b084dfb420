"""Closing: the outcome is reported by button, command or pipeline; what went wrong stays open with an owner."""

from datetime import datetime

import pytest

from tests.stories.pipeline import announce
from tests.stories.telling import (
    ask_and_wait,
    buttons,
    clear,
    entries,
    gate,
    has_button,
    release,
    shown,
    thread,
    through_both,
    to_the_cab,
)
from tests.stories.town import Town


@pytest.fixture(scope="module")
def acme(town_of_deploys: Town) -> Town:
    return town_of_deploys


def cleared(acme: Town) -> tuple[str, str]:
    """(number, version) of a change that may go."""
    version = release(acme)
    number = clear(acme, ask_and_wait(acme, "linus", f"payments {version}"))
    acme.until(lambda: has_button(acme, "deploy.succeeded", number), "the outcome's buttons")
    return number, version


def test_success_by_command_closes_with_times_code_and_notes(acme: Town) -> None:
    number, version = cleared(acme)
    assert "started" in acme.said_to(acme.type("linus", f"/deploy start {number}"))
    acme.until_card("Deploying", number=number)
    assert gate(acme, version=version)["open"]

    assert "Noted" in acme.said_to(acme.type("linus", f"/deploy done {number} all green"))

    change = acme.until_state("closed", number)
    assert change["close_code"] == "successful"
    for wanted in ("Linus Torres", "Slack", "all green", version):
        assert wanted in change["close_notes"], wanted
    start, end = (datetime.fromisoformat(change[name]) for name in ("work_start", "work_end"))
    assert start <= end
    acme.until_card("Deployed", number=number)
    acme.until(lambda: buttons(acme, number) == [], "no buttons any more")
    assert not gate(acme, version=version)["open"]
    again = acme.said_to(acme.type("linus", f"/deploy done {number}"))
    assert "cannot be reported" in again


def test_success_by_a_pipeline_says_where_it_comes_from(acme: Town) -> None:
    number, version = cleared(acme)
    assert announce(acme, service="payments", version=version, status="started").status_code == 202
    assert announce(acme, service="payments", version=version, status="succeeded", why="run 42").status_code == 202

    change = acme.until_state("closed", number)
    assert "pipeline" in change["close_notes"] and "run 42" in change["close_notes"]
    acme.until_card("pipeline", number=number)
    assert announce(acme, service="payments", version=version, status="succeeded").status_code == 202
    assert len(entries(acme, number, "reported")) == 2


def test_failure_by_button_asks_what_and_stays_in_review_with_an_owner(acme: Town) -> None:
    number, version = cleared(acme)
    acme.press("linus", "deploy.failed", number=number)
    acme.fill("linus", reason="The refund job crashed at start.")

    change = acme.until_state("review", number)
    task = acme.until(lambda: next(t for t in acme.change(number)["tasks"] if "Review why" in t["short_description"]))
    assert task["assignment_group"] == "Payments Engineering"
    assert "The refund job crashed at start." in task["description"]
    assert change["work_end"] and not change["close_code"]
    acme.until_card("Deploy failed", number=number)
    assert "The refund job crashed" in shown(acme, number)
    said = acme.until(lambda: [m for m in thread(acme, number) if "crashed" in m["text"]], "the channel hears of it")
    assert said[0]["subtype"] == "thread_broadcast"
    acme.until(lambda: [dm for dm in acme.dms("linus") if number in dm and "failed" in dm], "linus is told")
    assert not gate(acme, version=version)["open"]
    assert number in acme.bot.run("digest").stdout
    assert len([t for t in acme.change(number)["tasks"] if "Review why" in t["short_description"]]) == 1


def test_a_rollback_by_command_stays_in_review_too(acme: Town) -> None:
    number, _ = cleared(acme)

    acme.type("margaret", f"/deploy rolled-back {number} latency doubled")

    acme.until_state("review", number)
    acme.until(lambda: [t for t in acme.change(number)["tasks"] if "latency doubled" in t["description"]], "a task")
    acme.until_card("Rolled back", number=number)
    assert "Margaret Hale" in shown(acme, number)


def test_rolled_back_by_button_and_failed_by_pipeline(acme: Town) -> None:
    first, _ = cleared(acme)
    acme.press("ada", "deploy.rolled_back", number=first)
    acme.fill("ada", reason="Errors above one percent.")
    second, version = cleared(acme)
    announce(acme, service="payments", version=version, status="failed", why="smoke test")

    for number, why in ((first, "Errors above one percent."), (second, "smoke test")):
        acme.until_state("review", number)
        acme.until(lambda number=number, why=why: [t for t in acme.change(number)["tasks"] if why in t["description"]])


def test_nothing_is_reported_before_it_is_cleared(acme: Town) -> None:
    number = ask_and_wait(acme, "linus", f"payments {release(acme)}")

    for word in ("start", "done", "failed", "rolled-back"):
        assert "cannot be reported" in acme.said_to(acme.type("linus", f"/deploy {word} {number}"))

    assert acme.change(number)["state"] == "Assess"
    assert len(entries(acme, number, "reported")) == 0


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_requester_may_cancel_and_strangers_may_not(acme: Town, when: str) -> None:
    version = release(acme)
    number = ask_and_wait(acme, "linus", f"payments {version}")
    if when == "after":
        acme.until_state("implement", through_both(acme, number))
        acme.until_card("cleared until", number=number)
    for stranger in ("katherine", "gus"):
        for word in ("cancel", "done"):
            refusal = acme.said_to(acme.type(stranger, f"/deploy {word} {number} I say so"))
            assert "Only Linus Torres" in refusal or "cannot be reported" in refusal, refusal
    assert acme.change(number)["state"] in ("Assess", "Implement")

    assert "canceling" in acme.said_to(acme.type("linus", f"/deploy cancel {number} found a bug"))

    change = acme.until_state("canceled", number)
    assert any("found a bug" in note["text"] and "Linus Torres" in note["text"] for note in change["work_notes"])
    acme.until_card("Canceled", number=number)
    assert not gate(acme, version=version)["open"]
    assert {row["state"] for row in change["approvals"]} <= {"cancelled", "approved", "not_required"}
    assert "cannot be canceled" in acme.said_to(acme.type("linus", f"/deploy cancel {number}"))
    told = f"{number} (Deploy payments {version} to production) was canceled by Linus Torres. Reason: found a bug"
    acme.until(lambda: any(c["body"] == told for c in acme.issue("PAY-101")["comments"]), "the story is told")


def test_a_pipeline_may_cancel_what_it_asked_for(acme: Town) -> None:
    version = release(acme)
    number = to_the_cab(acme, ask_and_wait(acme, "linus", f"payments {version}"))

    announce(acme, service="payments", version=version, status="canceled", why="superseded")

    change = acme.until_state("canceled", number)
    assert any("superseded" in note["text"] for note in change["work_notes"])


def test_a_stranger_presses_no_outcome(acme: Town) -> None:
    number, _ = cleared(acme)

    acme.press("katherine", "deploy.succeeded", number=number)

    acme.until(lambda: any("Only Linus Torres" in w for w in acme.whispers("katherine")), "katherine is told")
    assert acme.change(number)["state"] == "Implement"
