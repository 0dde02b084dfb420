"""Who is asked, when it is enough, and what a rejection does."""

import pytest

from integrations.servicenow.sandbox.engine.approvals import needed
from tests.integrations.servicenow.conftest import Servicenow, person_id, until

APPROVALS = "/api/now/table/sysapproval_approver"


def asked(snow: Servicenow, group: str = "Payments Engineering", **fields: str) -> str:
    """A change in Assess whose team has been asked."""
    sys_id = snow.new_change(group, **fields)
    snow.move(sys_id, "-4")
    until(lambda: snow.change(sys_id)["approval"] == "requested")
    return sys_id


def in_authorize(snow: Servicenow, **fields: str) -> str:
    sys_id = asked(snow, **fields)
    snow.approve(sys_id, "ada")
    snow.until_asked(sys_id, "grace", "barbara")
    return sys_id


def row_of(snow: Servicenow, sys_id: str, key: str) -> str:
    query = f"sysapproval={sys_id}^approver={person_id(key)}^ORDERBYDESCsys_created_on"
    return str(snow.result("GET", APPROVALS, sysparm_query=query)[0]["sys_id"])


def test_one_group_row_and_a_row_for_each_active_member(snow: Servicenow):
    sys_id = asked(snow, "Platform Engineering")

    groups = snow.result("GET", "/api/now/table/sysapproval_group", sysparm_query=f"parent={sys_id}")
    rows = snow.result("GET", APPROVALS, sysparm_query=f"sysapproval={sys_id}")

    assert [group["approval"] for group in groups] == ["requested"]
    assert set(snow.rows(sys_id)) == {"ada", "margaret", "tina", "tom"}
    assert rows[0]["group"]["value"] == groups[0]["sys_id"]
    assert rows[0]["document_id"]["value"] == rows[0]["sysapproval"]["value"] == sys_id
    assert (rows[0]["source_table"], rows[0]["comments"]) == ("change_request", "")


def test_a_member_without_an_account_is_not_asked(snow: Servicenow):
    assert set(snow.rows(asked(snow, "Checkout Engineering"))) == {"ada", "margaret"}


def test_the_first_response_is_enough_by_default(snow: Servicenow):
    sys_id = asked(snow)

    snow.approve(sys_id, "linus")

    snow.until_state(sys_id, "-3")
    team = {key: state for key, state in snow.rows(sys_id).items() if key in ("ada", "linus", "margaret")}
    assert team == {"ada": "not_required", "linus": "approved", "margaret": "not_required"}


def test_a_group_may_wait_for_all(snow: Servicenow):
    snow.switch(quorum={"Payments Engineering": "all"})
    sys_id = asked(snow, risk="4")

    snow.approve(sys_id, "ada")
    snow.approve(sys_id, "linus")
    between = snow.change(sys_id)
    snow.approve(sys_id, "margaret")

    assert (between["state"], between["approval"]) == ("-4", "requested")
    snow.until_state(sys_id, "-2")


def test_a_group_may_wait_for_a_share(snow: Servicenow):
    snow.switch(quorum={"Payments Engineering": "50%"}, flow_seconds=0)
    sys_id = asked(snow, risk="4")

    snow.approve(sys_id, "ada")
    between = snow.change(sys_id)["state"]
    snow.approve(sys_id, "linus")

    assert between == "-4"
    assert snow.change(sys_id)["state"] == "-2"


@pytest.mark.parametrize(("risk", "cab"), [("2", True), ("3", True), ("4", False)])
def test_the_cab_is_asked_about_moderate_and_high_risk_only(snow: Servicenow, risk: str, cab: bool):
    snow.switch(flow_seconds=0)
    sys_id = asked(snow, risk=risk)

    snow.approve(sys_id, "ada")

    change = snow.change(sys_id)
    assert ("grace" in snow.rows(sys_id)) is cab
    assert (change["state"], change["approval"]) == (("-3", "requested") if cab else ("-2", "approved"))


def test_all_authorize_approvals_schedule_it(snow: Servicenow):
    sys_id = in_authorize(snow)

    snow.approve(sys_id, "barbara")

    change = snow.until_state(sys_id, "-2")
    assert change["approval"] == "approved"
    assert snow.rows(sys_id)["grace"] == "not_required"


def test_a_rejection_sends_it_back_to_new(snow: Servicenow):
    snow.switch(quorum={"CAB Approval": "all"})
    sys_id = in_authorize(snow)
    number = snow.change(sys_id)["number"]

    snow.person("grace", "reject", number=number, comments="Not on a Friday")

    change = snow.until_state(sys_id, "-5")
    assert (change["approval"], change["active"]) == ("rejected", "true")
    assert (snow.rows(sys_id)["grace"], snow.rows(sys_id)["barbara"]) == ("rejected", "cancelled")
    assert snow.state()["approvals"][-2]["comments"] == [{"by": "grace", "text": "Not on a Friday"}]


def test_asking_again_makes_new_rows_and_old_ones_do_not_count(snow: Servicenow):
    sys_id = asked(snow)
    old = row_of(snow, sys_id, "ada")
    snow.person("linus", "reject", number="CHG0030001", comments="no")
    snow.until_state(sys_id, "-5")
    snow.switch(flow_seconds=0.2)
    snow.move(sys_id, "-4")

    answer = snow.call("PATCH", f"{APPROVALS}/{old}", {"state": "approved"}, by="approval")
    until(lambda: len(snow.state()["approvals"]) == 6)

    assert answer.status_code == 200
    assert snow.change(sys_id)["state"] == "-4"
    assert [row["state"] for row in snow.state()["approvals"]][3:] == ["requested"] * 3


