"""A normal change from New to Closed, and every gate on its way."""

import pytest
import requests

from tests.integrations.servicenow.conftest import Servicenow, until

TRANSITION_RULE = (
    "Operation against file 'change_request' was aborted by Business Rule "
    "'Change Model: Check State Transition^b6dae9e15317101034d1ddeeff7b1278'. "
    "Business Rule Stack:Change Model: Check State Transition"
)


def is_refused_by_rule(answer: requests.Response) -> bool:
    return answer.status_code == 403 and answer.json()["error"] == {
        "message": "Operation Failed",
        "detail": TRANSITION_RULE,
    }


def missing_fields(answer: requests.Response) -> str:
    assert answer.status_code == 403
    detail = str(answer.json()["error"]["detail"])
    assert detail.startswith("Data Policy Exception: ")
    return detail.rpartition(": ")[2]


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
    assert closed.json()["result"]["closed_at"]
    assert snow.state()["state"] == "Closed"


def test_approvals_are_requested_a_moment_after_the_move(snow: Servicenow):
    snow.switch(flow_seconds=0.4)
    sys_id = snow.new_change()

    answer = snow.move(sys_id, "-4").json()["result"]

    assert (answer["state"], answer["approval"]) == ("-4", "not requested")
    assert snow.rows(sys_id) == {}
    snow.until_asked(sys_id, "ada", "linus", "margaret")
    assert snow.change(sys_id)["approval"] == "requested"


def test_flows_can_run_within_the_write(snow: Servicenow):
    snow.switch(flow_seconds=0)
    sys_id = snow.new_change()

    answer = snow.move(sys_id, "-4").json()["result"]

    assert answer["approval"] == "requested"


@pytest.mark.parametrize("target", ["-3", "-2", "-1", "0", "3"])
def test_no_state_can_be_skipped(snow: Servicenow, target: str):
    sys_id = snow.new_change()

    answer = snow.move(sys_id, target)

    assert is_refused_by_rule(answer)
    assert snow.change(sys_id)["state"] == "-5"


def test_a_refused_write_writes_nothing(snow: Servicenow):
    sys_id = snow.new_change()

    snow.move(sys_id, "-2", justification="Slipped in", work_notes="Slipped in")

    change = snow.change(sys_id)
    assert (change["justification"], change["sys_mod_count"]) == ("", "0")
    assert snow.state()["work_notes"] == []


def test_only_the_flow_takes_it_from_assess_to_authorize(snow: Servicenow):
    sys_id = snow.new_change()
    snow.move(sys_id, "-4")
    snow.until_asked(sys_id, "ada")

    assert is_refused_by_rule(snow.move(sys_id, "-3"))


def test_there_is_no_way_back_from_scheduled(snow: Servicenow):
    sys_id = snow.scheduled()

    assert is_refused_by_rule(snow.move(sys_id, "-5"))
    assert is_refused_by_rule(snow.move(sys_id, "-4"))


def test_review_cannot_be_canceled(snow: Servicenow):
    sys_id = snow.scheduled()
    snow.move(sys_id, "-1")
    snow.move(sys_id, "0")

    assert is_refused_by_rule(snow.move(sys_id, "4"))


def test_assess_needs_an_assignment_group(snow: Servicenow):
    sys_id = snow.new_change(assignment_group="")

    assert missing_fields(snow.move(sys_id, "-4")) == "Assignment group"


def test_closing_needs_a_code_and_notes(snow: Servicenow):
    sys_id = snow.scheduled()
    snow.move(sys_id, "-1")
    until(lambda: snow.state()["tasks"])
    snow.move(sys_id, "0")
    until(lambda: {task["state"] for task in snow.state()["tasks"]} == {"Canceled"})

    assert missing_fields(snow.move(sys_id, "3")) == "Close code, Close notes"
    assert missing_fields(snow.move(sys_id, "3", close_code="successful")) == "Close notes"
    assert missing_fields(snow.move(sys_id, "3", close_code="super", close_notes="x")) == "Close code"
    assert snow.move(sys_id, "3", close_code="successful_issues", close_notes="x").status_code == 200


