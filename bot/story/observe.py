"""Observe: a change and its approver rows as ServiceNow has them at one moment."""

from bot.change.model import ApprovalRow, Change
from bot.ports import Outage, Record
from bot.story.tools import Tools

MOST_READS = 4


def observe(tools: Tools, change: Change) -> tuple[Record, tuple[ApprovalRow, ...]]:
    """The record and its rows. ServiceNow moves a change and makes its rows in several writes: what is new is read
    again until the record is the same before and after its rows, or a stage would be seen with another stage's rows.

    Raises: Outage when it does not come to rest."""
    reading = tools.hands.submit(tools.records.approvals, [change.sys_id])
    record = tools.records.read(change.sys_id)
    rows = reading.result().get(change.sys_id, ())
    if record.state is change.state and rows == change.rows:
        return record, rows
    for _ in range(MOST_READS):
        rows = tools.records.approvals([change.sys_id]).get(change.sys_id, ())
        again = tools.records.read(change.sys_id)
        if (again.state, again.mod_count) == (record.state, record.mod_count):
            return again, rows
        record = again
    raise Outage("ServiceNow", "the change does not come to rest")
