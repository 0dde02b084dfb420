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


def form(
    snow: Servicenow, fields: dict[str, str], *, by: str = "change", name: str = "evidence.json"
) -> requests.Response:
    """multipart/form-data; requests puts the file behind the fields."""
    headers = {"Authorization": snow.headers(by)["Authorization"], "Accept": "application/json"}
    files = {"uploadFile": (name, EVIDENCE, "application/json")}
    return requests.post(f"{snow.url}{FILES}/upload", data=fields, files=files, headers=headers, timeout=5)


def test_a_form_with_the_file_last(snow: Servicenow):
    answer = form(snow, {"table_name": "change_request", "table_sys_id": snow.new_change()})

    made = answer.json()["result"]
    assert answer.status_code == 201
    assert (made["file_name"], made["content_type"], made["size_bytes"]) == (
        "evidence.json",
        "application/json",
        str(len(EVIDENCE)),
    )
    assert snow.call("GET", f"{FILES}/{made['sys_id']}/file").content == EVIDENCE


def test_what_comes_after_the_file_does_not_count(snow: Servicenow):
    sys_id = snow.new_change()
    headers = {"Authorization": snow.headers("change")["Authorization"], "Accept": "application/json"}
    parts = [
        ("table_name", (None, "change_request")),
        ("uploadFile", ("evidence.json", EVIDENCE, "application/json")),
        ("table_sys_id", (None, sys_id)),
    ]

    answer = requests.post(f"{snow.url}{FILES}/upload", files=parts, headers=headers, timeout=5)

    assert answer.status_code == 400
    assert answer.json()["error"]["detail"] == "table_sys_id required"


def test_a_form_without_a_boundary_or_a_file_is_refused(snow: Servicenow):
    about = {"table_name": "change_request", "table_sys_id": snow.new_change()}
    headers = snow.headers("change")
    url = f"{snow.url}{FILES}/upload"

    raw = requests.post(url, data=EVIDENCE, headers={**headers, "Content-Type": "multipart/form-data"}, timeout=5)
    plain = requests.post(url, data=EVIDENCE, headers=headers, timeout=5)
    fields_only = requests.post(
        url,
        files=[(name, (None, value)) for name, value in about.items()],
        headers={"Authorization": headers["Authorization"]},
        timeout=5,
    )

    assert (raw.status_code, plain.status_code, fields_only.status_code) == (400, 400, 400)


def test_a_form_follows_the_rights_of_the_record(snow: Servicenow):
    about = {"table_name": "change_request", "table_sys_id": snow.new_change()}

    assert form(snow, about, by="approval").status_code == 403
    assert form(snow, {**about, "table_sys_id": "f" * 32}).status_code == 404


def test_the_hash_is_the_files_own(snow: Servicenow):
    about = {"table_name": "change_request", "table_sys_id": snow.new_change(), "file_name": "evidence.json"}

    made = upload(snow, **about).json()["result"]

    row = snow.result("GET", f"/api/now/table/sys_attachment/{made['sys_id']}")
    assert made["hash"] == row["hash"] == hashlib.sha256(EVIDENCE).hexdigest()


def test_an_instance_bounds_size_and_kind(snow: Servicenow):
    about = {"table_name": "change_request", "table_sys_id": snow.new_change(), "file_name": "evidence.json"}
    snow.switch(attachment_megabytes=0)
    too_large = upload(snow, **about)
    snow.switch(attachment_megabytes=1024, attachment_extensions=["pdf", "txt"])

    wrong_kind, form_too = upload(snow, **about), form(snow, about)
    allowed = upload(snow, **{**about, "file_name": "evidence.TXT"})

    settings = snow.result("GET", "/api/now/table/sys_properties", sysparm_query="nameLIKEattachment^ORDERBYname")
    assert (too_large.status_code, wrong_kind.status_code, form_too.status_code, allowed.status_code) == (
        *(400, 400, 400),
        201,
    )
    assert {row["name"]: row["value"] for row in settings} == {
        "com.glide.attachment.max_size": "1024",
        "glide.attachment.extensions": "pdf,txt",
    }


def test_attachments_of_a_record_that_cannot_be_seen_cannot_be_seen(snow: Servicenow):
    sys_id = snow.new_change()
    made = upload(snow, table_name="change_request", table_sys_id=sys_id, file_name="x.json").json()["result"]["sys_id"]
    query = f"table_sys_id={sys_id}"
    snow.switch(hidden_records=[sys_id])

    assert snow.result("GET", FILES, sysparm_query=query) == []
    assert snow.result("GET", "/api/now/table/sys_attachment", sysparm_query=query) == []
    for path in (f"{FILES}/{made}", f"{FILES}/{made}/file", f"/api/now/table/sys_attachment/{made}"):
        assert snow.call("GET", path).status_code == 404


def test_a_plain_approver_sees_no_attachment_of_a_change(snow: Servicenow):
    upload(snow, table_name="change_request", table_sys_id=snow.new_change(), file_name="x.json")
    snow.person("ada", without_roles=["itil"])

    assert snow.result("GET", FILES, by="ada") == []


def test_a_closed_change_may_take_no_more(snow: Servicenow):
    snow.switch(flow_seconds=0)
    sys_id = snow.scheduled()
    for state in ("-1", "0"):
        snow.move(sys_id, state)
    assert snow.move(sys_id, "3", close_code="successful", close_notes="x").ok
    about = {"table_name": "change_request", "table_sys_id": sys_id, "file_name": "evidence.json"}

    before = upload(snow, **about).status_code
    snow.switch(closed_is_read_only=True)
    after = upload(snow, **about).status_code

    assert (before, after) == (201, 403)


def test_deleting_the_record_deletes_what_hangs_on_it(snow: Servicenow):
    sys_id = snow.new_change()
    made = upload(snow, table_name="change_request", table_sys_id=sys_id, file_name="x.json").json()["result"]["sys_id"]

    snow.call("DELETE", f"/api/now/table/change_request/{sys_id}", by="katherine")

    assert snow.call("GET", f"{FILES}/{made}/file").status_code == 404


def test_what_hangs_on_the_task_does_not_hang_on_the_change(snow: Servicenow):
    """The same record by its parent table's name: taken, and not on the change's form."""
    sys_id = snow.new_change()
    query = {"table_name": "task", "table_sys_id": sys_id, "file_name": "evidence.json"}

    made = requests.post(f"{snow.url}{FILES}/file", params=query, data=b"{}", headers=snow.headers("change"), timeout=5)

    assert made.status_code == 201
    assert snow.state()["attachments"] == []
