"""The Change Management API: pairs, ignored fields, next states, approvals, risk, conflicts, models."""

from dataclasses import replace

import pytest

from integrations.standin.world import World, load_world
from tests.integrations.servicenow.conftest import Servicenow, until

CHANGES = "/api/sn_chg_rest/change"


@pytest.fixture
def world() -> World:
    templates = {"templates": {"Restart the search indexers": {"short_description": "Restart the indexers"}}}
    plain = load_world()
    return replace(plain, raw={**plain.raw, "servicenow": templates})


def test_a_create_answers_200_with_typed_pairs(snow: Servicenow):
    answer = snow.call("POST", CHANGES, {"short_description": "Deploy", "type": "Normal"})

    made = answer.json()["result"]
    assert answer.status_code == 200
    assert made["state"] == {"display_value": "New", "value": -5}
    assert made["active"] == {"display_value": "true", "value": True}
    assert made["sla_due"] == {"display_value": "UNKNOWN", "value": "", "display_value_internal": ""}
    assert set(made["sys_created_on"]) == {"display_value", "value", "display_value_internal"}
    assert "__meta" not in made


def test_reads_answer_floats(snow: Servicenow):
    sys_id = snow.new_change()

    read = snow.call("GET", f"{CHANGES}/{sys_id}")

    assert '"value":-5.0' in read.text
    assert len(read.json()["result"]) > 100


def test_unknown_and_read_only_fields_are_named_as_ignored(snow: Servicenow):
    body = {"short_description": "x", "no_such_field": "y", "state": "-3", "approval": "approved"}

    made = snow.result("POST", CHANGES, body)

    assert sorted(made["__meta"]["ignoredFields"]) == ["approval", "no_such_field", "state"]
    assert made["state"]["value"] == -5


def test_fields_may_come_as_query_pairs_and_the_body_wins(snow: Servicenow):
    made = snow.result("POST", f"{CHANGES}/normal", short_description="From the query", no_such="x")
    both = snow.result("POST", CHANGES, {"short_description": "Body"}, short_description="Query")

    assert made["short_description"]["value"] == "From the query"
    assert made["__meta"]["ignoredFields"] == ["no_such"]
    assert both["short_description"]["value"] == "Body"


def test_sysparms_are_fields_too_unless_the_instance_knows_better(snow: Servicenow):
    made = snow.result("POST", CHANGES, {"short_description": "x"}, sysparm_view="")
    snow.switch(sysparms_are_fields=False)
    again = snow.result("POST", CHANGES, {"short_description": "x"}, sysparm_view="")

    assert made["__meta"]["ignoredFields"] == ["sysparm_view"]
    assert "__meta" not in again


def test_the_model_may_be_named_and_must_exist(snow: Servicenow):
    made = snow.result("POST", CHANGES, {"short_description": "x", "chg_model": "Emergency"})
    wrong = snow.call("POST", CHANGES, {"short_description": "x", "chg_model": "Nonsense"})

    assert (made["type"]["value"], made["chg_model"]["display_value"]) == ("emergency", "Emergency")
    assert wrong.status_code == 400


def test_a_template_presets_a_standard_change(snow: Servicenow):
    producer = snow.result("GET", "/api/now/table/std_change_record_producer")[0]["sys_id"]
    version = snow.result("GET", "/api/now/table/std_change_producer_version")[0]

    made = snow.result("POST", f"{CHANGES}/standard/{producer}", correlation_id="cabbie-1", test_plan="Mine")

    assert made["type"]["value"] == "standard"
    assert made["short_description"]["value"] == "Restart the indexers"
    assert made["std_change_producer_version"]["value"] == version["sys_id"]
    assert made["correlation_id"]["value"] == "cabbie-1"
    assert made["__meta"]["ignoredFields"] == ["test_plan"]


def test_the_switched_shapes(snow: Servicenow):
    snow.switch(array_results=True, bare_sys_id=True, string_values=True)

    made = snow.result("POST", f"{CHANGES}/normal", {"short_description": "x"})

    assert isinstance(made, list)
    assert isinstance(made[0]["sys_id"], str)
    assert made[0]["state"]["value"] == "-5"


