"""What somebody is: their roles, and for whom they stand in."""

from collections.abc import Iterator

from integrations.servicenow.sandbox.data.store import Actor, Record
from integrations.servicenow.sandbox.instance import Instance


def roles_of(inst: Instance, actor: Actor) -> frozenset[str]:
    held = inst.store.where("sys_user_has_role", user=actor.sys_id)
    roles = (inst.store.find("sys_user_role", row["role"]) for row in held)
    return frozenset(role["name"] for role in roles if role)


def stands_in_for(inst: Instance, user_id: str) -> Iterator[str]:
    """Whose approvals the user may answer now, by a delegation that has begun, has not ended and covers approvals."""
    for row in inst.store.where("sys_user_delegate", delegate=user_id):
        if row["approvals"] == "true" and _is_current(inst, row):
            yield row["user"]


def may_answer(inst: Instance, user_id: str, row: Record) -> bool:
    """``isApprovalMine``: the approver or a delegate."""
    return row["approver"] == user_id or row["approver"] in stands_in_for(inst, user_id)


def _is_current(inst: Instance, row: Record) -> bool:
    now = inst.store.now()
    return (not row["starts"] or row["starts"] <= now) and (not row["ends"] or now < row["ends"])
