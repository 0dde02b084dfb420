"""What the three systems hold at the end, with what may differ between two tellings left out: ids, times, whispers."""

import json
import re
from typing import Any

from tests.stories.processes import Standins

# Longest first: a message's ts stands within its permalink, a time within a Slack date.
PASSING = (
    (re.compile(r"\b[A-Z][a-z]{2} \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d"), "<moment>"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?"), "<time>"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "<day>"),
    (re.compile(r"\b\d\d:\d\d UTC"), "<time>"),
    (re.compile(r"<!date\^\d+"), "<!date^<seconds>"),
    (re.compile(r"/p\d{16}"), "/p<ts>"),
    (re.compile(r"\b\d{10}\.\d{6}\b"), "<ts>"),
    (re.compile(r"127\.0\.0\.1:\d+"), "<host>"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "<id>"),
    (re.compile(r"<time> – <time>"), "<window>"),
)
PASSING_FIELDS = {"ts", "thread_ts", "sys_id", "block_id", "work_start", "work_end", "start_date", "end_date"}
"""Ids and times whose form says nothing; whether they are there is kept."""


def end_state(standins: Standins) -> dict[str, Any]:
    """Everything that was to be done exactly once, in an order that does not depend on who was quicker."""
    slack = standins.state("slack")
    return {
        "slack": {room["id"]: _conversations(room["messages"]) for room in [*slack["channels"], *slack["dms"]]},
        "jira": [_plain(issue) for issue in standins.state("jira")["issues"]],
        "servicenow": [_plain(change) for change in standins.state("servicenow")["changes"]],
    }


def _conversations(messages: list[dict[str, Any]]) -> list[Any]:
    """Each message with its replies. Which of two messages came first is a matter of luck."""
    replies: dict[str, list[Any]] = {}
    for message in messages:
        if message.get("thread_ts", message["ts"]) != message["ts"]:
            replies.setdefault(message["thread_ts"], []).append(_plain(message))
    told = [
        {**_plain(message), "replies": _ordered(replies.pop(message["ts"], []))}
        for message in messages
        if message.get("thread_ts", message["ts"]) == message["ts"]
    ]
    return [*_ordered(told), *(_ordered(lost) for lost in replies.values())]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: "<some>" if name in PASSING_FIELDS and inner else _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, str):
        for pattern, instead in PASSING:
            value = pattern.sub(instead, value)
    return value


def _ordered(values: list[Any]) -> list[Any]:
    return sorted(values, key=lambda value: json.dumps(value, sort_keys=True))
