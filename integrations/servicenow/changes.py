"""Change requests: find, open, compare, move."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.change.model import Change, Plan, State
from bot.ports import Declined, Failure, Outage, Record, Unknown
from integrations.servicenow import fields
from integrations.servicenow.connection import Connection, Row, sys_id_in
from integrations.servicenow.failures import SYSTEM
from integrations.servicenow.lookups import Names
from integrations.servicenow.query import all_of, checked_id, equals

TABLE = "change_request"
MOST_WITH_ONE_KEY = 50


class Changes:
    """ServiceNow's change_request, as the change account."""

    def __init__(self, connection: Connection, names: Names, *, model: str) -> None:
        self._connection = connection
        self._names = names
        self._model = model

    def find(self, correlation_id: str) -> tuple[Record, ...]:
        """Every change with this key, oldest first; later ones only while they are not canceled."""
        query = all_of(equals("correlation_id", correlation_id), "ORDERBYsys_created_on", "ORDERBYnumber")
        rows = self._connection.rows(TABLE, query, fields.CHANGE_COLUMNS, limit=MOST_WITH_ONE_KEY)
        found = [record_of(row) for row in _with_key(rows, correlation_id)]
        oldest_first = sorted(found, key=lambda record: (record.created_at, record.number))
        return tuple(oldest_first[:1] + [one for one in oldest_first[1:] if one.state is not State.CANCELED])

    def create(self, plan: Plan, change: Change, requested_by: str) -> Record:
        """A new change in New, read back.

        No state is sent: on create instances refuse it, drop it, or open a change that nobody is ever asked about."""
        columns = self._columns(plan, change, requested_by)
        columns |= {"chg_model": self._model, "type": fields.type_of_model(self._model)}
        result = self._connection.call("POST", "", columns, repeatable=False)
        sys_id = sys_id_in(result)
        try:
            record = self.read(sys_id)
        except Failure as failure:
            raise Unknown(SYSTEM, f"a change was opened and cannot be read yet ({failure.what})") from None
        ignored = self._really_ignored(result, columns, record)
        if ignored:
            raise Declined(SYSTEM, f"{record.number} was opened without {_listed(ignored)}: {_WHY_IGNORED}")
        return record

    def read(self, sys_id: str) -> Record:
        return record_of(self._connection.row(TABLE, sys_id, fields.CHANGE_COLUMNS))

    def differences(self, record: Record, plan: Plan, change: Change, requested_by: str) -> tuple[str, ...]:
        """Names of the columns that do not hold what we wrote."""
        wanted = self._columns(plan, change, requested_by)
        held = fields.unwrap(record.fields)
        differing = [name for name in fields.COMPARED if not fields.is_kept(name, wanted[name], held.get(name))]
        if record.correlation_id != change.correlation_id:
            differing.append("correlation_id")
        return tuple(differing)

    def next_states(self, sys_id: str) -> frozenset[State]:
        """The states some transition now leads to, with all its conditions passed."""
        result = self._connection.call("GET", f"/{checked_id(sys_id)}/nextstates")
        if isinstance(result, list):
            result = result[0] if result else {}
        transitions = list(_flat(result.get("state_transitions") if isinstance(result, Mapping) else None))
        open_ones = (fields.unwrap(one) for one in transitions)
        values = {one.get("to_state", "") for one in open_ones if fields.is_true(one.get("transition_available", ""))}
        return frozenset(state for state in map(fields.known_state, values) if state is not None)

    def move(self, sys_id: str, to: State, extra: Mapping[str, str]) -> Record:
        """One hop, read back: a flow may have moved it on by then, or not yet."""
        return self._patch(sys_id, {**fields.extra_columns(extra), "state": fields.STATE_VALUES[to]})

    def amend(self, sys_id: str, extra: Mapping[str, str]) -> Record:
        return self._patch(sys_id, fields.extra_columns(extra))

    def _patch(self, sys_id: str, columns: dict[str, str]) -> Record:
        repeatable = not fields.JOURNALS & columns.keys()
        result = self._connection.call("PATCH", f"/{checked_id(sys_id)}", columns, repeatable=repeatable)
        try:
            record = self.read(sys_id)
        except Outage as outage:
            if repeatable:
                raise
            raise Unknown(SYSTEM, f"a note was written and cannot be read back ({outage.what})") from None
        ignored = self._really_ignored(result, columns, record)
        if ignored:
            raise Declined(SYSTEM, f"{record.number} did not take {_listed(ignored)}: {_WHY_IGNORED}")
        return record

    def _columns(self, plan: Plan, change: Change, requested_by: str) -> dict[str, str]:
        ci = self._names.configuration_item(plan.configuration_item)
        group = self._names.group(plan.assignment_group)
        risk = self._names.risk(plan.risk.level)
        return fields.columns_of(plan, change, requested_by=requested_by, ci=ci, group=group, risk=risk)

    def _really_ignored(self, result: Any, columns: Mapping[str, str], record: Record) -> list[str]:
        """Columns of ours that ServiceNow says it ignored, and that do not hold our value all the same.

        It answers 200 then, and one site is known to list a field as ignored that it did write."""
        said = fields.ignored_fields(result) & columns.keys()
        held = record.fields
        return sorted(
            name for name in said if name == "chg_model" or not fields.is_same_text(columns[name], held.get(name))
        )


_WHY_IGNORED = "the change account has no right to write that, or a rule of ServiceNow drops it"


def _with_key(rows: list[Row], correlation_id: str) -> list[Row]:
    """The rows that hold the key. Raises: Declined when ServiceNow answered another question than ours.

    It drops a condition on a column it does not know or may not show, and runs the rest: to take the answer for "there
    is none" would open a second change."""
    if any(row.get("correlation_id", "").lower() != correlation_id.lower() for row in rows):
        raise Declined(SYSTEM, "it cannot tell which changes are ours: let the change account read correlation_id")
    return [row for row in rows if row["correlation_id"] == correlation_id]


def record_of(row: Row) -> Record:
    """Raises: Declined when its state cannot be read, or is none of the base system's."""
    try:
        return fields.record_of(row)
    except (ValueError, OverflowError):
        said = row.get("state", "")
        what = (
            f"is in state “{said}”, which Cabbie does not know"
            if said
            else "does not show its state to the change account"
        )
        raise Declined(SYSTEM, f"{row.get('number') or 'a change'} {what}") from None


def _flat(transitions: Any) -> Iterable[Mapping[str, Any]]:
    """Transitions come as a list per target, each a list of alternatives; any of them suffices."""
    if isinstance(transitions, Mapping):
        yield transitions
    elif isinstance(transitions, list):
        for one in transitions:
            yield from _flat(one)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
