"""The stand-in beside ServiceNow's own example payloads: the same status, the same shape, the same kinds of value.

The examples are not part of this repository. Set CABBIE_CONFORMANCE to the folder that holds ``golden/servicenow``.
"""

import json
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import pytest
import requests

from tests.integrations.servicenow.conftest import Servicenow

FOLDER = Path(os.environ.get("CABBIE_CONFORMANCE", "")) / "golden" / "servicenow"

pytestmark = pytest.mark.skipif(
    not os.environ.get("CABBIE_CONFORMANCE"),
    reason="set CABBIE_CONFORMANCE to the folder that holds golden/servicenow to compare with the vendor's examples",
)

CHANGES = "/api/sn_chg_rest/v1/change"
DOCUMENTED_SHAPE = {"array_results": True, "bare_sys_id": True, "string_values": True}
Asking = Callable[[Servicenow], requests.Response]


def in_assess(snow: Servicenow) -> str:
    sys_id = snow.new_change()
    snow.move(sys_id, "-4")
    snow.until_asked(sys_id, "ada")
    return sys_id


def in_implement(snow: Servicenow) -> str:
    sys_id = snow.scheduled()
    snow.move(sys_id, "-1")
    return sys_id


def attach(snow: Servicenow) -> requests.Response:
    headers = {**snow.headers("change"), "Content-Type": "application/json"}
    about = {"table_name": "change_request", "table_sys_id": snow.new_change(), "file_name": "evidence.json"}
    return requests.post(f"{snow.url}/api/now/attachment/file", data=b"{}", params=about, headers=headers, timeout=5)


def attached(snow: Servicenow) -> requests.Response:
    attach(snow)
    return snow.call("GET", "/api/now/attachment", sysparm_limit="1")


def with_documented_shape(ask: Asking) -> Asking:
    """In the shape that the examples of the typed paths have."""

    def asking(snow: Servicenow) -> requests.Response:
        snow.switch(**DOCUMENTED_SHAPE)
        return ask(snow)

    return asking


def task_of(snow: Servicenow) -> requests.Response:
    snow.switch(array_results=True)
    return snow.call("POST", f"{CHANGES}/{snow.new_change()}/task", short_description="Retire", no_such_field="x")


def task_changed(snow: Servicenow) -> requests.Response:
    made = task_of(snow).json()["result"][0]
    path = f"{CHANGES}/{made['parent']['value']}/task/{made['sys_id']['value']}"
    return snow.call("PATCH", path, {"no_such_field": "x"}, short_description="Retire both")


def item(snow: Servicenow, name: str = "Search") -> str:
    return str(snow.result("GET", "/api/now/table/cmdb_ci", sysparm_query=f"name={name}")[0]["sys_id"])


def planned(snow: Servicenow, kind: str = "") -> str:
    """The path of a change that can be scheduled."""
    dates = {"start_date": "2030-01-01 10:00:00", "end_date": "2030-01-01 12:00:00"}
    return f"{CHANGES}/{snow.new_change(cmdb_ci=item(snow), **dates)}{kind}"


def attached_by_form(snow: Servicenow) -> requests.Response:
    headers = {"Authorization": snow.headers("change")["Authorization"], "Accept": "application/json"}
    about = {"table_name": "change_request", "table_sys_id": snow.new_change()}
    files = {"uploadFile": ("evidence.json", b"{}", "application/json")}
    return requests.post(f"{snow.url}/api/now/attachment/upload", data=about, files=files, headers=headers, timeout=5)


def without_conflict(snow: Servicenow) -> requests.Response:
    snow.switch(flow_seconds=0)
    path = planned(snow, "/conflict")
    snow.call("POST", path)
    return snow.call("GET", path)


def item_added(snow: Servicenow) -> requests.Response:
    snow.switch(flow_seconds=0)
    body = {"cmdb_ci_sys_ids": f"{item(snow)},{item(snow, 'Solo Tool')}", "association_type": "affected"}
    return snow.call("POST", planned(snow, "/ci"), body)


