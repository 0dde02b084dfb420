"""What pipelines do: post announcements in Slack, tell the API, ask the gate."""

import json
from typing import Any

import requests

from tests.stories.town import CHANNELS, Town

TEAM = "T0ACME"


def post(town: Town, *, app: str = "pipeline", channel: str = "payments", shape: str = "", **payload: Any) -> str:
    """An app's message that carries an announcement; its ts. shape: how it looks to other apps."""
    answer = town.standins.post(
        "slack",
        f"apps/{app}/message",
        channel=CHANNELS[channel],
        text="A deploy",
        shape=shape,
        metadata={"event_type": "deploy_announced", "event_payload": payload},
    )
    assert answer["ok"], answer
    return str(answer["ts"])


def announce(town: Town, token: str = "", headers: dict[str, str] | None = None, **facts: Any) -> requests.Response:
    return town.api("POST", "/api/v1/announcements", token=token, json=facts, headers=headers or {})


def ask_gate(town: Town, token: str = "", **query: Any) -> dict[str, Any]:
    answer = town.api("GET", "/api/v1/gate", token=token, params=query)
    assert answer.ok, answer.text
    told: dict[str, Any] = answer.json()
    return told


def token_for(town: Town, service: str) -> str:
    """The API token that speaks for this service alone."""
    tokens = json.loads(town.environment["CABBIE_API_TOKENS"])
    return str(next(token for token, services in tokens.items() if services == [service]))


def replies(town: Town, ts: str, *, channel: str = "payments") -> list[str]:
    """What stands below a message."""
    return [m["text"] for m in town.messages(channel) if m.get("thread_ts") == ts and m["ts"] != ts]
