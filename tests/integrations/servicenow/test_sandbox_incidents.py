"""Incidents and problems, and the changes that caused them."""

from typing import Any

from tests.integrations.servicenow.conftest import Servicenow, person_id

INCIDENTS = "/api/now/table/incident"


def opened(snow: Servicenow, **fields: Any) -> dict[str, Any]:
    found: dict[str, Any] = snow.result("POST", INCIDENTS, {"short_description": "Cards fail", **fields})
    return found


def test_an_incident_names_the_change_that_caused_it(snow: Servicenow):
    change, other = snow.new_change(), snow.new_change()
    made = opened(snow, caused_by=change, opened_at="2026-03-02 10:00:00")
    opened(snow, rfc=other)

    found = snow.result("GET", INCIDENTS, sysparm_query=f"caused_by={change}^opened_at>=2026-03-02 09:00:00")
    by_number = snow.result("GET", INCIDENTS, sysparm_query="caused_by.number=CHG0030001")
    too_late = snow.result("GET", INCIDENTS, sysparm_query=f"caused_by={change}^opened_at>2026-03-02 10:00:00")

    assert [row["number"] for row in found] == [row["number"] for row in by_number] == [made["number"]]
    assert made["number"] == "INC0010001"
    assert found[0]["caused_by"]["link"] == f"{snow.url}/api/now/table/change_request/{change}"
    assert too_late == []


def test_an_incident_is_a_task(snow: Servicenow):
    made = opened(snow)

    tasks = snow.result("GET", "/api/now/table/task", sysparm_query="sys_class_name=incident")

    assert [task["sys_id"] for task in tasks] == [made["sys_id"]]
    assert made["caller_id"]["value"] == made["opened_by"]["value"]


def test_priority_is_worked_out_and_never_written(snow: Servicenow):
    made = opened(snow, impact="2", urgency="2", priority="1")

    raised = snow.result("PATCH", f"{INCIDENTS}/{made['sys_id']}", {"urgency": "1", "impact": "1", "priority": "5"})

    assert (opened(snow)["priority"], made["priority"], raised["priority"]) == ("5", "3", "1")


def test_resolving_asks_how_and_writes_when(snow: Servicenow):
    path = f"{INCIDENTS}/{opened(snow)['sys_id']}"

    silent = snow.call("PATCH", path, {"state": "6"})
    told = snow.result("PATCH", path, {"incident_state": "6", "close_code": "Solved", "close_notes": "Rolled back"})
    closed = snow.result("PATCH", path, {"state": "7"})

    assert silent.status_code == 403
    assert silent.json()["error"]["detail"].endswith("Resolution code, Resolution notes")
    assert (told["state"], told["incident_state"], told["active"]) == ("6", "6", "true")
    assert told["resolved_at"] and told["resolved_by"]["value"] == person_id("cabbie.change")
    assert (closed["active"], bool(closed["closed_at"])) == ("false", True)


def test_people_open_incidents_on_the_form(snow: Servicenow):
    change = snow.new_change()
    facts = {"short_description": "Cards fail", "caused_by": "CHG0030001", "cmdb_ci": "Payments API", "impact": "1"}

    made = snow.person("linus", "incident", **facts).json()

    row = snow.result("GET", f"{INCIDENTS}/{made['sys_id']}", sysparm_display_value="all")
    assert row["caused_by"]["value"] == change
    assert row["cmdb_ci"]["display_value"] == "Payments API"
    assert row["caller_id"]["display_value"] == "Linus Torres"
    assert row["state"] == {"display_value": "New", "value": "1"}


def test_problems_may_be_tied_to_incidents(snow: Servicenow):
    problem = snow.result("POST", "/api/now/table/problem", {"short_description": "Retries double"})

    made = opened(snow, problem_id=problem["sys_id"])

    found = snow.result("GET", INCIDENTS, sysparm_query=f"problem_id.number={problem['number']}")
    assert problem["number"].startswith("PRB")
    assert [row["sys_id"] for row in found] == [made["sys_id"]]


def test_incidents_are_for_those_who_work_on_them(snow: Servicenow):
    made = opened(snow)

    assert snow.call("GET", INCIDENTS, by="approval").status_code == 403
    assert snow.call("POST", INCIDENTS, {"short_description": "x"}, by="approval").status_code == 403
    assert snow.call("GET", f"{INCIDENTS}/{made['sys_id']}", by="approval").status_code == 403
    seen_as_task = snow.result("GET", "/api/now/table/task", sysparm_query="sys_class_name=incident", by="approval")
    assert seen_as_task == []
