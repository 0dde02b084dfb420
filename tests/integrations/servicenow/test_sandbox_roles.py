"""What each role may read and write; what is hidden is missing."""

import pytest

from tests.integrations.servicenow.conftest import Servicenow, person_id

CHANGES = "/api/now/table/change_request"
CHANGE_API = "/api/sn_chg_rest/change"
APPROVALS = "/api/now/table/sysapproval_approver"


@pytest.fixture
def change(snow: Servicenow) -> str:
    snow.switch(flow_seconds=0)
    sys_id = snow.new_change(requested_by=person_id("linus"))
    snow.move(sys_id, "-4")
    return sys_id


@pytest.fixture
def plain(snow: Servicenow) -> str:
    """Ada, who only approves: no itil any more."""
    snow.person("ada", without_roles=["itil"])
    return "ada"


def test_a_plain_approver_reads_no_change(snow: Servicenow, change: str, plain: str):
    listed = snow.call("GET", CHANGES, by=plain)
    read = snow.call("GET", f"{CHANGES}/{change}", by=plain)
    by_change_api = snow.call("GET", f"{CHANGE_API}/{change}", by=plain)
    tasks = snow.call("GET", "/api/now/table/task", by=plain)

    assert {listed.status_code, read.status_code, by_change_api.status_code, tasks.status_code} == {403}
    assert listed.json()["error"] == {"message": "Insufficient rights to query records", "detail": None}


def test_a_plain_approver_sees_and_answers_their_own_row_only(snow: Servicenow, change: str, plain: str):
    rows = snow.result("GET", APPROVALS, by=plain, sysparm_fields="sys_id,approver.user_name,sysapproval.number")

    answer = snow.call("PATCH", f"{APPROVALS}/{rows[0]['sys_id']}", {"state": "approved"}, by=plain)

    assert [{name: row[name] for name in row if name != "sys_id"} for row in rows] == [{"approver.user_name": "ada"}]
    assert answer.status_code == 200
    assert snow.change(change)["state"] == "-3"


def test_a_plain_approver_may_use_the_change_api_to_answer_only_where_they_may_read(
    snow: Servicenow, change: str, plain: str
):
    assert snow.call("PATCH", f"{CHANGE_API}/{change}/approvals", {"state": "approved"}, by=plain).status_code == 403


def test_an_itil_user_reads_every_row_and_decides_none_but_their_own(snow: Servicenow, change: str):
    rows = snow.result("GET", APPROVALS, by="tom", sysparm_query=f"sysapproval={change}")

    answers = [snow.call("PATCH", f"{APPROVALS}/{row['sys_id']}", {"state": "approved"}, by="tom") for row in rows]

    assert len(rows) == 3
    assert {answer.status_code for answer in answers} == {403}


def test_an_itil_user_writes_changes_and_deletes_none(snow: Servicenow, change: str):
    written = snow.call("PATCH", f"{CHANGES}/{change}", {"justification": "Mine"}, by="tom")

    assert written.json()["result"]["sys_updated_by"] == "tom"
    assert snow.call("DELETE", f"{CHANGES}/{change}", by="tom").status_code == 403


def test_a_change_manager_deletes_and_what_hung_on_the_change_is_gone(snow: Servicenow, change: str):
    snow.result("PATCH", f"{CHANGES}/{change}", {"work_notes": "A note"})
    snow.result("POST", f"{CHANGE_API}/{change}/task", {"short_description": "A task"})

    answer = snow.call("DELETE", f"{CHANGES}/{change}", by="katherine")

    assert answer.status_code == 204
    for table, column in (
        ("sysapproval_approver", "sysapproval"),
        ("sysapproval_group", "parent"),
        ("change_task", "change_request"),
        ("sys_journal_field", "element_id"),
    ):
        assert snow.result("GET", f"/api/now/table/{table}", sysparm_query=f"{column}={change}") == []


def test_an_administrator_writes_what_nobody_else_does(snow: Servicenow, change: str):
    row = snow.result("GET", APPROVALS, sysparm_query=f"sysapproval={change}")[0]["sys_id"]
    snow.person("katherine", roles=["admin"])

    moved = snow.call("PATCH", f"{APPROVALS}/{row}", {"approver": person_id("tom")}, by="katherine")
    user = snow.call("PATCH", f"/api/now/table/sys_user/{person_id('tom')}", {"title": "Lead"}, by="katherine")

    assert moved.json()["result"]["approver"]["value"] == person_id("tom")
    assert user.json()["result"]["title"] == "Lead"