def test_a_typed_patch_takes_labels_and_only_its_own_type(snow: Servicenow):
    sys_id = snow.new_change()

    moved = snow.result("PATCH", f"{CHANGES}/normal/{sys_id}", {"state": "assess"})
    wrong_type = snow.call("PATCH", f"{CHANGES}/emergency/{sys_id}", {"state": "assess"})

    assert moved["state"] == {"display_value": "Assess", "value": -4.0}
    assert wrong_type.status_code == 404


def test_labels_may_not_be_understood(snow: Servicenow):
    snow.switch(state_labels=False, table_state_labels="ignored")

    moved = snow.result("PATCH", f"{CHANGES}/{snow.new_change()}", {"state": "assess"})

    assert moved["__meta"]["ignoredFields"] == ["state"]


def test_a_refusal_has_its_reason_in_the_message(snow: Servicenow):
    path = f"{CHANGES}/{snow.new_change()}"

    answer = snow.call("PATCH", path, {"state": "-1"})
    snow.switch(refusal_status=400)
    elsewhere = snow.call("PATCH", path, {"state": "-1"})

    error = answer.json()["error"]
    assert (answer.status_code, elsewhere.status_code) == (403, 400)
    assert error["message"].startswith("Change Request record could not be updated. Operation against file")
    assert "Change Model: Check State Transition" in error["message"]
    assert error["detail"] == ""


def test_type_cannot_change_once_asked(snow: Servicenow):
    sys_id = snow.new_change()
    while_new = snow.result("PATCH", f"{CHANGES}/{sys_id}", {"type": "emergency"})
    snow.result("PATCH", f"{CHANGES}/{sys_id}", {"type": "normal"})
    snow.move(sys_id, "-4")

    later = snow.result("PATCH", f"{CHANGES}/{sys_id}", {"type": "emergency"})

    assert while_new["type"]["value"] == "emergency"
    assert later["__meta"]["ignoredFields"] == ["type"]


def test_encrypted_fields_are_set_by_display_value(snow: Servicenow):
    body = {
        "short_description": "x",
        "assignment_group": "Payments Engineering",
        "encrypted_fields": "assignment_group",
    }

    made = snow.result("POST", CHANGES, body)

    assert made["assignment_group"]["display_value"] == "Payments Engineering"


def test_lists_have_no_count_and_no_links(snow: Servicenow):
    snow.new_change(short_description="First")
    snow.new_change(short_description="Second", type="emergency")

    found = snow.call("GET", CHANGES, sysparm_query="active=true^ORDERBYDESCnumber", sysparm_limit="1")
    typed = snow.result("GET", f"{CHANGES}/emergency")
    paired = snow.result("GET", CHANGES, short_description="First", order="number")
    searched = snow.result("GET", CHANGES, textSearch="second")

    assert [row["number"]["value"] for row in found.json()["result"]] == ["CHG0030002"]
    assert not any(name in found.headers for name in ("X-Total-Count", "Link"))
    assert [row["number"]["value"] for row in typed] == ["CHG0030002"]
    assert [row["number"]["value"] for row in paired] == ["CHG0030001"]
    assert [row["number"]["value"] for row in searched] == ["CHG0030002"]


def test_next_states_include_the_present_one(snow: Servicenow):
    sys_id = snow.scheduled()

    found = snow.result("GET", f"{CHANGES}/{sys_id}/nextstates")

    assert set(found["available_states"]) == {"-2", "-1", "4"} == set(found["state_label"])
    onward = found["state_transitions"][0][0]
    assert (onward["from_state"], onward["to_state"], onward["transition_available"]) == ("-2", "-1", True)
    assert onward["conditions"][0]["condition"]["name"] == "Not On hold"


