"""Approval definitions: whom a stage asks, and what it waits for."""

from typing import Any

import pytest

from tests.integrations.servicenow.conftest import Servicenow, person_id, until

APPROVALS = "/api/now/table/sysapproval_approver"
TEAM, CAB = {"group": "Payments Engineering"}, {"group": "CAB Approval"}


def asked(snow: Servicenow, *definitions: dict[str, Any], **fields: str) -> str:
    """A low-risk change in Assess, asked as defined; flows run within the write."""
    snow.switch(flow_seconds=0, approval_policy={"Assess": list(definitions)})
    sys_id = snow.new_change(risk="4", **fields)
    assert snow.move(sys_id, "-4").ok
    return sys_id


def reject(snow: Servicenow, key: str) -> None:
    assert snow.person(key, "reject", number="CHG0030001", comments="No").ok


def state(snow: Servicenow, sys_id: str) -> str:
    return str(snow.change(sys_id)["state"])


def test_anyone_of_a_group(snow: Servicenow):
    sys_id = asked(snow, {**TEAM, "wait_for": "first"})

    snow.approve(sys_id, "margaret")

    assert state(snow, sys_id) == "-2"
    assert snow.rows(sys_id) == {"ada": "not_required", "linus": "not_required", "margaret": "approved"}


def test_everyone_of_a_group(snow: Servicenow):
    sys_id = asked(snow, {**TEAM, "wait_for": "all"})

    states = []
    for key in ("ada", "linus", "margaret"):
        snow.approve(sys_id, key)
        states.append(state(snow, sys_id))

    assert states == ["-4", "-4", "-2"]


@pytest.mark.parametrize(("share", "enough"), [("34%", 1), ("50%", 2), ("67%", 2), ("84%", 3)])
def test_a_percentage_of_a_group(snow: Servicenow, share: str, enough: int):
    sys_id = asked(snow, {**TEAM, "wait_for": share})
    keys = ("ada", "linus", "margaret")

    for key in keys[: enough - 1]:
        snow.approve(sys_id, key)
    before = state(snow, sys_id)
    snow.approve(sys_id, keys[enough - 1])

    assert (before, state(snow, sys_id)) == ("-4", "-2")


def test_one_user_besides_a_group(snow: Servicenow):
    sys_id = asked(snow, TEAM, {"user": "katherine"})

    snow.approve(sys_id, "ada")
    before = state(snow, sys_id)
    row = snow.result("GET", APPROVALS, sysparm_query=f"sysapproval={sys_id}^approver={person_id('katherine')}")[0]
    snow.approve(sys_id, "katherine")

    assert (before, state(snow, sys_id)) == ("-4", "-2")
    assert row["group"] == ""


def test_a_user_that_a_field_of_the_change_names(snow: Servicenow):
    sys_id = asked(snow, {"user_field": "assigned_to"}, assigned_to=person_id("tom"))

    assert snow.rows(sys_id) == {"tom": "requested"}


def test_a_user_who_left_is_asked_of_nobody(snow: Servicenow):
    sys_id = asked(snow, {"user": "otto"})

    assert snow.rows(sys_id) == {}
    assert state(snow, sys_id) == "-4"


def test_two_groups_must_both_approve(snow: Servicenow):
    sys_id = asked(snow, TEAM, CAB)

    snow.approve(sys_id, "grace")
    before = state(snow, sys_id)
    snow.approve(sys_id, "ada")

    assert (before, state(snow, sys_id)) == ("-4", "-2")


def test_what_is_not_mandatory_is_not_waited_for(snow: Servicenow):
    sys_id = asked(snow, TEAM, {**CAB, "mandatory": False})

    snow.approve(sys_id, "ada")

    assert state(snow, sys_id) == "-2"
    assert snow.rows(sys_id)["grace"] == "not_required"


def test_where_nothing_is_mandatory_one_is_enough_but_one_there_must_be(snow: Servicenow):
    sys_id = asked(snow, {**TEAM, "mandatory": False}, {**CAB, "mandatory": False})
    before = state(snow, sys_id)

    snow.approve(sys_id, "barbara")

    assert (before, state(snow, sys_id)) == ("-4", "-2")


def test_a_stage_without_definitions_is_skipped(snow: Servicenow):
    sys_id = asked(snow)

    change = snow.change(sys_id)
    assert (change["state"], change["approval"]) == ("-2", "approved")
    assert snow.rows(sys_id) == {}


