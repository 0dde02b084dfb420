"""Asking the approvers: who may is known first, only they are called, and they find all they need on one card."""

import json

import pytest

from tests.stories.telling import (
    ask,
    ask_and_wait,
    buttons,
    calls,
    entries,
    gate,
    release,
    shown,
    through_both,
    to_the_cab,
)
from tests.stories.town import Town


@pytest.fixture(scope="module")
def acme(town_of_people: Town) -> Town:
    return town_of_people


def test_the_card_holds_what_an_approver_needs(acme: Town) -> None:
    version = release(acme, "PAY-101, OPS-7: retry")
    number = ask_and_wait(acme, "linus", f"payments {version} the sale starts on Friday")

    words = shown(acme, number)
    for wanted in (
        number, f"payments {version} → production", "the sale starts on Friday", "Everybody who pays by card",
        "Retry card payments once when the acquirer times out", "OPS-7", "*Risk* moderate", "Linus Torres", "window",
    ):  # fmt: skip
        assert wanted in words, wanted
    assert buttons(acme, number)[:2] == ["change.approve", "change.reject"]
    assert "change.details" in buttons(acme, number)
    assert len([card for card in acme.cards() if number in card["text"]]) == 1


def test_only_those_who_may_are_called(acme: Town) -> None:
    number = ask_and_wait(acme, "katherine", f"payments {release(acme)}")

    rows = {row["approver"]: row["state"] for row in acme.change(number)["approvals"]}
    assert rows == {"ada": "requested", "linus": "requested", "margaret": "requested"}
    words = json.dumps(acme.card(number=number)["blocks"])
    assert "<@U0ADA>" in words and "<@U0LINUS>" in words
    for other in ("U0MARGARET", "U0KATHERINE", "U0GRACE", "U0BARBARA", "U0OTTO"):
        assert other not in words, other
    asked = entries(acme, number, "asked")[0]
    assert "3 people" in asked["sentence"] and "2 of them may" in asked["sentence"]
    painted = acme.until(lambda: entries(acme, number, "shown"), "the ledger knows that the card was shown")
    assert asked["seq"] < painted[0]["seq"]


def test_the_cab_is_called_in_the_thread_and_in_the_channel(acme: Town) -> None:
    number = to_the_cab(acme, ask_and_wait(acme, "linus", f"payments {release(acme)}"))

    call = calls(acme, number)[0]
    assert "<@U0GRACE>" in call["text"] and "<@U0BARBARA>" in call["text"]
    assert call["subtype"] == "thread_broadcast"
    assert "<@U0ADA>" not in call["text"]
    acme.until_card("Waiting for the CAB's approval", number=number)
    assert len(calls(acme, number)) == 1


def test_details_show_the_whole_plan(acme: Town) -> None:
    version = release(acme)
    number = ask_and_wait(acme, "linus", f"payments {version}")

    assert acme.press("ada", "change.details", number=number)["ok"]

    view = acme.until(lambda: acme.screen("ada")["views"][-1], "the details")
    words = json.dumps(view["blocks"], ensure_ascii=False)
    change = acme.change(number)
    for wanted in ("Implementation", "Tests", "Backout", "Risk", "asked: Payments Engineering", "PAY-101", "History"):
        assert wanted in words, wanted
    assert change["sys_id"] in words
    assert f"payments {version}" in words


def test_the_requester_hears_of_each_outcome(acme: Town) -> None:
    number = through_both(acme, ask_and_wait(acme, "linus", f"payments {release(acme)}"))
    acme.until(lambda: dms(acme, "linus", number, "is cleared to go until"), "linus hears that it is cleared")
    approved = dms(acme, "linus", number, "is approved")
    assert len(approved) == 1 and "Ada Lovelace" in approved[0] and "Grace Hopper" in approved[0]

    acme.until(lambda: "deploy.succeeded" in buttons(acme, number), "Succeeded")
    acme.press("linus", "deploy.succeeded", number=number)

    acme.until(lambda: dms(acme, "linus", number, "Deployed"), "linus hears that it is done")
    assert len([dm for dm in acme.dms("linus") if number in dm]) == 3
    assert not dms(acme, "ada", number)


