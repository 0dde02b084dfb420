"""The road from ``/deploy`` to the card: rounds of dependent calls, wall time, and a plain script's time beside it."""

import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench import diary, script
from tests.bench.figures import Figure, NotMet
from tests.bench.place import (
    CHANNEL,
    SIZES,
    bench_town,
    build_releases,
    service_of,
    slow_down,
    until_asked,
    version_of,
)
from tests.crash.end_state import end_state
from tests.stories.processes import Standins, free_port, standins
from tests.stories.town import Town

LATENCIES = {0.08: 5, 0.15: 3, 0.4: 1}
"""Seconds a call takes → how often it is told: the script needs a minute for one telling at 400 ms."""
BESIDE = 50
"""Stories of the release that the script is given too."""
WALL, FASTER = 1.2, 5.0
CARD = "chat.postMessage"


@dataclass(frozen=True)
class Trip:
    """One deploy on its way to be asked about. Seconds."""

    rounds: int
    critical: float
    to_card: float
    to_end: float
    """Until every story is linked and the change knows its conversation, too."""
    calls: Counter[tuple[str, str, bool]]


@dataclass
class Pair:
    """Cabbie's systems and the script's, alike at the start, and given the same deploys in the same order."""

    place: Town
    others: Standins
    _told: dict[int, int] = field(default_factory=dict)

    def next_version(self, stories: int) -> str:
        self._told[stories] = self._told.get(stories, 0) + 1
        return version_of(self._told[stories])

    def slow_down(self, seconds: float) -> None:
        slow_down(self.place.standins, seconds)
        slow_down(self.others, seconds)

    def check_equal(self) -> None:
        """Raises: NotMet."""
        if end_state(self.place.standins) != end_state(self.others):
            raise NotMet("Cabbie and the plain script leave the systems in different states: nothing is compared")


@contextmanager
def pair(directory: Path, *, releases: int) -> Iterator[Pair]:
    with bench_town(directory, releases=releases) as place, standins(free_port(), directory / "others") as others:
        build_releases(directory / "others", releases)
        yield Pair(place, others)


def measure() -> list[Figure]:
    """Raises: NotMet."""
    with tempfile.TemporaryDirectory(prefix="cabbie-bench-") as directory:
        releases = sum(LATENCIES.values()) + 3
        with pair(Path(directory), releases=releases) as both:
            warm_up(both)
            beside = {latency: _beside(both, latency, times) for latency, times in LATENCIES.items()}
            both.check_equal()
            both.slow_down(0.15)
            least = {n: fewest(both, n, times=2) for n in SIZES}
    return [_rounds(least), *_walls(beside), *_scripts(beside)]


def warm_up(both: Pair) -> None:
    """A first deploy: signed in, and names known. The script knows nothing from one time to the next."""
    version = both.next_version(BESIDE)
    cabbies(both.place, BESIDE, version)
    scripts(both, BESIDE, version)


def _beside(both: Pair, latency: float, times: int) -> list[tuple[Trip, Trip]]:
    both.slow_down(latency)
    told = []
    for _ in range(times):
        version = both.next_version(BESIDE)
        told.append((cabbies(both.place, BESIDE, version), scripts(both, BESIDE, version)))
    return told


def fewest(both: Pair, stories: int, *, times: int) -> int:
    """The rounds to the card, the least of some tellings: on a busy machine calls made side by side may not overlap,
    and what Cabbie remembers of people for a minute is asked again."""
    return min(cabbies(both.place, stories, both.next_version(stories)).rounds for _ in range(times))


def cabbies(place: Town, stories: int, version: str) -> Trip:
    diary.clear(place.standins)
    began = time.time()
    place.type("linus", f"/deploy {service_of(stories)} {version}", channel=CHANNEL)
    until_asked(place, stories, version)
    return _trip(place.standins, began)


def scripts(both: Pair, stories: int, version: str) -> Trip:
    diary.clear(both.others)
    environment = {**both.others.environment, "CABBIE_POLICY": both.place.environment["CABBIE_POLICY"]}
    began = time.time()
    script.deploy(environment, service_of(stories), version)
    return _trip(both.others, began)


def _trip(systems: Standins, began: float) -> Trip:
    spans = diary.read(systems)
    card = diary.first(spans, CARD)
    return Trip(
        rounds=diary.rounds(spans, card),
        critical=diary.critical_seconds(spans, card),
        to_card=card.ended - began,
        to_end=max(span.ended for span in spans) - began,
        calls=diary.counts(spans),
    )


def _rounds(counted: dict[int, int]) -> Figure:
    if len(set(counted.values())) != 1:
        raise NotMet(f"the rounds of calls from /deploy to the card grow with the stories: {counted}")
    sizes = ", ".join(map(str, counted))
    return Figure(f"rounds from /deploy to card, {sizes} stories", ", ".join(map(str, counted.values())), aim="equal")


def _walls(beside: dict[float, list[tuple[Trip, Trip]]]) -> Iterator[Figure]:
    for latency, told in beside.items():
        wall = statistics.median(ours.to_card for ours, _ in told)
        least = statistics.median(ours.critical for ours, _ in told)
        ratio = statistics.median(ours.to_card / ours.critical for ours, _ in told)
        what = f"to the card at {latency * 1000:.0f} ms a call, beside its critical path (median of {len(told)})"
        yield _compared(what, wall, least, ratio, f"≤ {WALL}×", is_missed=ratio > WALL)


def _scripts(beside: dict[float, list[tuple[Trip, Trip]]]) -> Iterator[Figure]:
    for latency, told in beside.items():
        for name, end in (("to the card", "to_card"), ("to the same end state", "to_end")):
            wall = statistics.median(getattr(ours, end) for ours, _ in told)
            theirs = statistics.median(getattr(other, end) for _, other in told)
            what = f"{name} at {latency * 1000:.0f} ms, {BESIDE} stories, beside the script (median of {len(told)})"
            is_aim = end == "to_end"
            aim = f"≥ {FASTER:.0f}× faster" if is_aim else ""
            yield _compared(what, wall, theirs, theirs / wall, aim, is_missed=is_aim and theirs / wall < FASTER)


def _compared(what: str, ours: float, other: float, ratio: float, aim: str, *, is_missed: bool) -> Figure:
    return Figure(what, f"{ours:.2f} s", f"{other:.2f} s", f"{ratio:.2f}×", aim, is_missed)
