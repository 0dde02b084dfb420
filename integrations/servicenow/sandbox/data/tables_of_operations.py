"""What is run and what goes wrong with it: configuration items, schedules, incidents, problems, outages."""

from integrations.servicenow.sandbox.data.columns import (
    Column,
    dates,
    flags,
    journals,
    numbers,
    read_only,
    refs,
    texts,
)
from integrations.servicenow.sandbox.data.tables import Table, plain, with_columns
from integrations.servicenow.sandbox.data.task_columns import TASK

CI_COLUMNS = (
    *texts("name sys_class_name"),
    Column("short_description", length=1000),
    *numbers(operational_status="1", install_status="1"),
    *refs("sys_user", "owned_by managed_by"),
    *refs("sys_user_group", "support_group assignment_group change_control"),
    *refs("cmn_schedule", "maintenance_schedule"),
    Column("busines_criticality", length=40),  # the platform's own spelling
    Column("used_for", length=40, default="Production"),
)

# Table API reference, the examples of incident. Priority is worked out, never written.
INCIDENT = (
    *(c for c in TASK if c.name not in ("opened_at", "priority")),
    *dates("opened_at resolved_at"),
    *read_only(Column("priority", "integer", default="5")),
    *numbers(incident_state="1", severity="3", notify="1", reopen_count="0", child_incidents="0"),
    *refs("change_request", "caused_by rfc"),
    *refs("problem", "problem_id"),
    *refs("incident", "parent_incident"),
    *refs("sys_user", "caller_id resolved_by"),
    Column("category", length=40, default="inquiry"),
    *texts("subcategory close_code business_stc calendar_stc", 40),
)

PROBLEM = (
    *(c for c in TASK if c.name != "state"),
    Column("state", "integer", default="101"),
    *flags(known_error="false"),
    *texts("cause_notes fix_notes", 4000),
    *refs("change_request", "rfc"),
    *journals("workaround"),
)

SCHEDULE = (*texts("name time_zone type"), Column("description", length=4000))
BLACKOUT = (*SCHEDULE, Column("condition", length=4000))  # on cmdb_ci; empty: every item

# Dates are a schedule's own: 20260102T150000, in its zone, or with a Z in UTC.
SPAN = (
    *refs("cmn_schedule", "schedule"),
    *texts("name type start_date_time end_date_time repeat_until", 40),
    Column("repeat_type", length=40),
    Column("days_of_week", length=7),
)

CONFLICT = (
    *refs("change_request", "change conflicting_change"),
    *refs("cmdb_ci", "configuration_item"),
    *refs("cmn_schedule", "schedule"),
    Column("type", length=40),
    *dates("last_checked"),
)

TABLES: tuple[Table, ...] = (
    plain("cmdb_ci", "Configuration Item", "name", *CI_COLUMNS),
    plain("cmdb_ci_service", "Service", "name", *CI_COLUMNS, extends="cmdb_ci"),
    plain(
        "service_offering",
        "Service Offering",
        "name",
        *CI_COLUMNS,
        *refs("cmdb_ci_service", "parent"),
        extends="cmdb_ci_service",
    ),
    plain("cmdb_rel_ci", "CI Relationship", "parent", *refs("cmdb_ci", "parent child"), *texts("type")),
    plain(
        "cmdb_ci_outage",
        "Outage",
        "short_description",
        *refs("cmdb_ci", "cmdb_ci"),
        *refs("task", "task_number"),
        *texts("short_description type"),
        *dates("begin end"),
    ),
    plain("cmn_schedule", "Schedule", "name", *SCHEDULE),
    plain("cmn_schedule_maintenance", "Maintenance Schedule", "name", *SCHEDULE, extends="cmn_schedule"),
    plain("cmn_schedule_blackout", "Blackout Schedule", "name", *BLACKOUT, extends="cmn_schedule"),
    plain("cmn_schedule_span", "Schedule Entry", "name", *SPAN),
    plain("conflict", "Conflict", "type", *read_only(*CONFLICT)),
    plain("task_ci", "CIs Affected", "ci_item", *refs("task", "task"), *refs("cmdb_ci", "ci_item")),
    plain(
        "task_cmdb_ci_service",
        "Impacted Services",
        "cmdb_ci_service",
        *refs("task", "task"),
        *refs("cmdb_ci_service", "cmdb_ci_service"),
        *flags(manually_added="false"),
    ),
    plain(
        "task_service_offering",
        "Service Offerings",
        "service_offering",
        *refs("task", "task"),
        *refs("service_offering", "service_offering"),
    ),
    with_columns("incident", "Incident", "number", INCIDENT, "task"),
    with_columns("problem", "Problem", "number", PROBLEM, "task"),
)