def items(snow: Servicenow) -> requests.Response:
    asked = json.loads(item_added(snow).json()["result"]["request"])
    return snow.call("GET", f"{CHANGES}/{asked['task']}/ci", association_type="affected")


def worker(snow: Servicenow) -> requests.Response:
    snow.switch(flow_seconds=0)
    started = snow.call("POST", planned(snow, "/refresh_impacted_services"))
    return snow.call("GET", f"{CHANGES}/worker/{started.json()['result']['worker']['sysId']}")


def from_template(snow: Servicenow) -> requests.Response:
    snow.switch(array_results=True)
    template = snow.result("GET", f"{CHANGES}/standard/template")[0]["sys_id"]["value"]
    return snow.call("POST", f"{CHANGES}/standard/{template}", no_such_field="x", short_description="y")


def refused_plan(snow: Servicenow) -> requests.Response:
    """A change from a template keeps its description."""
    made = from_template(snow).json()["result"][0]
    return snow.call("PATCH", f"{CHANGES}/{made['sys_id']['value']}", {"state": "Scheduled", "description": "Mine"})


def signed_in(snow: Servicenow, **form: str) -> requests.Response:
    s = snow.secrets
    client = {"client_id": s.servicenow_user_client_id, "client_secret": s.servicenow_user_client_secret}
    return requests.post(f"{snow.url}/oauth_token.do", data={**client, **form}, timeout=5)


def by_password(snow: Servicenow) -> requests.Response:
    password = token_urlsafe(16)
    snow.switch(password_grant={"ada": password})
    return signed_in(snow, grant_type="password", username="ada", password=password)


def refreshed(snow: Servicenow) -> requests.Response:
    return signed_in(snow, grant_type="refresh_token", refresh_token=by_password(snow).json()["refresh_token"])


def cancelled(snow: Servicenow) -> requests.Response:
    snow.headers("change")
    snow.switch(cancelled_transactions=[{"call": "POST */incident"}])
    return snow.call("POST", "/api/now/table/incident", {"short_description": "x"})


def incident(snow: Servicenow, method: str = "", **body: str) -> requests.Response:
    """One just opened, asked for again by the method."""
    about = {"short_description": "Unable to connect", "urgency": "2", "impact": "2"}
    about["assignment_group"] = snow.group("Payments Engineering")
    opened = snow.call("POST", "/api/now/table/incident", about)
    path = f"/api/now/table/incident/{opened.json()['result']['sys_id']}"
    return snow.call(method, path, body or None) if method else opened


def conflict(method: str) -> Asking:
    def ask(snow: Servicenow) -> requests.Response:
        item = snow.result("GET", "/api/now/table/cmdb_ci", sysparm_query="name=Search")[0]["sys_id"]
        dates = {"start_date": "2030-01-01 10:00:00", "end_date": "2030-01-01 12:00:00"}
        snow.switch(flow_seconds=0)
        snow.new_change(cmdb_ci=item, **dates)
        path = f"{CHANGES}/{snow.new_change(cmdb_ci=item, **dates)}/conflict"
        started = snow.call("POST", path)
        return started if method == "POST" else snow.call(method, path)

    return ask


def approver_rows(snow: Servicenow) -> requests.Response:
    fields = "sys_id,state,approver,sysapproval,document_id,source_table,group,comments,due_date,sys_updated_on"
    query = f"sysapproval={in_assess(snow)}^state=requested"
    return snow.call(
        "GET", "/api/now/table/sysapproval_approver", sysparm_query=query, sysparm_fields=fields, sysparm_limit="1"
    )


def refused_vote(snow: Servicenow) -> requests.Response:
    in_assess(snow)
    row = snow.result("GET", "/api/now/table/sysapproval_approver")[0]["sys_id"]
    return snow.call("PATCH", f"/api/now/table/sysapproval_approver/{row}", {"state": "approved"})


def limited(snow: Servicenow) -> requests.Response:
    snow.headers("change")
    snow.switch(rate_limit=0)
    return snow.call("GET", "/api/now/v2/table/change_request")


