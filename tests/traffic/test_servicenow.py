"""The checker of ServiceNow's traffic bites."""

from typing import Any
from urllib.parse import urlencode

import pytest

from integrations.servicenow.sandbox.data.schema import TABLES as STANDIN
from integrations.servicenow.sandbox.data.schema import column_at
from tests.traffic.call import Call
from tests.traffic.calls import CHANGE_ID, FORM, JSON, servicenow
from tests.traffic.servicenow import complaints
from tests.traffic.servicenow_tables import TABLES

CHANGE = "/sn_chg_rest/v1/change"
ONE_CHANGE = f"{CHANGE}/{CHANGE_ID}"
ROWS = "/now/table/sysapproval_approver"
ROW = f"{ROWS}/{CHANGE_ID}"
NEW = {"chg_model": "normal", "type": "normal", "correlation_id": "cabbie-1", "short_description": "x", "risk": "3"}
READ = {"sysparm_query": f"sysapproval={CHANGE_ID}", "sysparm_fields": "sys_id,approver.email", "sysparm_limit": "10"}
PYSNOW = {"sysparm_query": "", "sysparm_limit": "10000", "sysparm_display_value": "False", "sysparm_view": ""}
ERROR = {"error": {"message": "Operation Failed", "detail": "ACL Exception"}, "status": "failure"}


def asking(query: str, table: str = "change_request") -> Call:
    return servicenow("GET", f"/now/table/{table}", sysparm_query=query, sysparm_fields="sys_id", sysparm_limit="2")


def token(**form: str) -> Call:
    return Call("POST /oauth_token.do", "POST", "/oauth_token.do", body=urlencode(form), headers=FORM)


def revocation(query: str = "", **form: str) -> Call:
    path = "/oauth_revoke_token.do"
    return Call(f"POST {path}", "POST", path, query=query, body=urlencode(form), headers=FORM)


