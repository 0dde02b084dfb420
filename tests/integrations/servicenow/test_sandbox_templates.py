"""Standard changes from templates: what the template says wins, and a retired one makes nothing."""

from typing import Any

import pytest

from tests.integrations.servicenow.conftest import Servicenow

CHANGES = "/api/sn_chg_rest/change"
PLANS = ("description", "implementation_plan", "test_plan", "backout_plan")


def producer(snow: Servicenow, name: str) -> str:
    found = snow.result("GET", "/api/now/table/std_change_record_producer", sysparm_query=f"name={name}")
    return str(found[0]["sys_id"])


@pytest.fixture
def restart(snow: Servicenow) -> str:
    return producer(snow, "Restart the search indexers")


def made(snow: Servicenow, template: str, body: Any = None, **query: str) -> dict[str, Any]:
    found: dict[str, Any] = snow.result("POST", f"{CHANGES}/standard/{template}", body, **query)
    return found


def test_the_templates_plans_win_over_what_is_sent(snow: Servicenow, restart: str):
    change = made(snow, restart, correlation_id="cabbie-1", **dict.fromkeys(PLANS, "Mine"))

    assert sorted(change["__meta"]["ignoredFields"]) == sorted(PLANS)
    assert change["implementation_plan"]["value"].startswith("Drain one indexer")
    assert change["correlation_id"]["value"] == "cabbie-1"


def test_what_the_template_presets_besides_can_be_changed(snow: Servicenow, restart: str):
    plain, named = made(snow, restart), made(snow, restart, short_description="Restart now")

    assert plain["short_description"]["value"] == "Restart the search indexers one after the other"
    assert named["short_description"]["value"] == "Restart now"
    assert plain["assignment_group"]["display_value"] == "Platform Engineering"
    assert plain["cmdb_ci"]["display_value"] == "Search"
    assert "__meta" not in plain


def test_the_change_stores_the_newest_version_not_the_record_producer(snow: Servicenow):
    template = producer(snow, "Renew a web certificate")

    change = made(snow, template)

    assert change["std_change_producer_version"]["display_value"] == "Renew a web certificate - 2"
    assert change["std_change_producer_version"]["value"] != template


def test_a_versions_id_makes_nothing(snow: Servicenow):
    version = snow.result("GET", "/api/now/table/std_change_producer_version")[0]["sys_id"]

    assert snow.call("POST", f"{CHANGES}/standard/{version}").status_code == 404


def test_a_retired_template_makes_nothing(snow: Servicenow):
    retired = producer(snow, "Move traffic to the old balancer")

    answer = snow.call("POST", f"{CHANGES}/standard/{retired}")

    assert answer.status_code == 400
    assert "retired" in answer.json()["error"]["message"]
    assert snow.result("GET", CHANGES) == []


def test_only_templates_in_use_are_listed(snow: Servicenow):
    listed = snow.result("GET", f"{CHANGES}/standard/template")
    searched = snow.result("GET", f"{CHANGES}/standard/template", sysparm_query="active=false^NQnameLIKEweb")
    paged = snow.result("GET", f"{CHANGES}/standard/template", sysparm_limit="1", sysparm_offset="1")

    names = [row["template"]["display_value"] for row in listed]
    assert names == ["Restart the search indexers", "Renew a web certificate"]
    assert [row["name"]["value"] for row in searched] == ["Renew a web certificate"]
    assert [row["name"]["value"] for row in paged] == ["Renew a web certificate"]


def test_one_template_is_read_by_its_id(snow: Servicenow, restart: str):
    one = snow.result("GET", f"{CHANGES}/standard/template/{restart}")
    missing = snow.call("GET", f"{CHANGES}/standard/template/{'f' * 32}")

    assert one["sys_id"]["value"] == restart
    assert missing.status_code == 404


def test_an_instance_may_read_the_query_only(snow: Servicenow, restart: str):
    body = {"correlation_id": "cabbie-1"}

    both = made(snow, restart, body)
    snow.switch(standard_reads_body=False)
    neither = made(snow, restart, body)

    assert (both["correlation_id"]["value"], neither["correlation_id"]["value"]) == ("cabbie-1", "")


def test_an_instance_may_ignore_the_correlation_id(snow: Servicenow, restart: str):
    snow.switch(standard_ignores=["correlation_id"])

    change = made(snow, restart, correlation_id="cabbie-1")

    assert change["__meta"]["ignoredFields"] == ["correlation_id"]
    assert change["correlation_id"]["value"] == ""


def test_later_the_plans_can_be_changed_by_a_change_manager_only(snow: Servicenow, restart: str):
    sys_id = made(snow, restart)["sys_id"]["value"]

    by_change_api = snow.call("PATCH", f"{CHANGES}/{sys_id}", {"test_plan": "Mine"})
    by_table = snow.call("PATCH", f"/api/now/table/change_request/{sys_id}", {"test_plan": "Mine"})
    other_field = snow.call("PATCH", f"{CHANGES}/{sys_id}", {"justification": "Mine"})
    by_manager = snow.call("PATCH", f"{CHANGES}/{sys_id}", {"test_plan": "Ours"}, by="katherine")

    rule = "'Restrict fields from Standard Change^5230b9179735ca504546f027f053af79'"
    assert by_change_api.json()["error"]["message"].startswith("Change Request record could not be updated.")
    assert rule in by_change_api.json()["error"]["message"]
    assert rule in by_table.json()["error"]["detail"]
    assert (by_change_api.status_code, by_table.status_code, other_field.status_code) == (403, 403, 200)
    assert by_manager.json()["result"]["test_plan"]["value"] == "Ours"


def test_on_some_instances_a_change_managers_plans_win_at_birth(snow: Servicenow, restart: str):
    path = f"{CHANGES}/standard/{restart}"
    before = snow.result("POST", path, {"test_plan": "Ours"}, by="katherine")
    snow.switch(template_plans="change manager's")

    manager = snow.result("POST", path, {"test_plan": "Ours"}, by="katherine")
    engineer = snow.result("POST", path, {"test_plan": "Mine"}, by="ada")

    assert before["__meta"]["ignoredFields"] == engineer["__meta"]["ignoredFields"] == ["test_plan"]
    assert manager["test_plan"]["value"] == "Ours"


def test_a_change_from_a_template_is_scheduled_without_asking(snow: Servicenow, restart: str):
    sys_id = made(snow, restart)["sys_id"]["value"]

    moved = snow.move(sys_id, "-2")

    assert moved.json()["result"]["approval"] == "approved"
    assert snow.rows(sys_id) == {}
