"""Whether a write to a change is allowed, and what else it writes."""

from collections.abc import Mapping

from integrations.servicenow.sandbox import refusals
from integrations.servicenow.sandbox.data.choices import (
    ASSESS,
    AUTHORIZE,
    CANCELED,
    CLOSE_CODES,
    CLOSED,
    IMPLEMENT,
    NEW,
    REVIEW,
    SCHEDULED,
)
from integrations.servicenow.sandbox.data.store import Actor, Record
from integrations.servicenow.sandbox.engine import models, tasks
from integrations.servicenow.sandbox.engine.models import Transition
from integrations.servicenow.sandbox.instance import Instance

# The base system's own rule and its sys_id, as refusals in public code quote it.
CHECK_TRANSITION = ("Change Model: Check State Transition", "b6dae9e15317101034d1ddeeff7b1278")
LABELS = {
    "assignment_group": "Assignment group",
    "close_code": "Close code",
    "close_notes": "Close notes",
    "on_hold_reason": "On hold reason",
    "work_notes": "Work notes",
}
# UI policies "Mandatory - Assignment Group", "Mandatory - Close information", "Mandatory - On hold reason".
MANDATORY: dict[str, tuple[str, ...]] = {
    **dict.fromkeys((ASSESS, AUTHORIZE, SCHEDULED, IMPLEMENT, REVIEW), ("assignment_group",)),
    CLOSED: ("assignment_group", "close_code", "close_notes"),
}


def check(inst: Instance, change: Record, values: Mapping[str, str]) -> None:
    """Refuse a write that the change's model or the form's data requirements forbid."""
    after = {**change, **values}
    if change["state"] == CLOSED and inst.switches["closed_is_read_only"]:
        raise refusals.acl("Update")
    if after["state"] != change["state"] and not _may_move(inst, change, after):
        raise refusals.aborted(*CHECK_TRANSITION)
    missing = [LABELS[name] for name in _missing(after)]
    if change["unauthorized"] == "true" and after["unauthorized"] != "true" and not values.get("work_notes"):
        missing.append(LABELS["work_notes"])
    if missing and inst.switches["enforce_data_requirements"]:
        raise refusals.mandatory(missing)


def check_by_rest(inst: Instance, change: Record, values: Mapping[str, str]) -> None:
    """On one instance the rule refuses every state written over REST (seen in public code)."""
    if values.get("state", change["state"]) != change["state"] and not inst.switches["rest_state_moves"]:
        raise refusals.aborted(*CHECK_TRANSITION)


def ways(inst: Instance, change: Record) -> list[Transition]:
    """The arrows that leave the change's present state."""
    leaving = [t for t in models.transitions(model_of(inst, change), inst.switches) if t.origin == change["state"]]
    return [t for t in leaving if models.UNAUTHORIZED not in t.conditions or change["unauthorized"] == "true"]


def passes(inst: Instance, change: Record, after: Mapping[str, str], condition: str) -> bool:
    match condition:
        case models.NOT_ON_HOLD:
            return after["on_hold"] != "true"
        case models.NO_ACTIVE_TASKS:
            return not tasks.active(inst, change)
        case models.APPROVED:
            return after["approval"] == "approved"
        case models.UNAUTHORIZED:
            return after["unauthorized"] == "true"
        case _:
            return after["approval"] == "rejected"


def model_of(inst: Instance, change: Record) -> str:
    model = inst.store.find("chg_model", change["chg_model"])
    return model["name"] if model else change["type"].capitalize()


def consequences(inst: Instance, change: Record, values: Mapping[str, str], by: Actor) -> dict[str, str]:
    """What the base system writes together with a new state."""
    state = values.get("state", change["state"])
    if state == change["state"]:
        return {}
    more: dict[str, str] = {}
    if state in (CLOSED, CANCELED):
        more |= {"active": "false", "closed_at": inst.store.now(), "closed_by": by.sys_id}
    if state == CANCELED:
        more["on_hold"] = "false"
    if state == NEW and "approval" not in values:
        more["approval"] = "not requested"
    if state == SCHEDULED and change["state"] == NEW:
        more["approval"] = "approved"
    if inst.switches["sets_actual_times"] and state in (IMPLEMENT, REVIEW):
        more["work_start" if state == IMPLEMENT else "work_end"] = inst.store.now()
    return more


def _may_move(inst: Instance, change: Record, after: Mapping[str, str]) -> bool:
    if after["on_hold"] == "true" and after["state"] != CANCELED:
        return False
    candidates = (t for t in ways(inst, change) if t.target == after["state"] and not t.is_automatic)
    return any(all(passes(inst, change, after, c) for c in t.conditions) for t in candidates)


def _missing(after: Mapping[str, str]) -> list[str]:
    wanted = [*MANDATORY.get(after["state"], ()), *(("on_hold_reason",) if after["on_hold"] == "true" else ())]
    # A choice the list does not have counts as no choice (seen in public code).
    return [name for name in wanted if not after[name] or (name == "close_code" and after[name] not in CLOSE_CODES)]
