"""Deciding: claims are judged and recorded; whoever presses hears at once, and then what became of it."""

from collections.abc import Iterator

import pytest

from tests.stories.telling import (
    AT_ONCE,
    ask_and_wait,
    at_one_moment,
    button,
    buttons,
    calls,
    deliver_click,
    entries,
    gate,
    has_button,
    press_an_old_card,
    refused,
    release,
    row,
    shown,
    thread,
    to_the_cab,
    told,
    wait_for_row,
)
from tests.stories.town import Town

CAB = "CAB Approval"


@pytest.fixture(scope="module")
def acme(town_of_people: Town) -> Town:
    return town_of_people


@pytest.fixture
def all_of_the_cab(acme: Town) -> Iterator[None]:
    acme.standins.post("servicenow", "switches", quorum={CAB: "all"})
    yield
    acme.standins.post("servicenow", "switches", quorum={})


def test_approving_is_confirmed_heard_at_once_and_answered(acme: Town) -> None:
    version = release(acme)
    number = ask_and_wait(acme, "linus", f"payments {version}")
    approve = button(acme, number, "change.approve")
    assert number in approve["confirm"]["title"]["text"]
    assert f"payments {version}" in approve["confirm"]["text"]["text"]

    heard = told(acme, "ada", lambda: acme.press("ada", "change.approve", number=number), words="you approved")

    assert heard.first_after < AT_ONCE
    assert "Got it" in heard.words[0]
    assert number in heard.words[1]
    assert row(acme, number, "ada")["state"] == "approved"


def test_a_rejection_asks_why_and_shuts_the_gate(acme: Town) -> None:
    version = release(acme, "PAY-101 and OPS-7: retry")
    number = to_the_cab(acme, ask_and_wait(acme, "linus", f"payments {version}"))
    acme.press("barbara", "change.reject", number=number)
    short = acme.fill("barbara", reason="too soon")
    assert not short["ok"] or short.get("response_action") == "errors", short

    reason = "The refund test fails on the replica."
    told(acme, "barbara", lambda: acme.fill("barbara", reason=reason), words="you rejected")

    change = acme.until_state("canceled", number)
    assert row(acme, number, "barbara", CAB)["state"] == "rejected"
    assert reason in row(acme, number, "barbara", CAB)["comments"][0]["text"]
    assert "Barbara Liskov" in row(acme, number, "barbara", CAB)["comments"][0]["text"]
    assert any(reason in note["text"] and "Barbara" in note["text"] for note in change["work_notes"])
    said = acme.until(lambda: [m for m in thread(acme, number) if reason in m["text"]], "the reason in the thread")
    assert len(said) == 1
    assert any(
        reason in dm for dm in acme.until(lambda: [d for d in acme.dms("linus") if number in d and "eject" in d])
    )
    comments = acme.until(lambda: [c for c in acme.issue("PAY-101")["comments"] if number in c["body"]], "a comment")
    assert len(comments) == 1 and reason in comments[0]["body"] and "Barbara Liskov" in comments[0]["body"]
    assert "change.approve" not in buttons(acme, number)
    assert not gate(acme, version=version)["open"]
    assert "rejected" in gate(acme, version=version)["reason"]
    press_an_old_card(acme, "grace", number, "not waiting")


def test_a_double_click_counts_once(acme: Town) -> None:
    number = ask_and_wait(acme, "linus", f"payments {release(acme)}")
    before = len(acme.whispers("ada"))

    at_one_moment(*2 * [lambda: acme.press("ada", "change.approve", number=number)])

    acme.until_state("authorize", number)
    acme.until(lambda: len(acme.whispers("ada")) >= before + 4, f"four words to ada: {acme.whispers('ada')[before:]}")
    answers = [w for w in acme.whispers("ada")[before:] if "Got it" not in w]
    assert sum("you approved" in a for a in answers) == 1
    assert sum("already approved" in a for a in answers) == 1
    assert len(row(acme, number, "ada")["comments"]) == 1
    assert len(entries(acme, number, "decided")) == 1
    # the same delivery once more changes nothing
    for _ in range(2):
        deliver_click(acme, "grace", number, "change.hold", action_ts="1700000000.000100")
    acme.until(lambda: acme.change(number)["on_hold"], "on hold")
    assert len(entries(acme, number, "claimed")) == 3


def test_an_old_card_decides_nothing(acme: Town) -> None:
    number = ask_and_wait(acme, "linus", f"payments {release(acme)}")

    stale = f"decide:{'ab' * 20}"
    heard = told(
        acme,
        "ada",
        lambda: deliver_click(acme, "ada", number, "change.approve", block_id=stale),
        words="changed since that card",
    )

    assert len(heard.words) == 2
    assert row(acme, number, "ada")["state"] == "requested"


