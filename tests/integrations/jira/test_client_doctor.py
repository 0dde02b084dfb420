"""What the doctor finds in Jira, with real calls."""

import pytest

from integrations.jira.client import JiraTracker
from integrations.standin.faults import Fault
from tests.integrations.jira.clients import tracker
from tests.integrations.jira.conftest import RunningJira


@pytest.fixture(params=["Cloud", "Server"])
def either(jira: RunningJira, request: pytest.FixtureRequest) -> RunningJira:
    jira.switch(deployment=request.param)
    return jira


def verdicts(client: JiraTracker) -> dict[str, str]:
    return {check.about: check.verdict for check in client.check()}


def test_all_is_well(either: RunningJira) -> None:
    assert verdicts(tracker(either, projects=("PAY", "OPS"))) == {
        "Jira site": "good",
        "Jira login": "good",
        "Jira project PAY": "good",
        "Jira project OPS": "good",
    }


def test_a_project_that_nobody_shows_us_is_a_warning(either: RunningJira) -> None:
    found = tracker(either, projects=("SEC", "OLD")).check()[2:]

    assert [check.verdict for check in found] == ["warning", "warning"]
    assert "Browse Projects in SEC" in found[0].fix


def test_missing_rights_are_named_with_their_fix(either: RunningJira) -> None:
    either.switch(can_link=False, can_comment=False)

    check = tracker(either, projects=("PAY",)).check()[-1]

    assert (check.verdict, check.found) == ("wrong", "we lack Link Issues and Add Comments")
    assert "permission scheme" in check.fix


def test_without_projects_the_rights_are_asked_for_at_large(jira: RunningJira) -> None:
    assert verdicts(tracker(jira))["Jira rights"] == "good"


def test_a_dead_token_stops_the_questions(jira: RunningJira) -> None:
    found = tracker(jira, api_token="revoked", projects=("PAY",)).check()

    assert [check.verdict for check in found] == ["good", "wrong"]
    assert "JIRA_API_TOKEN" in found[1].fix


def test_a_jira_that_is_away_is_found_away(jira: RunningJira) -> None:
    jira.standin.faults.add(Fault("*", "answer", status=503, times=-1))

    assert set(verdicts(tracker(jira, projects=("PAY",))).values()) == {"wrong"}


def test_a_wrong_address_is_found_wrong() -> None:
    assert set(verdicts(JiraTracker("http://127.0.0.1:9", email="a@acme.example", api_token="x")).values()) == {"wrong"}
