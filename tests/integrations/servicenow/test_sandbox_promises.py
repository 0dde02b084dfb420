"""What the stand-in promises about itself: its coverage, its diary, its report."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from starlette.routing import Route

from integrations.servicenow.sandbox import ABSENT, COVERAGE, build, open_instance
from integrations.servicenow.sandbox.data.store import STAMP, SYSTEM
from integrations.servicenow.sandbox.switches import DEFAULTS
from integrations.standin.clock import Clock
from integrations.standin.secrets import invent
from integrations.standin.world import load_world
from tests.integrations.servicenow.conftest import Servicenow


def test_coverage_is_equal_to_the_routes():
    standin = build(load_world(), invent())

    served = {
        f"{method} {route.path}"
        for route in standin.routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }

    assert served == set(COVERAGE)
    assert all(note.startswith(("supported", "partial: ")) for note in COVERAGE.values())


def test_what_is_called_absent_is_not_served(snow: Servicenow):
    snow.person("katherine", roles=["admin"])
    sys_id = snow.new_change()

    served = []
    for call, why in ABSENT.items():
        method, _, path = call.partition(" ")
        answer = snow.call(method, path.format(sys_id=sys_id, table="change_request"), {}, by="katherine")
        if answer.status_code not in (400, 404, 405) or not why:
            served.append((call, answer.status_code))

    assert served == []
    assert not ABSENT.keys() & COVERAGE.keys()
    assert snow.change(sys_id)["state"] == "-5"


def test_a_table_that_is_called_absent_is_no_table(snow: Servicenow):
    tables = [call.rpartition("/")[2] for call in ABSENT if call.startswith("GET /api/now/table/")]

    assert tables
    for table in tables:
        assert snow.call("GET", f"/api/now/table/{table}").json()["error"]["message"] == f"Invalid table {table}"


def test_a_clock_can_be_given_and_business_data_follow_it():
    clock = Clock()
    clock.move(timedelta(days=-400))
    inst, _ = open_instance(load_world(), invent(), clock)

    made = inst.store.insert("change_request", {}, SYSTEM)
    clock.move(timedelta(days=1))
    inst.store.update(made, {"justification": "x"}, SYSTEM)

    created, updated = (datetime.strptime(made[n], STAMP) for n in ("sys_created_on", "sys_updated_on"))
    assert created.replace(tzinfo=UTC) < datetime.now(UTC) - timedelta(days=399)
    assert timedelta(days=1) <= updated - created < timedelta(days=1, minutes=5)


def test_an_instance_without_a_clock_has_the_machines_time():
    inst, _ = open_instance(load_world(), invent())

    made = inst.store.insert("change_request", {}, SYSTEM)

    age = datetime.now(UTC) - datetime.strptime(made["sys_created_on"], STAMP).replace(tzinfo=UTC)
    assert abs(age) < timedelta(minutes=5)


def test_the_diary_names_the_table(snow: Servicenow):
    sys_id = snow.new_change()
    snow.move(sys_id, "-4")

    last = list(snow.standin.diary)[-1]

    assert last.call == "PATCH /api/now/table/change_request/{sys_id}"
    assert last.is_effect


def test_a_fault_can_hit_one_table(snow: Servicenow):
    sys_id = snow.new_change()
    fault = {"call": "PATCH /api/now/table/change_request/*", "action": "answer_after", "status": 500, "body": {}}
    requests.post(f"{snow.url}/_standin/faults", json=fault, timeout=5)

    answer = snow.move(sys_id, "-4")

    assert answer.status_code == 500
    assert snow.change(sys_id)["state"] == "-4"


def test_every_switch_is_offered(snow: Servicenow):
    offered = requests.get(f"{snow.url}/_standin/switches", timeout=5).json()

    assert offered == json.loads(json.dumps(DEFAULTS))


def test_switches_of_one_instance_do_not_reach_the_next():
    first = build(load_world(), invent())
    first.switches["quorum"]["CAB Approval"] = "all"

    assert build(load_world(), invent()).switches["quorum"] == {}


def test_two_instances_told_the_same_end_the_same(snow: Servicenow):
    def told() -> Any:
        other = build(load_world(), invent())
        return other.state()

    assert told() == told() == {"changes": []}


def test_the_report_speaks_in_names(snow: Servicenow):
    service = snow.result("GET", "/api/now/table/cmdb_ci_service", sysparm_query="name=Search")[0]["sys_id"]
    sys_id = snow.new_change(cmdb_ci=service, risk="2")
    snow.move(sys_id, "-4")
    snow.until_asked(sys_id, "ada")

    state = snow.state()

    assert (state["number"], state["state"], state["risk"]) == ("CHG0030001", "Assess", "High")
    assert (state["cmdb_ci"], state["assignment_group"], state["requested_by"]) == (
        "Search",
        "Payments Engineering",
        "cabbie.change",
    )
    assert [(row["approver"], row["group"], row["state"]) for row in state["approvals"]] == [
        ("ada", "Payments Engineering", "requested"),
        ("linus", "Payments Engineering", "requested"),
        ("margaret", "Payments Engineering", "requested"),
    ]
