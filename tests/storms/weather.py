"""What the systems say of a storm: what was called too often, what came too late, what was done how many times."""

import json
from collections import Counter
from typing import Any

from tests.stories.town import Town
from tests.storms.place import Deploy

US = "U0CABBIE"
SYSTEMS = ("slack", "jira", "servicenow")


def refused(town: Town) -> dict[str, int]:
    """Calls that a system answered with 429."""
    return {
        f"{system} {call}": times
        for system in SYSTEMS
        for call, times in Counter(e["call"] for e in town.standins.diary(system) if e["status"] == 429).items()
    }


def deliveries(town: Town) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = town.standins.get("slack", "deliveries")
    return found


def failed(delivered: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Slack's own word: not answered within its three seconds, or with an error; it sends them again therefore."""
    return [d for d in delivered if d["error"] or d["status"] != 200]


def slowest(delivered: list[dict[str, Any]]) -> float:
    """Seconds to the slowest answer at the door."""
    return max((float(d["seconds"] or 0) for d in delivered), default=0.0)


def edits(town: Town) -> Counter[str]:
    """ts → how often that message was edited."""
    calls = (e for e in town.standins.diary("slack", "^chat.update$") if e["status"] == 200)
    return Counter(str(json.loads(e["body"])["ts"]) for e in calls)


def cards_of(town: Town, deploys: list[Deploy]) -> dict[str, list[dict[str, Any]]]:
    """service → its cards, wherever they stand."""
    shown = [card for channel in {d.channel for d in deploys} for card in town.cards(channel) if card["user"] == US]
    return {d.service: [card for card in shown if f" {d.service} " in card["text"]] for d in deploys}


def changes_of(town: Town, deploys: list[Deploy]) -> dict[str, list[dict[str, Any]]]:
    """service → its changes in ServiceNow."""
    found = town.changes()
    return {d.service: [c for c in found if f" {d.service} " in c["short_description"]] for d in deploys}


def times_linked(town: Town, number: str, key: str) -> int:
    return sum(number in link["object"]["title"] for link in town.issue(key)["remote_links"])


def times_told(town: Town, number: str, key: str) -> int:
    return sum(number in json.dumps(comment) for comment in town.issue(key)["comments"])
