"""Seeds of what the sandbox's operations set up: schedules, relations between services, risk conditions, templates."""

from collections.abc import Mapping
from typing import Any

from integrations.servicenow.sandbox.data.store import Actor
from integrations.servicenow.sandbox.instance import Instance
from integrations.standin.world import sys_id_of

Facts = Mapping[str, Any]
PLANNED = ("description", "implementation_plan", "test_plan", "backout_plan", "category", "justification", "risk")
REFERRED = {"assignment_group": ("sys_user_group", "name"), "cmdb_ci": ("cmdb_ci", "name")}
# The instance's own conditions: every one that holds counts, the highest wins. 2 High, 3 Moderate, 4 Low.
RISK_CONDITIONS = {
    "Most critical service": (
        "cmdb_ci.busines_criticalitySTARTSWITH1^NQbusiness_service.busines_criticalitySTARTSWITH1",
        "2",
    ),
    "Somewhat critical service": (
        "cmdb_ci.busines_criticalitySTARTSWITH2^NQbusiness_service.busines_criticalitySTARTSWITH2",
        "3",
    ),
    "Scheduling conflict": ("conflict_status=Conflict", "3"),
    "Outside the maintenance window": ("outside_maintenance_schedule=true", "2"),
}


def sow_operations(inst: Instance, facts: Facts, by: Actor) -> None:
    for name, (condition, risk) in RISK_CONDITIONS.items():
        inst.store.insert("risk_conditions", {"name": name, "condition": condition, "risk": risk}, by)
    for name, schedule in facts.get("schedules", {}).items():
        _schedule(inst, name, schedule, by)
    for name, needed in facts.get("depends_on", {}).items():
        for other in needed:
            _relation(inst, name, other, by)
    for name, template in facts.get("templates", {}).items():
        _template(inst, name, template, by)


def _schedule(inst: Instance, name: str, facts: Facts, by: Actor) -> None:
    """A maintenance schedule is entered with the items it is for; a blackout tells by a condition."""
    table = f"cmn_schedule_{facts['kind']}"
    about = {"name": name, "type": facts["kind"], "time_zone": facts.get("time_zone", "")}
    condition = {"condition": facts.get("condition", "")} if facts["kind"] == "blackout" else {}
    schedule = inst.store.insert(table, {**about, **condition}, by, sys_id_of("cmn_schedule", name))
    for span in facts["spans"]:
        inst.store.insert(
            "cmn_schedule_span",
            {
                "schedule": schedule.sys_id,
                "name": name,
                "start_date_time": span["start"],
                "end_date_time": span["end"],
                "repeat_type": span.get("repeat", ""),
                "days_of_week": str(span.get("days", "")),
            },
            by,
        )
    for item in facts.get("items", ()):
        for row in inst.store.where("cmdb_ci", name=item):
            inst.store.rewrite(row, {"maintenance_schedule": schedule.sys_id})


def _relation(inst: Instance, name: str, needed: str, by: Actor) -> None:
    parent, child = (inst.store.where("cmdb_ci", name=one)[0].sys_id for one in (name, needed))
    inst.store.insert("cmdb_rel_ci", {"parent": parent, "child": child, "type": "Depends on::Used by"}, by)


def _template(inst: Instance, name: str, facts: Facts, by: Actor) -> None:
    """The record producer is what the API wants, its version is what the change stores."""
    title = facts.get("short_description", name)
    preset = {"short_description": title, **{column: facts[column] for column in PLANNED if column in facts}}
    for column, (table, display) in REFERRED.items():
        found = inst.store.where(table, **{display: facts.get(column, "")})
        preset |= {column: found[0].sys_id} if found else {}
    encoded = "^".join(f"{column}={value}" for column, value in preset.items())
    values = {"name": name, "table": "change_request", "template": f"{encoded}^EQ"}
    template = inst.store.insert("sys_template", values, by)
    is_active = str(not facts.get("retired", False)).lower()
    about = {"name": name, "short_description": title, "template": template.sys_id, "active": is_active}
    producer = inst.store.insert("std_change_record_producer", about, by)
    newest = int(facts.get("version", 1))
    for number in range(1, newest + 1):
        state = "published" if number == newest and is_active == "true" else "retired"
        version = {"name": f"{name} - {number}", "version": str(number), "state": state}
        inst.store.insert("std_change_producer_version", {**version, "std_change_producer": producer.sys_id}, by)
