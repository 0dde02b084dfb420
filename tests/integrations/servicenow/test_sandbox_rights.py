"""What each account may do: one opens and moves, one records approvals, neither does the other's work."""

import pytest
import requests

from tests.integrations.servicenow.conftest import Servicenow, person_id

CHANGES = "/api/now/table/change_request"
APPROVALS = "/api/now/table/sysapproval_approver"


def asked(snow: Servicenow) -> tuple[str, str]:
    """A change, and ada's row on it."""
    sys_id = snow.new_change()
    snow.move(sys_id, "-4")
    snow.until_asked(sys_id, "ada")
    query = f"sysapproval={sys_id}^approver.email=ada@acme.example^state=requested"
    return sys_id, snow.result("GET", APPROVALS, sysparm_query=query)[0]["sys_id"]


def is_acl(answer: requests.Response, operation: str) -> bool:
    return answer.status_code == 403 and answer.json() == {
        "error": {
            "message": "Operation Failed",
            "detail": f"ACL Exception {operation} Failed due to security constraints",
        },
        "status": "failure",
    }


def test_the_change_account_reads_approvals_and_cannot_decide_them(snow: Servicenow):
    _, row = asked(snow)

    answer = snow.call("PATCH", f"{APPROVALS}/{row}", {"state": "approved", "comments": "me"})

    assert is_acl(answer, "Update")
    assert snow.result("GET", f"{APPROVALS}/{row}")["state"] == "requested"


def test_the_approval_account_records_a_decision(snow: Servicenow):
    sys_id, row = asked(snow)
    body = {"state": "approved", "comments": "Recorded for Ada Lovelace", "approver": person_id("grace")}

    written = snow.result("PATCH", f"{APPROVALS}/{row}", body, by="approval")

    assert (written["state"], written["comments"], written["sys_updated_by"]) == ("approved", "", "cabbie.approval")
    assert written["approver"]["value"] == person_id("ada")
    snow.until_state(sys_id, "-3")
    decided = next(r for r in snow.state()["approvals"] if r["approver"] == "ada")
    assert decided["comments"] == [{"by": "cabbie.approval", "text": "Recorded for Ada Lovelace"}]


def test_the_approval_account_writes_nothing_else(snow: Servicenow):
    sys_id, row = asked(snow)
    task = {"change_request": sys_id, "short_description": "x"}

    def tried(method: str, path: str, body: dict[str, str] | None = None) -> requests.Response:
        return snow.call(method, path, body, by="approval")

    assert is_acl(tried("PATCH", f"{CHANGES}/{sys_id}", {"work_notes": "x"}), "Update")
    assert is_acl(tried("PATCH", f"{APPROVALS}/{row}", {"approver": person_id("grace")}), "Update")
    assert is_acl(tried("POST", CHANGES, {"short_description": "x"}), "Insert")
    assert is_acl(tried("POST", "/api/now/table/change_task", task), "Insert")
    assert is_acl(tried("POST", APPROVALS, {"sysapproval": sys_id}), "Insert")
    assert tried("PATCH", f"/api/sn_chg_rest/change/{sys_id}", {"state": "4"}).status_code == 403
    assert tried("POST", "/api/sn_chg_rest/change", {"short_description": "x"}).status_code == 403


def test_the_approval_account_is_limited_to_changes(snow: Servicenow):
    other = {"approver": person_id("ada"), "source_table": "sc_request"}
    row = snow.result("POST", APPROVALS, other)["sys_id"]

    assert is_acl(snow.call("PATCH", f"{APPROVALS}/{row}", {"state": "approved"}, by="approval"), "Update")


def test_the_approval_account_reads_what_it_needs(snow: Servicenow):
    sys_id, _ = asked(snow)

    assert snow.result("GET", f"{CHANGES}/{sys_id}", by="approval")["number"] == "CHG0030001"
    assert len(snow.result("GET", APPROVALS, by="approval", sysparm_query=f"sysapproval={sys_id}")) == 3


@pytest.mark.parametrize(
    "table", ["sys_user", "sys_user_group", "sys_user_grmember", "sys_properties", "cmdb_ci_service"]
)
def test_neither_account_writes_people_groups_or_settings(snow: Servicenow, table: str):
    first = snow.result("GET", f"/api/now/table/{table}", sysparm_limit="1")[0]["sys_id"]

    for account in ("change", "approval"):
        assert is_acl(snow.call("PATCH", f"/api/now/table/{table}/{first}", {"name": "x"}, by=account), "Update")
        assert is_acl(snow.call("POST", f"/api/now/table/{table}", {"name": "x"}, by=account), "Insert")


def test_neither_account_deletes_changes(snow: Servicenow):
    sys_id = snow.new_change()

    assert is_acl(snow.call("DELETE", f"{CHANGES}/{sys_id}"), "Delete")
    assert is_acl(snow.call("DELETE", f"{CHANGES}/{sys_id}", by="approval"), "Delete")


def test_a_person_decides_their_own_row_only(snow: Servicenow):
    _, row = asked(snow)

    others = snow.call("PATCH", f"{APPROVALS}/{row}", {"state": "approved"}, by="margaret")
    own = snow.call("PATCH", f"{APPROVALS}/{row}", {"state": "approved"}, by="ada")

    assert is_acl(others, "Update")
    assert own.json()["result"]["sys_updated_by"] == "ada"
