"""The stories that meet the faults: the main one, the digest, and what a tool leaves out."""

from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from tests.crash import people, tools
from tests.crash.memory import Memory
from tests.crash.people import Bystander
from tests.crash.stories import Story
from tests.stories.conftest import EVERY_DAY
from tests.stories.processes import eventually
from tests.stories.town import Town


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


STORIES = {
    "main": Story(people.tell),
    "digest": Story(_tell_digest, _digest_is_due),
    "question": Story(tools.tell_question, tools.waiting_at_the_gate),
}