def test_the_first_rejection_rejects(snow: Servicenow):
    sys_id = asked(snow, {**TEAM, "wait_for": "all"})
    snow.approve(sys_id, "ada")

    reject(snow, "linus")

    change = snow.change(sys_id)
    assert (change["state"], change["approval"]) == ("-5", "rejected")
    assert snow.rows(sys_id) == {"ada": "approved", "linus": "rejected", "margaret": "cancelled"}


def test_or_the_others_are_waited_for(snow: Servicenow):
    snow.switch(on_rejection="wait")
    sys_id = asked(snow, {**TEAM, "wait_for": "first"})

    reject(snow, "linus")
    between = state(snow, sys_id)
    snow.approve(sys_id, "ada")

    assert (between, state(snow, sys_id)) == ("-4", "-2")


def test_waiting_ends_when_approval_cannot_come_any_more(snow: Servicenow):
    snow.switch(on_rejection="wait")
    sys_id = asked(snow, {**TEAM, "wait_for": "67%"})

    reject(snow, "linus")
    between = state(snow, sys_id)
    reject(snow, "ada")

    assert (between, state(snow, sys_id)) == ("-4", "-5")


@pytest.mark.parametrize("word", ["cancelled", "not_required"])
def test_what_a_rejection_makes_of_open_rows_differs(snow: Servicenow, word: str):
    snow.switch(rejected_rows=word)
    sys_id = asked(snow, {**TEAM, "wait_for": "all"})

    reject(snow, "linus")

    assert snow.rows(sys_id) == {"ada": word, "linus": "rejected", "margaret": word}


def test_somebody_in_two_groups_has_two_rows(snow: Servicenow):
    sys_id = asked(snow, {**TEAM, "wait_for": "all"}, {"user": "ada"})
    for key in ("linus", "margaret", "ada"):
        snow.approve(sys_id, key)
    before = state(snow, sys_id)

    snow.approve(sys_id, "ada")

    assert (before, state(snow, sys_id)) == ("-4", "-2")


def test_or_the_second_is_marked_a_duplicate_and_follows_the_first(snow: Servicenow):
    snow.switch(duplicate_rows="marked")
    sys_id = asked(snow, TEAM, {"user": "ada"})
    states = [row["state"] for row in snow.state()["approvals"] if row["approver"] == "ada"]

    snow.approve(sys_id, "ada")

    assert states == ["requested", "duplicate"]
    assert state(snow, sys_id) == "-2"


@pytest.mark.parametrize(("which", "at"), [("oldest", 0), ("newest", 1)])
def test_which_of_ones_own_rows_is_answered_is_not_documented(snow: Servicenow, which: str, at: int):
    snow.switch(own_row=which)
    sys_id = asked(snow, {**TEAM, "wait_for": "all"}, {"user": "ada"})

    answer = snow.call("PATCH", f"/api/sn_chg_rest/change/{sys_id}/approvals", {"state": "approved"}, by="ada")

    states = [row["state"] for row in snow.state()["approvals"] if row["approver"] == "ada"]
    assert answer.ok
    assert states[at] == "approved" and states[1 - at] == "requested"


def test_held_rows_come_back_whatever_asked_for_them(snow: Servicenow):
    sys_id = asked(snow, TEAM, {"user": "katherine"})

    snow.person("katherine", "hold", number="CHG0030001", comments="Freeze")
    held = set(snow.rows(sys_id).values())
    snow.person("katherine", "release", number="CHG0030001")

    assert held == {"not_required"}
    assert set(snow.rows(sys_id).values()) == {"requested"}


def test_authorize_may_have_definitions_of_its_own(snow: Servicenow):
    snow.switch(flow_seconds=0, approval_policy={"Authorize": [{"user": "katherine"}]})
    sys_id = snow.new_change(risk="4")
    snow.move(sys_id, "-4")
    snow.approve(sys_id, "ada")

    before = state(snow, sys_id)
    snow.approve(sys_id, "katherine")

    assert (before, state(snow, sys_id)) == ("-3", "-2")


def test_flows_ask_a_moment_after_the_move(snow: Servicenow):
    snow.switch(flow_seconds=0.3, approval_policy={"Assess": [{"user": "katherine"}]})
    sys_id = snow.new_change()

    snow.move(sys_id, "-4")

    assert snow.rows(sys_id) == {}
    until(lambda: snow.rows(sys_id) == {"katherine": "requested"})