def test_next_states_tell_which_conditions_fail(snow: Servicenow):
    sys_id = snow.scheduled()
    snow.call("PATCH", f"{CHANGES}/{sys_id}", {"on_hold": "true", "on_hold_reason": "Wait"})

    transitions = snow.result("GET", f"{CHANGES}/{sys_id}/nextstates")["state_transitions"]

    available = {t["to_state"]: t["transition_available"] for alternatives in transitions for t in alternatives}
    assert available == {"-1": False, "4": True}


def test_waiting_for_approval_only_the_flow_may_go_on(snow: Servicenow):
    sys_id = snow.new_change()
    snow.move(sys_id, "-4")

    transitions = snow.result("GET", f"{CHANGES}/{sys_id}/nextstates")["state_transitions"]

    onward = next(alternatives for alternatives in transitions if alternatives[0]["to_state"] == "-3")
    assert [(t["automatic_transition"], t["transition_available"]) for t in onward] == [(True, False)]


def test_approvals_act_for_the_caller_alone(snow: Servicenow):
    sys_id = snow.new_change()
    snow.move(sys_id, "-4")
    snow.until_asked(sys_id, "ada")
    path = f"{CHANGES}/{sys_id}/approvals"

    by_machine = snow.call("PATCH", path, {"state": "approved"}, by="approval")
    by_outsider = snow.call("PATCH", path, {"state": "approved"}, by="grace")
    by_member = snow.call("PATCH", path, {"state": "approved"}, by="ada")

    assert (by_machine.status_code, by_outsider.status_code) == (400, 400)
    assert by_member.json()["result"]["number"]["value"] == "CHG0030001"
    snow.until_state(sys_id, "-3")


def test_rejecting_needs_comments_and_the_verb_may_differ(snow: Servicenow):
    sys_id = snow.new_change()
    snow.move(sys_id, "-4")
    snow.until_asked(sys_id, "ada")
    path = f"{CHANGES}/{sys_id}/approvals"

    silent = snow.call("PATCH", path, {"state": "rejected"}, by="ada")
    wrong_verb = snow.call("POST", path, {"state": "rejected", "comments": "no"}, by="ada")
    snow.switch(approvals_verb="POST")
    right_verb = snow.call("POST", path, {"state": "rejected", "comments": "no"}, by="ada")

    assert (silent.status_code, wrong_verb.status_code, right_verb.status_code) == (400, 405, 200)


def test_tasks(snow: Servicenow):
    sys_id = snow.new_change()
    path = f"{CHANGES}/{sys_id}/task"

    made = snow.result("POST", path, {"description": "Look"}, short_description="Watch", no_such_field="x")
    task_id = made["sys_id"]["value"]
    changed = snow.result("PATCH", f"{path}/{task_id}", {"short_description": "Watch closely"})
    refused = snow.call("DELETE", f"{path}/{task_id}")

    assert made["__meta"]["ignoredFields"] == ["no_such_field"]
    assert made["parent"] == {"value": sys_id, "display_value": "CHG0030001"}
    assert changed["short_description"]["value"] == "Watch closely"
    assert [row["number"]["value"] for row in snow.result("GET", path)] == ["CTASK0010001"]
    assert refused.status_code == 403


def test_tasks_may_live_under_another_root(snow: Servicenow):
    sys_id = snow.new_change()
    snow.switch(task_path="now")

    here = snow.call("GET", f"{CHANGES}/{sys_id}/task")
    there = snow.call("GET", f"/api/now/change/{sys_id}/task")

    assert (here.status_code, there.status_code) == (400, 200)


def test_risk_is_worked_out_from_the_service(snow: Servicenow):
    services = snow.result("GET", "/api/now/table/cmdb_ci_service", sysparm_query="nameINPayments API,Search")
    critical, minor = ({"cmdb_ci": s["sys_id"]} for s in sorted(services, key=lambda s: s["name"]))

    high = snow.call("PATCH", f"{CHANGES}/{snow.new_change(**critical)}/risk")
    low = snow.call("PATCH", f"{CHANGES}/{snow.new_change(**minor)}/risk")

    assert high.json()["risk"] == {"value": "2", "display_value": "High"}
    assert low.json()["risk"] == {"value": "4", "display_value": "Low"}


