"""What the stand-ins' diaries tell of a road: how many rounds of calls, how long at least, how many of each kind.

**Rounds of dependent calls.** A diary knows when each call arrived and when its answer left. A call can rest on the
answer of another only when that had left before it arrived, so calls that overlap are independent of each other. The
rounds up to a call are the longest chain of calls, each of which arrived after the one before it was answered, that
ends with it. It counts too many rather than too few: a call that happened to come later without need is counted as
if it had waited. With answers that take their time (80 ms and more) calls made side by side overlap visibly.

**The critical path** is that chain measured in seconds: the longest sum of answering times along any such chain. No
client can be quicker without asking fewer or more at once."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tests.stories.processes import Standins
from tests.traffic.check import SYSTEMS


@dataclass(frozen=True)
class Span:
    """One call, in seconds since the epoch."""

    system: str
    call: str
    began: float
    ended: float
    is_effect: bool


def clear(systems: Standins) -> None:
    for system in SYSTEMS:
        systems.delete(system, "diary")


def read(systems: Standins) -> list[Span]:
    """All calls since it was cleared, in the order they arrived; those still under way are left out."""
    entries = [entry for system in SYSTEMS for entry in systems.get(system, "diary") if entry["seconds"] is not None]
    return sorted((_span(entry) for entry in entries), key=lambda span: span.began)


def _span(entry: dict[str, object]) -> Span:
    began = datetime.fromisoformat(str(entry["at"])).timestamp()
    ended = began + float(str(entry["seconds"]))
    return Span(str(entry["system"]), str(entry["call"]), began, ended, bool(entry["is_effect"]))


def first(spans: Iterable[Span], call: str) -> Span:
    return next(span for span in spans if span.call == call)


def rounds(spans: Sequence[Span], until: Span) -> int:
    return round(_longest(spans, until, [1.0] * len(spans)))


def critical_seconds(spans: Sequence[Span], until: Span) -> float:
    return _longest(spans, until, [span.ended - span.began for span in spans])


def _longest(spans: Sequence[Span], until: Span, weights: Sequence[float]) -> float:
    """The heaviest chain that ends with ``until``. spans: in the order they began."""
    best: list[float] = []
    for place, span in enumerate(spans):
        before = (best[n] for n in range(place) if spans[n].ended <= span.began)
        best.append(weights[place] + max(before, default=0.0))
        if span is until:
            return best[-1]
    raise ValueError("a chain ends with one of its calls")


def counts(spans: Iterable[Span]) -> Counter[tuple[str, str, bool]]:
    """How many, by system, call and whether it may change something."""
    return Counter((span.system, span.call, span.is_effect) for span in spans)