def test_an_instance_may_not_apply_the_forms_requirements(snow: Servicenow):
    snow.switch(enforce_data_requirements=False)
    sys_id = snow.new_change(assignment_group="")

    assert snow.move(sys_id, "-4").status_code == 200


def test_closing_waits_for_tasks_made_by_hand(snow: Servicenow):
    sys_id = snow.scheduled()
    snow.move(sys_id, "-1")
    until(lambda: snow.state()["tasks"])
    task = snow.result("POST", f"/api/sn_chg_rest/change/{sys_id}/task", {"short_description": "Watch the graphs"})
    snow.move(sys_id, "0")
    until(lambda: [t["state"] for t in snow.state()["tasks"]] == ["Canceled", "Canceled", "Open"])
    close = {"close_code": "successful", "close_notes": "x"}

    early = snow.move(sys_id, "3", **close)
    snow.result("PATCH", f"/api/now/table/change_task/{task['sys_id']['value']}", {"state": "3"})
    late = snow.move(sys_id, "3", **close)

    assert is_refused_by_rule(early)
    assert late.status_code == 200


def test_the_last_task_done_takes_it_to_review(snow: Servicenow):
    sys_id = snow.scheduled()
    snow.move(sys_id, "-1")
    until(lambda: len(snow.state()["tasks"]) == 2)

    for task in snow.result("GET", f"/api/sn_chg_rest/change/{sys_id}/task"):
        snow.result("PATCH", f"/api/now/table/change_task/{task['sys_id']['value']}", {"state": "3"})

    snow.until_state(sys_id, "0")


def test_implement_makes_the_flows_two_tasks(snow: Servicenow):
    sys_id = snow.scheduled()

    snow.move(sys_id, "-1")

    until(lambda: snow.state()["tasks"])
    made = [(task["short_description"], task["by"]) for task in snow.state()["tasks"]]
    assert made == [("Implement", "system"), ("Post implementation testing", "system")]


def test_an_instance_may_refuse_every_move_by_rest(snow: Servicenow):
    snow.switch(rest_state_moves=False)
    sys_id = snow.new_change()

    by_table = snow.move(sys_id, "-4")
    by_change_api = snow.call("PATCH", f"/api/sn_chg_rest/change/{sys_id}", {"state": "-4"})
    on_screen = snow.person("linus", "edit", number="CHG0030001", fields={"state": "Assess"})

    assert is_refused_by_rule(by_table)
    assert by_change_api.status_code == 403
    assert on_screen.status_code == 200


def test_a_closed_change_may_be_read_only(snow: Servicenow):
    sys_id = snow.scheduled()
    snow.move(sys_id, "-1")
    until(lambda: snow.state()["tasks"])
    snow.move(sys_id, "0")
    until(lambda: {task["state"] for task in snow.state()["tasks"]} == {"Canceled"})
    snow.move(sys_id, "3", close_code="successful", close_notes="x")
    path = f"/api/now/table/change_request/{sys_id}"

    before = snow.call("PATCH", path, {"work_notes": "late"})
    snow.switch(closed_is_read_only=True)
    after = snow.call("PATCH", path, {"work_notes": "later"})

    assert (before.status_code, after.status_code) == (200, 403)


def test_actual_times_follow_the_state_only_where_the_instance_does_that(snow: Servicenow):
    plain = snow.scheduled()
    snow.move(plain, "-1")
    snow.switch(sets_actual_times=True)
    timed = snow.scheduled()
    snow.move(timed, "-1")

    assert snow.change(plain)["work_start"] == ""
    assert snow.change(timed)["work_start"] != ""


def test_numbers_count_up(snow: Servicenow):
    numbers = [snow.change(snow.new_change())["number"] for _ in range(3)]

    assert numbers == ["CHG0030001", "CHG0030002", "CHG0030003"]
