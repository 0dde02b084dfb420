"""A ServiceNow in memory: the normal change model, its flow, its groups and its approver rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.change.lifecycle import MOVES, WAITING
from bot.change.model import ApprovalRow, Change, Plan, RowState, State, Verdict
from bot.ports import Check, Declined, NotThere, Record, User
from tests.doubles.faults import Faults

CAB = "CAB Approval"
HOST = "acme.service-now.example"
STAMP = "%Y-%m-%d %H:%M:%S"
TEXTS = ("short_description", "description", "justification")
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


class ServiceNowDouble:
    """``bot.ports.ChangeRecords`` as the change account, and what people do in its own screen."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        users: Sequence[User],
        groups: Mapping[str, Sequence[str]],
        *,
        items: Sequence[str] = (),
        flow_takes: timedelta = timedelta(seconds=0.5),
        diary: list[str] | None = None,
    ) -> None:
        """groups: name → sys_ids of the members. items: configuration items. flow_takes: until the flow has acted."""
        self.diary = [] if diary is None else diary
        self.faults = Faults()
        self.changes: dict[str, Held] = {}
        self.groups = {name: list(members) for name, members in groups.items()}
        self.users = {user.sys_id: user for user in users}
        self.items = list(items)
        self.quorum: dict[str, int] = {}
        """How many of a group must approve; one unless given."""
        self.asks_cab = True
        self.forgets: set[str] = set()
        """Columns that a rule of the instance drops."""
        self.checks: tuple[Check, ...] = (Check("ServiceNow, change account", "good", "it answers"),)
        self._clock = clock
        self._flow_takes = flow_takes
        self._due: list[tuple[datetime, Callable[[], None]]] = []
        self._touched: dict[str, int] = {}
        self._count = 0

    # ------------------------------------------------------------------------------------------------ ChangeRecords

    def find(self, correlation_id: str) -> tuple[Record, ...]:
        with self._call("find"):
            same = [held for held in self.changes.values() if held.correlation_id == correlation_id]
            kept = same[:1] + [held for held in same[1:] if held.state is not State.CANCELED]
            return tuple(_record(held) for held in kept)

    def create(self, plan: Plan, change: Change, requested_by: str) -> Record:
        with self._call("create"):
            self._must_have_group(plan.assignment_group)
            self.configuration_item(plan.configuration_item)
            held = self._insert(plan, change, requested_by)
            self.diary.append(f"opened {held.number}")
            return _record(held)

    def read(self, sys_id: str) -> Record:
        with self._call("read"):
            return _record(self._held(sys_id))

    def differences(self, record: Record, plan: Plan, change: Change, requested_by: str) -> tuple[str, ...]:
        with self._call("differences"):
            wanted = _texts(plan)
            return tuple(name for name in TEXTS if record.fields.get(name) != wanted[name])

    def next_states(self, sys_id: str) -> frozenset[State]:
        with self._call("next_states"):
            held = self._held(sys_id)
            return frozenset(to for to in MOVES[held.state] if not _objection(held, to, {}))

    def move(self, sys_id: str, to: State, **fields: str) -> Record:
        with self._call("move"):
            held = self._held(sys_id)
            if objection := _objection(held, to, fields):
                raise Declined("ServiceNow", objection)
            if notes := fields.pop("work_notes", ""):
                held.notes.append(notes)
            held.fields |= {name: value for name, value in fields.items() if name not in self.forgets}
            self._enter(held, to)
            return _record(held)

    def amend(self, sys_id: str, **fields: str) -> Record:
        with self._call("amend"):
            held = self._held(sys_id)
            if "on_hold" in fields:
                self._hold(held, fields["on_hold"] == "true", fields.get("on_hold_reason", ""))
            held.fields |= {name: value for name, value in fields.items() if name not in self.forgets}
            self._touch(held)
            return _record(held)

    def approvals(self, sys_ids: Sequence[str]) -> Mapping[str, tuple[ApprovalRow, ...]]:
        with self._call("approvals"):
            known = [sys_id for sys_id in sys_ids if sys_id in self.changes]
            return {sys_id: tuple(map(_row, self.changes[sys_id].rows)) for sys_id in known}

    def changed_since(self, sys_ids: Sequence[str], watermark: str) -> tuple[frozenset[str], str]:
        with self._call("changed_since"):
            since = int(watermark or 0)
            changed = frozenset(sys_id for sys_id in sys_ids if self._touched.get(sys_id, 0) > since)
            return changed, str(max([since, *self._touched.values()]))

    def tasks(self, sys_id: str) -> tuple[Mapping[str, str], ...]:
        with self._call("tasks"):
            return tuple(dict(task) for task in self._held(sys_id).tasks)

    def create_task(
        self, sys_id: str, *, short_description: str, description: str, group: str, correlation_id: str
    ) -> str:
        with self._call("create_task"):
            held = self._held(sys_id)
            self._must_have_group(group)
            number = f"CTASK{10_000 + self._next():07d}"
            task = {"number": number, "short_description": short_description, "state": "1", "assignment_group": group}
            held.tasks.append(task | {"correlation_id": correlation_id})
            self.diary.append(f"gave {group} a task of {held.number}")
            return number

    def users_by_email(self, email: str) -> tuple[User, ...]:
        with self._call("users_by_email"):
            same = [user for user in self.users.values() if user.email.lower() == email.lower() and user.active]
            return tuple(same[:2])

    def user(self, sys_id: str) -> User:
        with self._call("user"):
            if sys_id not in self.users:
                raise NotThere("ServiceNow", "no such user")
            return self.users[sys_id]

    def group_members(self, group: str) -> tuple[User, ...]:
        with self._call("group_members"):
            return self._members(group)

    def configuration_item(self, name: str) -> str:
        found = self.items.count(name)
        if found != 1:
            many = "more than one" if found else "no"
            raise Declined("ServiceNow", f"there is {many} operational configuration item called “{name}”")
        return f"ci-{name}"

    def page(self, sys_id: str) -> str:
        return f"https://{HOST}/change_request.do?sys_id={sys_id}"

    def page_of_query(self, query: str) -> str:
        return f"https://{HOST}/change_request_list.do?sysparm_query={query}"

    @property
    def host(self) -> str:
        return HOST

    def check(self) -> tuple[Check, ...]:
        with self._call("check"):
            return self.checks

    # ------------------------------------------------------------------------------------- what people do in its screen

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

    # ----------------------------------------------------------------------------------------------------------- flow

    def _call(self, name: str):  # type: ignore[no-untyped-def]  # a context manager of Faults
        self._settle()
        return self.faults.around(name)

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

    # -------------------------------------------------------------------------------------------------------- records

    def _insert(self, plan: Plan, change: Change, requested_by: str) -> Held:
        count = self._next()
        texts = {name: value for name, value in _texts(plan).items() if name not in self.forgets}
        held = Held(
            sys_id=f"{count:032x}",
            number=f"CHG{30_000 + count:07d}",
            created_at=self._clock().strftime(STAMP),
            correlation_id=change.correlation_id,
            requested_by=requested_by,
            assignment_group=plan.assignment_group,
            fields=texts,
        )
        self.changes[held.sys_id] = held
        self._touch(held)
        return held

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


