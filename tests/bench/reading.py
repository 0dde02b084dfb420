"""Reading what other tools post: beside a bare regular-expression pass over the same text, and with foreign formats."""

import json
import os
import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bot.change.model import Status
from bot.reading import Format, Reader, Rule, read, reader_of
from config.announcements import shipped_announcements
from tests.bench.figures import Figure, NotMet
from tests.reading.examples import EXAMPLES

ROUNDS = 5
"""Of each figure, interleaved; the median counts."""
REPEATS = 20
"""Times each message is read in a round."""
FOREIGN = (10, 100, 1000)
AIM = 0.001
"""Seconds a message."""
WORDS = re.compile(r"\b(?:deploy\w*|releas\w*|roll\w*|promot\w*|succe\w*|fail\w*|start\w*|cancel\w*)\b", re.IGNORECASE)
SHA = re.compile(r"\b[0-9a-f]{7,40}\b")
Message = dict[str, Any]


def measure() -> Iterator[Figure]:
    """Raises: NotMet when more formats change what is heard."""
    reader = reader_of(shipped_announcements())
    for title, messages in collections():
        ours, bare = _interleaved([lambda message: read(message, reader), bare_pass], messages)
        yield Figure(
            f"{len(messages)} messages, {title}",
            _microseconds(ours),
            _microseconds(bare),
            f"{ours / bare:.0f}×",
            "at most 1 ms",
            ours > AIM,
        )
    yield from _with_foreign(reader, [example.message for example in EXAMPLES])


def collections() -> Iterator[tuple[str, list[Message]]]:
    yield "our own examples", [example.message for example in EXAMPLES]
    folder = Path(os.environ.get("CABBIE_CONFORMANCE", "")) / "announcements"
    if os.environ.get("CABBIE_CONFORMANCE") and folder.is_dir():
        paths = sorted(folder.rglob("*.json"))
        yield "the collection", [json.loads(path.read_text(encoding="utf-8"))["message"] for path in paths]


def bare_pass(message: Message) -> tuple[list[str], list[str]]:
    """What the least reader would do: all words of the message, searched for status words and hashes."""
    text = " ".join(_strings(message))
    return WORDS.findall(text), SHA.findall(text)


def with_foreign(count: int) -> Reader:
    """The shipped formats behind so many others, of which none is in any message."""
    rules = ((Rule("any", rf"Tool {n} has put (?P<service>\S+) live", Status.SUCCEEDED),) for n in range(count))
    return reader_of(shipped_announcements(), [Format(f"foreign-{n}", rule) for n, rule in enumerate(rules)])


def _with_foreign(alone: Reader, messages: list[Message]) -> Iterator[Figure]:
    readers = [alone, *(with_foreign(count) for count in FOREIGN)]
    heard = [[read(message, reader).reading for message in messages] for reader in readers]
    if any(readings != heard[0] for readings in heard):
        raise NotMet("foreign formats change what is heard")
    alone_takes, *take = _interleaved([_by(reader) for reader in readers], messages)
    for count, seconds in zip(FOREIGN, take, strict=True):
        ratio = seconds / alone_takes
        what = f"with {count} foreign formats"
        yield Figure(
            what, _microseconds(seconds), _microseconds(alone_takes), f"{ratio:.2f}×", "flat: 1.5×", ratio > 1.5
        )


def _by(reader: Reader) -> Callable[[Message], Any]:
    return lambda message: read(message, reader)


def _interleaved(ways: Sequence[Callable[[Message], Any]], messages: list[Message]) -> list[float]:
    """Seconds a message takes each way: the median over the messages, and of the rounds."""
    rounds = [[_median(way, messages) for way in ways] for _ in range(ROUNDS)]
    return [statistics.median(times) for times in zip(*rounds, strict=True)]


def _median(way: Callable[[Message], Any], messages: list[Message]) -> float:
    took = []
    for message in messages:
        began = time.perf_counter()
        for _ in range(REPEATS):
            way(message)
        took.append((time.perf_counter() - began) / REPEATS)
    return statistics.median(took)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(inner)


def _microseconds(seconds: float) -> str:
    return f"{seconds * 1e6:,.0f} µs"
