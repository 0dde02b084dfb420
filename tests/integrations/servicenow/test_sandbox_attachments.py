"""Attachments: bytes in, the same bytes out."""

import hashlib

import requests

from tests.integrations.servicenow.conftest import Servicenow

FILES = "/api/now/attachment"
EVIDENCE = b'{"commits": [1, 2, 3]}\x00\xff'


def upload(snow: Servicenow, *, by: str = "change", kind: str = "application/json", **query: str) -> requests.Response:
    headers = {**snow.headers(by), "Content-Type": kind}
    return requests.post(f"{snow.url}{FILES}/file", data=EVIDENCE, params=query, headers=headers, timeout=5)


def test_what_goes_in_comes_out(snow: Servicenow):
    sys_id = snow.new_change()

    answer = upload(snow, table_name="change_request", table_sys_id=sys_id, file_name="evidence.json")

    made = answer.json()["result"]
    content = snow.call("GET", f"{FILES}/{made['sys_id']}/file")
    assert answer.status_code == 201
    assert answer.headers["Location"].endswith(made["sys_id"])
    assert (made["size_bytes"], made["content_type"]) == (str(len(EVIDENCE)), "application/json")
    assert made["download_link"] == f"{snow.url}{FILES}/{made['sys_id']}/file"
    assert content.content == EVIDENCE
    assert content.headers["Content-Type"] == "application/json"
    assert snow.state()["attachments"] == [
        {
            "file_name": "evidence.json",
            "content_type": "application/json",
            "size": len(EVIDENCE),
            "sha256": hashlib.sha256(EVIDENCE).hexdigest(),
        }
    ]


def test_the_same_name_twice_makes_two(snow: Servicenow):
    about = {"table_name": "change_request", "table_sys_id": snow.new_change(), "file_name": "evidence.json"}
    upload(snow, **about)
    upload(snow, **about)

    query = f"table_sys_id={about['table_sys_id']}^file_name=evidence.json"

    assert len(snow.result("GET", FILES, sysparm_query=query)) == 2
    assert len(snow.result("GET", "/api/now/table/sys_attachment", sysparm_query=query)) == 2


def test_parameters_type_and_record_are_needed(snow: Servicenow):
    about = {"table_name": "change_request", "table_sys_id": snow.new_change(), "file_name": "evidence.json"}

    assert upload(snow, table_name="change_request", file_name="x").status_code == 400
    assert upload(snow, kind="", **about).status_code == 400
    assert upload(snow, **{**about, "table_sys_id": "f" * 32}).status_code == 404


def test_attaching_needs_write_on_the_record(snow: Servicenow):
    about = {"table_name": "change_request", "table_sys_id": snow.new_change(), "file_name": "evidence.json"}

    answer = upload(snow, by="approval", **about)

    assert answer.status_code == 403
    assert "Insert" in answer.json()["error"]["detail"]


def test_own_attachments_can_be_deleted(snow: Servicenow):
    about = {"table_name": "change_request", "table_sys_id": snow.new_change(), "file_name": "evidence.json"}
    first, second = (upload(snow, **about).json()["result"]["sys_id"] for _ in range(2))

    assert snow.call("DELETE", f"{FILES}/{first}", by="approval").status_code == 403
    assert snow.call("DELETE", f"{FILES}/{first}").status_code == 204
    assert snow.call("GET", f"{FILES}/{first}").status_code == 404
    assert snow.call("DELETE", f"/api/now/table/sys_attachment/{second}").status_code == 204
    assert snow.call("GET", f"{FILES}/{second}/file").status_code == 404
