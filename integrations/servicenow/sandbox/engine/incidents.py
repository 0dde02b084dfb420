"""Incidents: priority from impact and urgency, what resolving one asks for."""

from collections.abc import Mapping

from integrations.servicenow.sandbox import refusals
from integrations.servicenow.sandbox.data.store import Actor, Record
from integrations.servicenow.sandbox.instance import Instance

# The base system's priority lookup, by impact and urgency. docs: "Incident prioritization".
PRIORITIES = {"11": "1", "12": "2", "13": "3", "21": "2", "22": "3", "23": "4", "31": "3", "32": "4", "33": "5"}
RESOLVED, CLOSED, CANCELED = "6", "7", "8"
NEEDED_TO_RESOLVE = {"close_code": "Resolution code", "close_notes": "Resolution notes"}


def create(inst: Instance, values: Mapping[str, str], by: Actor) -> Record:
    made = inst.store.insert("incident", {"caller_id": by.sys_id, **values}, by)
    inst.store.rewrite(made, _worked_out(made))
    return made


def update(inst: Instance, incident: Record, values: Mapping[str, str], by: Actor) -> None:
    """Write an incident; ``state`` and ``incident_state`` are one.

    Raises: Refused when it would be resolved without saying how."""
    values = dict(values)
    for name, other in (("incident_state", "state"), ("state", "incident_state")):
        if name in values:
            values[other] = values[name]
    after = {**incident, **values}
    missing = [label for name, label in NEEDED_TO_RESOLVE.items() if not after[name]]
    if after["state"] in (RESOLVED, CLOSED) and missing:
        raise refusals.mandatory(missing)
    inst.store.update(incident, {**values, **_worked_out(after), **_ended(inst, incident, after, by)}, by)


def _worked_out(after: Mapping[str, str]) -> dict[str, str]:
    return {"priority": PRIORITIES.get(after["impact"] + after["urgency"], "5")}


def _ended(inst: Instance, before: Record, after: Mapping[str, str], by: Actor) -> dict[str, str]:
    if after["state"] == before["state"]:
        return {}
    at = inst.store.now()
    more = {"active": str(after["state"] not in (CLOSED, CANCELED)).lower()}
    if after["state"] == RESOLVED:
        more |= {"resolved_at": at, "resolved_by": by.sys_id}
    if after["state"] in (CLOSED, CANCELED):
        more |= {"closed_at": at, "closed_by": by.sys_id}
    return more
