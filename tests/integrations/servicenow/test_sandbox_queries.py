"""Encoded queries: operators, ^OR, ^NQ, order, and what happens to nonsense."""

from typing import Any

import pytest

from integrations.servicenow.sandbox.data import query
from tests.integrations.servicenow.conftest import Servicenow, person_id

USERS = "/api/now/table/sys_user"


def names(snow: Servicenow, encoded: str, **more: str) -> list[str]:
    found: list[dict[str, Any]] = snow.result("GET", USERS, sysparm_query=encoded, **more)
    return [row["user_name"] for row in found]


PEOPLE = "web_service_access_only=false^"


@pytest.mark.parametrize(
    ("encoded", "expected"),
    [
        ("user_name=ada", ["ada"]),
        ("user_name=ADA", ["ada"]),
        ("user_nameINada,grace", ["ada", "grace"]),
        ("emailLIKEtwin@", ["tina", "tom"]),
        ("emailSTARTSWITHgrace", ["grace"]),
        ("emailENDSWITHace@acme.example", ["grace"]),
        ("user_name=ada^ORuser_name=grace", ["ada", "grace"]),
        ("user_name=ada^ORuser_name=grace^titleLIKECAB", ["grace"]),
        ("user_name=ada^NQtitleLIKECAB", ["ada", "grace", "barbara"]),
        (f"{PEOPLE}titleISEMPTY", []),
        (f"{PEOPLE}active!=true", ["otto"]),
        (f"{PEOPLE}user_name>margaret", ["otto", "tina", "tom"]),
        ("user_nameBETWEENgrace@katherine", ["grace", "katherine"]),
        (f"{PEOPLE}user_nameNOT INada,linus,margaret,grace,barbara,katherine,tina", ["otto", "tom"]),
        (f"{PEOPLE}emailNOT LIKE@acme", []),
        ("user_nameINtom,ada,grace^ORDERBYDESCuser_name", ["tom", "grace", "ada"]),
        ("user_nameINtom,ada^ORDERBYuser_name^EQ", ["ada", "tom"]),
    ],
)
def test_operators(snow: Servicenow, encoded: str, expected: list[str]):
    assert names(snow, encoded) == expected


def test_a_dot_walk_looks_through_the_reference(snow: Servicenow):
    found = snow.result(
        "GET",
        "/api/now/table/sys_user_grmember",
        sysparm_query="group.name=Platform Engineering^user.active=true",
        sysparm_fields="user.email",
    )

    assert [row["user.email"] for row in found] == [
        "ada@acme.example",
        "margaret@acme.example",
        "twin@acme.example",
        "twin@acme.example",
    ]


def test_a_misspelled_field_is_dropped_and_every_row_comes_back(snow: Servicenow):
    assert len(names(snow, "emial=ada@acme.example")) == len(names(snow, ""))


def test_an_instance_may_answer_nonsense_with_no_rows(snow: Servicenow):
    snow.switch(returns_no_rows=True)

    assert names(snow, "emial=ada@acme.example") == []


def test_an_unescaped_caret_in_a_value_is_another_condition(snow: Servicenow):
    assert len(names(snow, "email=nobody@acme.example^ORactive=true")) > 5
    assert names(snow, "email=nobody@acme.example^^ORactive=true") == []


def test_names_and_operators_are_case_sensitive(snow: Servicenow):
    assert len(names(snow, "USER_NAME=ada")) > 1
    assert len(names(snow, "user_namein ada")) > 1


def test_scripts_in_values_are_run(snow: Servicenow):
    assert names(snow, "sys_id=javascript:gs.getUserID()") == ["cabbie.change"]


def test_name_value_pairs_count_only_without_an_encoded_query(snow: Servicenow):
    assert [row["user_name"] for row in snow.result("GET", USERS, user_name="ada")] == ["ada"]
    assert names(snow, "user_name=grace", user_name="ada") == ["grace"]


def test_pairs_take_labels(snow: Servicenow):
    snow.new_change()

    found = snow.result("GET", "/api/now/table/change_request", state="New")

    assert len(found) == 1


def test_numbers_compare_as_numbers(snow: Servicenow):
    snow.new_change()

    assert snow.result("GET", "/api/now/table/change_request", sysparm_query="state<-4")
    assert snow.result("GET", "/api/now/table/change_request", sysparm_query="state=-5.0")
    assert not snow.result("GET", "/api/now/table/change_request", sysparm_query="state>-5")


def test_a_base_table_finds_rows_of_those_that_extend_it(snow: Servicenow):
    sys_id = snow.new_change()

    assert snow.result("GET", f"/api/now/table/task/{sys_id}")["number"] == "CHG0030001"
    assert snow.result("GET", "/api/now/table/cmdb_ci", sysparm_query="name=Payments API")[0]["owned_by"]["value"] == (
        person_id("ada")
    )


def test_parsing_keeps_what_it_dropped():
    parsed = query.parse("a=1^bogus^^x^nope=2^ORDERBYzzz", lambda name: name == "a", lambda script: None)

    assert parsed.alternatives == (((query.Condition("a", "=", "1"),),),)
    assert parsed.dropped == ("bogus^x", "nope=2", "ORDERBYzzz")


CHANGES = "/api/now/table/change_request"


@pytest.mark.parametrize(
    ("encoded", "found"),
    [
        ("assigned_toSAMEASrequested_by", ["same"]),
        ("assigned_toSAMEASno_such_column", ["same", "other"]),
        ("assigned_to.emailSAMEASrequested_by.email", ["same"]),
    ],
)
def test_same_as_names_another_column(snow: Servicenow, encoded: str, found: list[str]):
    ada, grace = person_id("ada"), person_id("grace")
    snow.new_change(short_description="same", requested_by=ada, assigned_to=ada)
    snow.new_change(short_description="other", requested_by=ada, assigned_to=grace)

    rows = snow.result("GET", CHANGES, sysparm_query=encoded, sysparm_fields="short_description")

    assert [row["short_description"] for row in rows] == found


@pytest.mark.parametrize(
    ("encoded", "is_found"),
    [
        ("sys_class_nameINSTANCEOFtask", True),
        ("sys_class_nameINSTANCEOFchange_request", True),
        ("sys_class_nameINSTANCEOFincident", False),
        ("sys_class_nameINSTANCEOFno_such_table", False),
    ],
)
def test_a_class_is_an_instance_of_what_it_extends(snow: Servicenow, encoded: str, is_found: bool):
    snow.new_change()

    assert bool(snow.result("GET", "/api/now/table/task", sysparm_query=encoded)) == is_found
