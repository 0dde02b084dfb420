"""Writing over the Table API: what is kept, what is dropped in silence, what is refused."""

import requests

from tests.integrations.servicenow.conftest import JSON, Servicenow, person_id

CHANGES = "/api/now/table/change_request"


def test_a_post_answers_201_with_its_location(snow: Servicenow):
    answer = snow.call("POST", CHANGES, {"short_description": "By table"})

    made = answer.json()["result"]
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{snow.url}{CHANGES}/{made['sys_id']}"
    assert made["number"] == "CHG0030001"
    assert made["sys_created_by"] == "cabbie.change"


def test_create_never_honours_state(snow: Servicenow):
    made = snow.result("POST", CHANGES, {"short_description": "x", "state": "-3", "on_hold": "true"})

    assert (made["state"], made["on_hold"], made["approval"]) == ("-5", "false", "not requested")


def test_unknown_and_read_only_fields_are_dropped_in_silence(snow: Servicenow):
    sys_id = snow.new_change()

    answer = snow.result("PATCH", f"{CHANGES}/{sys_id}", {"no_such": "x", "approval": "approved", "number": "CHG1"})

    assert (answer["approval"], answer["number"]) == ("not requested", "CHG0030001")
    assert "no_such" not in answer


def test_put_is_partial_like_patch(snow: Servicenow):
    sys_id = snow.new_change(description="Kept")

    answer = snow.result("PUT", f"{CHANGES}/{sys_id}", {"justification": "Because"})

    assert (answer["description"], answer["justification"]) == ("Kept", "Because")


def test_every_real_write_counts(snow: Servicenow):
    sys_id = snow.new_change()
    path = f"{CHANGES}/{sys_id}"

    changed = snow.result("PATCH", path, {"justification": "Because"})
    same = snow.result("PATCH", path, {"justification": "Because"})

    assert (changed["sys_mod_count"], same["sys_mod_count"]) == ("1", "1")
    assert changed["sys_updated_by"] == "cabbie.change"


def test_journals_read_back_empty(snow: Servicenow):
    path = f"{CHANGES}/{snow.new_change()}"

    written = snow.result("PATCH", path, {"work_notes": "first"})
    snow.result("PATCH", path, {"work_notes": "second"})
    read = snow.result("GET", path)
    stream = snow.result("GET", path, sysparm_display_value="true")["work_notes"]
    entries = snow.result("GET", "/api/now/table/sys_journal_field", sysparm_query="element=work_notes")

    assert written["work_notes"] == read["work_notes"] == ""
    assert stream.index("second") < stream.index("first")
    assert [entry["value"] for entry in entries] == ["first", "second"]
    assert snow.state()["work_notes"][0] == {"by": "cabbie.change", "text": "first"}


def test_a_repeated_note_is_written_twice(snow: Servicenow):
    path = f"{CHANGES}/{snow.new_change()}"

    snow.result("PATCH", path, {"work_notes": "same"})
    again = snow.result("PATCH", path, {"work_notes": "same"})

    assert len(snow.state()["work_notes"]) == 2
    assert again["sys_mod_count"] == "2"


def test_journals_may_need_more_rights(snow: Servicenow):
    snow.switch(journals_readable=False)

    answer = snow.call("GET", "/api/now/table/sys_journal_field")

    assert (answer.status_code, answer.json()["error"]["detail"]) == (403, None)


def test_long_texts_are_cut_in_silence(snow: Servicenow):
    path = f"{CHANGES}/{snow.new_change()}"

    cut = snow.result("PATCH", path, {"short_description": "x" * 200, "correlation_id": "y" * 101})
    snow.switch(short_description_length=40)
    shorter = snow.result("PATCH", path, {"short_description": "z" * 200})

    assert (len(cut["short_description"]), len(cut["correlation_id"])) == (160, 100)
    assert len(shorter["short_description"]) == 40


def test_a_time_in_another_form_is_stored_as_nothing(snow: Servicenow):
    path = f"{CHANGES}/{snow.new_change()}"

    iso = snow.result("PATCH", path, {"start_date": "2026-01-15T12:00:00Z"})["start_date"]
    utc = snow.result("PATCH", path, {"start_date": "2026-01-15 12:00:00"})["start_date"]

    assert (iso, utc) == ("", "2026-01-15 12:00:00")


