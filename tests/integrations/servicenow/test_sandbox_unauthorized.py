"""Changes that were made before anybody was asked."""

import pytest
import requests

from tests.integrations.servicenow.conftest import Servicenow, until

CHANGES = "/api/now/table/change_request"


def reported(snow: Servicenow, **facts: str) -> requests.Response:
    body = {"item": "Search", **facts}
    return requests.post(f"{snow.url}/_standin/events/ci.change.unplanned", json=body, timeout=5)


@pytest.fixture
def unplanned(snow: Servicenow) -> str:
    """The sys_id of a change that the event made."""
    snow.switch(enable_unauthorized=True)
    number = reported(snow).json()["number"]
    return str(snow.result("GET", CHANGES, sysparm_query=f"number={number}")[0]["sys_id"])


def approved(snow: Servicenow, sys_id: str) -> None:
    snow.move(sys_id, "-3")
    snow.until_asked(sys_id, "grace")
    snow.approve(sys_id, "grace")


def test_the_event_makes_nothing_while_the_property_is_off(snow: Servicenow):
    name = "com.snc.change_request.enable_unauthorized"

    answer = reported(snow)

    assert answer.json() == {"ok": True, "number": None}
    assert snow.result("GET", CHANGES) == []
    assert snow.result("GET", "/api/now/table/sys_properties", sysparm_query=f"name={name}")[0]["value"] == "false"


def test_the_event_makes_an_emergency_change_of_the_managers_group(snow: Servicenow, unplanned: str):
    change = snow.result("GET", f"{CHANGES}/{unplanned}", sysparm_display_value="true")

    assert (change["type"], change["state"], change["unauthorized"]) == ("Emergency", "New", "true")
    assert change["assignment_group"]["display_value"] == "Change Management"
    assert change["cmdb_ci"]["display_value"] == "Search"


def test_an_item_nobody_knows_is_refused(snow: Servicenow):
    assert reported(snow, item="Nothing").status_code == 400


def test_approved_it_goes_to_review_with_a_task_to_look_at_it(snow: Servicenow, unplanned: str):
    approved(snow, unplanned)

    change = snow.until_state(unplanned, "0")
    until(lambda: snow.state()["tasks"])
    assert change["approval"] == "approved"
    assert [(task["short_description"], task["state"]) for task in snow.state()["tasks"]] == [
        ("Post Implementation Review", "Open")
    ]


def test_with_an_outage_on_it_it_is_scheduled_like_any_other(snow: Servicenow, unplanned: str):
    outage = {"task_number": unplanned, "type": "outage", "short_description": "Search is down"}
    snow.result("POST", "/api/now/table/cmdb_ci_outage", outage)

    approved(snow, unplanned)

    snow.until_state(unplanned, "-2")


def test_an_authorized_emergency_change_is_scheduled(snow: Servicenow):
    sys_id = snow.new_change(type="emergency")

    approved(snow, sys_id)

    snow.until_state(sys_id, "-2")


def test_the_way_to_review_is_shown_where_it_exists_only(snow: Servicenow, unplanned: str):
    plain = snow.new_change(type="emergency")
    for sys_id in (unplanned, plain):
        snow.move(sys_id, "-3")

    def ways(sys_id: str) -> list[str]:
        found = snow.result("GET", f"/api/sn_chg_rest/change/{sys_id}/nextstates")
        return [t["to_state"] for alternatives in found["state_transitions"] for t in alternatives]

    assert "0" in ways(unplanned)
    assert "0" not in ways(plain)


def test_only_a_change_manager_clears_the_flag(snow: Servicenow, unplanned: str):
    body = {"unauthorized": "false", "work_notes": "It was announced in the channel"}

    alone = snow.call("PATCH", f"{CHANGES}/{unplanned}", {"unauthorized": "false"})
    ignored = snow.result("PATCH", f"/api/sn_chg_rest/change/{unplanned}", body)
    after = snow.change(unplanned)["unauthorized"]
    by_manager = snow.call("PATCH", f"{CHANGES}/{unplanned}", body, by="katherine")

    assert alone.status_code == 403
    assert ignored["__meta"]["ignoredFields"] == ["unauthorized"]
    assert after == "true"
    assert by_manager.json()["result"]["unauthorized"] == "false"


def test_clearing_the_flag_needs_a_work_note(snow: Servicenow, unplanned: str):
    answer = snow.call("PATCH", f"{CHANGES}/{unplanned}", {"unauthorized": "false"}, by="katherine")

    assert answer.status_code == 403
    assert answer.json()["error"]["detail"].endswith("Work notes")
