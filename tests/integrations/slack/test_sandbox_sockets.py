"""Deliveries over Socket Mode, with Bolt's own handler at the other end."""

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import websockets
from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.integrations.slack.conftest import HttpApp, Slack, buttons, until

PAYMENTS = "C0PAYMENTS"


def sockets(slack: Slack) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = slack.control("sockets")["sockets"]
    return found


def new_link(slack: Slack) -> str:
    client = WebClient(slack.secrets.slack_app_token, base_url=f"{slack.url}/api/")
    return str(client.apps_connections_open(app_token=slack.secrets.slack_app_token)["url"])


@pytest.fixture
def handler(slack: Slack, bolt: App) -> Iterator[SocketModeHandler]:
    handler = SocketModeHandler(bolt, slack.secrets.slack_app_token)
    handler.connect()
    until(lambda: sockets(slack))
    yield handler
    handler.client.auto_reconnect_enabled = False
    threading.Thread(target=handler.close, daemon=True).start()  # it takes its time to stop its own threads


def test_commands_events_and_clicks_come_over_the_socket(slack: Slack, bolt: App, handler: SocketModeHandler) -> None:
    heard: list[str] = []

    @bolt.command("/deploy")
    def deploy(ack: Ack, command: dict[str, str]) -> None:
        ack(f"heard {command['text']}")

    @bolt.event("message")
    def message(event: dict[str, Any]) -> None:
        heard.append(event["text"])

    @bolt.action("change.approve")
    def approve(ack: Ack) -> None:
        heard.append("click")
        ack()

    answer = slack.person("U0LINUS", "command", channel=PAYMENTS, command="/deploy", text="payload-service 1.0.0")
    slack.person("U0LINUS", "message", channel=PAYMENTS, text="hello")
    until(lambda: heard == ["hello"])
    card = slack.client.chat_postMessage(channel="C0CHANGES", text="card", blocks=[buttons("change.approve")])
    click = slack.person("U0GRACE", "click", channel="C0CHANGES", ts=card["ts"], action_id="change.approve")

    assert answer == {"ok": True, "response": {"text": "heard payload-service 1.0.0"}}
    assert click == {"ok": True}
    assert {d["transport"] for d in slack.deliveries()} == {"socket"}


def test_what_bolt_does_not_answer_times_out(slack: Slack, handler: SocketModeHandler) -> None:
    slack.switch(ack_seconds=0.3)

    assert (
        slack.person("U0LINUS", "command", channel=PAYMENTS, command="/deploy", text="")["error"] == "operation_timeout"
    )


def test_an_unanswered_event_is_sent_again_with_its_attempt(
    slack: Slack, bolt: App, handler: SocketModeHandler
) -> None:
    slack.switch(ack_seconds=0.2, retry_scale=0.001)

    slack.person("U0LINUS", "message", channel=PAYMENTS, text="nobody listens")

    sent = until(lambda: len(d := slack.deliveries("message")) == 4 and d)
    assert [d["attempt"] for d in sent] == [0, 1, 2, 3]
    assert len({d["envelope"] for d in sent}) == 4
    assert len({d["event_id"] for d in sent}) == 1


def test_after_a_refresh_the_app_is_back(slack: Slack, bolt: App, handler: SocketModeHandler) -> None:
    slack.switch(disconnect_grace_seconds=0.2)
    bolt.command("/deploy")(lambda ack: ack("still here"))
    (before,) = sockets(slack)

    slack.control("sockets", {"reason": "refresh_requested"})

    until(lambda: (s := sockets(slack)) and before not in s)
    answer = slack.person("U0LINUS", "command", channel=PAYMENTS, command="/deploy", text="x")
    assert answer["response"] == {"text": "still here"}


def test_a_ticket_opens_one_socket(slack: Slack) -> None:
    url = new_link(slack)

    async def twice() -> dict[str, Any]:
        async with websockets.connect(url, proxy=None) as first:
            hello = json.loads(await first.recv())
            with pytest.raises(websockets.InvalidStatus):
                await websockets.connect(url, proxy=None)
        return dict(hello)

    hello = asyncio.run(twice())
    assert (hello["type"], hello["num_connections"]) == ("hello", 1)


def test_the_eleventh_socket_is_one_too_many(slack: Slack) -> None:
    slack.control("sockets", {"ghosts": 10})

    async def one_more() -> list[dict[str, Any]]:
        async with websockets.connect(new_link(slack), proxy=None) as link:
            return [json.loads(frame) async for frame in link]

    (goodbye,) = asyncio.run(one_more())
    assert (goodbye["type"], goodbye["reason"]) == ("disconnect", "too_many_websockets")


def test_a_ghost_swallows_deliveries(slack: Slack) -> None:
    slack.switch(ack_seconds=0.2)
    slack.control("sockets", {"ghosts": 1})

    assert (
        slack.person("U0LINUS", "command", channel=PAYMENTS, command="/deploy", text="")["error"] == "operation_timeout"
    )


