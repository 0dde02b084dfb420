"""When something may be worked on: maintenance windows, blackouts, free slots."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.servicenow.sandbox import build
from integrations.servicenow.sandbox.engine.spans import Span, joined, within, without
from integrations.standin.clock import Clock
from integrations.standin.secrets import invent
from integrations.standin.world import World, load_world
from tests.integrations.servicenow.conftest import Servicenow, Stage, until

CHANGES = "/api/sn_chg_rest/change"
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STAMP = "%Y-%m-%d %H:%M:%S"
SCHEDULES = {
    "Search at night": {
        "kind": "maintenance",
        "time_zone": "UTC",
        "items": ["Search"],
        "spans": [{"start": "20260101T220000", "end": "20260102T020000", "repeat": "weekly", "days": "12"}],
    },
    "Payload on one evening": {
        "kind": "maintenance",
        "time_zone": "Europe/Berlin",
        "items": ["Payload Service"],
        "spans": [{"start": "20260304T180000", "end": "20260304T200000"}],
    },
    "Spring freeze": {
        "kind": "blackout",
        "condition": "nameINSearch,Checkout Web",
        "spans": [{"start": "20260303T000000Z", "end": "20260303T120000Z"}],
    },
    "Founders' day": {
        "kind": "blackout",
        "time_zone": "UTC",
        "condition": "name=Payments API",
        "spans": [{"start": "20200305T000000", "end": "20200306T000000", "repeat": "yearly"}],
    },
}


@pytest.fixture
def world() -> World:
    plain = load_world()
    operations = {"schedules": SCHEDULES, "depends_on": {"Checkout Web": ["Payments API"]}}
    return replace(plain, raw={**plain.raw, "servicenow": operations})


@pytest.fixture
def snow(world: World, stage: tuple[Stage, str]) -> Servicenow:
    """An instance that takes it to be Monday, 2 March 2026, nine o'clock."""
    play, url = stage
    secrets, clock = invent(), Clock()
    clock.move(MONDAY - datetime.now(UTC))
    standin = build(world, secrets, clock)
    play.app = standin.app
    return Servicenow(standin, url, secrets)


def item(snow: Servicenow, name: str) -> str:
    return str(snow.result("GET", "/api/now/table/cmdb_ci", sysparm_query=f"name={name}")[0]["sys_id"])


def planned(snow: Servicenow, name: str, start: str, end: str, **fields: str) -> str:
    return snow.new_change(cmdb_ci=item(snow, name), start_date=start, end_date=end, **fields)


def done(snow: Servicenow, answer: Any) -> dict[str, Any]:
    """The worker of an answer, once it is over."""
    path = f"{CHANGES}/worker/{answer.json()['result']['worker']['sysId']}"

    def look() -> Any:
        worker = snow.result("GET", path)
        return worker if worker["state"]["value"] in (3, 4) else None

    found: dict[str, Any] = until(look)
    return found


def spans(worker: dict[str, Any]) -> list[tuple[str, str]]:
    return [(span["start"], span["end"]) for span in worker["payload"]["spans"]]


def conflicts(snow: Servicenow, sys_id: str) -> list[tuple[str, str]]:
    """(type, number of the change in the way), after a check."""
    path = f"{CHANGES}/{sys_id}/conflict"
    assert snow.call("POST", path).ok
    until(lambda: snow.change(sys_id)["conflict_status"] != "Not Run")
    return [(one["type"]["value"], one["change"]["display_value"]) for one in snow.result("GET", path)["conflicts"]]


def test_the_schedule_of_a_change_is_told_by_a_worker(snow: Servicenow):
    sys_id = planned(snow, "Search", "2026-03-02 22:00:00", "2026-03-02 23:00:00")

    answer = snow.call("GET", f"{CHANGES}/{sys_id}/schedule")

    worker = done(snow, answer)
    assert answer.status_code == 202
    assert answer.json()["result"]["state"] == {"value": 1, "display_value": "Waiting"}
    assert "payload" not in answer.json()["result"]
    assert worker["state"] == {"value": 3, "display_value": "Complete"}
    assert spans(worker)[:3] == [
        ("2026-03-02 22:00:00", "2026-03-03 00:00:00"),  # the freeze begins at midnight
        ("2026-03-03 22:00:00", "2026-03-04 02:00:00"),
        ("2026-03-09 22:00:00", "2026-03-10 02:00:00"),
    ]


def test_a_schedule_is_told_in_stretches_long_enough(snow: Servicenow):
    search = item(snow, "Search")

    answer = snow.call("GET", f"{CHANGES}/ci/{search}/schedule", duration_in_seconds="10800")

    assert spans(done(snow, answer))[0] == ("2026-03-03 22:00:00", "2026-03-04 02:00:00")