def dms(acme: Town, who: str, number: str, words: str = "") -> list[str]:
    return [dm for dm in acme.dms(who) if number in dm and words in dm]


def test_nobody_left_is_said_before_anybody_is_asked(acme: Town) -> None:
    version = release(acme, "OPS-7: solo", of="solo", name="Linus Torres", email="linus@acme.example")

    number = ask(acme, "linus", f"solo {version}", channel="platform")

    card = acme.until_card("Nobody is left who may approve", channel="platform", number=number)
    assert "Solo Engineering" in json.dumps(card)
    assert "<@U0LINUS>" not in json.dumps(card["blocks"])
    assert buttons(acme, number, "platform") == ["change.details"]
    assert acme.change(number)["state"] == "New"
    assert acme.change(number)["approvals"] == []
    acme.until(lambda: dms(acme, "linus", number, "Nobody is left"), "linus is told")
    assert not gate(acme, "solo", version)["open"]
    answer = acme.type("linus", f"/deploy cancel {number} I ask somebody else to write it", channel="platform")
    assert "cancel" in acme.said_to(answer)
    acme.until_state("canceled", number)


def test_where_servicenow_skips_the_cab_nothing_says_that_the_cab_approved(acme: Town) -> None:
    version = release(acme, "OPS-7: index", of="search")
    number = ask_and_wait(acme, "linus", f"search {version}", channel="platform")

    acme.press("ada", "change.approve", number=number, channel="platform")

    acme.until_state("implement", number)
    acme.until_card("cleared until", number=number, channel="platform")
    words = shown(acme, number, "platform")
    assert "CAB was not asked" in words and "risk low" in words
    assert "CAB's approval" not in words
    assert not calls(acme, number, "platform")
    comments = acme.until(lambda: [c for c in acme.issue("OPS-7")["comments"] if number in c["body"]], "a comment")
    assert "CAB" not in comments[0]["body"]
    assert {row["group"] for row in acme.change(number)["approvals"]} == {"Platform Engineering"}


def nobody_is_asked(acme: Town, words: str) -> str:
    """ServiceNow finds the group empty when its flow asks, though there were members a moment before."""
    group = ("ada", "margaret", "tina", "tom", "otto")
    acme.standins.post("servicenow", "switches", empty_group="approves")
    acme.standins.fault("servicenow", "GET *nextstates", "pause_before")
    try:
        number = ask(acme, "linus", words, channel="platform")
        acme.until(lambda: acme.standins.get("servicenow", "paused"), "about to be submitted")
        for who in group:
            acme.standins.post("servicenow", f"people/{who}", active=False)
        acme.standins.post("servicenow", "resume")
        acme.until(lambda: acme.change(number)["state"] in ("Scheduled", "Implement"), f"{number} moves on")
        return number
    finally:
        acme.standins.post("servicenow", "switches", empty_group="waits")
        acme.standins.post("servicenow", "resume")
        for who in group:
            acme.standins.post("servicenow", f"people/{who}", active=True)


def test_a_change_that_nobody_was_asked_about_stays_shut(acme: Town) -> None:
    version = release(acme, "OPS-7: index", of="search")

    number = nobody_is_asked(acme, f"search {version}")

    acme.until_card("nobody asked", channel="platform", number=number)
    assert acme.change(number)["state"] == "Scheduled"
    assert not gate(acme, "search", version)["open"]
    assert "approved" not in acme.card("platform", number)["text"].lower()


def test_policy_may_let_it_go_and_the_card_says_so(acme: Town) -> None:
    version = release(acme, "OPS-7: bulk", of="bulk")
    acme.standins.post("servicenow", "people/grace", active=False)
    acme.standins.post("servicenow", "people/barbara", active=False)
    try:
        number = nobody_is_asked(acme, f"bulk {version}")
        acme.until_card("cleared until", channel="platform", number=number)
    finally:
        acme.standins.post("servicenow", "people/grace", active=True)
        acme.standins.post("servicenow", "people/barbara", active=True)

    words = shown(acme, number, "platform")
    assert "Nobody was asked" in words and "approval.not_asked" in words
    assert "✓" not in words
    assert gate(acme, "bulk", version)["open"]
