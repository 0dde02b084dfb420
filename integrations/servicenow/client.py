"""ServiceNow as Cabbie uses it: two accounts, one that opens and moves changes, one that only records verdicts."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from bot.change.model import ApprovalRow, Change, Plan, State, Verdict
from bot.ports import Check, Record, User
from integrations.servicenow import approvals, doctor, people, poll, tasks
from integrations.servicenow.changes import Changes
from integrations.servicenow.connection import Connection
from integrations.servicenow.lookups import Names
from integrations.servicenow.query import checked_id
from integrations.servicenow.session import TIMEOUTS, Clock, Timeouts, sign_in


def now() -> datetime:
    return datetime.now(UTC)


class ServiceNowChanges:
    """``bot.ports.ChangeRecords`` over REST. One for the whole process, used by all its threads."""

    def __init__(
        self,
        url: str,
        *,
        client_id: str = "",
        client_secret: str = "",
        user: str = "",
        password: str = "",
        model: str = "normal",
        timeouts: Timeouts = TIMEOUTS,
        clock: Clock = now,
    ) -> None:
        """An OAuth client's id and secret, or a user and its password. model: name or sys_id of the change model."""
        signs_in = sign_in(
            url.rstrip("/"),
            client_id=client_id,
            client_secret=client_secret,
            user=user,
            password=password,
            account="change account",
            timeouts=timeouts,
            clock=clock,
        )
        self._connection = Connection(url, signs_in, account="change account", timeouts=timeouts)
        self._clock = clock
        self._names = Names(self._connection, clock)
        self._changes = Changes(self._connection, self._names, model=model)

    def find(self, correlation_id: str) -> tuple[Record, ...]:
        return self._changes.find(correlation_id)

    def create(self, plan: Plan, change: Change, requested_by: str) -> Record:
        return self._changes.create(plan, change, requested_by)

    def read(self, sys_id: str) -> Record:
        return self._changes.read(sys_id)

    def differences(self, record: Record, plan: Plan, change: Change, requested_by: str) -> tuple[str, ...]:
        return self._changes.differences(record, plan, change, requested_by)

    def next_states(self, sys_id: str) -> frozenset[State]:
        return self._changes.next_states(sys_id)

    def move(self, sys_id: str, to: State, **fields: str) -> Record:
        return self._changes.move(sys_id, to, fields)

    def amend(self, sys_id: str, **fields: str) -> Record:
        return self._changes.amend(sys_id, fields)

    def approvals(self, sys_ids: Sequence[str]) -> Mapping[str, tuple[ApprovalRow, ...]]:
        return approvals.rows_of(self._connection, sys_ids)

    def changed_since(self, sys_ids: Sequence[str], watermark: str) -> tuple[frozenset[str], str]:
        return poll.changed_since(self._connection, sys_ids, watermark)

    def tasks(self, sys_id: str) -> tuple[Mapping[str, str], ...]:
        return tasks.tasks(self._connection, sys_id)

    def create_task(
        self, sys_id: str, *, short_description: str, description: str, group: str, correlation_id: str
    ) -> str:
        return tasks.create_task(
            self._connection,
            self._names,
            sys_id,
            short_description=short_description,
            description=description,
            group=group,
            correlation_id=correlation_id,
        )

    def users_by_email(self, email: str) -> tuple[User, ...]:
        return people.users_by_email(self._connection, email)

    def user(self, sys_id: str) -> User:
        return people.user(self._connection, sys_id)

    def user_named(self, user_name: str) -> User | None:
        return people.user_named(self._connection, user_name)

    def group_members(self, group: str) -> tuple[User, ...]:
        return people.group_members(self._connection, self._names, group)

    def configuration_item(self, name: str) -> str:
        return self._names.configuration_item(name)

    def page(self, sys_id: str) -> str:
        return self._screen(f"change_request.do?sys_id={checked_id(sys_id)}")

    def page_of_query(self, query: str) -> str:
        return self._screen(f"change_request_list.do?sysparm_query={quote(query, safe='')}")

    def _screen(self, uri: str) -> str:
        """Within ServiceNow's own frame, as people know it."""
        return f"{self._connection.url}/nav_to.do?uri={quote(uri, safe='')}"

    @property
    def host(self) -> str:
        return self._connection.host

    def check(self) -> tuple[Check, ...]:
        return doctor.examine_change_account(self._connection, self._clock, "SERVICENOW")


class ServiceNowApprovals:
    """``bot.ports.ApprovalRecords`` over REST, as the account that may write approver rows and nothing else."""

    def __init__(
        self,
        url: str,
        *,
        client_id: str = "",
        client_secret: str = "",
        user: str = "",
        password: str = "",
        timeouts: Timeouts = TIMEOUTS,
        clock: Clock = now,
    ) -> None:
        """An OAuth client's id and secret, or a user and its password."""
        signs_in = sign_in(
            url.rstrip("/"),
            client_id=client_id,
            client_secret=client_secret,
            user=user,
            password=password,
            account="approval account",
            timeouts=timeouts,
            clock=clock,
        )
        self._connection = Connection(url, signs_in, account="approval account", timeouts=timeouts)
        self._clock = clock

    def record(self, row: str, verdict: Verdict, comment: str) -> ApprovalRow:
        return approvals.record(self._connection, row, verdict, comment)

    def check(self) -> tuple[Check, ...]:
        return doctor.examine_approval_account(self._connection, self._clock, "SERVICENOW_APPROVAL")