def test_an_item_without_a_schedule_is_free_but_for_other_changes_and_blackouts(snow: Servicenow):
    planned(snow, "Payments API", "2026-03-02 10:00:00", "2026-03-02 12:00:00")
    payments = item(snow, "Payments API")

    found = spans(done(snow, snow.call("GET", f"{CHANGES}/ci/{payments}/schedule", duration_in_seconds="60")))

    assert found[0][1] == "2026-03-02 10:00:00"
    assert found[1] == ("2026-03-02 12:00:00", "2026-03-05 00:00:00")
    assert found[2][0] == "2026-03-06 00:00:00"


def test_schedules_need_an_item_dates_and_a_duration(snow: Servicenow):
    without_dates = snow.new_change(cmdb_ci=item(snow, "Search"))
    without_item = snow.new_change(start_date="2026-03-02 22:00:00", end_date="2026-03-02 23:00:00")
    search = item(snow, "Search")

    assert snow.call("GET", f"{CHANGES}/{without_dates}/schedule").status_code == 400
    assert snow.call("GET", f"{CHANGES}/{without_item}/schedule").status_code == 400
    assert snow.call("GET", f"{CHANGES}/ci/{search}/schedule").status_code == 400
    assert snow.call("GET", f"{CHANGES}/ci/{search}/schedule", duration_in_seconds="-5").status_code == 400
    assert snow.call("GET", f"{CHANGES}/ci/{'f' * 32}/schedule", duration_in_seconds="60").status_code == 404
    assert snow.call("PATCH", f"{CHANGES}/{without_dates}/schedule/first_available", {}).status_code == 400


def test_first_available_moves_the_planned_dates(snow: Servicenow):
    sys_id = snow.new_change(cmdb_ci=item(snow, "Search"))

    answer = snow.call("PATCH", f"{CHANGES}/{sys_id}/schedule/first_available", {"duration_in_seconds": "10800"})

    assert answer.status_code == 202
    assert snow.change(sys_id)["start_date"] == ""
    done(snow, answer)
    change = snow.change(sys_id)
    assert (change["start_date"], change["end_date"]) == ("2026-03-03 22:00:00", "2026-03-04 01:00:00")


def test_first_available_may_find_nothing(snow: Servicenow):
    sys_id = snow.new_change(cmdb_ci=item(snow, "Payload Service"))

    worker = done(
        snow, snow.call("PATCH", f"{CHANGES}/{sys_id}/schedule/first_available", {"duration_in_seconds": "86400"})
    )

    assert worker["state"]["display_value"] == "Error"
    assert worker["messages"]["errorMessages"] == ["No available time was found"]
    assert snow.change(sys_id)["start_date"] == ""


def test_schedules_are_for_those_who_write_changes(snow: Servicenow):
    sys_id = planned(snow, "Search", "2026-03-02 22:00:00", "2026-03-02 23:00:00")

    assert snow.call("GET", f"{CHANGES}/{sys_id}/schedule", by="approval").status_code == 403


def test_the_same_item_at_the_same_time_is_a_conflict(snow: Servicenow):
    planned(snow, "Solo Tool", "2026-03-02 22:00:00", "2026-03-02 23:00:00")
    beside = planned(snow, "Solo Tool", "2026-03-02 23:00:00", "2026-03-02 23:30:00")
    within_it = planned(snow, "Solo Tool", "2026-03-02 22:30:00", "2026-03-02 22:40:00")

    assert conflicts(snow, beside) == []
    assert conflicts(snow, within_it) == [("ci_already_scheduled", "CHG0030001")]
    assert snow.change(beside)["conflict_status"] == "No Conflict"


def test_an_inactive_change_is_in_nobodys_way(snow: Servicenow):
    other = planned(snow, "Solo Tool", "2026-03-02 22:00:00", "2026-03-02 23:00:00")
    snow.move(other, "4")

    assert conflicts(snow, planned(snow, "Solo Tool", "2026-03-02 22:00:00", "2026-03-02 23:00:00")) == []


def test_what_an_item_depends_on_and_what_depends_on_it_counts(snow: Servicenow):
    web = planned(snow, "Checkout Web", "2026-03-09 10:00:00", "2026-03-09 11:00:00")
    api = planned(snow, "Payments API", "2026-03-09 10:30:00", "2026-03-09 11:30:00")

    assert conflicts(snow, api) == [("parent_already_scheduled", "CHG0030001")]
    assert conflicts(snow, web) == [("child_already_scheduled", "CHG0030002")]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-03-02 22:00:00", "2026-03-03 00:00:00", []),
        ("2026-03-02 21:59:59", "2026-03-02 23:00:00", ["not_in_maintenance_window"]),
        ("2026-03-04 22:00:00", "2026-03-04 23:00:00", ["not_in_maintenance_window"]),
        ("2026-03-02 23:30:00", "2026-03-03 00:30:00", ["blackout"]),
        ("2026-03-03 11:00:00", "2026-03-03 13:00:00", ["not_in_maintenance_window", "blackout"]),
    ],
)
def test_windows_and_blackouts(snow: Servicenow, start: str, end: str, expected: list[str]):
    sys_id = planned(snow, "Search", start, end)

    assert conflicts(snow, sys_id) == [(kind, "CHG0030001") for kind in expected]
    assert snow.change(sys_id)["outside_maintenance_schedule"] == str("not_in_maintenance_window" in expected).lower()


