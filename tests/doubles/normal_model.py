"""The normal change model in memory: who is asked, what the flow does with the answers, what may be moved where."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.change.lifecycle import MOVES, WAITING
from bot.change.model import RowState, State, Verdict
from bot.ports import Declined, NotThere, User

CAB = "CAB Approval"
VERDICTS = {
    Verdict.APPROVED: (RowState.REQUESTED, RowState.APPROVED),
    Verdict.REJECTED: (RowState.REQUESTED, RowState.REJECTED),
    Verdict.WITHDRAWN: (RowState.APPROVED, RowState.REQUESTED),
}


@dataclass
class Row:
    """One approver's row."""

    sys_id: str
    approver: User
    group: str
    stage: State
    state: RowState = RowState.REQUESTED
    mod_count: int = 0
    updated_by: str = "system"
    comments: str = ""
    is_held: bool = False


@dataclass
class Held:
    """One change request as ServiceNow holds it."""

    sys_id: str
    number: str
    created_at: str
    correlation_id: str
    requested_by: str
    assignment_group: str
    fields: dict[str, str]
    state: State = State.NEW
    approval: str = "not requested"
    on_hold: bool = False
    mod_count: int = 0
    states: list[State] = field(default_factory=lambda: [State.NEW])
    rows: list[Row] = field(default_factory=list)
    tasks: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class NormalModel:
    """Changes, their approver rows and the flow that acts on them a moment later. And what people do in its screen."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        users: Sequence[User],
        groups: Mapping[str, Sequence[str]],
        *,
        flow_takes: timedelta,
        diary: list[str],
    ) -> None:
        self.diary = diary
        self.changes: dict[str, Held] = {}
        self.groups = {name: list(members) for name, members in groups.items()}
        self.users = {user.sys_id: user for user in users}
        self.quorum: dict[str, int] = {}
        """How many of a group must approve; one unless given."""
        self.asks_cab = True
        self._clock = clock
        self._flow_takes = flow_takes
        self._due: list[tuple[datetime, Callable[[], None]]] = []
        self._touched: dict[str, int] = {}
        self._count = 0

    def numbered(self, number: str) -> Held:
        return next(held for held in self.changes.values() if held.number == number)

    def decide(self, number: str, sys_user: str, verdict: Verdict) -> None:
        """Somebody answers in ServiceNow itself."""
        self._settle()
        held = self.numbered(number)
        row = next(row for row in held.rows if row.approver.sys_id == sys_user and row.state is RowState.REQUESTED)
        self.write(held, row, verdict, by=sys_user)

    def cancel(self, number: str) -> None:
        self._enter(self.numbered(number), State.CANCELED)

    def open_twice(self, number: str) -> None:
        """A second change with the same key: the first create was still running when it was sent again."""
        first = self.numbered(number)
        count = self._next()
        second = replace(first, sys_id=f"{count:032x}", number=f"CHG{30_000 + count:07d}", rows=[], tasks=[], notes=[])
        self.changes[second.sys_id] = replace(second, fields=dict(first.fields), states=[State.NEW])

    def write(self, held: Held, row: Row, verdict: Verdict, *, by: str, comment: str = "") -> None:
        before, after = VERDICTS[verdict]
        if row.state is not before:
            raise Declined("ServiceNow", f"the approver row is {row.state.value}, not {before.value}")
        row.state, row.updated_by, row.comments = after, by, comment
        row.mod_count += 1
        self._touch(held)
        self._later(lambda: self._weigh(held))

    def row(self, sys_id: str) -> tuple[Held, Row]:
        for held in self.changes.values():
            for row in held.rows:
                if row.sys_id == sys_id:
                    return held, row
        raise NotThere("ServiceNow", "no such approver row")

    # ------------------------------------------------------------------------------------------------------------- flow

    def _later(self, work: Callable[[], None]) -> None:
        self._due.append((self._clock() + self._flow_takes, work))

    def _settle(self) -> None:
        """What the flow has done by now."""
        while due := [one for one in self._due if one[0] <= self._clock()]:
            self._due.remove(due[0])
            due[0][1]()

    def _enter(self, held: Held, to: State) -> None:
        held.state = to
        held.states.append(to)
        self.diary.append(f"{held.number} is in {to.value}")
        if to in (State.NEW, State.CANCELED):
            held.on_hold = False
            for row in held.rows:
                if row.state is RowState.REQUESTED or row.is_held:
                    row.state, row.is_held = RowState.CANCELED, False
        if to is State.ASSESS:
            self._later(lambda: self._ask(held, State.ASSESS, held.assignment_group))
        if to is State.AUTHORIZE:
            self._later(lambda: self._ask(held, State.AUTHORIZE, CAB if self.asks_cab else ""))
        self._touch(held)

    def _ask(self, held: Held, stage: State, group: str) -> None:
        if held.state is not stage:
            return
        state = RowState.NOT_REQUIRED if held.on_hold else RowState.REQUESTED
        for user in self._members(group) if group else ():
            held.rows.append(Row(f"row-{self._next()}", user, group, stage, state, is_held=held.on_hold))
        held.approval = "requested"
        self._touch(held)
        self._weigh(held)

    def _weigh(self, held: Held) -> None:
        """One rejection rejects, enough approvals approve, nobody asked counts as approved."""
        if held.state not in WAITING or held.on_hold:
            return
        rows = [row for row in held.rows if row.stage is held.state and row.state is not RowState.CANCELED]
        if any(row.state is RowState.REJECTED for row in rows):
            held.approval = "rejected"
            self._enter(held, State.NEW)
            return
        group = rows[0].group if rows else ""
        if sum(row.state is RowState.APPROVED for row in rows) < min(self.quorum.get(group, 1), len(rows)):
            return
        for row in rows:
            if row.state is RowState.REQUESTED:
                row.state = RowState.NOT_REQUIRED
        if held.state is State.AUTHORIZE:
            held.approval = "approved"
        self._enter(held, State.AUTHORIZE if held.state is State.ASSESS else State.SCHEDULED)

    def _hold(self, held: Held, on_hold: bool, reason: str) -> None:
        if on_hold and not reason:
            raise Declined("ServiceNow", "On hold reason is mandatory")
        held.on_hold = on_hold
        for row in held.rows:
            if on_hold and row.state is RowState.REQUESTED:
                row.state, row.is_held = RowState.NOT_REQUIRED, True
            elif not on_hold and row.is_held:
                row.state, row.is_held = RowState.REQUESTED, False
        self.diary.append(f"{held.number} is {'on hold' if on_hold else 'released'}")
        if not on_hold:
            self._later(lambda: self._weigh(held))

    # --------------------------------------------------------------------------------------------------------- lookups

    def _held(self, sys_id: str) -> Held:
        if sys_id not in self.changes:
            raise NotThere("ServiceNow", "no such change")
        return self.changes[sys_id]

    def _members(self, group: str) -> tuple[User, ...]:
        self._must_have_group(group)
        return tuple(user for sys_id in self.groups[group] if (user := self.users[sys_id]).active)

    def _must_have_group(self, group: str) -> None:
        if group not in self.groups:
            raise Declined("ServiceNow", f"there is no active group called “{group}”")

    def _touch(self, held: Held) -> None:
        held.mod_count += 1
        self._touched[held.sys_id] = self._next()

    def _next(self) -> int:
        self._count += 1
        return self._count


def objection(held: Held, to: State, fields: Mapping[str, str]) -> str:
    """Why a change may not be moved there by a person or an account; empty when it may."""
    by_flow_only = to in (State.AUTHORIZE, State.SCHEDULED) or (to is State.NEW and held.state is not State.NEW)
    if to not in MOVES[held.state] or by_flow_only:
        return f"a change does not go from {held.state} to {to}"
    if held.on_hold and to is not State.CANCELED:
        return "it is on hold"
    if to is State.CLOSED and fields and not (fields.get("close_code") and fields.get("close_notes")):
        return "Close code and Close notes are mandatory"
    return ""
