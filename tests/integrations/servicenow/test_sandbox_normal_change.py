"""A normal change from New to Closed, and every gate on its way."""

from tests.integrations.servicenow.conftest import Servicenow, until

TRANSITION_RULE = "Change Model: Check State Transition"


def test_a_moderate_change_goes_all_the_way(snow: Servicenow):
    sys_id = snow.new_change()
    snow.move(sys_id, "-4")
    snow.until_asked(sys_id, "ada", "linus", "margaret")
    snow.approve(sys_id, "ada")
    snow.until_state(sys_id, "-3")
    snow.until_asked(sys_id, "grace", "barbara")
    snow.approve(sys_id, "grace")
    approved = snow.until_state(sys_id, "-2")
    snow.move(sys_id, "-1")
    until(lambda: len(snow.state()["tasks"]) == 2)
    snow.move(sys_id, "0")
    until(lambda: {task["state"] for task in snow.state()["tasks"]} == {"Canceled"})

    closed = snow.move(sys_id, "3", close_code="successful", close_notes="Went well")

    assert approved["approval"] == "approved"
    assert closed.status_code == 200
    assert closed.json()["result"]["active"] == "false"
    assert snow.state()["state"] == "Closed"


def test_approvals_are_requested_a_moment_after_the_move(snow: Servicenow):
    snow.switch(flow_seconds=0.4)
    sys_id = snow.new_change()

    answer = snow.move(sys_id, "-4").json()["result"]

    assert (answer["state"], answer["approval"]) == ("-4", "not requested")
    assert snow.rows(sys_id) == {}
    snow.until_asked(sys_id, "ada", "linus", "margaret")
    assert snow.change(sys_id)["approval"] == "requested"
