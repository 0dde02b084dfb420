"""Socket Mode, supervised: it comes back after an outage, and does not hammer where it is not wanted."""

import threading
from collections.abc import Iterator

import pytest

from bot.slack.app import SlackApp
from bot.slack.socket_door import SocketDoor
from tests.integrations.slack.conftest import Slack, until
from tests.integrations.slack.rig import PAYMENTS, a_front


@pytest.fixture
def app(slack: Slack) -> Iterator[SlackApp]:
    app, _, _ = a_front(slack)
    yield app
    app.close()


@pytest.fixture
def door(slack: Slack, app: SlackApp) -> Iterator[SocketDoor]:
    door = SocketDoor(app.bolt, app_token=slack.secrets.slack_app_token, web=app.tools.web, pauses=(0.5, 0.5))
    door.start()
    until(lambda: door.is_connected and slack.control("sockets")["sockets"])
    yield door
    threading.Thread(target=door.stop, daemon=True).start()  # slack_sdk's threads take seconds to end


def opens(slack: Slack) -> int:
    return len([e for e in slack.control("diary") if e["call"] == "apps.connections.open"])


def works(slack: Slack) -> bool:
    answer = slack.person("U0LINUS", "command", channel=PAYMENTS, command="/deploy", text="help")
    return bool(answer["ok"])


def test_it_knows_how_many_sockets_slack_counts(slack: Slack, door: SocketDoor) -> None:
    assert until(lambda: door.connections) == 1


def test_it_knows_for_how_long_none_has_been_open(slack: Slack, app: SlackApp, door: SocketDoor) -> None:
    never = SocketDoor(app.bolt, app_token="not a token", web=app.tools.web)
    assert (door.closed_for, never.closed_for) == (0.0, float("inf"))

    slack.control("sockets", {"reason": "too_many_websockets"})

    assert 0 < until(lambda: door.closed_for) < float("inf")
    until(lambda: door.closed_for == 0.0)


def test_an_ordinary_goodbye_is_followed_by_a_new_socket(slack: Slack, door: SocketDoor) -> None:
    slack.switch(disconnect_grace_seconds=0.2)

    slack.control("sockets", {"reason": "refresh_requested"})

    until(lambda: opens(slack) >= 2)
    assert until(lambda: works(slack))


@pytest.mark.parametrize("reason", ["link_disabled", "too_many_websockets"])
def test_where_it_is_not_wanted_it_waits_before_it_comes_back(slack: Slack, door: SocketDoor, reason: str) -> None:
    before = opens(slack)

    slack.control("sockets", {"reason": reason})

    until(lambda: not door.is_connected)
    assert opens(slack) == before, "not at once"
    until(lambda: opens(slack) == before + 1)
    assert until(lambda: works(slack))


def test_it_keeps_trying_while_slack_is_away_at_the_start(slack: Slack, app: SlackApp) -> None:
    slack.control("faults", {"call": "apps.connections.open", "action": "drop_before", "times": 2})
    door = SocketDoor(app.bolt, app_token=slack.secrets.slack_app_token, web=app.tools.web, pauses=(0.05, 0.1))

    door.start()

    assert until(lambda: door.is_connected)
    door.stop()


def test_it_stops_while_it_waits(slack: Slack, app: SlackApp) -> None:
    door = SocketDoor(app.bolt, app_token="not a token", web=app.tools.web, pauses=(60.0,))
    door.start()
    until(lambda: opens(slack) >= 1)

    door.stop()

    assert not door.is_connected
