"""Requests to Cabbie's door for Slack as no client sends them: unsigned, old, repeated, from elsewhere."""

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

import requests

from tests.stories.town import CHANNELS, PEOPLE, Town


def headers_for(place: Town, body: str, *, age: float = 0, secret: str = "") -> dict[str, str]:
    """As Slack would send them. age: seconds since it was signed. secret: another one than Slack's."""
    stamp = str(int(time.time() - age))
    key = secret or place.environment["SLACK_SIGNING_SECRET"]
    signature = hmac.new(key.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": f"v0={signature}",
    }


def knock(place: Town, body: str, headers: dict[str, str]) -> requests.Response:
    return requests.post(f"http://127.0.0.1:{place.bot.port}/slack/events", data=body, headers=headers, timeout=10)


def click_on(place: Town, who: str, number: str, action_id: str, *, team: str = "T0ACME", at: str = "") -> str:
    """The body of a click on the card's own button. team: the workspace the presser belongs to. at: its action_ts."""
    card, channel = place.card(number=number), CHANNELS["payments"]
    block = next(b for b in card["blocks"] if str(b.get("block_id")).startswith("decide:"))
    stamp = f"{time.time():.6f}"
    action = {"action_id": action_id, "block_id": block["block_id"], "type": "button", "value": number}
    payload: dict[str, Any] = {
        "type": "block_actions",
        "team": {"id": "T0ACME", "domain": "acme"},
        "user": {"id": PEOPLE[who], "username": who, "name": who, "team_id": team},
        "api_app_id": "A0CABBIE",
        "trigger_id": f"{stamp}.trigger",
        "container": {"type": "message", "message_ts": card["ts"], "channel_id": channel},
        "channel": {"id": channel, "name": "payments"},
        "message": card,
        "actions": [{**action, "action_ts": at or stamp}],
    }
    return urlencode({"payload": json.dumps(payload)})


def command(text: str, *, trigger: str = "1.2.3") -> str:
    """The body of ``/deploy text`` by linus."""
    known = {"team_id": "T0ACME", "user_id": PEOPLE["linus"], "channel_id": CHANNELS["payments"], "trigger_id": trigger}
    return urlencode({**known, "command": "/deploy", "text": text})