def test_hold_sets_the_requests_aside_and_release_brings_them_back(acme: Town) -> None:
    number = ask_and_wait(acme, "linus", f"payments {release(acme)}")
    assert "needs a second pair" in refused(acme, "linus", number, "second pair")

    told(acme, "ada", lambda: acme.press("ada", "change.hold", number=number), words="you held")
    change = acme.until(lambda: (c := acme.change(number)) and c["on_hold"] and c, "on hold")
    assert "Ada Lovelace" in change["on_hold_reason"]
    wait_for_row(acme, number, "ada", "not_required")
    acme.until_card("on hold", number=number)
    assert "change.approve" not in buttons(acme, number)
    acme.until(lambda: [d for d in acme.dms("linus") if number in d and "hold" in d], "linus hears of the hold")
    press_an_old_card(acme, "ada", number, "not waiting")
    assert "second pair" in refused(acme, "linus", number, "second pair", action="change.release")

    told(acme, "ada", lambda: acme.press("ada", "change.release", number=number), words="you released")
    wait_for_row(acme, number, "ada", "requested")
    acme.until(lambda: has_button(acme, "change.approve", number), "Approve is back")
    to_the_cab(acme, number)
    assert "team" not in shown(acme, number).split("·")[1]


@pytest.mark.usefixtures("all_of_the_cab")
def test_an_approval_can_be_withdrawn_until_enough_have_approved(acme: Town) -> None:
    number = to_the_cab(acme, ask_and_wait(acme, "linus", f"payments {release(acme)}"))
    assert "change.withdraw" not in buttons(acme, number), "the team's approval is past"
    told(acme, "grace", lambda: acme.press("grace", "change.approve", number=number), words="you approved")
    acme.until_card("Grace Hopper", number=number)
    assert acme.change(number)["state"] == "Authorize"
    assert "Approved" not in acme.card(number=number)["text"]

    acme.until(lambda: has_button(acme, "change.withdraw", number), "Withdraw")
    assert "no approval" in refused(acme, "ada", number, "no approval", action="change.withdraw")
    told(acme, "grace", lambda: acme.press("grace", "change.withdraw", number=number), words="you withdr")
    assert row(acme, number, "grace", CAB)["state"] == "requested"
    assert row(acme, number, "ada")["state"] == "approved"
    assert acme.change(number)["state"] == "Authorize"
    acme.until(lambda: not has_button(acme, "change.withdraw", number), "nothing to withdraw")

    acme.press("grace", "change.approve", number=number)
    wait_for_row(acme, number, "grace", "approved")
    acme.press("barbara", "change.approve", number=number)
    acme.until(lambda: acme.change(number)["approval"] == "approved", "both have approved")
    press_an_old_card(acme, "grace", number, "no approval", "change.withdraw")
    assert row(acme, number, "grace", CAB)["state"] == "approved"


def test_two_approvers_at_one_moment_leave_one_state(acme: Town) -> None:
    number = to_the_cab(acme, ask_and_wait(acme, "linus", f"payments {release(acme)}"))
    before = {who: len(acme.whispers(who)) for who in ("grace", "barbara")}

    at_one_moment(
        lambda: acme.press("grace", "change.approve", number=number),
        lambda: acme.press("barbara", "change.approve", number=number),
    )

    acme.until(lambda: acme.change(number)["approval"] == "approved", "approved")
    for who, count in before.items():
        acme.until(lambda who=who, count=count: len(acme.whispers(who)) >= count + 2, f"{who} hears twice")
    answers = [acme.whispers(who)[-1] for who in before]
    recorded = [a for a in answers if "you approved" in a]
    assert recorded
    assert len(recorded) == len([e for e in entries(acme, number, "decided") if e["stage"] == "authorize"])
    states = {row(acme, number, who, CAB)["state"] for who in before}
    assert states <= {"approved", "not_required"}
    assert len(recorded) == [row(acme, number, who, CAB)["state"] for who in before].count("approved")
    assert all("Got it" not in a for a in answers), answers


@pytest.mark.usefixtures("all_of_the_cab")
def test_a_rejection_after_an_approval_rejects_and_a_later_approval_changes_nothing(acme: Town) -> None:
    number = to_the_cab(acme, ask_and_wait(acme, "linus", f"payments {release(acme)}"))
    acme.press("grace", "change.approve", number=number)
    wait_for_row(acme, number, "grace", "approved")

    acme.press("barbara", "change.reject", number=number)
    acme.fill("barbara", reason="The staging database is being restored.")

    acme.until_state("canceled", number)
    acme.until_card("rejected", number=number)
    assert row(acme, number, "grace", CAB)["state"] == "approved"
    press_an_old_card(acme, "grace", number, "it is rejected")
    acme.until_card("Barbara Liskov", number=number)


def test_the_cab_is_called_once(acme: Town) -> None:
    for card in acme.cards():
        number = card["text"].split()[1]
        assert len(calls(acme, number)) <= 1