def test_an_empty_string_clears_all_but_choices(snow: Servicenow):
    path = f"{CHANGES}/{snow.new_change(justification='Because', requested_by=person_id('linus'))}"

    cleared = snow.result("PATCH", path, {"justification": "", "requested_by": "", "risk": ""})

    assert (cleared["justification"], cleared["requested_by"], cleared["risk"]) == ("", "", "3")


def test_display_values_as_input(snow: Servicenow):
    path = f"{CHANGES}/{snow.new_change()}"
    body = {"assigned_to": "Ada Lovelace", "risk": "High"}

    taken = snow.result("PATCH", path, body, sysparm_input_display_value="true")

    assert (taken["assigned_to"]["value"], taken["risk"]) == (person_id("ada"), "2")


def test_a_states_label_lands_one_state_further(snow: Servicenow):
    emergency = snow.new_change(type="emergency")

    answer = snow.move(emergency, "assess")

    assert answer.json()["result"]["state"] == "-3"


def test_a_demanded_field_is_demanded(snow: Servicenow):
    snow.switch(mandatory_on_create=["justification"])

    answer = snow.call("POST", CHANGES, {"short_description": "x"})

    assert answer.status_code == 403
    assert answer.json()["error"]["detail"].startswith("Data Policy Exception:")
    assert "Justification" in answer.json()["error"]["detail"]


def test_bad_json_and_missing_headers_are_a_400(snow: Servicenow):
    headers = snow.headers("change")
    bare = {"Authorization": headers["Authorization"]}
    url = f"{snow.url}{CHANGES}"

    broken = requests.post(url, data="{", headers=headers, timeout=5)
    untyped = requests.post(url, data="{}", headers=bare, timeout=5)
    xml = requests.post(url, data="<a/>", headers={**bare, "Content-Type": "application/xml"}, timeout=5)

    assert (broken.status_code, untyped.status_code, xml.status_code) == (400, 400, 415)


def test_only_the_first_of_several_records_counts(snow: Servicenow):
    made = snow.result("POST", CHANGES, [{"short_description": "one"}, {"short_description": "two"}])

    assert made["short_description"] == "one"
    assert len(snow.result("GET", CHANGES)) == 1


def test_the_body_can_be_muted(snow: Servicenow):
    headers = {**snow.headers("change"), "X-no-response-body": "true"}

    answer = requests.post(f"{snow.url}{CHANGES}", json={"short_description": "x"}, headers=headers, timeout=5)

    assert (answer.status_code, answer.content) == (201, b"")
    assert JSON["Accept"] == headers["Accept"]


def test_delete_answers_204(snow: Servicenow):
    snow.person("cabbie.change", roles=["change_manager"])
    path = f"{CHANGES}/{snow.new_change()}"

    assert snow.call("DELETE", path).status_code == 204
    assert snow.call("GET", path).status_code == 404


def test_the_last_day_there_is_breaks_nothing(snow: Servicenow):
    """Ada's zone is behind: to her it is a day that UTC no longer has."""
    sys_id = snow.new_change()
    path = f"{CHANGES}/{sys_id}"

    by_zone = snow.call(
        "PATCH", path, {"start_date": "9999-12-31 23:59:59"}, by="ada", sysparm_input_display_value="true"
    )
    by_utc = snow.call("PATCH", path, {"start_date": "9999-12-31 23:59:59"}, by="ada", sysparm_display_value="all")

    assert (by_zone.status_code, by_zone.json()["result"]["start_date"]) == (200, "")
    assert by_utc.json()["result"]["start_date"]["value"] == "9999-12-31 23:59:59"


def test_the_journal_of_both_shows_them_and_takes_nothing(snow: Servicenow):
    path, both = f"{CHANGES}/{snow.new_change()}", "comments_and_work_notes"

    for words in ({"comments": "To the customer"}, {"work_notes": "Among us"}, {both: "Lost", "reason": "x"}):
        snow.result("PATCH", path, words)
    shown = snow.result("GET", path, sysparm_fields=both, sysparm_display_value="true")[both]

    assert shown.splitlines()[1::3] == ["Among us", "To the customer"]
    assert snow.result("GET", "/api/now/table/sys_journal_field", sysparm_query=f"element={both}") == []
