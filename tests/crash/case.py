"""One telling of a story in a town of its own, with or without a kill, and what it leaves behind."""

import difflib
import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.ledger.database import connect
from bot.ledger.ledger import Ledger
from bot.ledger.reads import Reads
from tests.crash.effects import told
from tests.crash.end_state import end_state
from tests.crash.memory import Memory, Shelf
from tests.crash.people import Bystander
from tests.crash.stories import Story
from tests.stories.town import Town, town

# On PostgreSQL the dead's work is taken over when its lease has run out.
HASTE = {
    "CABBIE_LEASE": "PT2S",
    "CABBIE_BEAT": "PT0.5S",
    "CABBIE_RECORD_PATIENCE": "PT1S",
    "CABBIE_MESSAGE_PATIENCE": "PT1S",
}
FLOW_SECONDS = 0.6
"""Long enough for Cabbie to read a write back before ServiceNow acts on it: each telling shows the same steps."""

Disturb = Callable[[Town, Memory], AbstractContextManager[Bystander]]


@dataclass(frozen=True)
class Told:
    """What a telling left behind."""

    state: dict[str, Any]
    effects: list[str]


def undisturbed(_: Town, __: Memory) -> AbstractContextManager[Bystander]:
    return nullcontext(Bystander())


def telling(shelf: Shelf, directory: Path, story: Story, disturb: Disturb = undisturbed, **environment: str) -> Told:
    """The story from its beginning to its end; whatever happened, the ledger holds."""
    memory = shelf.fresh()
    try:
        with town(directory, database_url=memory.url, **HASTE | story.environment(directory) | environment) as place:
            place.standins.post("servicenow", "switches", flow_seconds=FLOW_SECONDS)
            with disturb(place, memory) as bystander:
                story.tell(place, memory, bystander)
            left = Told(end_state(place.standins), told(place.standins))
            place.bot.kill()  # nobody waits for a clean end here
        check_ledger(memory.url)
    finally:
        memory.forget()
    return left


def check_ledger(url: str) -> None:
    """What ``cabbie ledger verify`` asks."""
    database = connect(url)
    try:
        _, broken = Reads(Ledger(database, lambda: datetime.now(UTC))).verify()
    finally:
        database.dispose()
    assert broken is None, broken


def difference(expected: dict[str, Any], found: dict[str, Any]) -> str:
    """The lines that differ."""
    before, after = (json.dumps(state, indent=1, ensure_ascii=False).splitlines() for state in (expected, found))
    return "\n".join(difflib.unified_diff(before, after, "no kill", "killed", lineterm=""))
