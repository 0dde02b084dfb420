"""The library the product uses, against the stand-in: what works, and the traps that must show."""

import json

import pysnow
import pytest
import requests

from tests.integrations.servicenow.conftest import Servicenow


def test_create_read_update_and_delete(snow: Servicenow):
    snow.person("cabbie.change", roles=["change_manager"])
    changes = snow.client().resource(api_path="/table/change_request")

    made = changes.create(payload={"short_description": "By pysnow"}).one()
    read = snow.client().resource(api_path="/table/change_request").get(query={"number": made["number"]}).one()
    put = (
        snow.client()
        .resource(api_path="/table/change_request")
        .update({"number": made["number"]}, {"justification": "x"})
    )
    gone = snow.client().resource(api_path="/table/change_request").delete({"number": made["number"]})

    assert read["sys_id"] == made["sys_id"]
    assert put.one()["justification"] == "x"
    assert gone == {"status": "record deleted"}


def test_a_patch_by_request(snow: Servicenow):
    sys_id = snow.new_change()
    changes = snow.client().resource(api_path="/table/change_request")

    answer = changes.request("PATCH", path_append=f"/{sys_id}", data=json.dumps({"justification": "x"}))

    assert answer.one()["justification"] == "x"


def test_its_capital_false_is_understood(snow: Servicenow):
    sys_id = snow.new_change()
    row = snow.client().resource(api_path="/table/change_request").get(query=f"sys_id={sys_id}").one()

    assert row["state"] == "-5"
    assert "sysparm_display_value=False" in [entry.query for entry in snow.standin.diary][-1]


def test_an_error_shows_only_when_the_answer_is_read(snow: Servicenow):
    sys_id = snow.new_change()
    changes = snow.client().resource(api_path="/table/change_request")

    answer = changes.request("PATCH", path_append=f"/{sys_id}", data=json.dumps({"state": "-1"}))

    with pytest.raises(requests.HTTPError) as raised:
        answer.one()
    assert raised.value.response.status_code == 403


def test_a_query_leaks_into_the_next_call_of_one_resource(snow: Servicenow):
    snow.new_change()
    changes = snow.client().resource(api_path="/table/change_request")

    changes.get(query={"number": "CHG0030001"}, fields=["sys_id"], limit=1).one()
    made = changes.create(payload={"short_description": "x"}).one()

    assert set(made) == {"sys_id"}
    assert "sysparm_query=number%3DCHG0030001" in [entry.query for entry in snow.standin.diary][-1]


def test_an_unescaped_value_injects(snow: Servicenow):
    snow.new_change(correlation_id="other")
    changes = snow.client().resource(api_path="/table/change_request")

    found = changes.get(query={"correlation_id": "mine^ORactive=true"}).all()

    assert [row["correlation_id"] for row in found] == ["other"]


def test_the_change_api_through_a_base_path(snow: Servicenow):
    sys_id = snow.new_change()
    changes = snow.client().resource(api_path="/change", base_path="/api/sn_chg_rest")

    states = changes.request("GET", path_append=f"/{sys_id}/nextstates").one()

    assert states["available_states"] == ["-4", "4", "-5"]


def test_its_sysparms_turn_up_among_ignored_fields(snow: Servicenow):
    changes = snow.client().resource(api_path="/change", base_path="/api/sn_chg_rest")

    made = changes.create(payload={"short_description": "x"}).one()

    assert "sysparm_limit" in made["__meta"]["ignoredFields"]


def test_basic_authentication_of_a_machine_user(snow: Servicenow):
    client = pysnow.Client(
        host=snow.url.removeprefix("http://"),
        use_ssl=False,
        user="cabbie.change",
        password=snow.secrets.servicenow_client_secret,
    )

    assert client.resource(api_path="/table/sys_user").get(query={"user_name": "ada"}).one()["name"] == "Ada Lovelace"
