"""The stories that meet the faults: the main one, the digest, and a verdict with an approver's own sign-in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from tests.crash.memory import Memory
from tests.crash.people import Bystander, tell
from tests.stories.conftest import EVERY_DAY
from tests.stories.processes import eventually
from tests.stories.town import Town

Rules = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Story:
    """How it is told, and what its team decided."""

    tell: Callable[[Town, Memory, Bystander], None]
    rules: Rules = lambda policy: None


class Reachable(Bystander):
    """People act when Slack can be reached at all."""

    def __init__(self, town: Town) -> None:
        self._town = town

    def about_to(self, act: str) -> None:
        eventually(lambda: requests.get(f"{self._town.standins.urls['slack']}/_standin/paused", timeout=5).ok, what=act)


def _digest_is_due(policy: dict[str, Any]) -> None:
    at = (datetime.now(UTC) - timedelta(minutes=1)).strftime("%H:%M")
    policy["digests"] = [{"channel": "C0CHANGES", "at": at, "time_zone": "UTC", "working_days": EVERY_DAY}]


def _tell_digest(town: Town, memory: Memory, _: Bystander) -> None:
    town.until(lambda: town.messages("changes", "katherine"), "a digest")
    town.until(memory.is_idle, "quiet")


STORIES = {"main": Story(tell), "digest": Story(_tell_digest, _digest_is_due)}
