"""Stretches of time, and what is left when some are taken out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, order=True)
class Span:
    """From, and up to but without; aware and UTC."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end

    def covers(self, other: "Span") -> bool:
        return self.start <= other.start and other.end <= self.end


def joined(spans: Iterable[Span]) -> list[Span]:
    """In order, those that touch made one."""
    made: list[Span] = []
    for span in sorted(spans):
        if made and span.start <= made[-1].end:
            made[-1] = Span(made[-1].start, max(made[-1].end, span.end))
        else:
            made.append(span)
    return made


def within(spans: Iterable[Span], frame: Span) -> list[Span]:
    """What of them lies inside the frame."""
    cut = (Span(max(span.start, frame.start), min(span.end, frame.end)) for span in spans)
    return joined(span for span in cut if span.start < span.end)


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """What is left of the spans."""
    left = joined(spans)
    for hole in taken:
        left = [part for span in left for part in _around(span, hole)]
    return left


def _around(span: Span, hole: Span) -> list[Span]:
    if not span.overlaps(hole):
        return [span]
    parts = (Span(span.start, max(span.start, hole.start)), Span(min(span.end, hole.end), span.end))
    return [part for part in parts if part.start < part.end]