ASKED: dict[str, Asking] = {
    "oauth_password": by_password,
    "oauth_refresh": refreshed,
    "oauth_client_credentials": lambda snow: snow.token("change"),
    "chg_create_by_model": lambda snow: snow.call(
        "POST", CHANGES, {"chg_model": "Standard", "description": "x", "short_description": "y", "type": "Standard"}
    ),
    "chg_create_normal": with_documented_shape(
        lambda snow: snow.call("POST", f"{CHANGES}/normal", no_such_field="x", short_description="y")
    ),
    "chg_create_emergency": with_documented_shape(
        lambda snow: snow.call("POST", f"{CHANGES}/emergency", no_such_field="x", short_description="y")
    ),
    "chg_get": lambda snow: snow.call("GET", f"{CHANGES}/{snow.new_change()}"),
    "chg_list": lambda snow: (snow.new_change(), snow.call("GET", CHANGES, sysparm_query="active=true"))[1],
    "chg_patch": lambda snow: snow.call("PATCH", f"{CHANGES}/{snow.new_change()}", {"description": "x"}),
    "chg_patch_normal_assess": with_documented_shape(
        lambda snow: snow.call(
            "PATCH", f"{CHANGES}/normal/{_id(snow)}", {"state": "assess", "no_such_field": "x"}, state="assess"
        )
    ),
    "chg_patch_emergency": with_documented_shape(
        lambda snow: snow.call("PATCH", f"{CHANGES}/emergency/{_id(snow, 'emergency')}", {"no_such_field": "x"})
    ),
    "chg_nextstates": lambda snow: snow.call("GET", f"{CHANGES}/{in_implement(snow)}/nextstates"),
    "chg_approvals_approve": with_documented_shape(
        lambda snow: snow.call("PATCH", f"{CHANGES}/{_asked_id(snow)}/approvals", {"state": "approved"}, by="ada")
    ),
    "chg_task_post": task_of,
    "chg_task_patch": task_changed,
    "chg_risk_patch": lambda snow: snow.call("PATCH", f"{CHANGES}/{snow.new_change()}/risk"),
    "chg_model_list": lambda snow: snow.call("GET", f"{CHANGES}/model"),
    "chg_conflict_post": conflict("POST"),
    "chg_conflict_get_none": without_conflict,
    "chg_ci_post": item_added,
    "chg_ci_get": items,
    "chg_refresh_impacted_services": lambda snow: snow.call("POST", planned(snow, "/refresh_impacted_services")),
    "chg_schedule_get": lambda snow: snow.call("GET", planned(snow, "/schedule")),
    "chg_schedule_first_available": lambda snow: snow.call(
        "PATCH", planned(snow, "/schedule/first_available"), {"duration_in_seconds": "10800"}
    ),
    "chg_worker_get": worker,
    "chg_std_template_list": lambda snow: snow.call(
        "GET", f"{CHANGES}/standard/template", sysparm_query="active=true^ORDERBYnumber"
    ),
    "chg_create_standard_from_template": from_template,
    "chg_conflict_get_some": conflict("GET"),
    "chg_conflict_delete": conflict("DELETE"),
    "attachment_file_post": attach,
    "attachment_upload_post": attached_by_form,
    "attachment_list": attached,
    "approval_list_shape_synthetic": approver_rows,
    "table_get_list": lambda snow: (
        snow.result("POST", "/api/now/table/problem", {"short_description": "x"}),
        snow.result("POST", "/api/now/table/problem", {"short_description": "y"}),
        snow.call("GET", "/api/now/table/problem", sysparm_limit="1"),
    )[2],
    "table_get_one": lambda snow: incident(snow, "GET"),
    "table_post": incident,
    "table_patch": lambda snow: incident(snow, "PATCH", urgency="1", comments="Elevating"),
    "table_put": lambda snow: incident(snow, "PUT", urgency="1", comments="Elevating"),
    "table_delete": lambda snow: (
        snow.person("cabbie.change", roles=["admin"]),
        incident(snow, "DELETE"),
    )[1],
    "err_500_transaction_cancelled_observed": cancelled,
    "err_400_bad_table_observed": lambda snow: snow.call("GET", "/api/now/table/sys_nonexistent"),
    "err_401_observed": lambda snow: requests.get(f"{snow.url}/api/now/table/change_request", timeout=5),
    "err_403_acl_observed": refused_vote,
    "err_403_state_transition_observed": lambda snow: snow.move(snow.new_change(), "-1"),
    "err_404_record_observed": lambda snow: snow.call("GET", f"/api/now/table/change_request/{'f' * 32}"),
    "err_429_rate_limit": limited,
    "err_chg_rest_business_rule_observed": refused_plan,
}
# Example → why it does not concern us.
NOT_OURS: dict[str, str] = {}


