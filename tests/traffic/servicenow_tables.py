"""ServiceNow's tables as its documentation lists them: columns, what may be written to each, and how.

Change requests: Change Management API reference, "Response body parameters". Approvals: docs, approvals/r_Approvals and
the Moveworks guide. The rest: docs and public clients, as far as Cabbie needs them.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Judge = Callable[[str], bool]


def word(pattern: str) -> Judge:
    return lambda value: re.fullmatch(pattern, value) is not None


def text(longest: int) -> Judge:
    """Characters as Java counts them."""
    return lambda value: len(value.encode("utf-16-le", "surrogatepass")) // 2 <= longest


ID = word(r"[0-9a-f]{32}")
ID_OR_NAME = word(r"[0-9a-f]{32}|[A-Za-z][\w -]*")
TIME = word(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
FLAG = word("true|false")
WHOLE = word(r"-?\d+")
LONG, SHORT, TITLE, KEY = text(4000), text(40), text(160), text(100)
CHANGE_STATE = word("-5|-4|-3|-2|-1|0|3|4")
TASK_STATE = word("-5|1|2|3|4|7")
ROW_STATE = word("not requested|requested|approved|rejected|cancelled|not_required|not_entitled|duplicate")
CLOSE_CODE = word("successful|successful_issues|unsuccessful")
SYSTEM = {"sys_created_on": TIME, "sys_updated_on": TIME, "sys_mod_count": WHOLE, "sys_created_by": KEY}
SYSTEM |= {"sys_id": ID, "sys_updated_by": KEY}


@dataclass(frozen=True)
class Table:
    """One table: the columns it has, those that a client may write, and where its references lead."""

    columns: Mapping[str, Judge]
    writable: frozenset[str] = frozenset()
    refers: Mapping[str, str] = field(default_factory=dict)


def _all(names: str, judge: Judge) -> dict[str, Judge]:
    return dict.fromkeys(names.split(), judge)


_TASK = {
    **SYSTEM,
    **_all("number contact_type upon_approval upon_reject", SHORT),
    **_all("short_description", TITLE),
    **_all("description close_notes work_notes comments comments_and_work_notes", LONG),
    **_all("correlation_id correlation_display", KEY),
    **_all("impact urgency", word("[123]")),
    **_all("priority", word("[1-5]")),
    **_all("assignment_group assigned_to opened_by closed_by cmdb_ci business_service service_offering parent", ID),
    **_all("work_start work_end opened_at closed_at due_date", TIME),
    **_all("active knowledge", FLAG),
    "approval": word("not requested|requested|approved|rejected|cancelled|not_required|duplicate"),
}
_CHANGE = {
    **_TASK,
    "state": CHANGE_STATE,
    "type": word("normal|standard|emergency"),
    "chg_model": ID_OR_NAME,
    "risk": word("[1-4]"),  # 2-4 in the examples, 1-3 in the text
    "scope": word("[1-5]"),
    "close_code": CLOSE_CODE,
    **_all("justification implementation_plan backout_plan test_plan risk_impact_analysis", LONG),
    **_all("cab_recommendation review_comments on_hold_reason", LONG),
    **_all("start_date end_date requested_by_date cab_date review_date conflict_last_run", TIME),
    **_all("requested_by cab_delegate std_change_producer_version", ID),
    **_all("cab_required unauthorized outside_maintenance_schedule on_hold production_system is_bulk", FLAG),
    **_all("category reason review_status conflict_status phase phase_state", SHORT),
}
_BY_THE_SYSTEM = (
    "number approval active opened_by opened_at closed_by closed_at is_bulk conflict_status conflict_last_run"
)
_NOT_BY_CLIENTS = SYSTEM.keys() | _all(_BY_THE_SYSTEM, FLAG).keys()
_CHANGE_TASK = {**_TASK, "state": TASK_STATE, "change_request": ID, "on_hold": FLAG, "close_code": CLOSE_CODE}
_TASK_REFERS = {
    "assignment_group": "sys_user_group",
    "assigned_to": "sys_user",
    "cmdb_ci": "cmdb_ci",
    "business_service": "cmdb_ci",
}

TABLES: dict[str, Table] = {
    "change_request": Table(
        _CHANGE, frozenset(_CHANGE) - _NOT_BY_CLIENTS, {**_TASK_REFERS, "requested_by": "sys_user"}
    ),
    "change_task": Table(
        _CHANGE_TASK, frozenset(_CHANGE_TASK) - _NOT_BY_CLIENTS, {**_TASK_REFERS, "change_request": "change_request"}
    ),
    "sysapproval_approver": Table(
        {
            **SYSTEM,
            **_all("sysapproval document_id approver group", ID),
            **_all("due_date expected_start", TIME),
            "source_table": text(80),
            "state": ROW_STATE,
            "comments": LONG,
        },
        frozenset({"state", "comments"}),
        {"sysapproval": "change_request", "approver": "sys_user", "group": "sysapproval_group"},
    ),
    "sysapproval_group": Table({**_TASK}, refers=_TASK_REFERS),
    "sys_user": Table(
        {
            **SYSTEM,
            **_all("user_name name email time_zone", KEY),
            **_all("active locked_out web_service_access_only", FLAG),
        }
    ),
    "sys_user_group": Table({**SYSTEM, **_all("name email type", KEY), "active": FLAG, **_all("manager parent", ID)}),
    "sys_user_grmember": Table(
        {**SYSTEM, **_all("group user", ID)}, refers={"group": "sys_user_group", "user": "sys_user"}
    ),
    "sys_user_has_role": Table(
        {**SYSTEM, **_all("user role", ID)}, refers={"user": "sys_user", "role": "sys_user_role"}
    ),
    "sys_user_role": Table({**SYSTEM, "name": KEY}),
    "cmdb_ci": Table({**SYSTEM, "name": text(255), "operational_status": WHOLE}),
    "sys_choice": Table({**SYSTEM, **_all("name element value label", text(255)), "inactive": FLAG}),
    "sys_dictionary": Table({**SYSTEM, **_all("name element", text(80)), **_all("mandatory active read_only", FLAG)}),
    "sys_journal_field": Table({**SYSTEM, **_all("name element element_id", text(80)), "value": LONG}),
    "chg_model": Table({**SYSTEM, "name": KEY, "active": FLAG}),
    "sys_attachment": Table(
        {**SYSTEM, **_all("file_name content_type table_name table_sys_id hash size_bytes", text(255))}
    ),
}


def column(table: str, path: str) -> Judge | None:
    """What a value of this column looks like; a path may walk along references: ``approver.email``."""
    head, _, rest = path.partition(".")
    known = TABLES[table]
    if not rest:
        return known.columns.get(head)
    return column(known.refers[head], rest) if head in known.columns and head in known.refers else None