class ApprovalsDouble:
    """``bot.ports.ApprovalRecords``: the account that writes nothing but approver rows of the same ServiceNow."""

    def __init__(self, servicenow: ServiceNowDouble) -> None:
        self._servicenow = servicenow
        self.faults = Faults()
        self.checks: tuple[Check, ...] = (Check("ServiceNow, approval account", "good", "it answers"),)

    def record(self, row: str, verdict: Verdict, comment: str) -> ApprovalRow:
        with self.faults.around("record"):
            held, found = self._servicenow.row(row)
            self._servicenow.write(held, found, verdict, by="cabbie.approvals", comment=comment)
            self._servicenow.diary.append(f"recorded that {found.approver.name} {verdict} {held.number}")
            return _row(found)

    def check(self) -> tuple[Check, ...]:
        with self.faults.around("check"):
            return self.checks


def _objection(held: Held, to: State, fields: Mapping[str, str]) -> str:
    """Why a change may not be moved there by a person or an account; empty when it may."""
    by_flow_only = to in (State.AUTHORIZE, State.SCHEDULED) or (to is State.NEW and held.state is not State.NEW)
    if to not in MOVES[held.state] or by_flow_only:
        return f"a change does not go from {held.state} to {to}"
    if held.on_hold and to is not State.CANCELED:
        return "it is on hold"
    if to is State.CLOSED and fields and not (fields.get("close_code") and fields.get("close_notes")):
        return "Close code and Close notes are mandatory"
    return ""


def _texts(plan: Plan) -> dict[str, str]:
    return {name: getattr(plan, name) for name in TEXTS}


def _record(held: Held) -> Record:
    return Record(
        sys_id=held.sys_id,
        number=held.number,
        state=held.state,
        approval=held.approval,
        on_hold=held.on_hold,
        correlation_id=held.correlation_id,
        mod_count=held.mod_count,
        created_at=held.created_at,
        fields=dict(held.fields),
    )


def _row(row: Row) -> ApprovalRow:
    return ApprovalRow(
        sys_id=row.sys_id,
        approver=row.approver.sys_id,
        approver_name=row.approver.name,
        approver_email=row.approver.email,
        state=row.state,
        group=row.group,
        updated_by=row.updated_by,
        mod_count=row.mod_count,
    )
