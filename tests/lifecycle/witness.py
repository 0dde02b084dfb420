"""A witness at ServiceNow's door: what Cabbie does there is judged at the moment it is done, by rules of its own.

What stands in ServiceNow afterwards tells little: a rule that was broken for a moment is broken."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.change.model import ApprovalRow, State, Verdict
from bot.ports import Declined, Record, Unknown
from tests.doubles.faults import Killed
from tests.doubles.normal_model import Held, Row
from tests.doubles.records import ApprovalsDouble, ServiceNowDouble

Judge = Callable[..., None]


class Witness:
    """What Cabbie did in ServiceNow, in its order; a judge may object to it."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.moves: list[tuple[str, State]] = []
        """(sys_id, to) of each move that took place."""
        self.unanswered: dict[str, datetime] = {}
        """By correlation: when a create was sent whose answer was lost."""
        self.declined: set[State] = set()
        """Where ServiceNow lets nothing go, by a rule of its own that it tells nobody beforehand."""
        self.objections: list[str] = []
        """Said again by an invariant: what is raised in here looks to Cabbie like a bug of its own."""
        self.may_create: Judge
        self.may_move: Judge
        self.may_hold: Judge
        self.may_record: Judge

    def ask(self, judge: Judge, *facts: object) -> None:
        try:
            judge(*facts)
        except AssertionError as objection:
            self.objections.append(str(objection))

    def went(self, held: Held, to: State) -> bool:
        """Cabbie moved it there."""
        return (held.sys_id, to) in self.moves


class WatchedRecords:
    """``bot.ports.ChangeRecords`` with a witness."""

    def __init__(self, servicenow: ServiceNowDouble, witness: Witness) -> None:
        self._servicenow, self._witness = servicenow, witness

    def __getattr__(self, name: str) -> Any:
        return getattr(self._servicenow, name)

    def create(self, plan: Any, change: Any, requested_by: str) -> Record:
        self._witness.ask(self._witness.may_create, change)
        try:
            return self._servicenow.create(plan, change, requested_by)
        except (Killed, Unknown):
            self._witness.unanswered[change.correlation_id] = self._witness.now()
            raise

    def move(self, sys_id: str, to: State, **fields: str) -> Record:
        held = self._servicenow.changes[sys_id]
        times = len(held.states)
        if to in self._witness.declined:
            raise Declined("ServiceNow", "a rule of this instance")
        try:
            return self._servicenow.move(sys_id, to, **fields)
        finally:
            if len(held.states) > times:
                self._witness.ask(self._witness.may_move, held, to)
                self._witness.moves.append((sys_id, to))

    def amend(self, sys_id: str, **fields: str) -> Record:
        if "on_hold" in fields:
            held = self._servicenow.changes[sys_id]
            self._witness.ask(self._witness.may_hold, held, fields["on_hold"] == "true")
        return self._servicenow.amend(sys_id, **fields)


class WatchedApprovals:
    """``bot.ports.ApprovalRecords`` with a witness."""

    def __init__(self, approvals: ApprovalsDouble, servicenow: ServiceNowDouble, witness: Witness) -> None:
        self._approvals, self._servicenow, self._witness = approvals, servicenow, witness

    def __getattr__(self, name: str) -> Any:
        return getattr(self._approvals, name)

    def record(self, row: str, verdict: Verdict, comment: str) -> ApprovalRow:
        held, found = self._servicenow.row(row)
        count = found.mod_count
        try:
            return self._approvals.record(row, verdict, comment)
        finally:
            if found.mod_count > count:
                self._witness.ask(self._witness.may_record, held, found, verdict)


def approved_by(row: Row) -> set[str]:
    """Everybody whose hand is on an approval that stands: whose row it is, and who wrote it."""
    return {row.approver.sys_id, row.updated_by} if row.state.value == "approved" else set()
