"""Who is asked, what they answered, and when that is enough."""

import math
from enum import StrEnum

from integrations.servicenow.sandbox.data.store import SYSTEM, Record
from integrations.servicenow.sandbox.instance import Instance


class Outcome(StrEnum):
    """What the answers amount to."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


def ask(inst: Instance, change: Record, group_id: str) -> None:
    """One group approval, and a row for every active member of the group."""
    about = {"parent": change.sys_id, "assignment_group": group_id, "approval": "requested"}
    group = inst.store.insert("sysapproval_group", about, SYSTEM)
    inst.stages[change.sys_id].append(group.sys_id)
    state = "not_required" if change["on_hold"] == "true" else "requested"
    for user in members(inst, group_id):
        row = {
            "approver": user.sys_id,
            "sysapproval": change.sys_id,
            "document_id": change.sys_id,
            "source_table": "change_request",
            "group": group.sys_id,
            "state": state,
        }
        made = inst.store.insert("sysapproval_approver", row, SYSTEM)
        if state == "not_required":
            inst.held.add(made.sys_id)


def members(inst: Instance, group_id: str) -> list[Record]:
    """Active users in the group."""
    users = (inst.store.find("sys_user", m["user"]) for m in inst.store.where("sys_user_grmember", group=group_id))
    return [user for user in users if user and user["active"] == "true"]


def rows_of(inst: Instance, change: Record) -> list[Record]:
    return inst.store.where("sysapproval_approver", sysapproval=change.sys_id)


def outcome(inst: Instance, change: Record) -> Outcome:
    """What all groups of the present stage say together: one rejection rejects, each group must approve."""
    verdicts = [_of_group(inst, group_id) for group_id in inst.stages[change.sys_id]]
    if Outcome.REJECTED in verdicts:
        return Outcome.REJECTED
    return Outcome.PENDING if Outcome.PENDING in verdicts else Outcome.APPROVED


def settle(inst: Instance, change: Record) -> None:
    """Write each decided group's verdict and release those who need not answer any more."""
    for group_id in inst.stages[change.sys_id]:
        verdict = _of_group(inst, group_id)
        if verdict is Outcome.PENDING:
            continue
        _write(inst, group_id, verdict)
        if verdict is Outcome.APPROVED:
            for row in inst.store.where("sysapproval_approver", group=group_id, state="requested"):
                inst.store.update(row, {"state": "not_required"}, SYSTEM)


def withdraw(inst: Instance, change: Record) -> None:
    """Cancel whatever is still pending: the change was rejected, sent back or canceled."""
    for row in rows_of(inst, change):
        if row["state"] == "requested" or row.sys_id in inst.held:
            inst.store.update(row, {"state": "cancelled"}, SYSTEM)
            inst.held.discard(row.sys_id)
    for group in inst.store.where("sysapproval_group", parent=change.sys_id, approval="requested"):
        inst.store.update(group, {"approval": "cancelled"}, SYSTEM)


def hold(inst: Instance, change: Record) -> None:
    """Pending rows become No Longer Required, to come back on release (docs: "Place a change request on hold")."""
    for row in rows_of(inst, change):
        if row["state"] == "requested":
            inst.store.update(row, {"state": "not_required"}, SYSTEM)
            inst.held.add(row.sys_id)


def release(inst: Instance, change: Record) -> None:
    for row in rows_of(inst, change):
        if row.sys_id in inst.held:
            inst.store.update(row, {"state": "requested"}, SYSTEM)
            inst.held.discard(row.sys_id)


def _of_group(inst: Instance, group_id: str) -> Outcome:
    states = [row["state"] for row in inst.store.where("sysapproval_approver", group=group_id)]
    if "rejected" in states:
        return Outcome.REJECTED
    if not states:
        return Outcome.APPROVED if inst.switches["empty_group"] == "approves" else Outcome.PENDING
    group = inst.store.find("sysapproval_group", group_id)
    asked = inst.store.find("sys_user_group", group["assignment_group"]) if group else None
    quorum = inst.switches["quorum"].get(asked["name"] if asked else "", "first")
    return Outcome.APPROVED if states.count("approved") >= needed(quorum, len(states)) else Outcome.PENDING


def needed(quorum: str | float, asked: int) -> int:
    """How many must approve.

    Docs, "Create approval definitions": an empty or non-positive percentage is the first response, 100 and more is
    all, the rest is rounded to the nearest (2.5 is 3).

    >>> [needed(q, 5) for q in ("first", "all", "50%", "0%", "150%", "10%")]
    [1, 5, 3, 1, 5, 1]
    """
    if quorum == "first":
        return 1
    if quorum == "all":
        return asked
    percent = float(str(quorum).strip("% ") or 0)
    return max(1, min(asked, math.floor(asked * percent / 100 + 0.5)))


def _write(inst: Instance, group_id: str, verdict: Outcome) -> None:
    group = inst.store.find("sysapproval_group", group_id)
    if group:
        inst.store.update(group, {"approval": verdict.value}, SYSTEM)