def test_a_field_may_be_hidden_from_one_account(snow: Servicenow, change: str):
    snow.switch(hidden_fields={"cabbie.approval@change_request": ["justification"]})

    hidden = snow.result("GET", f"{CHANGES}/{change}", by="approval")
    by_change_api = snow.result("GET", f"{CHANGE_API}/{change}", by="approval")
    seen = snow.result("GET", f"{CHANGES}/{change}")

    assert "justification" not in hidden and "justification" not in by_change_api
    assert "justification" in seen


def test_a_hidden_field_is_not_seen_through_a_reference_either(snow: Servicenow, change: str):
    snow.switch(hidden_fields={"sys_user": ["email"]})

    found = snow.result("GET", f"{CHANGES}/{change}", sysparm_fields="number,requested_by.email,requested_by.name")

    assert found == {"number": "CHG0030001", "requested_by.name": "Linus Torres"}


def test_a_hidden_record_is_not_seen_through_a_reference_either(snow: Servicenow, change: str):
    snow.switch(hidden_records=[person_id("linus")])

    found = snow.result("GET", f"{CHANGES}/{change}", sysparm_fields="number,requested_by.name,requested_by")

    assert found["requested_by"]["value"] == person_id("linus")
    assert "requested_by.name" not in found


@pytest.mark.parametrize(("suffices", "status"), [(True, 200), (False, 403)])
def test_whether_sn_change_write_is_enough_for_the_change_api(snow: Servicenow, suffices: bool, status: int):
    snow.switch(sn_change_write_suffices=suffices)
    snow.person("cabbie.change", without_roles=["itil"])

    made = snow.call("POST", CHANGE_API, {"short_description": "x"})
    by_table = snow.call("POST", CHANGES, {"short_description": "x"})

    assert (made.status_code, by_table.status_code) == (status, 201)


@pytest.mark.parametrize("role", ["itil", "change_manager", "admin"])
def test_the_documented_roles_always_are(snow: Servicenow, role: str):
    snow.switch(sn_change_write_suffices=False)
    snow.person("cabbie.change", without_roles=["itil", "sn_change_write"], roles=[role])

    assert snow.call("POST", CHANGE_API, {"short_description": "x"}).status_code == 200


def test_a_reader_writes_nothing(snow: Servicenow, change: str):
    snow.person("cabbie.change", without_roles=["itil", "sn_change_write"], roles=["sn_change_read"])

    assert snow.call("GET", f"{CHANGE_API}/{change}").status_code == 200
    assert snow.call("PATCH", f"{CHANGE_API}/{change}", {"justification": "x"}).status_code == 403
    assert snow.call("POST", f"{CHANGE_API}/{change}/task", {"short_description": "x"}).status_code == 403


@pytest.mark.parametrize("role", ["approver_user", "approval_user"])
def test_the_approvers_role_has_one_of_two_names(snow: Servicenow, role: str):
    snow.switch(approver_role=role)
    query = f"user={person_id('grace')}^role.nameSTARTSWITHappro"

    held = snow.result(
        "GET", "/api/now/table/sys_user_has_role", sysparm_query=query, sysparm_fields="role.name"
    )  # fmt: skip

    assert held == [{"role.name": role}]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", "{change}"),
        ("PATCH", "{change}/risk"),
        ("PATCH", "{change}/approvals"),
        ("POST", "{change}/conflict"),
        ("POST", "{change}/ci"),
        ("POST", "{change}/refresh_impacted_services"),
        ("POST", "{change}/task"),
        ("PATCH", "{change}/task/{task}"),
    ],
)
def test_where_sn_change_write_is_not_enough_it_is_so_everywhere(snow: Servicenow, change: str, method: str, path: str):
    task = snow.result("POST", f"{CHANGE_API}/{change}/task", {"short_description": "x"})["sys_id"]["value"]
    snow.switch(sn_change_write_suffices=False)
    snow.person("cabbie.change", without_roles=["itil"])

    answer = snow.call(method, f"{CHANGE_API}/{path.format(change=change, task=task)}", {"state": "approved"})

    assert answer.status_code == 403


def test_models_are_for_those_who_read_changes(snow: Servicenow, plain: str):
    model = snow.result("GET", f"{CHANGE_API}/model")[0]["sys_id"]["value"]

    assert snow.call("GET", f"{CHANGE_API}/model", by=plain).status_code == 403
    assert snow.call("GET", f"{CHANGE_API}/model/{model}", by=plain).status_code == 403
