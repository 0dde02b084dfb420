"""The doctor's questions to ServiceNow: what is good, what is wrong and how to mend it, what nobody can prove."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.ports import Check
from integrations.servicenow.client import ServiceNowApprovals, ServiceNowChanges
from tests.integrations.servicenow.client_rig import approvals_of, changes_of, spoil
from tests.integrations.servicenow.conftest import Servicenow, person_id


def answers(client: ServiceNowChanges | ServiceNowApprovals) -> dict[str, Check]:
    """The part after the account's name → the check."""
    return {check.about.split(": ", 1)[1]: check for check in client.check()}


def as_admin(snow: Servicenow, method: str, path: str, body: dict[str, Any] | None = None, **query: str) -> Any:
    snow.person("katherine", roles=["admin"])
    return snow.result(method, f"/api/now/table/{path}", body, by="katherine", **query)


def test_a_well_kept_instance_is_good_in_every_respect(snow: Servicenow) -> None:
    for client in (changes_of(snow), approvals_of(snow)):
        checks = client.check()

        assert [check for check in checks if check.verdict != "good"] == []
        assert len(checks) >= 4


def test_an_account_that_may_approve_is_wrong(snow: Servicenow) -> None:
    snow.person("cabbie.change", roles=["approval_admin"])

    check = answers(changes_of(snow))["cannot approve"]

    assert check.verdict == "wrong"
    assert "approval_admin" in check.found
    assert "never approve" in check.fix


def test_an_account_in_an_approving_group_is_wrong(snow: Servicenow) -> None:
    about = {"user": person_id("cabbie.change"), "group": snow.group("CAB Approval")}
    as_admin(snow, "POST", "sys_user_grmember", about)

    check = answers(changes_of(snow))["cannot approve"]

    assert check.verdict == "wrong"
    assert "CAB Approval" in check.found


@pytest.mark.parametrize("role", ["admin", "change_manager"])
def test_an_account_that_may_do_everything_is_not_good(snow: Servicenow, role: str) -> None:
    for account in ("cabbie.change", "cabbie.approval"):
        snow.person(account, roles=[role])

    for client in (changes_of(snow), approvals_of(snow)):
        check = answers(client)["is no admin"]
        assert check.verdict == ("wrong" if role == "admin" else "warning")
        assert role in check.found


def test_an_approval_account_that_may_write_changes_is_wrong(snow: Servicenow) -> None:
    snow.person("cabbie.approval", roles=["itil"])

    check = answers(approvals_of(snow))["cannot open or move changes"]

    assert (check.verdict, check.fix) == ("wrong", "Take itil away.")


@pytest.mark.parametrize(
    "hidden",
    [
        {"sys_user_has_role": ["user", "role"]},
        {"sys_user": ["sys_id"]},
    ],
)
def test_roles_that_may_not_be_read_are_not_proven(snow: Servicenow, hidden: dict[str, list[str]]) -> None:
    snow.switch(hidden_fields=hidden)

    found = answers(changes_of(snow))

    for about in ("may open and move changes", "cannot approve", "is no admin"):
        assert found[about].verdict == "warning"
        assert found[about].found.startswith("Not proven: ")
        assert found[about].fix


@pytest.mark.parametrize(
    ("zone", "verdict"), [("GMT", "good"), ("Etc/UTC", "good"), ("US/Pacific", "wrong"), ("", "warning")]
)
def test_the_account_lives_in_gmt(snow: Servicenow, zone: str, verdict: str) -> None:
    snow.person("cabbie.change", time_zone=zone)

    assert answers(changes_of(snow))["time zone"].verdict == verdict


def test_a_time_zone_that_may_not_be_read_is_not_proven(snow: Servicenow) -> None:
    snow.switch(hidden_fields={"sys_user": ["time_zone"]})

    assert answers(changes_of(snow))["time zone"].found.startswith("Not proven")


