"""Figures for Prometheus: what was heard, what was done about it, and how the systems answered.

Labels are words of the program (a move, a system, a kind), never of the world: no number, no name, no service.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import product
from typing import Any, TypeVar, cast

from prometheus_client import Counter, Histogram, disable_created_metrics

from bot.ports import BadCredentials, Declined, Failure, LinkEnded, NotThere, Outage, Unknown

P = TypeVar("P")

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each, which nobody asks for

HEARD = Counter("cabbie_heard", "Things said at a door, by what became of them.", ["kind", "door", "answer"])
WEBHOOKS = Counter(
    "cabbie_webhooks", "Requests of other tools' webhooks, by what became of them.", ["source", "answer"]
)
MOVES = Counter("cabbie_moves", "Moves of changes, by how each ended.", ["move", "outcome"])
MOVE_SECONDS = Histogram(
    "cabbie_move_duration_seconds",
    "How long a move of a change took, the systems' part included.",
    ["move"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
RETRIES = Counter("cabbie_retries", "Moves that were tried again after trouble.", ["move"])
ERRANDS = Counter("cabbie_errands", "Messages and other errands beside the changes.", ["errand", "outcome"])
TICKS = Counter("cabbie_ticks", "Ticks of the clock; another replica may have taken one.", ["job", "outcome"])
ALARMS = Counter("cabbie_alarms", "Findings that managers were to be told of at once.", ["alarm"])
CALLS = Histogram(
    "cabbie_call_duration_seconds",
    "How long a system took to do what it was asked; one call may be several requests.",
    ["system", "call"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40),
)
FAILURES = Counter("cabbie_call_failures", "Calls that failed, by what has to be done about it.", ["system", "remedy"])
SOCKET_ENDS = Counter("cabbie_slack_socket_ends", "Socket Mode connections that had to be opened anew.", ["reason"])

REMEDIES: dict[type[Failure], str] = {
    Outage: "outage",
    Unknown: "unknown",
    BadCredentials: "bad_credentials",
    LinkEnded: "link_ended",
    NotThere: "not_there",
    Declined: "declined",
}
UNSORTED = "unsorted"
"""No remedy stands for it: a bug of ours, or an answer that whoever asked looks at alone."""
WITHOUT_A_CALL = frozenset({"page", "page_of_query", "sign_in_page"})
"""What a system's client answers by itself."""


def expect(counter: Counter, *words: Iterable[str]) -> None:
    """Begin at zero: Prometheus does not see the first increase of what was not there before."""
    for labels in product(*words):
        counter.labels(*labels)


@contextmanager
def calling(system: str, call: str) -> Iterator[None]:
    """Time a call to a system, and sort how it failed."""
    started = time.monotonic()
    try:
        yield
    except Exception as error:
        FAILURES.labels(system, remedy_of(error)).inc()
        raise
    finally:
        CALLS.labels(system, call).observe(time.monotonic() - started)


def remedy_of(error: Exception) -> str:
    """
    >>> remedy_of(BadCredentials("Jira", "no")), remedy_of(KeyError())
    ('bad_credentials', 'unsorted')
    """
    return next((word for failure, word in REMEDIES.items() if isinstance(error, failure)), UNSORTED)


def measured(port: P, system: str) -> P:
    """The same port, with every call timed and its failures counted. The port's own words are the calls' names."""
    expect(FAILURES, [system], [*REMEDIES.values(), UNSORTED])
    return cast(P, _Measured(port, system))


class _Measured:
    def __init__(self, port: Any, system: str) -> None:
        self._port = port
        self._system = system

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found) or name.startswith("_") or name in WITHOUT_A_CALL:
            return found
        return partial(_call, found, self._system, name)


def _call(work: Any, system: str, name: str, /, *words: Any, **named: Any) -> Any:
    with calling(system, name):
        return work(*words, **named)
