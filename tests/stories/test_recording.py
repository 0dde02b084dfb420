"""Recording: what ServiceNow, the card and the ledger keep of a verdict, on behalf and by deep link."""

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.change.policy import Policy
from bot.ledger.database import connect
from bot.ledger.ledger import Ledger
from bot.ledger.reads import Reads
from bot.rehearsal import machine_time
from config.policy import BadPolicy, read_policy
from tests.stories.telling import (
    ask_and_wait,
    buttons,
    clear,
    entries,
    findings,
    policy_file,
    release,
    row,
    shown,
    through_both,
    to_the_cab,
    told,
    wait_for_row,
)
from tests.stories.town import Town

CHECKOUT = {"channel": "checkout"}


@pytest.fixture(scope="module")
def acme(town_of_people: Town) -> Town:
    return town_of_people


def test_a_verdict_is_recorded_on_behalf_with_all_that_an_auditor_asks(acme: Town) -> None:
    number = ask_and_wait(acme, "linus", f"payments {release(acme)}")
    pressed = acme.card(number=number)
    through_both(acme, number)
    acme.until_state("implement", number)

    of_ada, of_grace = entries(acme, number, "decided")
    comment = row(acme, number, "ada")["comments"][0]
    assert "Ada Lovelace" in comment["text"] and "U0ADA" in comment["text"]
    assert row(acme, number, "ada")["by"] == comment["by"] == of_ada["written_by"]
    assert comment["by"] not in ("ada", acme.change(number)["opened_by"])
    assert (of_ada["verdict"], of_ada["stage"], of_ada["recorded"]) == ("approved", "assess", "recorded on behalf")
    assert (of_grace["stage"], of_grace["row_before"], of_grace["row_after"]) == ("authorize", "requested", "approved")
    slack = of_ada["slack"]
    assert (slack["team"], slack["user"], slack["channel"]) == ("T0ACME", "U0ADA", "C0PAYMENTS")
    assert slack["message_ts"] == pressed["ts"]
    assert re.fullmatch(r"\d+\.\d+", slack["action_ts"])
    assert slack["delivery"]
    assert slack["transport"] == "signed request"
    assert datetime.fromisoformat(slack["received_at"]).tzinfo is not None
    assert re.fullmatch(r"[0-9a-f]{40}", of_ada["sha"])
    assert re.fullmatch(r"[0-9a-f]{64}", of_ada["content"])
    assert of_ada["content"].startswith(of_ada["content_shown"]) and of_ada["content_shown"]
    assert of_ada["row"]
    assert of_ada["actor"] and "ada" not in of_ada["actor"]


def test_the_exact_card_can_be_had_from_the_ledger(acme: Town) -> None:
    number = ask_and_wait(acme, "linus", f"payments {release(acme)}")
    pressed = acme.card(number=number)
    acme.press("ada", "change.reject", number=number)
    told(acme, "ada", lambda: acme.fill("ada", reason="The retry has no limit."), words="you rejected")

    decided = entries(acme, number, "decided")[0]
    kept = Reads(Ledger(connect(acme.database_url), machine_time)).card(number, decided["card"])

    assert kept is not None
    assert kept["text"] == pressed["text"]
    assert sorted(_texts(kept["blocks"])) == sorted(_texts(pressed["blocks"]))
    assert kept["ref"].endswith(pressed["ts"])
    assert acme.bot.run("ledger", "verify").returncode == 0
    assert "card" not in {line["kind"] for line in acme.api("GET", f"/api/v1/changes/{number}").json()["history"]}


def _texts(blocks: Any) -> list[str]:
    """Every text and every id in some blocks; Slack adds words of its own to what it was given."""
    if isinstance(blocks, dict):
        names = ("text", "action_id", *(("block_id",) if blocks.get("type") == "actions" else ()))
        own = [blocks[name] for name in names if isinstance(blocks.get(name), str)]
        return own + [text for value in blocks.values() for text in _texts(value)]
    return [text for one in blocks for text in _texts(one)] if isinstance(blocks, list) else []


def test_the_card_says_who_when_from_where_and_how(acme: Town) -> None:
    number = to_the_cab(acme, ask_and_wait(acme, "linus", f"payments {release(acme)}"))
    acme.approve_in_servicenow("grace", number)
    acme.until_state("implement", number)
    acme.until_card("cleared until", number=number)

    assert re.search(r"✓ Ada Lovelace · \d\d:\d\d UTC · Slack · recorded on behalf", shown(acme, number))
    assert re.search(r"✓ Grace Hopper · \d\d:\d\d UTC · given in ServiceNow", shown(acme, number))
    of_grace = entries(acme, number, "decided")[1]
    assert (of_grace["recorded"], of_grace["written_by"]) == ("given in ServiceNow", "grace")
    assert of_grace["row_after"] == "approved"
    assert of_grace["sha"] and of_grace["content"]
    comments = acme.until(lambda: [c for c in acme.issue("PAY-101")["comments"] if number in c["body"]], "a comment")
    assert len(comments) == 1
    assert "Ada Lovelace (recorded on behalf)" in comments[0]["body"]
    assert "Grace Hopper (given in ServiceNow)" in comments[0]["body"]


def test_whoever_presses_just_after_somebody_decided_in_servicenow_is_not_recorded_twice(acme: Town) -> None:
    number = ask_and_wait(acme, "linus", f"payments {release(acme)}")
    acme.standins.fault("slack", "users.info", "pause_before")
    acme.press("ada", "change.approve", number=number)
    acme.until(lambda: acme.standins.get("slack", "paused"), "Cabbie is in mid-air")

    acme.approve_in_servicenow("ada", number)
    acme.standins.post("slack", "resume")

    acme.until_state("authorize", number)
    acme.until(lambda: any(f"already approved {number}" in w for w in acme.whispers("ada")), "an answer")
    acme.until(lambda: entries(acme, number, "decided"), "the decision is heard")
    assert [e["recorded"] for e in entries(acme, number, "decided")] == ["given in ServiceNow"]
    assert row(acme, number, "ada")["by"] == "ada"