GOOD = [
    servicenow("GET", ROWS, **READ, answer={"result": [{"sys_id": CHANGE_ID, "approver.email": "ada@acme.example"}]}),
    servicenow("PATCH", ROW, {"state": "rejected", "comments": "why"}, **PYSNOW),
    servicenow("POST", CHANGE, NEW, answer={"result": {"sys_id": {"display_value": "x", "value": "x"}}}),
    servicenow("POST", CHANGE, NEW, answer={"result": [{"sys_id": CHANGE_ID}]}),
    servicenow("PATCH", ONE_CHANGE, {"state": "-1"}, status=403, answer=ERROR),
    servicenow(
        "PATCH",
        ONE_CHANGE,
        {"risk": "3"},
        answer={"result": {"risk": {"value": "3", "display_value": "Low"}, "__meta": {"ignoredFields": ["risk"]}}},
    ),
    servicenow("GET", f"{ONE_CHANGE}/nextstates"),
    servicenow("POST", "/now/table/change_task", {"change_request": CHANGE_ID, "short_description": "x"}, **PYSNOW),
    asking(f"sysapprovalIN{CHANGE_ID},{CHANGE_ID}^sys_updated_on>=2026-11-23 10:00:00^ORDERBYsys_id", ROWS[11:]),
    asking("email=a@b.c^ORemail=A@b.c^active=true", "sys_user"),
    asking("sys_id=javascript:gs.getUserID()", "sys_user"),
    asking(f"groupIN{CHANGE_ID}^user.active=true", "sys_user_grmember"),
    token(grant_type="client_credentials", client_id="a", client_secret="b"),
    token(grant_type="refresh_token", client_id="a", client_secret="b", refresh_token="c"),
    revocation(token="c"),
]
BAD = {
    "an address of no API": (servicenow("GET", "/now/stats/change_request"), "no documented call"),
    "a verb it does not have": (servicenow("DELETE", ROW), "no documented call"),
    "a table of no use": (servicenow("GET", "/now/table/sys_script", **READ), "no table that Cabbie needs"),
    "no limit": (servicenow("GET", ROWS, sysparm_query="", sysparm_fields="sys_id"), "no sysparm_limit"),
    "no fields": (servicenow("GET", ROWS, sysparm_query="", sysparm_limit="1"), "no sysparm_fields"),
    "a sysparm of nobody's": (servicenow("GET", ROWS, **READ, sysparm_sort="x"), "sysparm_sort is no parameter"),
    "a negative offset": (servicenow("GET", ROWS, **READ, sysparm_offset="-1"), "sysparm_offset=-1"),
    "an unknown field read": (servicenow("GET", ROWS, **{**READ, "sysparm_fields": "colour"}), "not document colour"),
    "an unknown column asked": (asking("corelation_id=x"), "asks for corelation_id"),
    "an unknown order": (asking("number=CHG1^ORDERBYcolour"), "orders by colour"),
    "an unknown operator": (asking("number~CHG0030001"), "no condition"),
    "an operator of small letters": (asking("numberlikeCHG"), "no condition"),
    "an injected condition": (asking("correlation_id=x^active"), "no condition: 'active'"),
    "an empty value": (asking("correlation_id="), "has no value"),
    "a label for a state": (asking("state=assess"), "state='assess'"),
    "a walk to nowhere": (asking("assignment_group.colour=red"), "assignment_group.colour"),
    "a script": (asking("number=javascript:gs.log(1)"), "has the server run"),
    "a date with a T": (asking("sys_updated_on>=2026-11-23T10:00:00"), "sys_updated_on>="),
    "an unknown field written": (servicenow("PATCH", ONE_CHANGE, {"colour": "red"}), "does not document colour"),
    "the documents' own typo": (servicenow("PATCH", ONE_CHANGE, {"short_desription": "x"}), "short_desription"),
    "a number for a string": (servicenow("PATCH", ONE_CHANGE, {"state": -1}), "no string"),
    "a label written": (servicenow("PATCH", ONE_CHANGE, {"state": "Implement"}), "a label where the number is due"),
    "a field of the system's": (servicenow("PATCH", ONE_CHANGE, {"approval": "approved"}), "not a client's to write"),
    "an approver's name written": (servicenow("PATCH", ROW, {"approver": CHANGE_ID}), "not a client's to write"),
    "a write to people": (servicenow("PATCH", f"/now/table/sys_user/{CHANGE_ID}", {"active": "true"}), "a write to"),
    "a title too long": (servicenow("PATCH", ONE_CHANGE, {"short_description": "x" * 161}), "(161 characters)"),
    "a name for a sys_id": (servicenow("PATCH", ONE_CHANGE, {"assignment_group": "CAB"}), "assignment_group is 'CAB'"),
    "a pair in the URL": (servicenow("PATCH", ONE_CHANGE, {"state": "-1"}, sysparm_query=""), "pairs in the URL"),
    "a state on create": (servicenow("POST", CHANGE, NEW | {"state": "-5"}), "a state on create"),
    "a change without its key": (servicenow("POST", CHANGE, NEW | {"correlation_id": ""}), "no correlation_id"),
    "another call's query": (
        servicenow("PATCH", ROW, {"state": "approved"}, **{**PYSNOW, "sysparm_query": "number=1"}),
        "sysparm_query=number=1",
    ),
    "a rejection without a word": (servicenow("PATCH", ROW, {"state": "rejected"}), "without comments"),
    "a password grant": (token(grant_type="password", username="a", password="b"), "a grant of"),
    "a code without its verifier": (
        token(grant_type="authorization_code", client_id="a", client_secret="b", code="c", redirect_uri="d"),
        "a grant of",
    ),
    "a token in the URL": (revocation("token=c"), "a revocation of"),
    "no Accept": (
        Call("x", "PATCH", f"/api{ROW}", body='{"state": "approved"}', headers={"content-type": JSON["accept"]}),
        "either missing is a 400",
    ),
    "an answer that ignored a field": (
        servicenow("PATCH", ONE_CHANGE, {"risk": "3"}, answer={"result": {"__meta": {"ignoredFields": ["risk"]}}}),
        "it ignored risk",
    ),
    "an answer that says it was malformed": (
        servicenow("PATCH", ONE_CHANGE, {"risk": "3"}, status=400, answer=ERROR),
        "refused as malformed",
    ),
    "an error in another form": (
        servicenow("PATCH", ONE_CHANGE, {"risk": "3"}, status=403, answer={"error": "no"}),
        "an error in another form",
    ),
    "a number in a table's row": (
        servicenow("GET", ROWS, **READ, answer={"result": [{"sys_id": 5}]}),
        "sys_id is 5",
    ),
    "a column nobody asked for": (
        servicenow("GET", ROWS, **READ, answer={"result": [{"state": "approved"}]}),
        "columns that nobody asked for",
    ),
    "one record for a list": (servicenow("GET", ROWS, **READ, answer={"result": {}}), "result is a dict"),
}


@pytest.mark.parametrize("call", GOOD)
def test_what_servicenow_documents_passes(call: Any) -> None:
    assert list(complaints(call)) == []


@pytest.mark.parametrize("name", BAD)
def test_what_it_does_not_is_told(name: str) -> None:
    call, wanted = BAD[name]

    assert any(wanted in line for line in complaints(call)), list(complaints(call))


def test_the_stand_in_has_every_column_that_is_documented() -> None:
    missing = [f"{name}.{c}" for name, table in TABLES.items() for c in table.columns if column_at(name, c) is None]

    assert TABLES.keys() <= STANDIN.keys()
    assert missing == []
