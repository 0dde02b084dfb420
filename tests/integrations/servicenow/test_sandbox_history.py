"""What a record held before, and what was said about it."""

from tests.integrations.servicenow.conftest import Servicenow, person_id

CHANGES = "/api/now/table/change_request"
AUDIT = "/api/now/table/sys_audit"


def test_every_change_of_a_column_is_kept(snow: Servicenow):
    snow.switch(audit_readable=True)
    path = f"{CHANGES}/{snow.new_change(justification='First')}"

    snow.result("PATCH", path, {"justification": "Second", "urgency": "1"})
    snow.result("PATCH", path, {"justification": "Third"}, by="tom")
    snow.result("PATCH", path, {"justification": "Third"}, by="tom")

    rows = snow.result("GET", AUDIT, sysparm_query=f"documentkey={path.rpartition('/')[2]}^ORDERBYrecord_checkpoint")
    told = [(r["fieldname"], r["oldvalue"], r["newvalue"], r["user"], r["record_checkpoint"]) for r in rows]
    assert told == [
        ("justification", "First", "Second", "cabbie.change", "1"),
        ("urgency", "3", "1", "cabbie.change", "1"),
        ("justification", "Second", "Third", "tom", "2"),
    ]


def test_a_vote_is_kept_with_who_wrote_it(snow: Servicenow):
    snow.switch(audit_readable=True, flow_seconds=0)
    sys_id = snow.new_change()
    snow.move(sys_id, "-4")
    query = f"sysapproval={sys_id}^approver={person_id('ada')}"
    row = snow.result("GET", "/api/now/table/sysapproval_approver", sysparm_query=query)[0]["sys_id"]

    snow.result(
        "PATCH", f"/api/now/table/sysapproval_approver/{row}", {"state": "approved", "comments": "Ok"}, by="approval"
    )

    rows = snow.result("GET", AUDIT, sysparm_query=f"tablename=sysapproval_approver^documentkey={row}")
    assert [(r["fieldname"], r["oldvalue"], r["newvalue"], r["user"]) for r in rows] == [
        ("state", "requested", "approved", "cabbie.approval"),
        ("comments", "", "Ok", "cabbie.approval"),
    ]


def test_history_is_an_administrators_unless_the_instance_says_otherwise(snow: Servicenow):
    sys_id = snow.new_change()
    snow.result("PATCH", f"{CHANGES}/{sys_id}", {"justification": "x"})
    snow.person("katherine", roles=["admin"])

    refused = snow.call("GET", AUDIT)
    by_admin = snow.result("GET", AUDIT, by="katherine", sysparm_query=f"documentkey={sys_id}")

    assert (refused.status_code, len(by_admin)) == (403, 1)


def test_history_cannot_be_written(snow: Servicenow):
    snow.switch(audit_readable=True)
    snow.result("PATCH", f"{CHANGES}/{snow.new_change()}", {"justification": "x"})
    row = snow.result("GET", AUDIT)[0]["sys_id"]

    assert snow.call("PATCH", f"{AUDIT}/{row}", {"newvalue": "y"}).status_code == 403
    assert snow.call("POST", AUDIT, {"newvalue": "y"}).status_code == 403
    assert snow.call("DELETE", f"{AUDIT}/{row}").status_code == 403


def test_what_a_record_is_born_with_is_no_change(snow: Servicenow):
    snow.switch(audit_readable=True)
    snow.new_change(justification="First")

    assert snow.result("GET", AUDIT) == []


def test_a_journal_entry_tells_who_wrote_it_where(snow: Servicenow):
    path = f"{CHANGES}/{snow.new_change()}"
    snow.result("PATCH", path, {"work_notes": "Looked at the graphs"}, by="tom")

    query = f"element_id={path.rpartition('/')[2]}^element=work_notes"
    entry = snow.result("GET", "/api/now/table/sys_journal_field", sysparm_query=query)[0]

    assert (entry["name"], entry["value"], entry["sys_created_by"]) == (
        "change_request",
        "Looked at the graphs",
        "tom",
    )
    assert snow.result("GET", path)["work_notes"] == ""


def test_journals_that_only_an_administrator_reads(snow: Servicenow):
    snow.switch(journals_readable=False)
    snow.person("katherine", roles=["admin"])
    snow.result("PATCH", f"{CHANGES}/{snow.new_change()}", {"work_notes": "x"})

    assert snow.call("GET", "/api/now/table/sys_journal_field").status_code == 403
    assert len(snow.result("GET", "/api/now/table/sys_journal_field", by="katherine")) == 1
