"""One telling of the main story in a town of its own, with or without a kill, and what it leaves behind."""

import difflib
import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.crash import people
from tests.crash.effects import told
from tests.crash.end_state import end_state
from tests.crash.memory import Memory, Shelf
from tests.stories.town import Town, town

# On PostgreSQL the dead's work is taken over when its lease has run out.
HASTE = {"CABBIE_LEASE": "PT2S", "CABBIE_BEAT": "PT0.5S"}

Disturb = Callable[[Town, Memory], AbstractContextManager[None]]


@dataclass(frozen=True)
class Told:
    """What a telling left behind."""

    state: dict[str, Any]
    effects: list[str]


def undisturbed(_: Town, __: Memory) -> AbstractContextManager[None]:
    return nullcontext()


def telling(shelf: Shelf, directory: Path, disturb: Disturb = undisturbed) -> Told:
    """The story from ``/deploy`` to closed; whatever happened, the ledger holds."""
    memory = shelf.fresh()
    try:
        with town(directory, database_url=memory.url, **HASTE) as place:
            with disturb(place, memory):
                people.tell(place, memory)
            left = Told(end_state(place.standins), told(place.standins))
            verdict = place.bot.run("ledger", "verify")
            place.bot.kill()  # nobody waits for a clean end here
    finally:
        memory.forget()
    assert verdict.returncode == 0, verdict.stderr
    return left


def difference(expected: dict[str, Any], found: dict[str, Any]) -> str:
    """The lines that differ."""
    before, after = (json.dumps(state, indent=1, ensure_ascii=False).splitlines() for state in (expected, found))
    return "\n".join(difflib.unified_diff(before, after, "no kill", "killed", lineterm=""))
