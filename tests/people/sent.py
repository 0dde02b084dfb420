"""What Slack sends, for the door to be tried with, and what may be left of it when it is refused."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from tests.slack.front import OURS, TEAM, Front

COMMAND = urlencode(
    {
        "command": "/deploy",
        "text": "payload-service 1.0.0",
        "team_id": TEAM,
        "user_id": "U0LINUS",
        "channel_id": "C0PLATFORM",
        "trigger_id": "t.1",
        "api_app_id": OURS,
        "response_url": "https://hooks.slack.com/commands/payload",
    }
).encode()
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CLICK = {
    "type": "block_actions",
    "user": {"id": "U0ADA", "username": "ada", "team_id": TEAM},
    "team": {"id": TEAM},
    "api_app_id": OURS,
    "trigger_id": "t.2",
    "channel": {"id": "C0PAYMENTS"},
    "container": {"type": "message", "message_ts": "1700000001.000100", "channel_id": "C0PAYMENTS"},
    "actions": [
        {"action_id": "change.approve", "block_id": f"decide:{'a' * 40}", "value": "CHG0030042", "type": "button"}
        | {"action_ts": "1700000002.000100"}
    ],
}
LONGEST_LINE = 100
"""Characters that a refused request may leave in the log."""


def as_form(payload: Mapping[str, Any], **dumped: Any) -> bytes:
    return urlencode({"payload": json.dumps(payload, **dumped)}).encode()


def left_nothing_but_a_line(front: Front, lines: list[Any], event: str) -> bool:
    """Heard by nobody, said to nobody; the line is short, and holds nothing of what was sent."""
    [line] = lines
    text = json.dumps(line)
    assert (line["event"], line["log_level"]) == (event, "warning")
    assert len(text) < LONGEST_LINE and not any(word in text for word in ("payload", "U0", "v0="))
    return (front.desk.diary, front.whispers, front.said, front.web.calls) == ([], [], [], [])
