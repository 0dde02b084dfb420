"""Approver rows: what ServiceNow asked of whom, and one verdict written into one row."""

from collections.abc import Mapping, Sequence

from bot.change.model import ApprovalRow, RowState, Verdict
from bot.ports import Declined, Outage, Unknown
from integrations.servicenow.connection import Connection
from integrations.servicenow.failures import SYSTEM
from integrations.servicenow.fields import ROW_COLUMNS, journal, row_of
from integrations.servicenow.query import among, checked_id

TABLE = "sysapproval_approver"
AT_ONCE = 100
"""Changes asked about in one query: their ids still fit a URL."""

# verdict → what the row must be, and what it becomes
WRITES: dict[Verdict, tuple[RowState, RowState]] = {
    Verdict.APPROVED: (RowState.REQUESTED, RowState.APPROVED),
    Verdict.REJECTED: (RowState.REQUESTED, RowState.REJECTED),
    Verdict.WITHDRAWN: (RowState.APPROVED, RowState.REQUESTED),
}


def rows_of(connection: Connection, sys_ids: Sequence[str]) -> Mapping[str, tuple[ApprovalRow, ...]]:
    """All approver rows of these changes, by change, in the order of their ids."""
    found: dict[str, list[ApprovalRow]] = {sys_id: [] for sys_id in sys_ids}
    for some in chunks(sys_ids):
        for row in connection.all_rows(TABLE, among("sysapproval", some), ROW_COLUMNS):
            if row.get("sysapproval") in found:
                found[row["sysapproval"]].append(row_of(row))
    return {sys_id: tuple(rows) for sys_id, rows in found.items()}


def chunks(sys_ids: Sequence[str]) -> list[list[str]]:
    each_once = [checked_id(one) for one in dict.fromkeys(sys_ids)]
    return [each_once[start : start + AT_ONCE] for start in range(0, len(each_once), AT_ONCE)]


def record(connection: Connection, row: str, verdict: Verdict, comment: str) -> ApprovalRow:
    """Write one row's state and read it back; an answer of 200 alone proves nothing.

    Raises: Declined when the row is not what it was, Unknown when it may have been written."""
    after = write(connection, row, verdict, comment)
    try:
        written = row_of(connection.row(TABLE, row, ROW_COLUMNS))
    except Outage as outage:
        raise Unknown(SYSTEM, f"a verdict was written and cannot be read back ({outage.what})") from None
    if written.state is WRITES[verdict][0]:  # the write was good: a read that is a moment behind shows what was
        raise Unknown(SYSTEM, "a verdict was written and does not show yet")
    _expect(written, after)
    return written


def write(connection: Connection, row: str, verdict: Verdict, comment: str) -> RowState:
    """Write one row's state; what it should be now, which somebody has to read.

    Raises: Declined when the row is not what it was, Unknown when it may have been written."""
    if verdict not in WRITES:
        raise ValueError(f"{verdict} is no state of an approver row")
    before, after = WRITES[verdict]
    _expect(row_of(connection.row(TABLE, row, ROW_COLUMNS)), before)
    connection.write(TABLE, row, {"state": after.value, "comments": journal(comment)}, repeatable=False)
    return after


def _expect(row: ApprovalRow, state: RowState) -> None:
    if row.state is not state:
        raise Declined(SYSTEM, f"the approver row is {row.state.value}, not {state.value}")