def test_the_switched_ways_of_risk(snow: Servicenow):
    snow.switch(risk_path="standard", risk_wrapped=True, risk_scale="1-3")
    sys_id = snow.new_change()

    here = snow.call("PATCH", f"{CHANGES}/{sys_id}/risk")
    there = snow.call("PATCH", f"{CHANGES}/standard/{sys_id}/risk")

    assert here.status_code == 400
    assert there.json()["result"]["risk"] == {"value": "3", "display_value": "Low"}


def test_conflicts_need_an_item_and_dates_and_take_a_moment(snow: Servicenow):
    item = snow.result("GET", "/api/now/table/cmdb_ci", sysparm_query="name=Search")[0]["sys_id"]
    window = {"cmdb_ci": item, "start_date": "2030-01-01 10:00:00", "end_date": "2030-01-01 12:00:00"}
    other = snow.new_change(**{**window, "start_date": "2030-01-01 11:00:00"})
    sys_id = snow.new_change(**window)
    path = f"{CHANGES}/{sys_id}/conflict"

    unfit = snow.call("POST", f"{CHANGES}/{snow.new_change()}/conflict")
    worker = snow.result("POST", path)
    until(lambda: snow.result("GET", path)["last_run"])
    found = snow.result("GET", path)

    assert unfit.status_code == 400
    assert isinstance(worker, str)
    assert (found["status"], found["record_count"]) == ("Conflict", "1")
    assert found["conflicts"][0]["change"]["value"] == other
    assert snow.change(sys_id)["conflict_status"] == "Conflict"
    assert snow.call("DELETE", path).status_code == 200


def test_no_conflict_still_says_conflict(snow: Servicenow):
    item = snow.result("GET", "/api/now/table/cmdb_ci", sysparm_query="name=Search")[0]["sys_id"]
    dates = {"start_date": "2030-01-01 10:00:00", "end_date": "2030-01-01 12:00:00"}
    sys_id = snow.new_change(cmdb_ci=item, **dates)
    path = f"{CHANGES}/{sys_id}/conflict"

    snow.result("POST", path)
    until(lambda: snow.result("GET", path)["last_run"])

    assert snow.result("GET", path)["status"] == "Conflict"
    assert snow.result("GET", path)["conflicts"] == []
    assert snow.change(sys_id)["conflict_status"] == "No Conflict"


def test_models(snow: Servicenow):
    models = snow.result("GET", f"{CHANGES}/model")

    names = [model["name"]["value"] for model in models]
    assert names == ["Normal", "Standard", "Emergency", "Change Registration"]
    one = snow.result("GET", f"{CHANGES}/model/{models[0]['sys_id']['value']}")
    assert one["default_change_model"]["value"] is True


def test_a_missing_change_is_a_404(snow: Servicenow):
    answer = snow.call("GET", f"{CHANGES}/{'f' * 32}")

    assert answer.status_code == 404
    assert answer.json()["error"]["detail"] == ""


def test_the_documents_own_typo_can_be_forgiven(snow: Servicenow):
    path = f"{CHANGES}/{snow.new_change()}"

    strict = snow.result("PATCH", path, {"short_desription": "New title"})
    snow.switch(forgives_short_desription=True)
    lenient = snow.result("PATCH", path, {"short_desription": "New title"})

    assert strict["__meta"]["ignoredFields"] == ["short_desription"]
    assert lenient["short_description"]["value"] == "New title"


def test_both_versions_answer(snow: Servicenow):
    sys_id = snow.new_change()

    assert snow.result("GET", f"/api/sn_chg_rest/v1/change/{sys_id}") == snow.result("GET", f"{CHANGES}/{sys_id}")


def test_lists_without_a_limit_end_where_the_server_likes(snow: Servicenow):
    for _ in range(3):
        snow.new_change()

    unbounded = snow.result("GET", CHANGES)
    snow.switch(change_list_rows=2)
    bounded = snow.result("GET", CHANGES)
    asked = snow.result("GET", CHANGES, sysparm_limit="3")

    assert (len(unbounded), len(bounded), len(asked)) == (3, 2, 3)


