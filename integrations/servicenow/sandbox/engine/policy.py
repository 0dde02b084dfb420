"""Whom a change's present state asks: the base system's policy, or this instance's own definitions.

Docs: "Create approval definitions", "Change approval policy activity". A definition of the switch ``approval_policy``:
``{"group": "CAB Approval", "wait_for": "all", "mandatory": True}``; instead of ``group`` also ``group_field`` (a column
of the change), ``user`` (a user name) or ``user_field``.
"""

from collections.abc import Mapping
from typing import Any

from integrations.servicenow.sandbox.data.choices import ASSESS, STATES
from integrations.servicenow.sandbox.data.store import Record
from integrations.servicenow.sandbox.engine import approvals, moves
from integrations.servicenow.sandbox.engine.approvals import Demand
from integrations.servicenow.sandbox.instance import Instance

CAB = "CAB Approval"
NEEDS_CAB = ("High", "Moderate")
Definition = Mapping[str, Any]


def ask(inst: Instance, change: Record) -> bool:
    """Ask everybody the present state wants; says whether there was anybody to ask by the policy."""
    definitions = _definitions(inst, change)
    for definition in definitions:
        _ask(inst, change, definition)
    return bool(definitions)


def _definitions(inst: Instance, change: Record) -> list[Definition]:
    own = inst.switches["approval_policy"].get(STATES[change["state"]])
    if own is not None:
        return list(own)
    if change["state"] == ASSESS:
        return [{"group_field": "assignment_group"}]
    # The base policy asks the CAB about normal changes of Moderate or High risk only, and about every emergency.
    risk = inst.labels("change_request", "risk").get(change["risk"], "")
    if moves.model_of(inst, change) == "Normal" and risk not in NEEDS_CAB:
        return []
    return [{"group": CAB}]


def _ask(inst: Instance, change: Record, definition: Definition) -> None:
    group = _group(inst, change, definition)
    name = group["name"] if group else ""
    wait_for = definition.get("wait_for", inst.switches["quorum"].get(name, "first"))
    demand = Demand(wait_for, bool(definition.get("mandatory", True)))
    if group:
        approvals.ask_group(inst, change, group.sys_id, demand)
    else:
        approvals.ask_users(inst, change, _users(inst, change, definition), demand)


def _group(inst: Instance, change: Record, definition: Definition) -> Record | None:
    if "group_field" in definition:
        return inst.store.find("sys_user_group", change[definition["group_field"]])
    found = inst.store.where("sys_user_group", name=definition["group"]) if "group" in definition else []
    return found[0] if found else None


def _users(inst: Instance, change: Record, definition: Definition) -> list[str]:
    """The one user meant; nobody when the field is empty or the user has left."""
    if "user_field" in definition:
        user = inst.store.find("sys_user", change[definition["user_field"]])
    else:
        user = next(iter(inst.store.where("sys_user", user_name=definition.get("user", ""))), None)
    return [user.sys_id] if user and user["active"] == "true" else []