def test_a_mandatory_field_that_cabbie_does_not_send_is_wrong(snow: Servicenow) -> None:
    snow.switch(mandatory_on_create=["category", "justification"])

    check = answers(changes_of(snow))["mandatory fields"]

    assert check.verdict == "wrong"
    assert "needs category, which" in check.found


@pytest.mark.parametrize(
    ("element", "value", "about", "word"),
    [("state", "-3", "state values", "authorize"), ("close_code", "unsuccessful", "close codes", "unsuccessful")],
)
def test_a_missing_choice_is_wrong(snow: Servicenow, element: str, value: str, about: str, word: str) -> None:
    query = f"name=change_request^element={element}^value={value}"
    for row in as_admin(snow, "GET", "sys_choice", sysparm_query=query):
        as_admin(snow, "PATCH", f"sys_choice/{row['sys_id']}", {"inactive": "true"})

    check = answers(changes_of(snow))[about]

    assert check.verdict == "wrong"
    assert f"{word} ({value})" in check.found


def test_choices_and_dictionaries_that_show_nothing_are_not_proven(snow: Servicenow) -> None:
    snow.switch(hidden_fields={"sys_choice": ["element", "value"], "sys_dictionary": ["name"]})

    found = answers(changes_of(snow))

    for about in ("state values", "risk values", "close codes", "mandatory fields"):
        assert found[about].found.startswith("Not proven"), about


@pytest.mark.parametrize(("seconds", "verdict"), [(5, "good"), (90, "warning"), (-90, "warning"), (3600, "wrong")])
def test_clocks_that_disagree(snow: Servicenow, seconds: int, verdict: str) -> None:
    changes = changes_of(snow, clock=lambda: datetime.now(UTC) + timedelta(seconds=seconds))

    assert answers(changes)["clocks agree"].verdict == verdict


def test_wrong_credentials_are_said_with_the_names_of_the_settings(snow: Servicenow) -> None:
    (change,) = changes_of(snow, client_secret="wrong").check()
    (approval,) = approvals_of(snow, client_secret="wrong").check()

    assert (change.verdict, approval.verdict) == ("wrong", "wrong")
    assert "SERVICENOW_CLIENT_ID" in change.fix
    assert "SERVICENOW_APPROVAL_CLIENT_ID" in approval.fix


def test_an_account_without_any_right_is_told_which_role_it_needs(snow: Servicenow) -> None:
    refused = {"error": {"message": "Insufficient rights to query records", "detail": None}, "status": "failure"}
    spoil(snow, "GET *", "answer", status=403, body=refused, times=-1)

    (check,) = changes_of(snow).check()

    assert (check.verdict, "sn_change_read" in check.fix) == ("wrong", True)


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "drop_before"},
        {"action": "truncate"},
        {"action": "answer", "status": 500, "body": ""},
        {"action": "answer", "status": 403, "body": "<html>"},
        {"action": "answer", "status": 200, "body": "<html>"},
        {"action": "answer", "status": 200, "body": {"result": "odd"}},
        {"action": "answer", "status": 200, "body": {"result": ["odd", 5, None, {"state": []}]}},
        {"action": "answer", "status": 200, "body": {"result": {}}},
        {"action": "answer", "status": 200, "body": [{}]},
        {"action": "answer", "status": 200, "body": None},
    ],
    ids=str,
)
@pytest.mark.parametrize("skip", [0, 1, 4])
def test_the_doctor_never_raises(snow: Servicenow, fault: dict[str, Any], skip: int) -> None:
    spoil(snow, "GET *", **fault, times=-1, skip=skip)

    for client in (changes_of(snow), approvals_of(snow)):
        checks = client.check()

        assert checks
        assert all(check.fix for check in checks if check.verdict != "good")


def test_an_instance_that_is_not_there_is_said() -> None:
    changes = ServiceNowChanges("http://127.0.0.1:1", user="a", password="b", timeouts=(0.5, 0.5))

    (check,) = changes.check()

    assert check.verdict == "wrong"
    assert "SERVICENOW_URL" in check.fix
