"""The sandbox as a whole: is Cabbie up, what time is it taken to be, and starting over."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.integrations.standin.rig import BotProcess, Rig, rigged

DAY = 86_400


def until(is_so: Callable[[], Any], seconds: float = 30.0) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := is_so():
            return found
        time.sleep(0.02)
    raise AssertionError("it never came to be")


def is_resting(rig: Rig) -> bool:
    return not rig.pulse()["phase"]


def test_whether_cabbie_is_up_is_told_as_it_changes(rig: Rig, bot: BotProcess) -> None:
    assert rig.pulse()["cabbie"]["state"] == "ready"

    bot.kill()
    until(lambda: rig.pulse()["cabbie"]["state"] == "down")

    bot.start()
    until(lambda: rig.pulse()["cabbie"]["state"] == "ready")


def test_the_clock_is_moved_for_all_and_kept_where_cabbie_reads_it(rig: Rig, tmp_path: Path) -> None:
    rig.post("/page/clock", {"seconds": DAY})
    rig.post("/page/clock", {"seconds": 900})

    assert rig.pulse()["clock"]["seconds"] == DAY + 900
    assert float((tmp_path / "clock").read_text()) == DAY + 900
    for server in (rig.slack, rig.jira, rig.servicenow):
        clock = requests.get(f"{server.url}/_standin/clock", timeout=5).json()
        assert datetime.fromisoformat(clock["now"]) - datetime.now(UTC) > timedelta(hours=23)


def test_servicenow_writes_the_moved_time(rig: Rig) -> None:
    rig.post("/page/clock", {"seconds": 3 * DAY})

    rig.open_change()

    row = rig.standins["servicenow"].diary.as_json()[1]["answer"]
    assert (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%d") in row


def test_the_clock_goes_back_to_real_time(rig: Rig, tmp_path: Path) -> None:
    rig.post("/page/clock", {"seconds": DAY})

    rig.post("/page/clock", {"seconds": None})

    assert rig.pulse()["clock"]["seconds"] == 0
    assert float((tmp_path / "clock").read_text()) == 0


@pytest.mark.parametrize("told", [{}, {"seconds": "soon"}, {"seconds": [1]}, {"seconds": 1e15}, {"seconds": 1e300}])
def test_a_time_that_cannot_be_is_refused(rig: Rig, told: dict[str, Any]) -> None:
    answer = requests.post(f"{rig.page.url}/page/clock", json=told, timeout=5)

    assert answer.status_code == 400
    assert rig.pulse()["clock"]["seconds"] == 0


def test_starting_over_brings_back_the_seed(rig: Rig) -> None:
    before = {name: rig.standins[name].state() for name in ("slack", "jira", "servicenow")}
    switches = {name: dict(rig.standins[name].switches) for name in before}
    rig.open_change()
    rig.post("/page/people/U0LINUS/message", {"channel": "C0PAYMENTS", "text": "hello"})
    rig.post("/page/trouble", {"system": "jira", "what": "error", "times": "-1"})
    rig.post("/page/trouble", {"system": "servicenow", "what": "upgrading"})
    rig.post("/page/clock", {"seconds": DAY})

    assert rig.post("/page/startover", {})["begun"] is True
    until(lambda: rig.pulse()["generation"] == 2 and is_resting(rig))

    assert {name: rig.standins[name].state() for name in before} == before
    assert rig.standins["jira"].switches == switches["jira"]
    pulse = rig.pulse()
    assert (pulse["wrong"], pulse["clock"]["seconds"]) == ([], 0)
    assert rig.get("/page/timeline").json()["rows"] == []
    rig.open_change()
    assert [change["number"] for change in rig.systems()["servicenow"]["changes"]] == ["CHG0030001"]


def test_whoever_waits_for_news_is_let_go(rig: Rig) -> None:
    seen = rig.get("/page/people/U0ADA/screen").json()["revision"]
    path = f"/page/people/U0ADA/screen?wait={seen}"
    with ThreadPoolExecutor(8) as hands:
        asking = [hands.submit(lambda: rig.get(path).status_code) for _ in range(8)]
        rig.post("/page/startover", {})

        # Who comes while the doors are being changed is turned away, and comes again as the page does.
        answers = [future.result() for future in asking if future.exception(timeout=60) is None]

    assert set(answers) == {200}


def test_a_bot_run_by_hand_keeps_its_memory_and_that_is_said_until_it_was_away(rig: Rig, bot: BotProcess) -> None:
    assert rig.pulse()["restarts_cabbie"] is False
    rig.post("/page/startover", {})
    until(lambda: rig.pulse()["generation"] == 2 and is_resting(rig))
    assert rig.pulse()["cabbie"]["is_stale"] is True

    bot.kill()
    until(lambda: rig.pulse()["cabbie"]["state"] == "down")
    bot.start()

    until(lambda: rig.pulse()["cabbie"]["state"] == "ready")
    assert rig.pulse()["cabbie"]["is_stale"] is False


def test_nothing_of_the_old_generation_reaches_the_new_one(bot: BotProcess, tmp_path: Path) -> None:
    told: list[dict[str, Any]] = []
    with rigged(bot.url, tmp_path, told.append) as rig:
        rig.post("/page/startover", {})
        until(lambda: told == [{"reset": "begun", "generation": 2}])
        assert rig.pulse()["phase"] == "stopping Cabbie"
        with pytest.raises(requests.ConnectionError):
            rig.slack_api("auth.test")
        assert rig.post("/page/startover", {})["begun"] is False

        bot.kill()
        until(lambda: {"reset": "done", "generation": 2} in told)
        assert rig.pulse()["phase"] == "starting Cabbie with an empty memory"
        assert rig.slack_api("auth.test").json()["ok"] is True

        bot.start()
        until(lambda: is_resting(rig))
        assert (rig.pulse()["generation"], rig.pulse()["problem"], len(told)) == (2, "", 2)
