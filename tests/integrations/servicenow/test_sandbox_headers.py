"""Accept from everybody, Content-Type from all that write: on every API, DELETE and an empty body included."""

import pytest
import requests

from tests.integrations.servicenow.conftest import Servicenow

CHANGES = "/api/sn_chg_rest/change"
TABLE = "/api/now/table/change_request"
FILES = "/api/now/attachment"


def without(snow: Servicenow, method: str, path: str, *names: str, **said: str) -> requests.Response:
    """A call whose session says nothing by itself: only these headers, less the named ones."""
    headers = {**snow.headers("katherine"), **said}
    with requests.Session() as session:
        session.headers.clear()
        kept = {name: value for name, value in headers.items() if name not in names}
        return session.request(method, f"{snow.url}{path}", headers=kept, timeout=5)


def evidence(snow: Servicenow, change: str) -> str:
    query = {"table_name": "change_request", "table_sys_id": change, "file_name": "evidence.json"}
    made = requests.post(
        f"{snow.url}{FILES}/file", params=query, data=b"{}", headers=snow.headers("katherine"), timeout=5
    )
    return str(made.json()["result"]["sys_id"])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"{CHANGES}?short_description=x"),
        ("PATCH", f"{CHANGES}/{{change}}?short_description=y"),
        ("PATCH", f"{CHANGES}/{{change}}/risk"),
        ("DELETE", f"{CHANGES}/{{change}}/conflict"),
        ("DELETE", f"{TABLE}/{{change}}"),
        ("DELETE", f"{FILES}/{{file}}"),
    ],
)
def test_a_write_says_what_it_sends_even_where_it_sends_nothing(snow: Servicenow, method: str, path: str):
    change = snow.new_change()
    path = path.format(change=change, file=evidence(snow, change))

    silent = without(snow, method, path, "Content-Type")
    deaf = without(snow, method, path, "Accept")

    assert (silent.status_code, deaf.status_code) == (400, 400)
    assert snow.change(change)["short_description"] == "Deploy payments 2.4.1"
    assert len(snow.state()["attachments"]) == 1


def test_a_form_is_no_json_for_the_change_api_either(snow: Servicenow):
    change = snow.new_change()

    answer = without(snow, "PATCH", f"{CHANGES}/{change}", **{"Content-Type": "application/x-www-form-urlencoded"})

    assert answer.status_code == 415


@pytest.mark.parametrize("path", [TABLE, CHANGES, FILES])
def test_whoever_does_not_take_json_gets_none(snow: Servicenow, path: str):
    assert without(snow, "GET", path, Accept="text/html").status_code == 406
    assert without(snow, "GET", path, "Accept").status_code == 400
    assert without(snow, "GET", path, "Content-Type", Accept="*/*").status_code == 200


def test_a_file_comes_as_whatever_it_is(snow: Servicenow):
    file = evidence(snow, snow.new_change())

    answer = without(snow, "GET", f"{FILES}/{file}/file", "Content-Type", Accept="image/png")

    assert (answer.status_code, answer.content) == (200, b"{}")
