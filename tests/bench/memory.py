"""Memory and start: Cabbie as operators start it, on an empty database and on one with 10,000 closed changes."""

import statistics
import tempfile
import time
from pathlib import Path

from tests.bench import diary, many
from tests.bench.figures import Figure, NotMet, milliseconds
from tests.bench.place import CHANNEL, bench_town, remembered, service_of, slow_down, version_of
from tests.stories.processes import OwnBot
from tests.stories.telling import ask_and_wait, clear
from tests.stories.town import Town

CHANGES = 10_000
MOVES = 5
SLOWER = 1.5
"""A full memory may cost no more."""
LATENCY = 0.01


def measure() -> list[Figure]:
    """Raises: NotMet."""
    with tempfile.TemporaryDirectory(prefix="cabbie-bench-") as one, tempfile.TemporaryDirectory() as other:
        few, full = (
            bench_town(Path(one), releases=MOVES + 1, cabbie=OwnBot),
            bench_town(Path(other), releases=MOVES + 1, cabbie=OwnBot),
        )
        with few as empty_place, full as full_place:
            for place in (empty_place, full_place):
                slow_down(place.standins, LATENCY)
                _one_life(place)
            full_place.bot.stop()
            many.multiply(full_place.database_url, CHANGES)
            _check_full(full_place)
            empty_place.bot.stop()
            starts = [_start(place) for place in (empty_place, full_place)]
            idle = [_resident(place) for place in (empty_place, full_place)]
            moves = _moves(empty_place, full_place)
            after = [_resident(place) for place in (empty_place, full_place)]
    return [
        Figure("start until /readyz", milliseconds(starts[1]), milliseconds(starts[0]), _times(starts[1], starts[0])),
        Figure("memory (RSS), idle", _megabytes(idle[1]), _megabytes(idle[0]), _times(idle[1], idle[0])),
        Figure(f"the same after {MOVES} deploys", _megabytes(after[1]), _megabytes(after[0]), _times(*after[::-1])),
        *(_slower(what, full, empty) for what, (empty, full) in moves.items()),
    ]


def _check_full(place: Town) -> None:
    """Raises: NotMet."""
    (there,) = remembered(place, "SELECT count(*) FROM cabbie_changes WHERE progress = 'done' AND state = 'closed'")
    if there != CHANGES + 1:
        raise NotMet(f"the full database holds {there} closed changes instead of {CHANGES + 1}")
    verified = place.bot.run("ledger", "verify")
    if verified.returncode:
        raise NotMet(f"the full database's ledger does not hold: {verified.stdout.strip()}")


def _one_life(place: Town) -> None:
    """The pattern of the many: asked, approved by two, succeeded."""
    number = ask_and_wait(place, "linus", f"{service_of(10)} {version_of(1)}", channel=CHANNEL)
    clear(place, number, channel=CHANNEL)
    place.press("linus", "deploy.succeeded", number=number, channel=CHANNEL)
    place.until_state("closed", number)
    place.until(lambda: many.is_done(place.database_url, number), f"{number} done")


def _start(place: Town) -> float:
    began = time.monotonic()
    place.bot.start()
    return time.monotonic() - began


def _resident(place: Town) -> float:
    """Bytes."""
    assert place.bot.process is not None
    status = Path(f"/proc/{place.bot.process.pid}/status")
    if not status.exists():
        raise NotMet("memory is read from /proc, which only Linux has")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return float(line.split()[1]) * 1024


def _moves(empty: Town, full: Town) -> dict[str, tuple[float, float]]:
    """Medians, told in turn: from /deploy to the card, and from Approve to the card that says so."""
    told = [[_move(place, version_of(number)) for place in (empty, full)] for number in range(2, MOVES + 2)]
    names = ("/deploy to card", "Approve to the card's edit")
    return {
        name: (statistics.median(few[n] for few, _ in told), statistics.median(many_[n] for _, many_ in told))
        for n, name in enumerate(names)
    }


def _move(place: Town, version: str) -> tuple[float, float]:
    diary.clear(place.standins)
    asked = time.time()
    number = ask_and_wait(place, "linus", f"{service_of(1)} {version}", channel=CHANNEL)
    card = diary.first(diary.read(place.standins), "chat.postMessage").ended - asked
    diary.clear(place.standins)
    pressed = time.time()
    place.press("ada", "change.approve", number=number, channel=CHANNEL)
    place.until(lambda: any(span.call == "chat.update" for span in diary.read(place.standins)), "the card's edit")
    edited = diary.first(diary.read(place.standins), "chat.update").ended - pressed
    place.until_state("authorize", number)
    return card, edited


def _slower(what: str, full: float, empty: float) -> Figure:
    aim = f"≤ {SLOWER}×"
    return Figure(what, milliseconds(full), milliseconds(empty), _times(full, empty), aim, full > SLOWER * empty)


def _times(full: float, empty: float) -> str:
    return f"{full / empty:.2f}×"


def _megabytes(size: float) -> str:
    return f"{size / 1e6:.0f} MB"