def test_revert_to_new_withdraws_the_request(snow: Servicenow):
    sys_id = asked(snow)

    snow.move(sys_id, "-5")

    change = snow.change(sys_id)
    assert (change["state"], change["approval"]) == ("-5", "not requested")
    assert set(snow.rows(sys_id).values()) == {"cancelled"}


@pytest.mark.parametrize(
    ("kind", "risk", "status"),
    [("normal", "2", 403), ("emergency", "2", 200)],  # docs, "State model and transitions": Revert a change request
)
def test_from_authorize_only_an_emergency_can_be_reverted(snow: Servicenow, kind: str, risk: str, status: int):
    snow.switch(flow_seconds=0)
    sys_id = snow.new_change(type=kind, chg_model=kind, risk=risk)
    if kind == "normal":
        snow.move(sys_id, "-4")
        snow.approve(sys_id, "ada")
    else:
        snow.move(sys_id, "-3")
    told = snow.result("GET", f"/api/sn_chg_rest/change/{sys_id}/nextstates")["state_transitions"]
    by_hand = [way for ways in told for way in ways if way["to_state"] == "-5" and not way["automatic_transition"]]

    assert snow.change(sys_id)["state"] == "-3"
    assert snow.move(sys_id, "-5").status_code == status
    assert bool(by_hand) == (status == 200)


def test_a_group_in_which_nobody_can_be_asked_waits_for_ever(snow: Servicenow):
    snow.person("linus", active=False)
    snow.switch(flow_seconds=0)
    sys_id = asked(snow, "Solo Engineering")

    assert snow.rows(sys_id) == {}
    assert snow.change(sys_id)["state"] == "-4"


def test_or_counts_as_approved_where_the_instance_is_built_so(snow: Servicenow):
    snow.person("linus", active=False)
    snow.switch(flow_seconds=0, empty_group="approves")
    sys_id = snow.new_change("Solo Engineering", risk="4")

    snow.move(sys_id, "-4")

    assert snow.change(sys_id)["state"] == "-2"


def test_a_row_added_by_hand_is_not_asked_and_does_not_count(snow: Servicenow):
    snow.switch(flow_seconds=0)
    sys_id = asked(snow)
    about = {
        "sysapproval": sys_id,
        "source_table": "change_request",
        "approver": person_id("grace"),
        "state": "approved",
    }

    row = snow.result("POST", APPROVALS, about)
    snow.result("PATCH", f"{APPROVALS}/{row['sys_id']}", {"state": "approved"}, by="approval")

    assert row["state"] == "not requested"
    assert snow.change(sys_id)["state"] == "-4"


def test_a_decided_row_can_be_taken_back_while_others_are_awaited(snow: Servicenow):
    snow.switch(flow_seconds=0, quorum={"Payments Engineering": "all"})
    sys_id = asked(snow)
    row = row_of(snow, sys_id, "ada")

    for state in ("approved", "requested"):
        snow.result("PATCH", f"{APPROVALS}/{row}", {"state": state}, by="approval")
    for key in ("linus", "margaret"):
        snow.approve(sys_id, key)

    assert snow.change(sys_id)["state"] == "-4"
    assert snow.rows(sys_id)["ada"] == "requested"


def test_emergency_changes_ask_the_cab_at_once(snow: Servicenow):
    sys_id = snow.new_change(type="emergency", risk="4")

    snow.move(sys_id, "-3")

    snow.until_asked(sys_id, "grace", "barbara")
    assert set(snow.rows(sys_id)) == {"grace", "barbara"}
    snow.approve(sys_id, "grace")
    snow.until_state(sys_id, "-2")


def test_an_emergency_change_has_no_assess_unless_the_instance_gives_it_one(snow: Servicenow):
    sys_id = snow.new_change(type="emergency")

    plain = snow.move(sys_id, "-4").status_code
    snow.switch(emergency_assess=True)
    switched = snow.move(sys_id, "-4").status_code

    assert (plain, switched) == (403, 200)
    snow.until_asked(sys_id, "ada")


def test_a_standard_change_is_approved_beforehand(snow: Servicenow):
    sys_id = snow.new_change(type="standard")
    without_group = snow.new_change(type="standard", assignment_group="")

    refused = snow.move(without_group, "-2").status_code
    snow.move(sys_id, "-2")

    change = snow.change(sys_id)
    assert refused == 403
    assert (change["state"], change["approval"]) == ("-2", "approved")
    assert change["chg_model"]["value"] == "e55d0bfec343101035ae3f52c1d3ae49"
    assert snow.rows(sys_id) == {}


@pytest.mark.parametrize(
    ("quorum", "asked_members", "enough"),
    [
        ("first", 5, 1),
        ("all", 5, 5),
        ("50%", 5, 3),
        ("10%", 5, 1),
        ("0%", 5, 1),
        ("", 5, 1),
        ("150%", 5, 5),
        (34, 3, 1),
    ],
)
def test_shares_round_to_the_nearest(quorum: str | float, asked_members: int, enough: int):
    assert needed(quorum, asked_members) == enough
