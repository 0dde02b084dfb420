"""ServiceNow in memory, as our two accounts meet it: changes and approver rows behind the ports."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from bot.change.lifecycle import MOVES
from bot.change.model import ApprovalRow, Change, Plan, State, Verdict
from bot.ports import Check, Declined, NotThere, Record, User
from tests.doubles.faults import Faults
from tests.doubles.normal_model import CAB as CAB
from tests.doubles.normal_model import Held, NormalModel, Row, objection

HOST = "acme.service-now.example"
STAMP = "%Y-%m-%d %H:%M:%S"
TEXTS = ("short_description", "description", "justification")


class ServiceNowDouble(NormalModel):
    """``bot.ports.ChangeRecords`` as the change account."""

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
        super().__init__(clock, users, groups, flow_takes=flow_takes, diary=[] if diary is None else diary)
        self.faults = Faults()
        self.items = list(items)
        self.forgets: set[str] = set()
        """Columns that a rule of the instance drops."""
        self.checks: tuple[Check, ...] = (Check("ServiceNow, change account", "good", "it answers"),)

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

    def arrives_late(self, change: Change) -> Record:
        """A create that was sent long ago takes effect now."""
        assert change.plan is not None
        return _record(self._insert(change.plan, change, "somebody"))

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
            return frozenset(to for to in MOVES[held.state] if not objection(held, to, {}))

    def move(self, sys_id: str, to: State, **fields: str) -> Record:
        with self._call("move"):
            held = self._held(sys_id)
            if why_not := objection(held, to, fields):
                raise Declined("ServiceNow", why_not)
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

    def user_named(self, user_name: str) -> User | None:
        """In here everybody signs in by their sys_id."""
        with self._call("user_named"):
            return self.users.get(user_name)

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

    def _call(self, name: str) -> AbstractContextManager[None]:
        self._settle()
        return self.faults.around(name)

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
        approver_user_name=row.approver.sys_id,
    )
