"""The managers' story: a digest falls due."""

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from tests.crash.memory import Memory
from tests.crash.people import Bystander
from tests.stories.conftest import EVERY_DAY
from tests.stories.town import Town


def no_digest_yet(policy: dict[str, Any]) -> None:
    policy["digests"] = []


def tell_digest(town: Town, memory: Memory, bystander: Bystander) -> None:
    """The team decides that there is one, due since a minute."""
    bystander.about_to("digest")
    _decide_on_a_digest(town)
    town.until(lambda: town.messages("changes", "katherine"), "a digest")
    bystander.acted("digest")
    town.until(memory.is_idle, "quiet")


def _decide_on_a_digest(town: Town) -> None:
    path = Path(town.environment["CABBIE_POLICY"])
    policy = yaml.safe_load(path.read_text())
    at = (datetime.now(UTC) - timedelta(minutes=1)).strftime("%H:%M")
    policy["digests"] = [{"channel": "C0CHANGES", "at": at, "time_zone": "UTC", "working_days": EVERY_DAY}]
    path.write_text(yaml.safe_dump(policy))
    assert town.bot.process
    os.kill(town.bot.process.pid, signal.SIGHUP)
