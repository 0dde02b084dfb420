"""The gate: what a pipeline is told when it asks whether it may go."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from tests.stories.pipeline import announce, ask_gate, token_for
from tests.stories.town import Town, number_in, town


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(Path(tmp_path_factory.mktemp("gate"))) as place:
        yield place


def test_a_waiting_pipeline_is_let_through_when_the_change_is_cleared_and_not_before(acme: Town) -> None:
    pipeline = token_for(acme, "payments")
    query = {"service": "payments", "version": "2.4.1", "environment": "production"}
    assert ask_gate(acme, pipeline, **query) == {
        "open": False, "reason": "no change is known for this deploy", "number": "", "sha": "", "until": None
    }  # fmt: skip
    announce(acme, pipeline, service="payments", version="2.4.1", requested_by="linus@acme.example")

    with ThreadPoolExecutor(1) as hands:
        waiting = hands.submit(ask_gate, acme, pipeline, **query, wait=40)
        number = number_in(acme.until_card("approve")["text"])
        shut = ask_gate(acme, pipeline, **query)
        acme.until(lambda: "row" in acme.approve_in_servicenow("ada", number), "ada being asked")
        acme.until(lambda: "row" in acme.approve_in_servicenow("grace", number), "grace being asked")
        opened = waiting.result()

    assert not shut["open"] and shut["reason"] == f"{number} is waiting for technical approval"
    assert opened["open"] and opened["number"] == number and opened["until"]
    assert acme.change(number)["state"].lower() == "implement"
    sha = opened["sha"]
    assert ask_gate(acme, service="payments", sha=sha)["open"]
    assert ask_gate(acme, service="payments", version="v2.4.1", sha=sha[:12])["open"]
    assert ask_gate(acme, service="PAYMENTS".lower(), version="2.4.1", environment="prod")["open"]


def test_it_is_open_for_what_was_approved_and_nothing_else(acme: Town) -> None:
    other = ask_gate(acme, service="payments", version="2.4.1", sha="f" * 40)
    elsewhere = ask_gate(acme, service="payments", version="2.4.1", environment="staging")
    later = ask_gate(acme, service="payments", version="2.5.0")
    nothing = ask_gate(acme, service="payments")

    assert not any(answer["open"] for answer in (other, elsewhere, later, nothing))
    unknown = acme.api("GET", "/api/v1/gate", params={"service": "paymnts"})
    assert unknown.status_code == 404 and "Did you mean “payments”?" in unknown.json()["detail"]
    assert acme.api("GET", "/api/v1/gate", params={"service": "payments", "wait": 99999}).status_code == 422


def test_a_hold_shuts_it_and_so_does_the_end(acme: Town) -> None:
    query = {"service": "payments", "version": "2.4.1"}
    number = ask_gate(acme, **query)["number"]

    acme.press("grace", "change.hold", number=number)
    held = until_shut(acme, **query)
    assert held["reason"] == f"{number} is on hold"
    acme.until_card("on hold", number=number)
    acme.press("grace", "change.release", number=number)
    acme.until(lambda: ask_gate(acme, **query)["open"], "the gate to open")
    noted = acme.said_to(acme.type("linus", f"/deploy done {number}"))
    assert f"{number} succeeded" in noted  # it was a pipeline that named him

    ended = until_shut(acme, **query)
    assert ended["reason"] == f"{number} is succeeded"


def until_shut(town: Town, **query: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        answer = ask_gate(town, **query)
        return None if answer["open"] else answer

    return town.until(look, "the gate to shut")


def test_the_command_line_says_no_with_the_reason(acme: Town) -> None:
    where = ["--api", f"http://127.0.0.1:{acme.bot.port}", "--token", token_for(acme, "payments")]

    refused = acme.bot.run("gate", "payments", "2.4.0", "--environment", "staging", *where)

    assert refused.returncode == 1 and refused.stderr.startswith("Shut: no change is known"), refused.stdout


def test_prometheus_reads_what_happened_and_nothing_confidential(acme: Town) -> None:
    answer = requests.get(f"http://127.0.0.1:{acme.bot.port}/metrics", timeout=15)

    assert answer.ok and answer.headers["content-type"].startswith("text/plain")
    figures = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    assert figures["cabbie_heard_total", "announcement", "api", "taken"] >= 1
    assert figures["cabbie_heard_total", "http", "press", "taken"] >= 2
    assert figures["cabbie_moves_total", "made", "open"] >= 1
    assert figures["cabbie_call_duration_seconds_count", "ServiceNow", "create"] >= 1
    assert figures["cabbie_call_duration_seconds_count", "Slack", "post"] >= 1
    assert figures["cabbie_call_duration_seconds_count", "Jira", "link"] >= 1
    assert figures["cabbie_ticks_total", "done", "wake"] >= 1
    assert (figures["cabbie_ready",], figures["cabbie_database_up",], figures["cabbie_changes_stuck",]) == (1, 1, 0)
    said = answer.text.lower()
    assert not [word for word in ("chg0", "payments", "2.4.1", "ada", "u0ada", "acme") if re.search(rf"\b{word}", said)]


def test_told_to_stop_it_says_so_and_finishes_what_it_has_in_hand(acme: Town) -> None:
    bot = acme.bot.process
    assert bot is not None
    before = len(acme.changes())
    acme.standins.fault("servicenow", "POST /api/sn_chg_rest/v1/change", "pause_after")
    acme.type("linus", "/deploy payments 2.4.1 to staging")
    acme.until(lambda: acme.standins.get("servicenow", "paused"), "a change is being opened")

    bot.terminate()
    status, why = acme.until(lambda: (answer := asked_ready(acme))[0] != 200 and answer, "word that it stops")
    alive = requests.get(f"http://127.0.0.1:{acme.bot.port}/healthz", timeout=15)
    acme.standins.post("servicenow", "resume")

    assert (status, why, alive.status_code) == (503, "it is stopping", 200)
    assert bot.wait(timeout=60) == 0
    assert len(acme.changes()) == before + 1


def asked_ready(town: Town) -> tuple[int, str]:
    answer = requests.get(f"http://127.0.0.1:{town.bot.port}/readyz", timeout=15)
    return answer.status_code, answer.json()["why"]
