"""PostgreSQL restarted, out of reach, and dark, amid the work: no false word at the door, and all goes on by itself."""

import json
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.postgres import Postgres
from tests.replicas import judge
from tests.replicas.conftest import Length
from tests.replicas.crowd import NAMES, Crowd
from tests.replicas.fleet import CLOCK, WEB, WORKER, Fleet, fleet, pid
from tests.replicas.place import HASTE, cabbie, place, way_to
from tests.replicas.relay import Relay
from tests.stories.processes import Bot, eventually

pytestmark = pytest.mark.usefixtures("only_when_long")


@pytest.fixture
def relay(postgres: Postgres) -> Iterator[Relay]:
    with way_to(postgres) as open_way:
        yield open_way


@pytest.fixture
def procfile(postgres: Postgres, relay: Relay, tmp_path: Path) -> Iterator[Fleet]:
    """As the Procfile has it, with two workers."""
    with (
        place(tmp_path, postgres, relay, cabbie=cabbie(WEB), **HASTE) as town,
        fleet(town, postgres, tmp_path, WORKER, WORKER, CLOCK) as ours,
    ):
        yield ours


def test_whatever_becomes_of_postgresql_everything_goes_on_by_itself(
    procfile: Fleet, postgres: Postgres, relay: Relay, length: Length
) -> None:
    processes = [pid(bot) for bot in procfile.members]

    with Crowd(procfile.town, length.at_once).deploying() as crowd:
        _until_at_work(procfile)
        postgres.crash()
        _is_out_of_order(procfile)
        postgres.start()
        _until_all(procfile, 200)
        for leave, come_back in ((relay.cut, relay.open), (relay.hush, relay.speak)):
            _until_at_work(procfile)
            leave()
            _is_out_of_order(procfile, for_seconds=length.away_seconds)
            come_back()
            _until_all(procfile, 200)

    judge.check(procfile, crowd.deploys)
    assert [pid(bot) for bot in procfile.members if bot.process and bot.process.poll() is None] == processes


def _until_at_work(procfile: Fleet) -> None:
    eventually(lambda: any(map(procfile.work_of, procfile.members)), what="work in hand")


def _is_out_of_order(procfile: Fleet, *, for_seconds: float = 0) -> None:
    """Each says so, and the door takes nothing."""
    end = time.monotonic() + for_seconds
    _until_all(procfile, 503)
    _check_door(procfile.members[0])
    while time.monotonic() < end:
        assert [_readiness(bot) for bot in procfile.members] == [503] * len(procfile.members)
        time.sleep(0.5)


def _check_door(web: Bot) -> None:
    """Whoever asks or says something is told of a fault, or is told nothing in time; never that it is done."""
    asked = _call(web, "GET", "gate", params={"service": NAMES[0], "version": "1.0"})
    assert asked is None or asked.status_code >= 500 or asked.json()["open"] is False, asked.text
    said = _call(web, "POST", "announcements", json={"service": "nothing", "version": "1.0", "status": "requested"})
    assert said is None or said.status_code >= 500, said.text


def _call(web: Bot, method: str, path: str, **words: Any) -> requests.Response | None:
    tokens = json.loads(web.environment["CABBIE_API_TOKENS"])
    token = next(token for token, services in tokens.items() if services == ["*"])
    url, headers = f"http://127.0.0.1:{web.port}/api/v1/{path}", {"Authorization": f"Bearer {token}"}
    try:
        return requests.request(method, url, headers=headers, timeout=3, **words)
    except requests.Timeout:
        return None


def _until_all(procfile: Fleet, status: int) -> None:
    for bot in procfile.members:
        eventually(partial(_is, bot, status), within=180, what=f"/readyz saying {status}")


def _is(bot: Bot, status: int) -> bool:
    return _readiness(bot) == status


def _readiness(bot: Bot) -> int:
    return requests.get(f"http://127.0.0.1:{bot.port}/readyz", timeout=10).status_code
