"""``python -m tests.bench [door|road|calls|memory|reading|standins …]``: all figures, or some. Times never fail."""

import sys
import time
from collections.abc import Callable, Iterable

from tests.bench import calls, door, memory, reading, road, standins
from tests.bench.figures import Figure, NotMet, show

FIGURES: dict[str, tuple[str, Callable[[], Iterable[Figure]]]] = {
    "door": ("Door: 50 commands a second for 30 s, ServiceNow at 4 s, beside a bare Bolt app", door.measure),
    "road": ("Road: from /deploy to the card", road.measure),
    "calls": ("Calls: in the life of a deploy", calls.measure),
    "memory": ("Memory and start: an empty database, and one with 10,000 closed changes", memory.measure),
    "reading": ("Reading: what other tools post, beside a bare regular-expression pass", reading.measure),
}


def main(names: list[str]) -> int:
    """What was not met is told at the end, too."""
    known = [*FIGURES, "standins"]
    if unknown := set(names) - set(known):
        print(f"There is no {', '.join(sorted(unknown))}: choose from {', '.join(known)}.", file=sys.stderr)
        return 2
    not_met = [sentence for name in names or known if (sentence := _print(name))]
    print("\n".join(f"NOT MET: {sentence}." for sentence in not_met), file=sys.stderr)
    return 1 if not_met else 0


def _print(name: str) -> str:
    """Measure and print; a sentence when a hard condition does not hold."""
    began = time.monotonic()
    title, measure = FIGURES.get(name, ("", None))
    try:
        if measure:
            show(title, list(measure()))
        else:
            standins.main()
    except NotMet as broken:
        show(title, broken.figures)
        return f"{name}: {broken}"
    finally:
        print(f"{name}: took {time.monotonic() - began:.0f} s\n")
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
