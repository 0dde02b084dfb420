"""Opening one complete change in ServiceNow, and what is said when that cannot be done."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.pipeline import announce
from tests.stories.town import Town, number_in, town

NUMERIC = re.compile(r"-?\d")


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(Path(tmp_path_factory.mktemp("opening"))) as place:
        place.standins.post("slack", "switches", message_rate_per_second=50.0, message_burst=50)
        yield place


@pytest.fixture(autouse=True)
def nothing_stays_broken(acme: Town) -> Iterator[None]:
    yield
    for system in ("slack", "jira", "servicenow"):
        acme.standins.delete(system, "faults")
    acme.standins.post("servicenow", "switches", hidden_fields={})


def told(town: Town, who: str, words: str) -> list[str]:
    return town.until(lambda: [dm for dm in town.dms(who) if words in dm], f"a word to {who}: {words}")


def test_the_change_holds_everything_an_approver_and_an_auditor_ask_for(acme: Town) -> None:
    acme.type("linus", "/deploy payments 2.4.1 the retry is promised for today")
    number = number_in(acme.until_card("approve")["text"])
    change = acme.change(number)

    assert change["type"] == "normal"
    assert change["short_description"] == "Deploy payments 2.4.1 to production"
    assert change["requested_by"] == "linus"
    assert change["cmdb_ci"] == "Payments API" and change["assignment_group"] == "Payments Engineering"
    assert re.fullmatch(r"cabbie-[0-9a-f]{40}", change["correlation_id"])
    assert re.search(r"Commit: [0-9a-f]{40}", change["description"])
    assert "Everybody who pays by card, in all shops." in change["description"]
    why = change["justification"]
    assert why.index("the retry is promised") < why.index("Defects:") < why.index("Stories:")
    assert "PAY-103 Refunds over 10k" in why.split("Stories:")[0] and "PAY-101 Retry card payments" in why
    assert "2.4.1" in change["implementation_plan"] and "2.4.1" in change["test_plan"]
    assert "v2.4.0" in change["backout_plan"]
    assert "Affected: Everybody who pays by card" in change["risk_impact_analysis"]
    assert "1 commit without a story" in change["risk_impact_analysis"]
    assert change["start_date"] < change["end_date"] and change["risk"] and change["impact"]
    acme.until(lambda: "/archives/C0PAYMENTS/p" in acme.change(number)["description"], "the permalink of its card")


def test_every_hop_is_asked_for_first_and_made_with_numbers(acme: Town) -> None:
    calls = [e for e in acme.standins.diary("servicenow") if "change" in e["call"]]

    creates = [e for e in calls if e["method"] == "POST" and e["status"] < 300]
    moves = [e for e in calls if e["method"] in ("PATCH", "PUT") and '"state"' in e["body"]]
    assert len(creates) == 1 and moves
    for move in moves:
        assert NUMERIC.match(str(json.loads(move["body"])["state"])), move["body"]
        before = calls[: calls.index(move)]
        assert any("nextstate" in e["call"] for e in before[-4:]), [e["call"] for e in before[-4:]]
    reads = [e for e in calls if e["method"] == "GET" and e["seq"] > creates[0]["seq"]]
    assert reads, "read back"


def test_a_field_that_is_not_kept_stops_it_and_says_which(acme: Town) -> None:
    acme.standins.post("servicenow", "switches", hidden_fields={"change_request": ["backout_plan"]})

    acme.type("linus", "/deploy checkout 1.1.0", channel="checkout")

    said = told(acme, "linus", "did not keep")
    assert "backout_plan" in said[0] and "checkout 1.1.0" in said[0]
    change = acme.change()
    assert change["short_description"] == "Deploy checkout 1.1.0 to production"
    assert change["state"].lower() == "new" and not change["approvals"]
    assert not [m for m in acme.messages("checkout") if "<@U0ADA>" in json.dumps(m)]

    acme.standins.post("servicenow", "switches", hidden_fields={})
    answer = acme.said_to(acme.type("linus", "/deploy checkout 1.1.0", channel="checkout"))
    assert "I take it up again" in answer
    card = acme.until_card("checkout 1.1.0", channel="checkout")
    acme.until_state("assess", number_in(card["text"]))
    assert number_in(card["text"]) == change["number"]


def test_when_nobody_is_left_who_may_approve_it_stops_before_anybody_is_called(acme: Town) -> None:
    acme.type("linus", "/deploy solo 1.1.0", channel="platform")

    said = told(acme, "linus", "Nobody is left who may approve")
    assert "everybody in Solo Engineering requested it or wrote part of it" in said[0]
    assert not [m for m in acme.messages("platform") if "solo" in m["text"] and "<@U0" in json.dumps(m)]
    opened = [c for c in acme.changes() if "solo" in c["short_description"]]
    assert all(c["state"].lower() == "new" and not c["approvals"] for c in opened)


def test_while_servicenow_is_away_the_person_is_told_and_then_all_is_well(acme: Town) -> None:
    acme.standins.fault("servicenow", "*", "drop_before", times=-1)

    answer = acme.type("linus", "/deploy payload-service 1.0.0", channel="platform")
    assert "heard" in acme.said_to(answer)
    said = told(acme, "linus", "does not answer as it should")
    assert len(said) == 1 and "payload-service 1.0.0" in said[0]

    acme.standins.delete("servicenow", "faults")
    card = acme.until_card("payload-service 1.0.0", channel="platform")
    acme.until_state("assess", number_in(card["text"]))
    assert len([c for c in acme.changes() if "payload-service" in c["short_description"]]) == 1


@pytest.mark.parametrize(
    ("system", "service", "version", "answer"),
    [
        ("servicenow", "search", "3.1.0", {"error": {"message": "User Not Authenticated", "detail": ""}}),
        ("jira", "payments", "2.5.0", {"errorMessages": ["Client must be authenticated"], "errors": {}}),
    ],
)
def test_expired_credentials_are_told_to_the_managers_and_to_the_person(
    acme: Town, system: str, service: str, version: str, answer: dict[str, object]
) -> None:
    channel = "platform" if service == "search" else "payments"
    acme.standins.fault(system, "*", "answer", times=-1, status=401, body=answer)

    acme.type("linus", f"/deploy {service} {version}", channel=channel)

    name = {"servicenow": "ServiceNow", "jira": "Jira"}[system]
    words = f"{name} does not accept Cabbie's credentials"
    told(acme, "linus", words)
    acme.until(lambda: [m for m in acme.messages("changes", "katherine") if words in m["text"]], "the managers told")
    acme.standins.delete(system, "faults")
    card = acme.until_card(f"{service} {version}", channel=channel)
    acme.until_state("assess", number_in(card["text"]))


def test_missing_rights_are_named_to_the_person_and_asking_again_goes_on(acme: Town) -> None:
    no = {"error": {"message": "Operation Failed", "detail": "ACL Exception Insert Failed due to security constraints"}}
    acme.standins.fault("servicenow", "POST *change*", "answer", times=-1, status=403, body=no)

    acme.type("linus", "/deploy bulk 1.0.0 once more", channel="platform")

    said = told(acme, "linus", "I tried 3 times")
    assert "bulk 1.0.0" in said[-1] and "ServiceNow does not let the change account create" in said[-1]
    acme.standins.delete("servicenow", "faults")
    assert "I take it up again" in acme.said_to(acme.type("linus", "/deploy bulk 1.0.0 once more", channel="platform"))
    acme.until_state("assess", number_in(acme.until_card("bulk 1.0.0", channel="platform")["text"]))


def test_a_dead_slack_token_keeps_the_card_back_until_it_is_renewed(acme: Town) -> None:
    acme.standins.fault("slack", "chat.*", "answer", times=-1, status=200, body={"ok": False, "error": "invalid_auth"})

    answer = acme.type("linus", "/deploy search 3.0.0 the new index is bad", channel="platform")
    assert "heard" in acme.said_to(answer)  # a command's answer needs no token
    acme.until(lambda: [c for c in acme.changes() if "search 3.0.0" in c["short_description"]], "the change")
    acme.until(lambda: "invalid_auth" in acme.bot.log.read_text(), "the log saying so")

    acme.standins.delete("slack", "faults")
    card = acme.until_card("search 3.0.0", channel="platform")
    assert len([m for m in acme.cards("platform") if "search 3.0.0" in m["text"]]) == 1
    assert number_in(card["text"])


def test_whom_nobody_knows_cannot_have_asked(acme: Town) -> None:
    opened = len(acme.changes())

    announce(acme, service="bulk", version="2.0.0", requested_by="nobody@elsewhere.example")

    said = acme.until(lambda: [m["text"] for m in acme.messages("platform") if "bulk 2.0" in m["text"]], "the channel")
    assert "the pipeline names nobody@elsewhere.example" in said[0]
    assert len(acme.changes()) == opened


def test_somebody_without_a_servicenow_user_is_told_so(acme: Town) -> None:
    acme.type("alan", "/deploy checkout 1.1.1", channel="checkout")

    said = told(acme, "alan", "I can't tell which ServiceNow user you are")
    assert "checkout 1.1.1" in said[0]
    assert not [c for c in acme.changes() if "checkout 1.1.1" in c["short_description"]]


def test_a_guest_cannot_ask(acme: Town) -> None:
    acme.type("gus", "/deploy payments 2.4.0 please")

    told(acme, "gus", "your Slack account is a guest")
    assert not [c for c in acme.changes() if "payments 2.4.0" in c["short_description"]]