def test_tasks_come_in_pages_and_by_query_and_never_another_changes(snow: Servicenow):
    sys_id, other = snow.new_change(), snow.new_change()
    for change, title in ((sys_id, "one"), (sys_id, "two"), (other, "three")):
        snow.result("POST", f"{CHANGES}/{change}/task", {"short_description": title})
    path = f"{CHANGES}/{sys_id}/task"

    def titles(**query: str) -> list[str]:
        return [task["short_description"]["value"] for task in snow.result("GET", path, **query)]

    assert titles() == ["one", "two"]
    assert titles(sysparm_limit="1", sysparm_offset="1") == ["two"]
    assert titles(sysparm_query="short_description=two") == ["two"]
    assert titles(sysparm_query="short_description=one^NQshort_description=three") == ["one"]


def test_a_change_never_becomes_a_standard_one(snow: Servicenow):
    normal, standard = snow.new_change(), snow.new_change(type="standard")

    refused = snow.result("PATCH", f"{CHANGES}/{normal}", {"type": "standard"})
    away = snow.result("PATCH", f"{CHANGES}/{standard}", {"type": "normal"})

    assert refused["__meta"]["ignoredFields"] == ["type"]
    assert (refused["type"]["value"], away["type"]["value"]) == ("normal", "normal")


def test_a_pair_is_no_way_round_the_rule_about_types(snow: Servicenow):
    found = snow.result("PATCH", f"{CHANGES}/{snow.new_change()}", {"type": {"value": "standard"}})

    assert (found["type"]["value"], found["__meta"]["ignoredFields"]) == ("normal", ["type"])


def test_a_rejected_change_may_change_its_type_again(snow: Servicenow):
    snow.switch(flow_seconds=0)
    sys_id = snow.new_change()
    snow.move(sys_id, "-4")
    snow.person("ada", "reject", number="CHG0030001", comments="This is an emergency")

    found = snow.result("PATCH", f"{CHANGES}/{sys_id}", {"type": "emergency"})

    assert found["type"]["value"] == "emergency"


@pytest.mark.parametrize(("born_approved", "approval"), [(False, "not requested"), (True, "approved")])
def test_a_standard_change_may_be_approved_from_birth(snow: Servicenow, born_approved: bool, approval: str):
    snow.switch(standard_born_approved=born_approved)

    assert snow.change(snow.new_change(type="standard"))["approval"] == approval
    assert snow.change(snow.new_change())["approval"] == "not requested"


@pytest.mark.parametrize(("zone", "stored"), [("UTC", "2026-01-15 13:00:00"), ("session", "2026-01-15 12:00:00")])
def test_the_zone_of_dates_sent_to_the_change_api_is_not_documented(snow: Servicenow, zone: str, stored: str):
    snow.switch(change_api_dates=zone)
    snow.person("grace", time_zone="Europe/Berlin")

    made = snow.result("POST", CHANGES, {"start_date": "2026-01-15 13:00:00"}, by="grace")["start_date"]

    assert made["value"] == stored
    assert made["display_value"] == ("2026-01-15 14:00:00" if zone == "UTC" else "2026-01-15 13:00:00")


def test_next_states_may_come_without_conditions(snow: Servicenow):
    path = f"{CHANGES}/{snow.new_change()}/nextstates"
    snow.switch(next_states_conditions=False)

    found = snow.result("GET", path)["state_transitions"]

    assert all("conditions" not in t and t["transition_available"] for ways in found for t in ways)


def test_a_field_may_be_reported_as_ignored_and_written(snow: Servicenow):
    snow.switch(ignored_yet_written=["justification"])

    made = snow.result("PATCH", f"{CHANGES}/{snow.new_change()}", {"justification": "Because"})

    assert made["__meta"]["ignoredFields"] == ["justification"]
    assert made["justification"]["value"] == "Because"
