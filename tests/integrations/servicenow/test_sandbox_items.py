"""The items a change touches, and the workers that tie them to it."""

import json
from typing import Any

import pytest
import requests

from tests.integrations.servicenow.conftest import Servicenow, until

CHANGES = "/api/sn_chg_rest/change"


def item(snow: Servicenow, name: str) -> str:
    return str(snow.result("GET", "/api/now/table/cmdb_ci", sysparm_query=f"name={name}")[0]["sys_id"])


def listed(snow: Servicenow, sys_id: str, kind: str = "affected") -> list[str]:
    column = {"affected": "ci_item", "impacted": "cmdb_ci_service"}[kind]
    rows = snow.result("GET", f"{CHANGES}/{sys_id}/ci", association_type=kind)
    return [row[column]["display_value"] for row in rows]


def worker_of(snow: Servicenow, answer: requests.Response) -> dict[str, Any]:
    found: dict[str, Any] = snow.result("GET", f"{CHANGES}/worker/{answer.json()['result']['worker']['sysId']}")
    return found


def add(snow: Servicenow, sys_id: str, ids: Any, **more: Any) -> requests.Response:
    body = {"cmdb_ci_sys_ids": ids, "association_type": "affected", **more}
    return snow.call("POST", f"{CHANGES}/{sys_id}/ci", body)


def test_items_come_as_a_list_or_as_a_text_with_commas(snow: Servicenow):
    first, second = snow.new_change(), snow.new_change()
    ids = [item(snow, "Search"), item(snow, "Solo Tool")]

    by_list, by_text = add(snow, first, ids), add(snow, second, ", ".join(ids))

    assert (by_list.status_code, by_text.status_code) == (202, 202)
    for sys_id in (first, second):
        until(lambda sys_id=sys_id: listed(snow, sys_id) == ["Search", "Solo Tool"])


def test_the_answer_waits_and_the_worker_completes(snow: Servicenow):
    snow.switch(flow_seconds=0.2)
    sys_id = snow.new_change()

    answer = add(snow, sys_id, item(snow, "Search"))
    seen = {worker_of(snow, answer)["state"]["display_value"]}
    until(lambda: seen.add(worker_of(snow, answer)["state"]["display_value"]) or "Complete" in seen)

    told = answer.json()["result"]
    assert told["state"] == {"value": 1, "display_value": "Waiting"}
    assert told["worker"]["link"] == f"{snow.url}{CHANGES}/worker/{told['worker']['sysId']}"
    assert told["request"].startswith('{"cmdb_ci_sys_ids":["')
    assert seen == {"Waiting", "In-Progress", "Complete"}


def test_the_same_item_is_tied_once(snow: Servicenow):
    snow.switch(flow_seconds=0)
    sys_id, search = snow.new_change(), item(snow, "Search")

    add(snow, sys_id, [search, search])
    add(snow, sys_id, search)

    assert listed(snow, sys_id) == ["Search"]
    assert len(snow.result("GET", "/api/now/table/task_ci", sysparm_query=f"task={sys_id}")) == 1


def test_unknown_items_are_warned_of_and_none_at_all_is_an_error(snow: Servicenow):
    snow.switch(flow_seconds=0)
    sys_id = snow.new_change()

    some = worker_of(snow, add(snow, sys_id, [item(snow, "Search"), "f" * 32]))
    none = worker_of(snow, add(snow, sys_id, ["f" * 32]))

    assert (some["state"]["display_value"], none["state"]["display_value"]) == ("Complete", "Error")
    assert some["messages"]["warningMessages"] == [f"Configuration item {'f' * 32} was not found"]
    assert none["messages"]["errorMessages"] == ["None of the configuration items could be added"]
    assert none["state"]["value"] == 4


@pytest.mark.parametrize(
    "body",
    [
        {"association_type": "affected"},
        {"cmdb_ci_sys_ids": [], "association_type": "affected"},
        {"cmdb_ci_sys_ids": "x", "association_type": "touched"},
        {"cmdb_ci_sys_ids": [7], "association_type": "affected"},
    ],
)
def test_nonsense_is_refused(snow: Servicenow, body: dict[str, Any]):
    assert snow.call("POST", f"{CHANGES}/{snow.new_change()}/ci", body).status_code == 400


def test_listing_needs_a_kind_and_takes_pages(snow: Servicenow):
    snow.switch(flow_seconds=0)
    sys_id = snow.new_change()
    add(snow, sys_id, [item(snow, "Search"), item(snow, "Solo Tool")])
    path = f"{CHANGES}/{sys_id}/ci"

    second = snow.result("GET", path, association_type="affected", sysparm_limit="1", sysparm_offset="1")

    assert snow.call("GET", path).status_code == 400
    assert [row["ci_item"]["display_value"] for row in second] == ["Solo Tool"]


def test_impacted_services_are_those_above_the_items(snow: Servicenow):
    snow.switch(flow_seconds=0)
    sys_id = snow.new_change()
    add(snow, sys_id, item(snow, "Payments API"))

    before = listed(snow, sys_id, "impacted")
    answer = snow.call("POST", f"{CHANGES}/{sys_id}/refresh_impacted_services")

    assert before == []
    assert answer.status_code == 200
    assert (answer.json()["result"]["type"], answer.json()["result"]["request"]) == ("impacted", "")
    assert json.loads(worker_of(snow, answer)["request"]) == {"task": sys_id}
    assert listed(snow, sys_id, "impacted") == ["Payments API", "Checkout Web"]


def test_impacted_services_may_be_refreshed_together_with_the_items(snow: Servicenow):
    snow.switch(flow_seconds=0)
    sys_id = snow.new_change()

    add(snow, sys_id, item(snow, "Payments API"), refresh_impacted_services=True)

    assert listed(snow, sys_id, "impacted") == ["Payments API", "Checkout Web"]


def test_a_worker_may_fail(snow: Servicenow):
    snow.switch(flow_seconds=0, failing_workers=["affected"])
    sys_id = snow.new_change()

    worker = worker_of(snow, add(snow, sys_id, item(snow, "Search")))

    assert worker["state"]["display_value"] == "Error"
    assert worker["messages"]["errorMessages"]
    assert listed(snow, sys_id) == []


@pytest.mark.parametrize(("order", "value"), [("1-2-3-4", 4), ("1-4-3-2", 2)])
def test_which_number_an_error_has_is_not_certain(snow: Servicenow, order: str, value: int):
    snow.switch(flow_seconds=0, failing_workers=["affected"], worker_states=order)

    worker = worker_of(snow, add(snow, snow.new_change(), item(snow, "Search")))

    assert worker["state"] == {"value": value, "display_value": "Error"}


def test_a_worker_nobody_knows(snow: Servicenow):
    assert snow.call("GET", f"{CHANGES}/worker/{'f' * 32}").status_code == 404


def test_adding_items_needs_write_on_the_change(snow: Servicenow):
    body = {"cmdb_ci_sys_ids": item(snow, "Search"), "association_type": "affected"}

    assert snow.call("POST", f"{CHANGES}/{snow.new_change()}/ci", body, by="approval").status_code == 403
