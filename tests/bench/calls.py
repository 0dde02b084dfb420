"""Calls: how many each system is asked in the life of a deploy, from ``/deploy`` to Closed, with 1 and 120 stories."""

import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.bench import diary
from tests.bench.figures import Figure, NotMet
from tests.bench.place import CHANNEL, bench_town, remembered, service_of, slow_down, version_of
from tests.stories.processes import eventually
from tests.stories.telling import ask_and_wait, to_the_cab
from tests.stories.town import Town

FEW, MANY = 1, 120
WRITES, READS = 5, 3
"""At most, of Jira, per further story."""
LATENCY = 0.02
"""Seconds: so that what ServiceNow does a moment later has been done when it is looked for, as over any network."""
QUIET = 1.0
"""Seconds without a call: for now nothing more is to be said."""
OVER = """
SELECT c.progress = 'done' AND c.state = 'closed'
   AND (SELECT count(*) FROM cabbie_projections p
        WHERE p.change_id = c.id AND p.kind = 'comment' AND p.shown <> '') = ?
   AND (SELECT p.shown FROM cabbie_projections p WHERE p.change_id = c.id AND p.kind = 'late record') = 'looked'
FROM cabbie_changes c WHERE c.number = ?"""

Life = Counter[tuple[str, str, bool]]
"""Calls by system, name and whether they may change something."""


def measure() -> list[Figure]:
    """Raises: NotMet."""
    with tempfile.TemporaryDirectory(prefix="cabbie-bench-") as directory:
        few, many = lives(Path(directory), (FEW, MANY))
    return [*_all_alike(few, many), *_jiras(few, many)]


def lives(directory: Path, sizes: Sequence[int]) -> list[Life]:
    """One life of each size, in one town that has seen a deploy before. The late second look is counted too."""
    with bench_town(directory, releases=2, CABBIE_RECORD_PATIENCE="PT1S") as place:
        place.standins.post("servicenow", "switches", flow_seconds=0)
        slow_down(place.standins, LATENCY)
        life(place, sizes[0], version_of(1))
        found = []
        for stories in sizes:
            diary.clear(place.standins)
            life(place, stories, version_of(2))
            found.append(diary.counts(diary.read(place.standins)))
    return found


def life(place: Town, stories: int, version: str) -> None:
    """linus asks, ada and grace approve, it succeeds; returns when nothing more is said.

    Each lets everything be said first: whoever is quicker saves Cabbie a message, and that is not what is counted."""
    number = ask_and_wait(place, "linus", f"{service_of(stories)} {version}", channel=CHANNEL)
    _until_quiet(place)
    to_the_cab(place, number, channel=CHANNEL)
    _until_quiet(place)
    place.press("grace", "change.approve", number=number, channel=CHANNEL)
    place.until_card("cleared until", number=number, channel=CHANNEL)
    _until_quiet(place)
    place.press("linus", "deploy.succeeded", number=number, channel=CHANNEL)
    eventually(lambda: remembered(place, OVER, stories, number) == (1,), within=120, what=f"the end of {number}")
    _until_quiet(place)


def _until_quiet(place: Town) -> None:
    last, since = -1, time.monotonic()
    while time.monotonic() - since < QUIET:
        if (calls := len(diary.read(place.standins))) != last:
            last, since = calls, time.monotonic()
        time.sleep(0.2)


def differences(few: Life, many: Life) -> list[str]:
    """Calls of which there are more with many stories, or fewer: a sentence each."""
    return [
        f"{system} is asked {call} {few[one]} times with few stories, {many[one]} with many"
        for one in sorted(few.keys() | many.keys())
        for system, call, _ in [one]
        if system != "jira" and few[one] != many[one]
    ]


def of(life: Life, system: str) -> tuple[int, int]:
    """(reads, writes)."""
    reads, writes = (
        sum(n for (asked, _, kind), n in life.items() if (asked, kind) == (system, is_effect))
        for is_effect in (False, True)
    )
    return reads, writes


def slope(few: Life, many: Life, stories: int) -> tuple[float, float]:
    """Reads and writes of Jira for each further story."""
    before, after = of(few, "jira"), of(many, "jira")
    return (after[0] - before[0]) / stories, (after[1] - before[1]) / stories


def _all_alike(few: Life, many: Life) -> list[Figure]:
    if wrong := differences(few, many):
        raise NotMet("; ".join(wrong))
    return [
        Figure(f"{name}, reads + writes with {FEW} / {MANY} stories", f"{a[0]} + {a[1]} / {b[0]} + {b[1]}", aim="equal")
        for system, name in (("slack", "Slack"), ("servicenow", "ServiceNow"))
        for a, b in [(of(few, system), of(many, system))]
    ]


def _jiras(few: Life, many: Life) -> list[Figure]:
    reads, writes = slope(few, many, MANY - FEW)
    return [
        Figure("Jira, writes per story", f"{writes:.2f}", aim=f"≤ {WRITES}", is_missed=writes > WRITES),
        Figure("Jira, reads per story", f"{reads:.2f}", aim=f"≤ {READS}", is_missed=reads > READS),
    ]