def test_a_window_goes_by_the_clock_of_its_zone(snow: Servicenow):
    berlin_evening = planned(snow, "Payload Service", "2026-03-04 17:00:00", "2026-03-04 19:00:00")
    an_hour_later = planned(snow, "Payload Service", "2026-03-04 18:00:00", "2026-03-04 20:00:00")

    assert [kind for kind, _ in conflicts(snow, berlin_evening)] == ["ci_already_scheduled"]
    assert "not_in_maintenance_window" in [kind for kind, _ in conflicts(snow, an_hour_later)]


def test_a_yearly_blackout_comes_round(snow: Servicenow):
    on_the_day = planned(snow, "Payments API", "2026-03-05 10:00:00", "2026-03-05 11:00:00")
    a_day_later = planned(snow, "Payments API", "2026-03-06 10:00:00", "2026-03-06 11:00:00")

    assert [kind for kind, _ in conflicts(snow, on_the_day)] == ["blackout"]
    assert conflicts(snow, a_day_later) == []


def test_a_conflict_check_that_runs_cannot_be_started_again(snow: Servicenow):
    snow.switch(flow_seconds=30)
    sys_id = planned(snow, "Solo Tool", "2026-03-02 22:00:00", "2026-03-02 23:00:00")
    path = f"{CHANGES}/{sys_id}/conflict"

    worker = snow.result("POST", path)
    again = snow.call("POST", path)
    stopped = snow.call("DELETE", path)
    after = snow.result("GET", f"{CHANGES}/worker/{worker}")

    assert (again.status_code, stopped.status_code, stopped.content) == (400, 200, b"")
    assert after["state"]["display_value"] == "Error"
    assert snow.call("POST", path).status_code == 200


def test_conflicts_can_be_queried_and_deleting_the_check_forgets_them(snow: Servicenow):
    planned(snow, "Solo Tool", "2026-03-02 22:00:00", "2026-03-02 23:00:00")
    sys_id = planned(snow, "Solo Tool", "2026-03-02 22:00:00", "2026-03-02 23:00:00")
    conflicts(snow, sys_id)

    rows = snow.result("GET", "/api/now/table/conflict", sysparm_query=f"change={sys_id}", sysparm_display_value="true")
    snow.call("DELETE", f"{CHANGES}/{sys_id}/conflict")

    assert [(row["type"], row["conflicting_change"]["display_value"]) for row in rows] == [
        ("CI Already Scheduled", "CHG0030001")
    ]
    assert snow.result("GET", f"{CHANGES}/{sys_id}/conflict")["conflicts"] == []


def test_conflicts_may_be_looked_for_without_being_asked(snow: Servicenow):
    quiet = planned(snow, "Solo Tool", "2026-03-02 22:00:00", "2026-03-02 23:00:00")
    snow.switch(conflicts_run_by_themselves=True)

    sys_id = planned(snow, "Solo Tool", "2026-03-02 22:00:00", "2026-03-02 23:00:00")
    until(lambda: snow.change(sys_id)["conflict_status"] == "Conflict")
    snow.call("PATCH", f"{CHANGES}/{sys_id}", {"start_date": "2026-03-02 23:00:00", "end_date": "2026-03-02 23:30:00"})

    until(lambda: snow.change(sys_id)["conflict_status"] == "No Conflict")
    assert snow.change(quiet)["conflict_status"] == "Not Run"


def test_dates_follow_the_clock_that_was_given(snow: Servicenow):
    change = snow.change(snow.new_change())

    opened = datetime.strptime(change["opened_at"], STAMP).replace(tzinfo=UTC)
    assert timedelta() <= opened - MONDAY < timedelta(minutes=10)
    assert change["sys_created_on"].startswith("2026-03-02")


def hours(start: int, end: int) -> Span:
    return Span(MONDAY + timedelta(hours=start), MONDAY + timedelta(hours=end))


def test_spans_are_joined_cut_and_taken_out():
    assert joined([hours(3, 4), hours(0, 1), hours(1, 2)]) == [hours(0, 2), hours(3, 4)]
    assert within([hours(0, 5), hours(8, 9)], hours(2, 4)) == [hours(2, 4)]
    assert without([hours(0, 10)], [hours(2, 3), hours(9, 12)]) == [hours(0, 2), hours(3, 9)]
    assert without([hours(0, 2)], [hours(0, 2)]) == []