@pytest.mark.parametrize("name", ASKED)
def test_a_call_answers_in_the_examples_shape(snow: Servicenow, name: str):
    wanted = example(name)

    answer = ASKED[name](snow)

    assert answer.status_code == (wanted["status"] or 403)
    assert all(header in answer.headers for header in wanted["headers"])
    assert "Content-Type" not in wanted["headers"] or kind_of(answer.headers) == kind_of(wanted["headers"])
    assert differences(wanted["body"], answer.json() if answer.content else None) == []


@pytest.mark.parametrize("name", [name for name in ASKED if name.startswith("err_")])
def test_a_refusal_has_the_examples_words(snow: Servicenow, name: str):
    """Ids and numbers in them are our own."""
    wanted, answer = example(name)["body"], ASKED[name](snow).json()

    assert without_ids(answer) == without_ids(wanted)


def test_every_example_is_replayed():
    """NOT_OURS would name those that are not, and why: there are none."""
    examples = {path.stem for path in FOLDER.glob("*.json")}

    assert examples - NOT_OURS.keys() == ASKED.keys()
    assert not NOT_OURS.keys() & ASKED.keys()


def kind_of(headers: Mapping[str, str]) -> str:
    return headers.get("Content-Type", "").partition(";")[0]


def without_ids(body: Any) -> Any:
    """Placeholders, ids and counts told apart from words."""
    return json.loads(re.sub(r"<rule sys_id>|\b[0-9a-f]{32}\b|\b\d+\b", "#", json.dumps(body)))


def example(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())["response"]


def differences(wanted: Any, got: Any, at: str = "") -> list[str]:
    """Where ours lacks a key or holds another kind of value; an empty value may stand for any reference or number."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        # States and their labels are data here, not names of fields.
        names = wanted.keys() & got.keys() if at.endswith("state_label") else wanted.keys()
        missing = [f"{at}.{name}: missing" for name in names if name not in got]
        return missing + [d for n in names if n in got for d in differences(wanted[n], got[n], f"{at}.{n}")]
    if isinstance(wanted, list) and isinstance(got, list):
        if not wanted or not got:
            return [] if wanted == got else [f"{at}: {len(got)} entries, not {len(wanted)}"]
        return differences(wanted[0], got[0], f"{at}[0]")
    if wanted in ("", None) or got in ("", None):
        return []
    is_number = isinstance(wanted, int | float) and isinstance(got, int | float)
    same = type(wanted) is type(got) or (is_number and isinstance(wanted, bool) == isinstance(got, bool))
    return [] if same else [f"{at}: {type(got).__name__}, not {type(wanted).__name__}"]


def _id(snow: Servicenow, kind: str = "normal") -> str:
    """A new change's sys_id, in whichever shape it came."""
    about = {"short_description": "x", "type": kind, "assignment_group": snow.group("Payments Engineering")}
    return str(snow.result("POST", "/api/now/table/change_request", about)["sys_id"])


def _asked_id(snow: Servicenow) -> str:
    sys_id = _id(snow)
    snow.move(sys_id, "-4")
    snow.until_asked(sys_id, "ada")
    return sys_id
