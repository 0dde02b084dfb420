"""Putting a change on hold, releasing it, and canceling it."""

from tests.integrations.servicenow.conftest import Servicenow, until

CHANGES = "/api/now/table/change_request"
TASKS = "/api/now/table/change_task"


def held(snow: Servicenow) -> str:
    """A change in Assess, held while its team is asked."""
    sys_id = snow.new_change()
    snow.move(sys_id, "-4")
    snow.until_asked(sys_id, "ada")
    snow.result("PATCH", f"{CHANGES}/{sys_id}", {"on_hold": "true", "on_hold_reason": "Author approved"})
    return sys_id


def test_a_hold_needs_its_reason(snow: Servicenow):
    answer = snow.call("PATCH", f"{CHANGES}/{snow.new_change()}", {"on_hold": "true"})

    assert answer.status_code == 403
    assert answer.json()["error"]["detail"].endswith("On hold reason")


def test_pending_approvals_come_back_on_release(snow: Servicenow):
    sys_id = held(snow)
    on_hold = snow.rows(sys_id)
    stopped = snow.person("ada", "approve", number="CHG0030001")

    snow.result("PATCH", f"{CHANGES}/{sys_id}", {"on_hold": "false"})

    assert set(on_hold.values()) == {"not_required"}
    assert stopped.status_code == 400
    assert set(snow.rows(sys_id).values()) == {"requested"}
    snow.approve(sys_id, "ada")
    snow.until_state(sys_id, "-3")


def test_only_canceling_is_possible_on_hold(snow: Servicenow):
    sys_id = snow.scheduled()
    snow.result("PATCH", f"{CHANGES}/{sys_id}", {"on_hold": "true", "on_hold_reason": "Wait"})

    onward = snow.move(sys_id, "-1").status_code
    canceled = snow.move(sys_id, "4")

    assert onward == 403
    assert canceled.json()["result"]["on_hold"] == "false"


def test_a_new_change_on_hold_cannot_be_put_up_for_approval(snow: Servicenow):
    sys_id = snow.new_change()
    snow.result("PATCH", f"{CHANGES}/{sys_id}", {"on_hold": "true", "on_hold_reason": "Wait"})

    assert snow.move(sys_id, "-4").status_code == 403


def test_a_hold_before_the_flow_has_asked(snow: Servicenow):
    snow.switch(flow_seconds=0.2)
    sys_id = snow.new_change()
    snow.move(sys_id, "-4")
    snow.result("PATCH", f"{CHANGES}/{sys_id}", {"on_hold": "true", "on_hold_reason": "Wait"})

    until(lambda: snow.rows(sys_id))
    while_held = set(snow.rows(sys_id).values())
    snow.result("PATCH", f"{CHANGES}/{sys_id}", {"on_hold": "false"})

    assert while_held == {"not_required"}
    assert set(snow.rows(sys_id).values()) == {"requested"}


def test_active_tasks_copy_the_flag(snow: Servicenow):
    sys_id = snow.scheduled()
    snow.move(sys_id, "-1")
    until(lambda: len(snow.state()["tasks"]) == 2)

    snow.person("katherine", "hold", number="CHG0030001", comments="Freeze")

    tasks = snow.result("GET", "/api/now/table/change_task", sysparm_query=f"change_request={sys_id}")
    assert {(task["on_hold"], task["on_hold_reason"]) for task in tasks} == {("true", "Freeze")}


def test_canceling_withdraws_approvals(snow: Servicenow):
    sys_id = held(snow)

    snow.move(sys_id, "4", work_notes="No longer wanted")

    change = snow.change(sys_id)
    assert (change["state"], change["active"], change["on_hold"]) == ("4", "false", "false")
    assert set(snow.rows(sys_id).values()) == {"cancelled"}
    assert snow.state()["work_notes"][-1]["text"] == "No longer wanted"


def test_canceling_cancels_active_tasks(snow: Servicenow):
    sys_id = snow.scheduled()
    snow.move(sys_id, "-1")
    until(lambda: len(snow.state()["tasks"]) == 2)
    snow.result("POST", f"/api/sn_chg_rest/change/{sys_id}/task", {"short_description": "By hand"})

    snow.move(sys_id, "4")

    assert {task["state"] for task in snow.state()["tasks"]} == {"Canceled"}


def test_a_flow_that_was_overtaken_does_nothing(snow: Servicenow):
    snow.switch(flow_seconds=0.1)
    sys_id = snow.new_change()
    snow.move(sys_id, "-4")
    snow.move(sys_id, "4")
    other = snow.new_change()
    snow.move(other, "-4")
    snow.until_asked(other, "ada")

    assert snow.rows(sys_id) == {}


def test_a_canceled_change_stays_canceled(snow: Servicenow):
    sys_id = snow.new_change()
    snow.move(sys_id, "4")

    assert snow.move(sys_id, "-5").status_code == 403


def task_holds(snow: Servicenow, sys_id: str) -> dict[str, tuple[str, str]]:
    """Title → on hold, and why."""
    rows = snow.result("GET", TASKS, sysparm_query=f"change_request={sys_id}")
    return {row["short_description"]: (row["on_hold"], row["on_hold_reason"]) for row in rows}


def test_a_task_held_by_hand_keeps_its_own_hold(snow: Servicenow):
    snow.switch(flow_seconds=0)
    sys_id = snow.scheduled()
    snow.move(sys_id, "-1")
    by_hand = snow.result("GET", TASKS, sysparm_query=f"change_request={sys_id}^short_description=Implement")[0]
    snow.result("PATCH", f"{TASKS}/{by_hand['sys_id']}", {"on_hold": "true", "on_hold_reason": "Parts are missing"})

    snow.result("PATCH", f"{CHANGES}/{sys_id}", {"on_hold": "true", "on_hold_reason": "Wait"})
    held = task_holds(snow, sys_id)
    snow.result("PATCH", f"{CHANGES}/{sys_id}", {"on_hold": "false"})

    assert held == {"Implement": ("true", "Parts are missing"), "Post implementation testing": ("true", "Wait")}
    assert task_holds(snow, sys_id) == {
        "Implement": ("true", "Parts are missing"),
        "Post implementation testing": ("false", ""),
    }


def test_a_task_made_during_a_hold_is_released_with_the_rest(snow: Servicenow):
    sys_id = snow.scheduled()
    snow.result("PATCH", f"{CHANGES}/{sys_id}", {"on_hold": "true", "on_hold_reason": "Wait"})
    snow.result("POST", f"/api/sn_chg_rest/change/{sys_id}/task", {"short_description": "Warm the caches"})
    held = task_holds(snow, sys_id)

    snow.move(sys_id, "-1", on_hold="false")
    until(lambda: "Implement" in task_holds(snow, sys_id))

    assert held == {"Warm the caches": ("true", "Wait")}
    assert task_holds(snow, sys_id)["Warm the caches"] == ("false", "")


def test_no_state_is_reached_by_a_write_that_also_holds(snow: Servicenow):
    sys_id = snow.new_change(type="standard", chg_model="standard")

    refused = snow.move(sys_id, "-2", on_hold="true", on_hold_reason="Wait")

    assert refused.status_code == 403
    assert snow.change(sys_id)["state"] == "-5"
