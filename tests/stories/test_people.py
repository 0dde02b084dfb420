"""People: whoever presses is proven at that moment, or refused in one sentence that nobody else hears."""

import pytest

from tests.stories.telling import (
    ask,
    ask_and_wait,
    entries,
    findings,
    refused,
    release,
    repository_of,
    row,
    to_the_cab,
    told,
)
from tests.stories.town import CHANNELS, PEOPLE, Town

PLATFORM = "platform"


@pytest.fixture(scope="module")
def acme(town_of_people: Town) -> Town:
    town_of_people.standins.post("slack", "people/U0LINUS/invite", channel=CHANNELS["payments"], invitee="U0EVE")
    return town_of_people


@pytest.fixture(scope="module")
def waiting(acme: Town) -> str:
    """A change that asks the team, linus' own, written by margaret."""
    return ask_and_wait(acme, "linus", f"payments {release(acme)}")


@pytest.mark.parametrize(
    ("who", "because"),
    [
        ("linus", "you requested it"),
        ("margaret", "you wrote part of what it deploys"),
        ("gus", "your Slack account is a guest"),
        ("eve", "your Slack account is of another workspace"),
        ("alan", "not exactly one active user has the e-mail alan@acme.example"),
        ("grace", "not among those whom ServiceNow asks to approve"),
        ("katherine", "not among those whom ServiceNow asks to approve"),
    ],
)
def test_whoever_may_not_decide_is_told_why_alone(acme: Town, waiting: str, who: str, because: str) -> None:
    sentence = refused(acme, who, waiting, because)

    assert sentence.count(". ") == 0, "one sentence"
    assert {r["state"] for r in acme.change(waiting)["approvals"]} == {"requested"}
    entry = entries(acme, waiting, "refused")[-1]
    assert entry["verdict"] == "approved" and entry["actor"]


def test_the_refusal_names_who_can(acme: Town, waiting: str) -> None:
    assert "Payments Engineering can" in refused(acme, "barbara", waiting, "Payments Engineering")


@pytest.mark.parametrize(
    ("account", "because"),
    [({"is_bot": True}, "a bot"), ({"deleted": True}, "deactivated"), ({"team": "T0RIVAL"}, "another")],
)
def test_who_somebody_is_counts_when_it_is_judged(
    acme: Town, waiting: str, account: dict[str, object], because: str
) -> None:
    """The press was theirs, and in between their account became something that may not decide."""
    before = len(entries(acme, waiting, "refused"))
    acme.standins.fault("slack", "users.info", "pause_before")
    acme.press("ada", "change.approve", number=waiting)
    acme.until(lambda: acme.standins.get("slack", "paused"), "Cabbie asks who ada is")
    try:
        acme.standins.post("slack", f"users/{PEOPLE['ada']}", **account)
        acme.standins.post("slack", "resume")
        acme.until(lambda: len(entries(acme, waiting, "refused")) == before + 1, "a refusal")
    finally:
        acme.standins.post("slack", f"users/{PEOPLE['ada']}", is_bot=False, deleted=False, team="T0ACME")
        for channel in ("payments", "checkout", "platform", "changes"):
            acme.standins.post("slack", "people/U0LINUS/invite", channel=CHANNELS[channel], invitee=PEOPLE["ada"])

    assert because in entries(acme, waiting, "refused")[-1]["sentence"]
    assert row(acme, waiting, "ada")["state"] == "requested"


def test_two_servicenow_users_with_one_e_mail_are_nobody(acme: Town) -> None:
    version = release(acme, "OPS-7: pool", of="payload-service")
    number = ask_and_wait(acme, "linus", f"payload-service {version}", channel=PLATFORM)
    called = str(acme.card(PLATFORM, number)["blocks"])
    assert "<@U0ADA>" in called
    assert "U0TINA" not in called and "U0TOM" not in called

    refused(acme, "tina", number, "not exactly one active user", channel=PLATFORM)

    assert row(acme, number, "tina")["state"] == row(acme, number, "tom")["state"] == "requested"


@pytest.mark.parametrize(
    ("account", "mended", "because"),
    [
        ({"active": False}, {"active": True}, "the ServiceNow user is not active"),
        ({"locked_out": True}, {"locked_out": False}, "the ServiceNow user is not active"),
        ({"email": "ada.l@acme.example"}, {"email": "ada@acme.example"}, "the e-mail is another one"),
    ],
)
def test_an_account_that_changed_since_it_was_bound_is_refused_and_reported(
    acme: Town, waiting: str, account: dict[str, object], mended: dict[str, object], because: str
) -> None:
    acme.standins.post("servicenow", "people/ada", **account)
    try:
        refused(acme, "ada", waiting, because)
    finally:
        acme.standins.post("servicenow", "people/ada", **mended)

    assert any("Ada Lovelace" in sentence and because in sentence for sentence in findings(acme, "binding changed"))
    assert row(acme, waiting, "ada")["state"] == "requested"


def test_a_changed_e_mail_in_slack_is_refused_and_reported(acme: Town, waiting: str) -> None:
    acme.standins.post("slack", f"users/{PEOPLE['ada']}", email="grace@acme.example")
    try:
        refused(acme, "ada", waiting, "the e-mail is another one")
    finally:
        acme.standins.post("slack", f"users/{PEOPLE['ada']}", email="ada@acme.example")

    assert row(acme, waiting, "ada")["state"] == "requested"


def test_an_author_whom_nobody_knows_stops_it_before_anybody_is_asked(acme: Town) -> None:
    version = f"9.{len(acme.changes())}.0"
    repository_of(acme, "payload-service").commit(
        "OPS-7: pool", tag=f"v{version}", name="Some Body", email="somebody@elsewhere.example"
    )

    number = ask(acme, "linus", f"payload-service {version}", channel=PLATFORM)

    card = acme.until_card("somebody@elsewhere.example", number=number, channel=PLATFORM)
    assert "<@U0ADA>" not in str(card["blocks"])
    acme.until(lambda: [dm for dm in acme.dms("linus") if "somebody@elsewhere.example" in dm], "linus is told")


def test_who_was_asked_before_decides_nothing_now(acme: Town) -> None:
    number = to_the_cab(acme, ask_and_wait(acme, "katherine", f"payments {release(acme)}"))

    refused(acme, "linus", number, "does not need your answer any more")
    refused(acme, "ada", number, "already approved")

    assert acme.change(number)["state"] == "Authorize"
    told(acme, "grace", lambda: acme.press("grace", "change.approve", number=number), words="you approved")
