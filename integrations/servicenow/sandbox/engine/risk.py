"""How risky a change is: several engines look, and the highest wins (docs: "Risk lookup")."""

from integrations.servicenow.sandbox.data.choices import ASSESS, AUTHORIZE, NEW
from integrations.servicenow.sandbox.data.finding import find_all
from integrations.servicenow.sandbox.data.store import SYSTEM, Record
from integrations.servicenow.sandbox.instance import Instance

LEVELS = ("High", "Moderate", "Low")
"""The highest first."""
# Docs, "Assess risk": the form offers it for these types in these states.
ASSESSED_TYPES = ("normal", "emergency")
ASSESSED_STATES = (NEW, ASSESS, AUTHORIZE)


def level_of(inst: Instance, change: Record) -> str:
    """The highest that any condition or the change's own assessment says; Low when none does."""
    found = {_level(row["risk"]) for row in _conditions(inst) if _meets(inst, row, change)}
    found.add(inst.assessed.get(change.sys_id, "Low"))
    return next(level for level in LEVELS if level in found)


def value_of(inst: Instance, level: str) -> str:
    """What this instance stores for the level."""
    return next(value for value, label in inst.labels("change_request", "risk").items() if label == level)


def can_assess(change: Record) -> bool:
    return change["type"] in ASSESSED_TYPES and change["state"] in ASSESSED_STATES


def recalculate(inst: Instance, change: Record) -> None:
    """With ``glide.ui.risk_calculate_rule`` = business_rule every write works the risk out anew."""
    if inst.switches["risk_calculate_rule"] == "business_rule" and change["active"] == "true":
        inst.store.update(change, {"risk": value_of(inst, level_of(inst, change))}, SYSTEM)


def _conditions(inst: Instance) -> list[Record]:
    return inst.store.where("risk_conditions", active="true")


def _level(number: str) -> str:
    """A condition stores 2, 3 or 4, whatever the scale that changes show."""
    return {"2": "High", "3": "Moderate"}.get(number, "Low")


def _meets(inst: Instance, row: Record, change: Record) -> bool:
    query = "^NQ".join(f"sys_id={change.sys_id}^{part}" for part in row["condition"].split("^NQ"))
    return bool(find_all(inst, "change_request", query, SYSTEM, "UTC"))
