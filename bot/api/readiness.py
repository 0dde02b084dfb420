"""Readiness: whether this process can do its part now, and if not, why. No system outside is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

GRACE = timedelta(seconds=30)
"""So long Slack's socket may be closed: Slack itself has it opened anew every few hours."""

Question = Callable[[], str]
"""Why not; empty when nothing is in the way."""


class Worker(Protocol):
    """The engine, as far as it is looked at here."""

    is_launched: bool

    def lease_age(self) -> float: ...


class Socket(Protocol):
    """Socket Mode's door, likewise."""

    @property
    def closed_for(self) -> float: ...


@dataclass(frozen=True)
class Readiness:
    """Asks one after the other, the cheap ones first; the first objection is the answer."""

    questions: tuple[Question, ...]

    def __call__(self) -> tuple[bool, str]:
        why = next((why for question in self.questions if (why := question())), "")
        return not why, why or "all is well"


def why_stopping(is_stopping: Callable[[], bool]) -> Question:
    return lambda: "it is stopping" if is_stopping() else ""


def why_no_worker(worker: Worker, lease: timedelta) -> Question:
    def why() -> str:
        if not worker.is_launched:
            return "the engine is not launched"
        return "the lease has run out" if worker.lease_age() > lease.total_seconds() else ""

    return why


def why_no_clock(is_running: Callable[[], bool]) -> Question:
    return lambda: "" if is_running() else "the clock does not run"


def why_no_socket(socket: Socket, grace: timedelta = GRACE) -> Question:
    return lambda: "no socket to Slack is open" if socket.closed_for > grace.total_seconds() else ""


def why_no_database(is_behind: Callable[[], bool]) -> Question:
    """is_behind: answers or raises within a moment."""

    def why() -> str:
        try:
            return "the database is not migrated: run `cabbie migrate`" if is_behind() else ""
        except Exception as error:  # whatever keeps the database from answering, we are not ready
            return f"the database does not answer: {type(error).__name__}"

    return why
