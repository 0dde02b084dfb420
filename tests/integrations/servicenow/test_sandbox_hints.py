"""Business rules that tell others: a hint per new state, in whatever order, as often as it likes."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from secrets import token_hex
from typing import Any

import pytest
import requests

from tests.integrations.servicenow.conftest import Servicenow, person_id, until

HEADER = "X-Cabbie-Secret"


class Ear:
    """Somebody who is told."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                ear.secrets.append(self.headers.get(HEADER))
                ear.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(202)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhooks/servicenow"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def states(self, table: str) -> list[str]:
        return [hint["state"] for hint in self.heard if hint["table"] == table]


@pytest.fixture
def ear() -> Iterator[Ear]:
    made = Ear()
    yield made
    made.close()


def rules(snow: Servicenow, method: str = "GET", **rule: Any) -> dict[str, Any]:
    answer = requests.request(method, f"{snow.url}/_standin/business_rules", json=rule or None, timeout=5)
    found: dict[str, Any] = answer.json()
    return found


def told(snow: Servicenow, ear: Ear, **rule: Any) -> str:
    """A change just moved to Assess, whoever listens told about it; flows run within the write."""
    snow.switch(flow_seconds=0)
    rules(snow, "POST", url=ear.url, **rule)
    sys_id = snow.new_change()
    snow.move(sys_id, "-4")
    return sys_id


def test_each_new_state_of_a_change_and_of_a_row_is_told(snow: Servicenow, ear: Ear):
    sys_id = told(snow, ear)
    snow.approve(sys_id, "ada")

    until(lambda: len(ear.states("change_request")) == 3 and "approved" in ear.states("sysapproval_approver"))
    hint = next(h for h in ear.heard if h["state"] == "approved")
    assert ear.states("change_request") == ["-5", "-4", "-3"]
    assert ear.states("sysapproval_approver")[:3] == ["requested"] * 3
    assert (hint["change"], hint["number"], hint["approver"]) == (sys_id, "CHG0030001", person_id("ada"))
    assert (hint["sys_mod_count"], hint["sys_updated_by"]) == ("1", "ada")


def test_what_leaves_the_state_alone_is_not_told(snow: Servicenow, ear: Ear):
    sys_id = told(snow, ear, tables=["change_request"])
    until(lambda: ear.states("change_request") == ["-5", "-4"])

    snow.result("PATCH", f"/api/now/table/change_request/{sys_id}", {"justification": "x", "work_notes": "y"})
    snow.move(sys_id, "4")

    until(lambda: ear.states("change_request") == ["-5", "-4", "4"])
    assert ear.states("sysapproval_approver") == []


def test_a_shared_secret_goes_with_it_and_is_shown_to_nobody(snow: Servicenow, ear: Ear):
    secret = token_hex(16)

    told(snow, ear, header=HEADER, secret=secret)

    until(lambda: ear.heard)
    assert set(ear.secrets) == {secret}
    assert secret not in json.dumps(rules(snow))


def test_without_a_secret_there_is_no_header(snow: Servicenow, ear: Ear):
    told(snow, ear)

    until(lambda: ear.heard)
    assert set(ear.secrets) == {None}


def test_hints_may_come_twice(snow: Servicenow, ear: Ear):
    snow.switch(hints="twice")

    told(snow, ear, tables=["change_request"])

    until(lambda: len(ear.heard) == 4)
    assert ear.states("change_request") == ["-5", "-5", "-4", "-4"]


def test_hints_may_be_lost(snow: Servicenow, ear: Ear):
    snow.switch(hints="lost")

    told(snow, ear)

    assert {delivery["error"] for delivery in rules(snow)["sent"]} == {"lost"}
    assert ear.heard == []


def test_rows_made_at_once_come_in_another_order(snow: Servicenow, ear: Ear):
    snow.switch(hints="reversed")

    sys_id = told(snow, ear, tables=["sysapproval_approver"])

    until(lambda: len(ear.heard) == 3)
    query = f"sysapproval={sys_id}"
    made = [row["sys_id"] for row in snow.result("GET", "/api/now/table/sysapproval_approver", sysparm_query=query)]
    assert [hint["sys_id"] for hint in ear.heard] == made[::-1]


def test_nobody_there_holds_nothing_up(snow: Servicenow, ear: Ear):
    url = ear.url
    ear.close()

    rules(snow, "POST", url=url)
    sys_id = snow.new_change()

    assert snow.change(sys_id)["state"] == "-5"
    until(lambda: [delivery["error"] for delivery in rules(snow)["sent"]] == ["ConnectionError"])


def test_rules_can_be_taken_back(snow: Servicenow, ear: Ear):
    rules(snow, "POST", url=ear.url)

    after = rules(snow, "DELETE")
    snow.new_change()

    assert after == {"rules": [], "sent": []}
    assert rules(snow)["sent"] == []
