"""Oddities of the query string and of headers."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import requests

from integrations.servicenow.sandbox import build
from integrations.standin.clock import Clock
from integrations.standin.secrets import invent
from integrations.standin.world import World
from tests.integrations.servicenow.conftest import Servicenow, Stage, person_id

CHANGES = "/api/now/table/change_request"


def overridden(snow: Servicenow, verb: str, path: str, body: object = None) -> requests.Response:
    headers = {**snow.headers("change"), "X-http-method-override": verb}
    return requests.post(f"{snow.url}{path}", json=body, headers=headers, timeout=5)


def test_a_post_may_say_it_is_another_verb(snow: Servicenow):
    sys_id = snow.new_change()
    path = f"{CHANGES}/{sys_id}"

    patched = overridden(snow, "PATCH", path, {"justification": "Because"})
    read = overridden(snow, "get", path)
    by_change_api = overridden(snow, "PATCH", f"/api/sn_chg_rest/change/{sys_id}", {"justification": "Still"})
    snow.person("cabbie.change", roles=["change_manager"])
    deleted = overridden(snow, "DELETE", path)

    assert patched.json()["result"]["justification"] == "Because"
    assert read.json()["result"]["number"] == "CHG0030001"
    assert by_change_api.json()["result"]["justification"]["value"] == "Still"
    assert deleted.status_code == 204


def test_a_verb_that_is_none_changes_nothing(snow: Servicenow):
    path = f"{CHANGES}/{snow.new_change()}"

    assert overridden(snow, "BREW", path, {"justification": "x"}).status_code == 405
    assert overridden(snow, "POST", CHANGES, {"short_description": "x"}).status_code == 201


def test_a_view_shows_its_own_columns(snow: Servicenow):
    path = f"{CHANGES}/{snow.new_change()}"

    mobile = snow.result("GET", path, sysparm_view="mobile")
    named = snow.result("GET", path, sysparm_view="mobile", sysparm_fields="number,justification")
    unknown = snow.result("GET", path, sysparm_view="nonsense")
    empty = snow.result("GET", path, sysparm_view="")

    assert set(mobile) >= {"sys_id", "number", "state"} and "justification" not in mobile
    assert set(named) == {"number", "justification"}
    assert unknown == empty == snow.result("GET", path)


def test_display_values_as_input_are_in_the_writers_own_time(snow: Servicenow):
    snow.person("grace", time_zone="Europe/Berlin")
    path = f"{CHANGES}/{snow.new_change()}"
    body = {"start_date": "2026-01-15 13:00:00"}

    shown = snow.result("PATCH", path, body, by="grace", sysparm_input_display_value="true")["start_date"]
    stored = snow.result("PATCH", path, body, by="grace")["start_date"]

    assert (shown, stored) == ("2026-01-15 12:00:00", "2026-01-15 13:00:00")


@pytest.mark.parametrize("wanted", ["true", "TRUE", "True"])
def test_switches_in_the_query_mind_no_case(snow: Servicenow, wanted: str):
    path = f"{CHANGES}/{snow.new_change(requested_by=person_id('linus'))}"

    found = snow.result("GET", path, sysparm_exclude_reference_link=wanted, sysparm_fields="requested_by")

    assert found == {"requested_by": person_id("linus")}


def test_counting_and_paging_headers_are_left_out_one_by_one(snow: Servicenow):
    snow.new_change()

    uncounted = snow.call("GET", CHANGES, sysparm_no_count="true").headers
    unlinked = snow.call("GET", CHANGES, sysparm_suppress_pagination_header="true").headers

    assert "X-Total-Count" not in uncounted and "Link" in uncounted
    assert "Link" not in unlinked and "X-Total-Count" in unlinked


def test_the_count_and_the_links_do_not_know_the_acl(snow: Servicenow):
    ids = [snow.new_change() for _ in range(3)]
    snow.switch(hidden_records=ids[1:])

    answer = snow.call("GET", CHANGES, sysparm_limit="1", sysparm_offset="1", sysparm_query="ORDERBYnumber")

    assert answer.json()["result"] == []
    assert answer.headers["X-Total-Count"] == "3"
    assert 'rel="next"' in answer.headers["Link"]


def test_an_order_without_a_tie_breaker_keeps_the_table_order(snow: Servicenow):
    numbers = [snow.change(snow.new_change(category="Software"))["number"] for _ in range(3)]

    found = snow.result("GET", CHANGES, sysparm_query="ORDERBYDESCcategory")

    assert [row["number"] for row in found] == numbers


def test_what_a_query_does_not_understand_is_dropped_and_the_rest_runs(snow: Servicenow):
    snow.new_change(correlation_id="one")
    snow.new_change(correlation_id="two")

    def found(query: str) -> list[str]:
        return [row["correlation_id"] for row in snow.result("GET", CHANGES, sysparm_query=query)]

    assert found("correlation_id=one^corelation_id=two") == ["one"]
    assert found("corelation_id=one^correlation_id=two") == ["two"]
    assert found("correlation_id=one^ORcorelation_id=two") == ["one"]
    assert found("correlation_id~one") == ["one", "two"]
    assert found("requested_by.no_such=x") == ["one", "two"]
    assert found("sys_updated_on>=javascript:gs.noSuchThing()") == ["one", "two"]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timed(world: World, stage: tuple[Stage, str], clock: Clock) -> Servicenow:
    """An instance whose clock stands in the middle of a day in March 2026."""
    play, url = stage
    secrets = invent()
    clock.move(datetime(2026, 3, 10, 12, 0, tzinfo=UTC) - datetime.now(UTC))
    standin = build(world, secrets, clock)
    play.app = standin.app
    return Servicenow(standin, url, secrets)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (">=javascript:gs.hoursAgo(1)", ["now"]),
        (">=javascript:gs.minutesAgo(10)", ["now"]),
        (">=javascript:gs.daysAgo(2)", ["yesterday", "now"]),
        (">=javascript:gs.daysAgoStart(1)", ["yesterday", "now"]),
        ("<=javascript:gs.daysAgoEnd(1)", ["long ago", "yesterday"]),
        (">=javascript:gs.beginningOfToday()", ["now"]),
        (">javascript:gs.endOfToday()", []),
        (">=javascript:gs.dateGenerate('2026-03-09','00:00:00')", ["yesterday", "now"]),
        ("ONToday@javascript:gs.beginningOfToday()@javascript:gs.endOfToday()", ["now"]),
        ("BETWEENjavascript:gs.daysAgo(2)@javascript:gs.hoursAgo(12)", ["yesterday"]),
        ("BETWEEN2026-03-09 00:00:00@2026-03-09 23:59:59", ["yesterday"]),
    ],
)
def test_dates_by_script_follow_the_instances_clock(
    timed: Servicenow, clock: Clock, condition: str, expected: list[str]
):
    for name, back in (("long ago", timedelta(days=30)), ("yesterday", timedelta(days=1)), ("now", timedelta())):
        clock.move(-back)
        timed.new_change(correlation_id=name)
        clock.move(back)

    found = timed.result("GET", CHANGES, sysparm_query=f"sys_created_on{condition}^ORDERBYsys_created_on")

    assert [row["correlation_id"] for row in found] == expected


def test_a_scripts_day_is_the_callers_own(timed: Servicenow):
    timed.person("grace", time_zone="Pacific/Auckland")  # where it is past midnight already
    timed.new_change()
    query = "sys_created_on>=javascript:gs.beginningOfToday()"
    earlier = "sys_created_on>=javascript:gs.daysAgoStart(1)^sys_created_on<javascript:gs.beginningOfToday()"

    assert len(timed.result("GET", CHANGES, by="grace", sysparm_query=query)) == 1
    assert timed.result("GET", CHANGES, by="grace", sysparm_query=earlier) == []


def test_calls_side_by_side_do_not_mix_their_parameters(snow: Servicenow):
    ids = {f"key-{n}": snow.new_change(correlation_id=f"key-{n}") for n in range(6)}
    seen: dict[str, set[str]] = {key: set() for key in ids}

    def look(key: str) -> None:
        for _ in range(5):
            seen[key] |= {r["sys_id"] for r in snow.result("GET", CHANGES, sysparm_query=f"correlation_id={key}")}

    threads = [threading.Thread(target=look, args=(key,)) for key in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == {key: {sys_id} for key, sys_id in ids.items()}


@pytest.mark.parametrize("path", [CHANGES, "/api/sn_chg_rest/change", "/api/now/attachment"])
@pytest.mark.parametrize("nonsense", ["²", "٣", "1e3", "9" * 5000])
def test_a_number_that_is_none_counts_as_not_given(snow: Servicenow, path: str, nonsense: str):
    answer = snow.call("GET", path, sysparm_limit=nonsense, sysparm_offset=nonsense)

    assert answer.status_code == 200