def test_the_requesters_own_approval_in_servicenow_is_no_approval(acme: Town) -> None:
    number = ask_and_wait(acme, "linus", f"payments {release(acme)}")

    assert acme.approve_in_servicenow("linus", number)["ok"]

    change = acme.until(lambda: (c := acme.change(number)) and c["on_hold"] and c, "on hold")
    assert "Linus Torres" in change["on_hold_reason"]
    acme.until_card("does not count", number=number)
    assert "✓ Linus" not in shown(acme, number)
    assert "change.approve" not in buttons(acme, number)
    assert any(number in sentence and "Linus" in sentence for sentence in findings(acme, "own approval"))
    assert number in acme.bot.run("digest").stdout
    assert entries(acme, number, "decided")[0]["valid"] is False
    # Releasing it does not make it good: nobody else approved.
    acme.standins.post("servicenow", "people/katherine/release", number=number)
    acme.until(lambda: acme.change(number)["on_hold"], "held again")
    assert not acme.issue("PAY-101")["comments"] or number not in acme.issue("PAY-101")["comments"][-1]["body"]


def test_an_authors_approval_in_servicenow_shuts_the_gate(acme: Town) -> None:
    number = ask_and_wait(acme, "linus", f"payments {release(acme)}")

    acme.approve_in_servicenow("margaret", number)

    acme.until(lambda: acme.change(number)["on_hold"], "on hold")
    acme.until(lambda: any(number in s and "wrote part" in s for s in findings(acme, "own approval")), "a finding")


def test_a_requester_who_stands_in_for_an_approver_shuts_the_gate(acme: Town) -> None:
    number = ask_and_wait(acme, "linus", f"payments {release(acme)}")
    acme.press("ada", "change.approve", number=number)
    wait_for_row(acme, number, "grace", "requested")
    acme.standins.post("servicenow", "people/grace", delegate="linus")

    assert acme.approve_in_servicenow("linus", number)["ok"]

    change = acme.until(lambda: (c := acme.change(number)) and c["on_hold"] and c, "on hold")
    assert "Linus Torres" in change["on_hold_reason"] and "in Grace Hopper's place" in change["on_hold_reason"]
    assert change["state"].lower() != "implement"


# ---------------------------------------------------------------------------------------------------------- deep link


def test_by_deep_link_the_buttons_open_servicenow_and_its_verdict_is_shown(acme: Town) -> None:
    version = release(acme, "CHK-12: one page", of="checkout")
    number = ask_and_wait(acme, "linus", f"checkout {version}", **CHECKOUT)
    card = acme.card("checkout", number)
    elements = {e["action_id"]: e for b in card["blocks"] for e in b.get("elements", []) if "action_id" in e}
    sys_id = acme.change(number)["sys_id"]
    for action in ("change.approve", "change.reject"):
        assert sys_id in elements[action]["url"] and elements[action]["url"].startswith(
            acme.standins.urls["servicenow"]
        )
        assert acme.press("ada", action, number=number, channel="checkout")["ok"]

    acme.approve_in_servicenow("ada", number)
    acme.until_state("authorize", number)
    acme.until_card("Waiting for the CAB", number=number, channel="checkout")
    acme.approve_in_servicenow("grace", number)
    acme.until_state("implement", number)

    acme.until_card("cleared until", number=number, channel="checkout")
    assert shown(acme, number, "checkout").count("ServiceNow · deep link") == 2
    assert [e["recorded"] for e in entries(acme, number, "decided")] == ["deep link", "deep link"]
    assert not entries(acme, number, "claimed")
    assert {row(acme, number, "ada")["by"], row(acme, number, "grace")["by"]} == {"ada", "grace"}
    comments = acme.until(lambda: [c for c in acme.issue("CHK-12")["comments"] if number in c["body"]], "a comment")
    assert "Grace Hopper (deep link)" in comments[0]["body"]


def test_by_deep_link_a_rejection_in_servicenow_shuts_the_gate(acme: Town) -> None:
    version = release(acme, "CHK-13: login", of="checkout")
    number = ask_and_wait(acme, "linus", f"checkout {version}", **CHECKOUT)

    acme.approve_in_servicenow("ada", number, "reject", comments="Not before the sale.")

    change = acme.until_state("canceled", number)
    acme.until_card("rejected", number=number, channel="checkout")
    assert "✗ Ada Lovelace" in shown(acme, number, "checkout")
    assert any("Ada Lovelace" in note["text"] for note in change["work_notes"])
    wait_for_row(acme, number, "ada", "rejected")


def test_on_behalf_needs_the_name_of_who_accepts_that(tmp_path: Path) -> None:
    def nobody_accepts(policy: dict[str, Any]) -> None:
        del policy["approval"]["on_behalf_accepted_by"]

    with pytest.raises(BadPolicy, match=r"approval.on_behalf_accepted_by: .recorded on behalf. needs the name"):
        read_policy(Path(policy_file(tmp_path, nobody_accepts)))
    assert isinstance(read_policy(Path(policy_file(tmp_path, lambda policy: None))), Policy)


def test_the_road_ends_the_same_for_both_systems(acme: Town) -> None:
    number = clear(acme, ask_and_wait(acme, "linus", f"payments {release(acme)}"))

    states = {row["approver"]: row["state"] for row in acme.change(number)["approvals"]}
    assert states["ada"] == states["grace"] == "approved"
    assert {state for who, state in states.items() if who not in ("ada", "grace")} == {"not_required"}
