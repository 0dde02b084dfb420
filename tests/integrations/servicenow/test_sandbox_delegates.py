"""Who answers for somebody else: delegates, the approval account, whoever it was reassigned to."""

import pytest

from tests.integrations.servicenow.conftest import Servicenow, person_id

APPROVALS = "/api/now/table/sysapproval_approver"
DELEGATES = "/api/now/table/sys_user_delegate"


@pytest.fixture
def change(snow: Servicenow) -> str:
    """A change in Assess; flows run within the write."""
    snow.switch(flow_seconds=0)
    sys_id = snow.new_change()
    snow.move(sys_id, "-4")
    return sys_id


def row(snow: Servicenow, change: str, key: str = "ada") -> str:
    query = f"sysapproval={change}^approver={person_id(key)}"
    return str(snow.result("GET", APPROVALS, sysparm_query=query)[0]["sys_id"])


def test_a_delegate_answers_and_the_row_stays_the_approvers(snow: Servicenow, change: str):
    path = f"{APPROVALS}/{row(snow, change)}"
    before = snow.call("PATCH", path, {"state": "approved"}, by="katherine")
    snow.person("ada", delegate="katherine")

    answer = snow.call("PATCH", path, {"state": "approved", "comments": "For Ada"}, by="katherine")

    written = answer.json()["result"]
    assert before.status_code == 403
    assert (written["state"], written["sys_updated_by"]) == ("approved", "katherine")
    assert written["approver"]["value"] == person_id("ada")
    assert snow.change(change)["state"] == "-3"


@pytest.mark.parametrize(
    ("dates", "status"),
    [
        ({"starts": "2020-01-01 00:00:00", "ends": "2099-01-01 00:00:00"}, 200),
        ({"starts": "2098-01-01 00:00:00", "ends": "2099-01-01 00:00:00"}, 403),
        ({"starts": "2020-01-01 00:00:00", "ends": "2021-01-01 00:00:00"}, 403),
        ({"approvals": "false"}, 403),
    ],
)
def test_a_delegation_holds_for_its_time_and_for_what_it_covers(
    snow: Servicenow, change: str, dates: dict[str, str], status: int
):
    snow.person("ada", delegate="katherine", **dates)

    answer = snow.call("PATCH", f"{APPROVALS}/{row(snow, change)}", {"state": "approved"}, by="katherine")
    on_screen = snow.person("katherine", "approve", number="CHG0030001")

    assert answer.status_code == status
    assert on_screen.status_code == 400  # answered already, or not theirs to answer


def test_people_name_their_own_delegates_and_nobody_elses(snow: Servicenow):
    own = {"user": person_id("ada"), "delegate": person_id("katherine")}

    made = snow.call("POST", DELEGATES, own, by="ada")
    forged = snow.call("POST", DELEGATES, own, by="katherine")
    by_machine = snow.call("POST", DELEGATES, own)
    path = f"{DELEGATES}/{made.json()['result']['sys_id']}"
    changed = snow.call("PATCH", path, {"user": person_id("grace"), "ends": "2099-01-01 00:00:00"}, by="ada")

    assert (made.status_code, forged.status_code, by_machine.status_code) == (201, 403, 403)
    assert changed.json()["result"]["user"]["value"] == person_id("ada")
    assert snow.call("DELETE", path, by="katherine").status_code == 403
    assert snow.call("DELETE", path, by="ada").status_code == 204


@pytest.mark.parametrize(("takes", "status"), [(False, 400), (True, 200)])
def test_whether_the_change_api_takes_delegates_is_not_documented(
    snow: Servicenow, change: str, takes: bool, status: int
):
    snow.switch(approvals_take_delegates=takes)
    snow.person("ada", delegate="katherine")

    answer = snow.call("PATCH", f"/api/sn_chg_rest/change/{change}/approvals", {"state": "approved"}, by="katherine")

    assert answer.status_code == status


def test_a_decided_row_is_nobodys_to_answer(snow: Servicenow, change: str):
    path = f"{APPROVALS}/{row(snow, change)}"
    snow.approve(change, "ada")

    again = snow.call("PATCH", path, {"state": "rejected", "comments": "Changed my mind"}, by="ada")

    assert again.status_code == 403
    assert snow.result("GET", path)["state"] == "approved"


def test_a_reassigned_row_is_the_new_approvers(snow: Servicenow, change: str):
    sys_id = row(snow, change)

    snow.person("ada", "reassign", number="CHG0030001", to="katherine")

    by_old = snow.call("PATCH", f"{APPROVALS}/{sys_id}", {"state": "approved"}, by="ada")
    by_new = snow.call("PATCH", f"{APPROVALS}/{sys_id}", {"state": "approved"}, by="katherine")
    assert snow.rows(change)["katherine"] == "approved"
    assert (by_old.status_code, by_new.status_code) == (403, 200)
    assert snow.change(change)["state"] == "-3"


def test_a_recorded_approval_shows_who_wrote_it(snow: Servicenow, change: str):
    body = {"state": "approved", "comments": "Recorded by Cabbie for Ada Lovelace"}

    written = snow.result("PATCH", f"{APPROVALS}/{row(snow, change)}", body, by="approval")

    assert (written["sys_updated_by"], written["approver"]["value"]) == ("cabbie.approval", person_id("ada"))
    assert snow.change(change)["state"] == "-3"


@pytest.mark.parametrize("by", ["approval", "ada"])
def test_an_approval_that_wants_a_signature_is_given_on_the_screen_only(snow: Servicenow, change: str, by: str):
    snow.switch(e_signature=True)

    refused = snow.call("PATCH", f"{APPROVALS}/{row(snow, change)}", {"state": "approved"}, by=by)
    by_change_api = snow.call("PATCH", f"/api/sn_chg_rest/change/{change}/approvals", {"state": "approved"}, by="ada")
    on_screen = snow.person("ada", "approve", number="CHG0030001")

    assert (refused.status_code, by_change_api.status_code, on_screen.status_code) == (403, 403, 200)
    assert "sysapproval_approver" in refused.json()["error"]["detail"]
    assert snow.change(change)["state"] == "-3"


def test_a_rule_may_drop_a_vote_without_a_word(snow: Servicenow, change: str):
    snow.switch(silently_dropped={"sysapproval_approver": ["state"]})

    answer = snow.call("PATCH", f"{APPROVALS}/{row(snow, change)}", {"state": "approved"}, by="approval")

    assert (answer.status_code, answer.json()["result"]["state"]) == (200, "requested")
    assert snow.change(change)["state"] == "-4"
