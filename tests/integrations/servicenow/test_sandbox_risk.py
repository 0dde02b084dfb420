"""How risky a change is: of several conditions the highest wins."""

import pytest

from tests.integrations.servicenow.conftest import Servicenow

CHANGES = "/api/sn_chg_rest/change"


def with_item(snow: Servicenow, name: str, **fields: str) -> str:
    item = snow.result("GET", "/api/now/table/cmdb_ci", sysparm_query=f"name={name}")[0]["sys_id"]
    return snow.new_change(cmdb_ci=item, **fields)


def condition(snow: Servicenow, name: str, query: str, risk: str, **more: str) -> None:
    snow.person("katherine", roles=["admin"])
    about = {"name": name, "condition": query, "risk": risk, **more}
    assert snow.call("POST", "/api/now/table/risk_conditions", about, by="katherine").ok


def evaluated(snow: Servicenow, sys_id: str) -> str:
    return str(snow.call("PATCH", f"{CHANGES}/{sys_id}/risk").json()["risk"]["display_value"])


def test_the_highest_of_the_conditions_wins(snow: Servicenow):
    sys_id = with_item(snow, "Checkout Web", description="touches cards")
    before = evaluated(snow, sys_id)

    condition(snow, "Cards", "descriptionLIKEcards", "2")
    condition(snow, "Everything", "active=true", "4")

    assert (before, evaluated(snow, sys_id)) == ("Moderate", "High")
    assert snow.change(sys_id)["risk"] == "2"


def test_a_condition_out_of_use_does_not_count(snow: Servicenow):
    sys_id = with_item(snow, "Search")

    condition(snow, "Everything", "active=true", "2", active="false")

    assert evaluated(snow, sys_id) == "Low"


def test_an_alternative_of_a_condition_holds_for_this_change_only(snow: Servicenow):
    with_item(snow, "Search", description="touches cards")
    other = with_item(snow, "Search")

    condition(snow, "Cards", "descriptionLIKEnothing^NQdescriptionLIKEcards", "2")

    assert evaluated(snow, other) == "Low"


def test_what_a_conflict_check_found_counts(snow: Servicenow):
    snow.switch(flow_seconds=0)
    dates = {"start_date": "2030-01-01 10:00:00", "end_date": "2030-01-01 12:00:00"}
    with_item(snow, "Search", **dates)
    sys_id = with_item(snow, "Search", **dates)
    before = evaluated(snow, sys_id)

    snow.call("POST", f"{CHANGES}/{sys_id}/conflict")

    assert (before, evaluated(snow, sys_id)) == ("Low", "Moderate")


def test_an_assessment_counts_beside_the_conditions(snow: Servicenow):
    low, critical = with_item(snow, "Search"), with_item(snow, "Payments API")

    raised = snow.person("ada", "assess_risk", number="CHG0030001", level="Moderate")
    kept = snow.person("ada", "assess_risk", number="CHG0030002", level="Low")

    assert (raised.json()["risk"], kept.json()["risk"]) == ("Moderate", "High")
    assert (evaluated(snow, low), evaluated(snow, critical)) == ("Moderate", "High")
    assert snow.change(low)["sys_updated_by"] == "cabbie.change"


def test_risk_is_assessed_in_new_assess_and_authorize_only(snow: Servicenow):
    sys_id = snow.new_change(risk="4")
    fine = [snow.person("ada", "assess_risk", number="CHG0030001", level="Low").status_code]
    snow.move(sys_id, "-4")
    fine.append(snow.person("ada", "assess_risk", number="CHG0030001", level="Low").status_code)
    snow.until_asked(sys_id, "ada")
    snow.approve(sys_id, "ada")
    snow.until_state(sys_id, "-2")

    late = snow.person("ada", "assess_risk", number="CHG0030001", level="High")

    assert fine == [200, 200]
    assert late.status_code == 400
    assert snow.change(sys_id)["risk"] == "4"


def test_a_standard_change_is_not_assessed(snow: Servicenow):
    snow.new_change(type="standard")

    assert snow.person("ada", "assess_risk", number="CHG0030001", level="High").status_code == 400


def test_an_inactive_change_has_no_risk_any_more(snow: Servicenow):
    sys_id = snow.new_change()
    snow.move(sys_id, "4")

    answer = snow.call("PATCH", f"{CHANGES}/{sys_id}/risk")

    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize(("rule", "risk"), [("ui_action", "4"), ("business_rule", "2")])
def test_an_instance_may_work_the_risk_out_with_every_write(snow: Servicenow, rule: str, risk: str):
    snow.switch(risk_calculate_rule=rule)

    sys_id = with_item(snow, "Payments API", risk="4")

    name = "glide.ui.risk_calculate_rule"
    assert snow.change(sys_id)["risk"] == risk
    assert snow.result("GET", "/api/now/table/sys_properties", sysparm_query=f"name={name}")[0]["value"] == rule
