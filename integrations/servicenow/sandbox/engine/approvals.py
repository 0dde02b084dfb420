"""Who is asked, what they answered, and when that is enough."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from integrations.servicenow.sandbox.data.store import SYSTEM, Record
from integrations.servicenow.sandbox.instance import Instance


class Outcome(StrEnum):
    """What the answers amount to."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass
class Demand:
    """One approval definition at work: whom it asked, and what it waits for."""

    wait_for: str | float = "first"
    """first, all, or a percentage."""
    is_mandatory: bool = True
    group: str = ""
    """The sysapproval_group row; empty when one user was asked by name."""
    rows: list[str] = field(default_factory=list)
    """Its approver rows."""


def ask_group(inst: Instance, change: Record, group_id: str, demand: Demand) -> None:
    """One group approval, and a row for every active member of the group."""
    about = {"parent": change.sys_id, "assignment_group": group_id, "approval": "requested"}
    demand.group = inst.store.insert("sysapproval_group", about, SYSTEM).sys_id
    ask_users(inst, change, [user.sys_id for user in members(inst, group_id)], demand)


def ask_users(inst: Instance, change: Record, users: Iterable[str], demand: Demand) -> None:
    """A row for each of them."""
    inst.stages[change.sys_id].append(demand)
    for user in users:
        is_again = inst.switches["duplicate_rows"] == "marked" and _asked_already(inst, change, user)
        usual = "not_required" if change["on_hold"] == "true" else "requested"
        row = {
            "approver": user,
            "sysapproval": change.sys_id,
            "document_id": change.sys_id,
            "source_table": "change_request",
            "group": demand.group,
            "state": "duplicate" if is_again else usual,
        }
        made = inst.store.insert("sysapproval_approver", row, SYSTEM)
        demand.rows.append(made.sys_id)
        if made["state"] == "not_required":
            inst.held.add(made.sys_id)


def members(inst: Instance, group_id: str) -> list[Record]:
    """Active users in the group."""
    users = (inst.store.find("sys_user", m["user"]) for m in inst.store.where("sys_user_grmember", group=group_id))
    return [user for user in users if user and user["active"] == "true"]


def rows_of(inst: Instance, change: Record) -> list[Record]:
    return inst.store.where("sysapproval_approver", sysapproval=change.sys_id)


def outcome(inst: Instance, change: Record) -> Outcome:
    """What the present stage comes to: a rejection rejects, every mandatory definition must be met.

    Where none is mandatory, one is enough; where nobody was to be asked, the stage is skipped, which approves."""
    demands = inst.stages[change.sys_id]
    verdicts = [_of(inst, change, demand) for demand in demands]
    if Outcome.REJECTED in verdicts:
        return Outcome.REJECTED
    needed = [v for v, demand in zip(verdicts, demands, strict=True) if demand.is_mandatory]
    if needed:
        return Outcome.PENDING if Outcome.PENDING in needed else Outcome.APPROVED
    return Outcome.APPROVED if not verdicts or Outcome.APPROVED in verdicts else Outcome.PENDING


def settle(inst: Instance, change: Record) -> None:
    """Write each decided group's verdict and release those who need not answer any more."""
    is_approved = outcome(inst, change) is Outcome.APPROVED
    for demand in inst.stages[change.sys_id]:
        verdict = _of(inst, change, demand)
        group = inst.store.find("sysapproval_group", demand.group)
        if group and verdict is not Outcome.PENDING:
            inst.store.update(group, {"approval": verdict.value}, SYSTEM)
        if is_approved or verdict is Outcome.APPROVED:
            for row in _rows(inst, demand):
                if row["state"] == "requested":
                    inst.store.update(row, {"state": "not_required"}, SYSTEM)


def withdraw(inst: Instance, change: Record) -> None:
    """Take back whatever is still pending: the change was rejected, sent back or canceled."""
    word = inst.switches["rejected_rows"] if change["approval"] == "rejected" else "cancelled"
    for row in rows_of(inst, change):
        if row["state"] == "requested" or row.sys_id in inst.held:
            inst.store.update(row, {"state": word}, SYSTEM)
            inst.held.discard(row.sys_id)
    for group in inst.store.where("sysapproval_group", parent=change.sys_id, approval="requested"):
        inst.store.update(group, {"approval": word}, SYSTEM)


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


def _of(inst: Instance, change: Record, demand: Demand) -> Outcome:
    states = [_answer(inst, change, row) for row in _rows(inst, demand)]
    if not states:
        return Outcome.APPROVED if inst.switches["empty_group"] == "approves" else Outcome.PENDING
    wanted = needed(demand.wait_for, len(states))
    if "rejected" in states:
        may_still = len(states) - states.count("rejected") >= wanted
        if inst.switches["on_rejection"] == "now" or not may_still or "requested" not in states:
            is_met = inst.switches["on_rejection"] == "wait" and states.count("approved") >= wanted
            return Outcome.APPROVED if is_met else Outcome.REJECTED
    return Outcome.APPROVED if states.count("approved") >= wanted else Outcome.PENDING


def _rows(inst: Instance, demand: Demand) -> list[Record]:
    found = (inst.store.find("sysapproval_approver", sys_id) for sys_id in demand.rows)
    return [row for row in found if row]


def _answer(inst: Instance, change: Record, row: Record) -> str:
    """What the row says; a duplicate says what its approver's other row says."""
    if row["state"] != "duplicate":
        return row["state"]
    same = inst.store.where("sysapproval_approver", sysapproval=change.sys_id, approver=row["approver"])
    own = [other for other in same if other.sys_id in _asked(inst, change) and other["state"] != "duplicate"]
    return own[-1]["state"] if own else "requested"


def _asked(inst: Instance, change: Record) -> set[str]:
    """All rows of the present stage."""
    return {sys_id for demand in inst.stages[change.sys_id] for sys_id in demand.rows}


def _asked_already(inst: Instance, change: Record, user: str) -> bool:
    rows = inst.store.where("sysapproval_approver", sysapproval=change.sys_id, approver=user)
    return any(row.sys_id in _asked(inst, change) for row in rows)


def needed(wait_for: str | float, asked: int) -> int:
    """How many must approve.

    Docs, "Create approval definitions": an empty or non-positive percentage is the first response, 100 and more is
    all, the rest is rounded to the nearest (2.5 is 3).

    >>> [needed(q, 5) for q in ("first", "all", "50%", "0%", "150%", "10%")]
    [1, 5, 3, 1, 5, 1]
    """
    if wait_for == "first":
        return 1
    if wait_for == "all":
        return asked
    percent = float(str(wait_for).strip("% ") or 0)
    return max(1, min(asked, math.floor(asked * percent / 100 + 0.5)))
