"""Reading over the Table API: shapes, pages, and what an ACL hides."""

import re

from tests.integrations.servicenow.conftest import Servicenow, person_id

CHANGES = "/api/now/table/change_request"


def test_every_value_is_a_string(snow: Servicenow):
    change = snow.change(snow.new_change())

    assert (change["state"], change["active"], change["sys_mod_count"], change["cmdb_ci"]) == ("-5", "true", "0", "")
    assert all(isinstance(value, str | dict) for value in change.values())


def test_references_are_links_with_values(snow: Servicenow):
    change = snow.change(snow.new_change(requested_by=person_id("linus")))

    link = f"{snow.url}/api/now/table/sys_user/{person_id('linus')}"
    assert change["requested_by"] == {"link": link, "value": person_id("linus")}
    assert snow.result("GET", link.removeprefix(snow.url))["user_name"] == "linus"


def test_display_values(snow: Servicenow):
    sys_id = snow.new_change(requested_by=person_id("linus"))
    path = f"{CHANGES}/{sys_id}"
    fields = "state,requested_by,short_description"

    shown = snow.result("GET", path, sysparm_display_value="true", sysparm_fields=fields)
    both = snow.result("GET", path, sysparm_display_value="ALL", sysparm_fields=fields)
    plain = snow.result("GET", path, sysparm_display_value="False", sysparm_fields=fields)

    assert (shown["state"], shown["requested_by"]["display_value"]) == ("New", "Linus Torres")
    assert set(shown["requested_by"]) == {"display_value", "link"}
    assert both["state"] == {"display_value": "New", "value": "-5"}
    assert set(both["requested_by"]) == {"display_value", "value", "link"}
    assert plain["state"] == "-5"


def test_links_can_be_left_out(snow: Servicenow):
    path = f"{CHANGES}/{snow.new_change(requested_by=person_id('linus'))}"

    bare = snow.result("GET", path, sysparm_exclude_reference_link="true")
    both = snow.result("GET", path, sysparm_exclude_reference_link="true", sysparm_display_value="all")

    assert bare["requested_by"] == person_id("linus")
    assert both["requested_by"] == {"display_value": "Linus Torres", "value": person_id("linus")}


def test_dot_walked_fields_come_flat(snow: Servicenow):
    path = f"{CHANGES}/{snow.new_change(requested_by=person_id('linus'))}"

    found = snow.result("GET", path, sysparm_fields="number,requested_by.email,no_such,cmdb_ci.name")

    assert found == {"number": "CHG0030001", "requested_by.email": "linus@acme.example", "cmdb_ci.name": ""}


def test_pages_carry_count_and_links(snow: Servicenow):
    for _ in range(5):
        snow.new_change()

    answer = snow.call("GET", CHANGES, sysparm_query="ORDERBYnumber", sysparm_limit="2", sysparm_offset="2")

    assert [row["number"] for row in answer.json()["result"]] == ["CHG0030003", "CHG0030004"]
    assert answer.headers["X-Total-Count"] == "5"
    links = {rel: offset for offset, rel in re.findall(r'sysparm_offset=(\d+)>;rel="(\w+)"', answer.headers["Link"])}
    assert links == {"first": "0", "prev": "0", "next": "4", "last": "4"}


def test_headers_can_be_suppressed(snow: Servicenow):
    quiet = {"sysparm_no_count": "true", "sysparm_suppress_pagination_header": "true"}

    answer = snow.call("GET", CHANGES, **quiet)

    assert not any(name in answer.headers for name in ("X-Total-Count", "Link"))


def test_the_limit_comes_before_the_acl(snow: Servicenow):
    first, second, third = (snow.new_change() for _ in range(3))
    snow.switch(hidden_records=[first, second])

    page = snow.call("GET", CHANGES, sysparm_limit="2", sysparm_query="ORDERBYnumber")
    later = snow.result("GET", CHANGES, sysparm_limit="2", sysparm_offset="2", sysparm_query="ORDERBYnumber")

    assert page.json()["result"] == []
    assert page.headers["X-Total-Count"] == "3"
    assert [row["sys_id"] for row in later] == [third]


def test_a_hidden_record_looks_like_none(snow: Servicenow):
    sys_id = snow.new_change()
    snow.switch(hidden_records=[sys_id])

    hidden = snow.call("GET", f"{CHANGES}/{sys_id}")
    absent = snow.call("GET", f"{CHANGES}/{'f' * 32}")

    assert (hidden.status_code, hidden.json()) == (absent.status_code, absent.json())
    assert absent.status_code == 404
    assert absent.json()["error"] == {
        "message": "No Record found",
        "detail": "Record doesn't exist or ACL restricts the record retrieval",
    }


