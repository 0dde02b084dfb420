"""What the moves work with: the ledger, the ports, the policy and the clock."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from bot.accounts import OwnHands
from bot.change.model import Change
from bot.change.policy import ApprovalPolicy, Policy, Service
from bot.engine import Queue
from bot.ledger.ledger import Ledger
from bot.ports import Anchor, ApprovalRecords, ChangeRecords, History, Room, Tracker

T = TypeVar("T")
R = TypeVar("R")


class NotYet(Exception):
    """A system has still to do its part before the move can be made. No failure: look again in a moment."""


@dataclass(frozen=True)
class Patience:
    """How long we wait for what is not under our hands."""

    record: timedelta = timedelta(minutes=2)
    """A lost answer of a create in ServiceNow: its transaction may still be running."""
    message: timedelta = timedelta(seconds=10)
    """A lost answer of a post in Slack or a comment in Jira."""
    approvers: timedelta = timedelta(minutes=1)
    """ServiceNow's flow makes the approver rows a moment after the move."""
    first_retry: timedelta = timedelta(seconds=1)
    longest_retry: timedelta = timedelta(minutes=5)
    tries: int = 20
    """More than an hour of outage; then a person is told."""


@dataclass(frozen=True)
class Tools:
    """Everything a move may touch."""

    ledger: Ledger
    queue: Queue
    records: ChangeRecords
    approvals: ApprovalRecords | None
    """None: no approval account; nothing is recorded on behalf of anybody."""
    tracker: Tracker
    history: History
    room: Room
    policy: Callable[[], Policy]
    now: Callable[[], datetime]
    own: OwnHands | None = None
    """None: people cannot link their own ServiceNow accounts here."""
    anchor: Anchor | None = None
    """None: nobody outside holds the ledger's head."""
    patience: Patience = field(default_factory=Patience)
    hands: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(16, thread_name_prefix="cabbie-hands"))
    """For calls whose order does not matter."""

    def service(self, change: Change) -> Service:
        return self.policy().service(change.service)

    def approval(self, change: Change) -> ApprovalPolicy:
        return self.policy().approval_of(self.service(change))

    def side_by_side(self, work: Callable[[T], R], items: Iterable[T]) -> list[R]:
        """The work on each item, several at a time, results in order; a failure is raised after all have ended."""
        futures = [self.hands.submit(work, item) for item in items]
        failures = [failure for future in futures if (failure := future.exception())]
        if failures:
            raise failures[0]
        return [future.result() for future in futures]


@dataclass(frozen=True)
class Move:
    """One thing that can be done to a change: when it is due, and how it is made.

    ``is_due`` does no I/O. ``make`` has one kind of outside effect and may run twice."""

    name: str
    is_due: Callable[[Tools, Change, datetime], bool]
    make: Callable[[Tools, Change], object]
    even_when_stopped: bool = False
    is_beside: bool = False
    """It tells others of the change: when it cannot, people are told, and the change goes its way."""
