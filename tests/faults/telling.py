"""One telling of a story in a village, with or without a fault, and what it leaves behind."""

import json
import os
import sys
import traceback
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.crash.case import FLOW_SECONDS, check_ledger
from tests.crash.effects import SYSTEMS
from tests.crash.end_state import end_state
from tests.faults.calls import Call, told
from tests.faults.kinds import NAMED, Kind
from tests.faults.memory import ClockedMemory
from tests.faults.order import check_order
from tests.faults.stories import STORIES, Reachable
from tests.faults.watching import Watch
from tests.mutants.village import MIGRATED, ONE_TEST_ONLY, village


@dataclass
class Told:
    """What a telling left behind."""

    state: dict[str, Any] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    spoilt: int = 0
    """How many calls the fault hit."""
    heard: list[str] = field(default_factory=list)
    """What people were told while something was in trouble."""
    trouble: str = ""
    """Why it could not be told to its end."""


def tell_apart(directory: str, migrated: str, story: str, call: Call | None, kind: str) -> None:
    """In a process of its own, which ends with it; ``told.json`` says what became of it."""
    place = Path(directory)
    with (place / "printed").open("ab") as printed:
        os.dup2(printed.fileno(), 1)
        os.dup2(printed.fileno(), 2)
    os.environ |= {ONE_TEST_ONLY: "1", MIGRATED: migrated}
    try:
        found = _tell(place, story, call, NAMED.get(kind))
    except BaseException:
        found = Told(trouble=traceback.format_exc()[-6000:])
    draft = place / "told.draft"
    draft.write_text(json.dumps(asdict(found)))
    draft.replace(place / "told.json")
    sys.stdout.flush()
    os._exit(0)  # whatever still runs in threads has nothing to add


def told_in(directory: Path) -> Told:
    said = json.loads((directory / "told.json").read_text())
    return Told(**{**said, "calls": [Call(**one) for one in said["calls"]]})


def _tell(directory: Path, name: str, call: Call | None, kind: Kind | None) -> Told:
    story, clock = STORIES[name], directory / "clock"
    memory = ClockedMemory(directory / "cabbie.db", clock, kind.ahead if kind else timedelta())
    environment = {"CABBIE_REHEARSAL_CLOCK": str(clock), **(kind.environment if kind else {})}
    with village(directory, story.rules, **environment) as place:
        place.standins.post("servicenow", "switches", flow_seconds=FLOW_SECONDS)
        watch = Watch(place, memory, call, kind)
        watch.begin()
        story.tell(place, memory, Reachable(place))
        watch.end()
        place.until(memory.is_idle, "quiet")
        traffic = {system: place.standins.traffic(system) for system in SYSTEMS}
        check_order(traffic)
        left = Told(end_state(place.standins), told(name, place.standins), watch.spoilt(), watch.heard)
    check_ledger(memory.url)
    return left
