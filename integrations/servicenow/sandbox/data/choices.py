"""Values and labels of the choice columns."""

# Values and labels: Change Management docs, "State model and transitions"; servicenow.itsm's change_request module.
STATES = {
    "-5": "New",
    "-4": "Assess",
    "-3": "Authorize",
    "-2": "Scheduled",
    "-1": "Implement",
    "0": "Review",
    "3": "Closed",
    "4": "Canceled",
}
NEW, ASSESS, AUTHORIZE, SCHEDULED, IMPLEMENT, REVIEW, CLOSED, CANCELED = STATES
LEVELS = {"1": "1 - High", "2": "2 - Medium", "3": "3 - Low"}
APPROVALS = {
    "not requested": "Not Yet Requested",
    "requested": "Requested",
    "approved": "Approved",
    "rejected": "Rejected",
    "cancelled": "Cancelled",
    "not_required": "No Longer Required",
    "duplicate": "Duplicate",
}
# The reference's text says 1-3, its examples and servicenow.itsm say 2-4: both are kept, a switch chooses.
RISKS = {"2-4": {"2": "High", "3": "Moderate", "4": "Low"}, "1-3": {"1": "High", "2": "Moderate", "3": "Low"}}

# Incident and problem states of the base system: https://www.servicenow.com/docs, "Incident management state model".
INCIDENT_STATES = {
    "1": "New",
    "2": "In Progress",
    "3": "On Hold",
    "6": "Resolved",
    "7": "Closed",
    "8": "Canceled",
}
PROBLEM_STATES = {
    "101": "New",
    "102": "Assess",
    "103": "Root Cause Analysis",
    "104": "Fix in Progress",
    "106": "Resolved",
    "107": "Closed",
}
CONFLICTS = {
    "ci_already_scheduled": "CI Already Scheduled",
    "parent_already_scheduled": "Parent CI Already Scheduled",
    "child_already_scheduled": "Child CI Already Scheduled",
    "not_in_maintenance_window": "Not In Maintenance Window",
    "parent_not_in_maintenance_window": "Parent Not In Maintenance Window",
    "child_not_in_maintenance_window": "Child Not In Maintenance Window",
    "blackout": "Blackout",
}

TASK_PENDING, TASK_OPEN, TASK_IN_PROGRESS, TASK_CLOSED, TASK_CANCELED = "-5", "1", "2", "3", "4"
TASK_STATES = {
    TASK_PENDING: "Pending",
    TASK_OPEN: "Open",
    TASK_IN_PROGRESS: "In Progress",
    TASK_CLOSED: "Closed",
    TASK_CANCELED: "Canceled",
}
CLOSE_CODES = {
    "successful": "Successful",
    "successful_issues": "Successful with issues",
    "unsuccessful": "Unsuccessful",
}

CHOICES: dict[str, dict[str, dict[str, str]]] = {
    "task": {
        "approval": APPROVALS,
        "impact": LEVELS,
        "urgency": LEVELS,
        "priority": {"1": "1 - Critical", "2": "2 - High", "3": "3 - Moderate", "4": "4 - Low"},
        "escalation": {"0": "Normal", "1": "Moderate", "2": "High", "3": "Overdue"},
        "upon_approval": {"proceed": "Proceed to Next Task", "do_nothing": "Wait for a User to Close this task"},
        "upon_reject": {"cancel": "Cancel all future Tasks", "goto": "Go to a previous Task"},
        "contact_type": {"chat": "Chat", "email": "Email", "phone": "Phone", "social": "Social", "web": "Web"},
    },
    "change_request": {
        "state": STATES,
        "type": {"normal": "Normal", "standard": "Standard", "emergency": "Emergency"},
        "risk": RISKS["2-4"],
        "scope": {"1": "Massive", "2": "Large", "3": "Medium", "4": "Small", "5": "Tiny"},
        "close_code": CLOSE_CODES,
        "phase": {"requested": "Requested", "accept": "Accept", "plan": "Plan", "build": "Build"},
        "phase_state": {"open": "Open", "complete": "Complete", "on hold": "On Hold", "rejected": "Rejected"},
        "category": {name: name for name in ("Hardware", "Software", "Service", "Network", "Other")},
        "conflict_status": {name: name for name in ("Not Run", "Conflict", "No Conflict")},
    },
    "change_task": {
        "state": TASK_STATES,
        "close_code": CLOSE_CODES,
        "change_task_type": {
            "planning": "Planning",
            "implementation": "Implementation",
            "testing": "Testing",
            "review": "Review",
        },
        "created_from": {"manual": "Manual", "workflow": "Workflow"},
    },
    "sysapproval_approver": {"state": APPROVALS | {"not_entitled": "Not entitled"}},
    "incident": {
        "state": INCIDENT_STATES,
        "incident_state": INCIDENT_STATES,
        "severity": LEVELS,
        "priority": {
            "1": "1 - Critical",
            "2": "2 - High",
            "3": "3 - Moderate",
            "4": "4 - Low",
            "5": "5 - Planning",
        },
    },
    "problem": {"state": PROBLEM_STATES},
    "conflict": {"type": CONFLICTS},
    "cmdb_ci": {"operational_status": {"1": "Operational", "2": "Non-Operational", "6": "Retired"}},
}


def choices_of(table: str, extends: str, element: str) -> dict[str, str]:
    """Value → label, looked up in the table and in the one it extends; empty when it is no choice column."""
    return CHOICES.get(table, {}).get(element) or CHOICES.get(extends, {}).get(element) or {}