def test_a_field_one_may_not_read_is_missing(snow: Servicenow):
    snow.switch(hidden_fields={"sys_user": ["email"]})

    found = snow.result("GET", f"/api/now/table/sys_user/{person_id('ada')}")

    assert "email" not in found


def test_no_rows_are_a_404_in_version_1_only(snow: Servicenow):
    query = {"sysparm_query": "number=CHG9999999"}

    assert snow.call("GET", "/api/now/v1/table/change_request", **query).status_code == 404
    assert snow.result("GET", "/api/now/v2/table/change_request", **query) == []
    assert snow.result("GET", "/api/now/table/change_request", **query) == []


def test_an_unknown_table_is_a_400(snow: Servicenow):
    answer = snow.call("GET", "/api/now/table/sys_nonexistent")

    assert answer.status_code == 400
    assert answer.json()["error"] == {
        "message": "Invalid table sys_nonexistent",
        "detail": "Table sys_nonexistent does not exist",
    }


def test_a_negative_offset_is_refused(snow: Servicenow):
    assert snow.call("GET", CHANGES, sysparm_offset="-1").status_code == 400


def test_unknown_paths_and_verbs(snow: Servicenow):
    assert snow.call("GET", "/api/now/nothing").status_code == 400
    assert snow.call("DELETE", CHANGES).status_code == 405


def test_times_are_utc_stored_and_local_shown(snow: Servicenow):
    snow.person("grace", time_zone="Europe/Berlin")
    path = f"{CHANGES}/{snow.new_change(start_date='2026-01-15 12:00:00')}"

    shown = snow.result("GET", path, by="grace", sysparm_display_value="all")["start_date"]
    machine = snow.result("GET", path, sysparm_display_value="all")["start_date"]

    assert shown == {"display_value": "2026-01-15 13:00:00", "value": "2026-01-15 12:00:00"}
    assert machine == {"display_value": "2026-01-15 12:00:00", "value": "2026-01-15 12:00:00"}


def test_the_instance_tells_its_settings_and_choices(snow: Servicenow):
    snow.switch(returns_no_rows=True, mandatory_on_create=["justification"])

    setting = snow.result(
        "GET", "/api/now/table/sys_properties", sysparm_query="name=glide.invalid_query.returns_no_rows"
    )
    codes = snow.result("GET", "/api/now/table/sys_choice", sysparm_query="name=change_request^element=close_code")
    demanded = snow.result(
        "GET", "/api/now/table/sys_dictionary", sysparm_query="name=change_request^mandatory=true^ORDERBYelement"
    )

    assert setting[0]["value"] == "true"
    assert [row["value"] for row in codes] == ["successful", "successful_issues", "unsuccessful"]
    assert [row["element"] for row in demanded] == ["justification", "short_description"]


def test_the_seeded_world(snow: Servicenow):
    users = snow.result("GET", "/api/now/table/sys_user", sysparm_query="web_service_access_only=false")
    cab = snow.result("GET", "/api/now/table/sys_user_group", sysparm_query="name=CAB Approval")
    accounts = snow.result("GET", "/api/now/table/sys_user", sysparm_query="web_service_access_only=true")

    assert not {"alan", "gus", "eve"} & {user["user_name"] for user in users}
    assert next(user["active"] for user in users if user["user_name"] == "otto") == "false"
    assert cab[0]["sys_id"] == "b85d44954a3623120004689b2d5dd60a"
    assert [(a["user_name"], a["time_zone"]) for a in accounts] == [
        ("cabbie.change", "GMT"),
        ("cabbie.approval", "GMT"),
    ]


def test_a_parent_table_knows_its_own_columns_only(snow: Servicenow):
    sys_id = snow.new_change(start_date="2026-01-05 10:00:00")

    task = snow.result("GET", f"/api/now/table/task/{sys_id}")
    picked = snow.result("GET", f"/api/now/table/task/{sys_id}", sysparm_fields="number,start_date,chg_model.name")
    snow.result("PATCH", f"/api/now/table/task/{sys_id}", {"start_date": "", "description": "By the parent"})

    assert {"number", "short_description", "state"} <= task.keys()
    assert not {"start_date", "chg_model", "risk", "type"} & task.keys()
    assert picked == {"number": "CHG0030001"}
    assert snow.change(sys_id)["start_date"] == "2026-01-05 10:00:00"
    assert snow.change(sys_id)["description"] == "By the parent"


def test_a_walk_goes_by_the_table_that_is_referred_to(snow: Servicenow):
    """sysapproval refers to a task: what only a change request has is not to be had that way."""
    snow.switch(flow_seconds=0)
    snow.move(snow.new_change(risk="4"), "-4")
    fields = "sysapproval.number,sysapproval.risk,sysapproval.start_date"

    rows = snow.result("GET", "/api/now/table/sysapproval_approver", sysparm_fields=fields, sysparm_limit="1")

    assert rows == [{"sysapproval.number": "CHG0030001"}]