def test_an_ack_counts_from_any_socket_and_link_disabled_closes_all(slack: Slack) -> None:
    async def play() -> str:
        links = [await websockets.connect(new_link(slack), proxy=None) for _ in range(2)]
        for link in links:
            await link.recv()
        command = asyncio.to_thread(slack.person, "U0LINUS", "command", channel=PAYMENTS, command="/deploy", text="")
        running = asyncio.create_task(command)
        done, waiting = await asyncio.wait(
            [asyncio.create_task(link.recv()) for link in links], return_when=asyncio.FIRST_COMPLETED
        )
        envelope = json.loads(done.pop().result())
        for task in waiting:
            task.cancel()
        for link in links:  # one of them did not receive it
            await link.send(json.dumps({"envelope_id": envelope["envelope_id"], "payload": {"text": "hi"}}))
        answer = await running
        await asyncio.to_thread(slack.control, "sockets", {"reason": "link_disabled"})
        goodbye = json.loads(await links[0].recv())
        with pytest.raises(websockets.ConnectionClosed):
            await links[0].recv()
        return f"{answer['response']['text']}, {goodbye['reason']}"

    assert asyncio.run(play()) == "hi, link_disabled"
    assert sockets(slack) == []


def test_a_bot_token_opens_no_socket(slack: Slack) -> None:
    with pytest.raises(SlackApiError) as refusal:
        slack.client.apps_connections_open(app_token=slack.secrets.slack_bot_token)

    assert refusal.value.response["error"] == "not_allowed_token_type"


def test_a_ticket_grows_old(slack: Slack) -> None:
    slack.switch(ticket_seconds=0)
    url = new_link(slack)

    async def late() -> None:
        with pytest.raises(websockets.InvalidStatus):
            await websockets.connect(url, proxy=None)

    asyncio.run(late())
    assert sockets(slack) == []


def test_before_a_refresh_comes_a_warning(slack: Slack) -> None:
    slack.switch(debug_reconnect_seconds=0.4, disconnect_grace_seconds=0.2)

    async def listen() -> list[str]:
        async with websockets.connect(f"{new_link(slack)}&debug_reconnects=true", proxy=None) as link:
            return [frame.get("reason", frame["type"]) async for text in link if (frame := json.loads(text))]

    assert asyncio.run(listen()) == ["hello", "warning", "refresh_requested"]
    assert sockets(slack) == []


def test_hello_counts_ghosts_too(slack: Slack) -> None:
    slack.control("sockets", {"ghosts": 3})

    async def hello() -> dict[str, Any]:
        async with websockets.connect(new_link(slack), proxy=None) as link:
            return dict(json.loads(await link.recv()))

    assert asyncio.run(hello())["num_connections"] == 4


def test_deliveries_are_spread_over_all_sockets(slack: Slack) -> None:
    async def play() -> list[int]:
        links = [await websockets.connect(new_link(slack), proxy=None) for _ in range(2)]
        counts = [0, 0]

        async def serve(number: int) -> None:
            async for text in links[number]:
                frame = json.loads(text)
                if "envelope_id" in frame:
                    counts[number] += 1
                    await links[number].send(json.dumps({"envelope_id": frame["envelope_id"]}))

        serving = [asyncio.create_task(serve(number)) for number in range(2)]
        for number in range(30):
            await asyncio.to_thread(slack.person, "U0LINUS", "message", channel=PAYMENTS, text=str(number))
        while sum(counts) < 30:
            await asyncio.sleep(0.01)
        for link in links:
            await link.close()
        await asyncio.gather(*serving)
        return counts

    counts = asyncio.run(play())
    assert sum(counts) == 30  # each to one socket alone
    assert min(counts) > 0  # thirty times the same one of two would be one chance in half a billion


def test_a_socket_app_is_not_reached_by_http(slack: Slack, bolt: App, http_app: HttpApp) -> None:
    slack.switch(socket_mode=True, ack_seconds=0.2)

    answer = slack.person("U0LINUS", "command", channel=PAYMENTS, command="/deploy", text="")

    assert answer["error"] == "operation_timeout"
    assert http_app.heard == []


def test_an_app_with_socket_mode_off_gets_no_socket(slack: Slack) -> None:
    slack.switch(socket_mode=False)

    with pytest.raises(SlackApiError, match="socket_mode"):
        new_link(slack)
    assert slack.control("sockets", {"reason": "bored"}) == {"ok": False, "error": "no_such_reason"}


def test_an_event_says_which_attempt_it_is(slack: Slack) -> None:
    slack.switch(ack_seconds=0.2, retry_scale=0.0)

    async def frames() -> list[dict[str, Any]]:
        async with websockets.connect(new_link(slack), proxy=None) as link:
            await link.recv()
            await asyncio.to_thread(slack.person, "U0LINUS", "message", channel=PAYMENTS, text="x")
            heard = [json.loads(await link.recv()) for _ in range(2)]
            await link.send(json.dumps({"envelope_id": heard[1]["envelope_id"]}))
            return heard

    first, second = asyncio.run(frames())
    assert (first["retry_attempt"], second["retry_attempt"], second["retry_reason"]) == (0, 1, "timeout")
    assert first["payload"]["event_id"] == second["payload"]["event_id"]
    assert first["envelope_id"] != second["envelope_id"]
    assert (first["accepts_response_payload"], first["type"]) == (False, "events_api")
