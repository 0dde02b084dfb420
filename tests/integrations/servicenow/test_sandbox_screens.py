"""What people do and see in ServiceNow itself."""

import requests

from tests.integrations.servicenow.conftest import Servicenow, person_id


def asked(snow: Servicenow, **fields: str) -> str:
    sys_id = snow.new_change(**fields)
    snow.move(sys_id, "-4")
    snow.until_asked(sys_id, "ada")
    return sys_id


def test_the_requester_is_not_stopped_from_approving(snow: Servicenow):
    sys_id = asked(snow, requested_by=person_id("linus"))

    answer = snow.person("linus", "approve", number="CHG0030001", comments="Mine")

    assert answer.json()["ok"]
    snow.until_state(sys_id, "-3")
    row = next(row for row in snow.state()["approvals"] if row["approver"] == "linus")
    assert (row["state"], row["by"]) == ("approved", "linus")


def test_whoever_was_not_asked_cannot_approve(snow: Servicenow):
    asked(snow)

    assert snow.person("grace", "approve", number="CHG0030001").status_code == 400
    assert snow.person("alan", "approve", number="CHG0030001").status_code == 400
    assert snow.person("ada", "approve", number="CHG0039999").status_code == 400


def test_a_rejection_needs_comments(snow: Servicenow):
    asked(snow)

    assert snow.person("ada", "reject", number="CHG0030001").status_code == 400


def test_a_delegate_may_answer(snow: Servicenow):
    sys_id = asked(snow)
    snow.person("ada", delegate="katherine")

    answer = snow.person("katherine", "approve", number="CHG0030001")

    assert answer.status_code == 200
    snow.until_state(sys_id, "-3")
    row = next(row for row in snow.state()["approvals"] if row["approver"] == "ada")
    assert (row["state"], row["by"]) == ("approved", "katherine")


def test_whoever_left_or_is_locked_out_cannot_sign_in(snow: Servicenow):
    asked(snow)
    snow.person("ada", locked_out=True)
    snow.person("linus", active=False)

    assert snow.person("ada", "approve", number="CHG0030001").status_code == 400
    assert snow.person("linus", "approve", number="CHG0030001").status_code == 400


def test_an_administrator_changes_a_persons_facts(snow: Servicenow):
    answer = snow.person("ada", email="ada.l@acme.example", active=False)

    read = snow.result("GET", f"/api/now/table/sys_user/{person_id('ada')}")
    assert answer.json()["email"] == read["email"] == "ada.l@acme.example"
    assert read["active"] == "false"


def test_a_manager_edits_holds_and_releases(snow: Servicenow):
    sys_id = asked(snow)

    snow.person("katherine", "hold", number="CHG0030001", comments="Freeze")
    while_held = snow.change(sys_id)
    snow.person("katherine", "release", number="CHG0030001")
    edited = snow.person(
        "katherine", "edit", number="CHG0030001", fields={"risk": "High", "assigned_to": "Ada Lovelace"}
    )

    assert (while_held["on_hold"], while_held["on_hold_reason"]) == ("true", "Freeze")
    assert while_held["sys_updated_by"] == "katherine"
    change = snow.change(sys_id)
    assert edited.status_code == 200
    assert (change["on_hold"], change["risk"], change["assigned_to"]["value"]) == ("false", "2", person_id("ada"))


def test_the_screen_holds_to_the_same_rules(snow: Servicenow):
    snow.new_change()

    assert snow.person("katherine", "edit", number="CHG0030001", fields={"state": "Implement"}).status_code == 400


def test_deep_links_open_the_change(snow: Servicenow):
    sys_id = asked(snow, short_description="Deploy <payments>")

    direct = requests.get(f"{snow.url}/change_request.do", params={"sys_id": sys_id}, timeout=5)
    framed = requests.get(f"{snow.url}/nav_to.do?uri=change_request.do?sys_id={sys_id}", timeout=5)
    nobody = requests.get(f"{snow.url}/change_request.do?sys_id={'f' * 32}", timeout=5)

    assert direct.headers["Content-Type"].startswith("text/html")
    for part in ("CHG0030001", "Deploy &lt;payments&gt;", "Ada Lovelace", "Assess"):
        assert part in direct.text
    assert framed.text == direct.text
    assert nobody.status_code == 404


def test_a_list_link_shows_the_count(snow: Servicenow):
    snow.new_change(risk="2")
    snow.new_change(risk="4")
    query = "active=true^risk=2"

    page = requests.get(f"{snow.url}/change_request_list.do", params={"sysparm_query": query}, timeout=5)
    framed = requests.get(
        f"{snow.url}/nav_to.do", params={"uri": f"change_request_list.do?sysparm_query={query}"}, timeout=5
    )

    assert "1 records" in page.text and "CHG0030001" in page.text and "CHG0030002" not in page.text
    assert framed.text == page.text
