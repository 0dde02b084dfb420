"""ServiceNow's words and ours: values, columns, limits, and the shapes its two APIs answer in."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.change.model import ApprovalRow, Change, Level, Plan, RowState, State
from bot.ports import Record, User

# ServiceNow docs, change-management/c_ChangeStateModel and state-model-activate-tasks
STATE_VALUES: dict[State, str] = {
    State.NEW: "-5",
    State.ASSESS: "-4",
    State.AUTHORIZE: "-3",
    State.SCHEDULED: "-2",
    State.IMPLEMENT: "-1",
    State.REVIEW: "0",
    State.CLOSED: "3",
    State.CANCELED: "4",
}
STATES = {value: state for state, value in STATE_VALUES.items()}

# ServiceNow docs, approvals/r_Approvals. `not_entitled` and `duplicate` exist too: nobody may decide on those.
ROW_STATES: dict[str, RowState] = {state.value: state for state in RowState if state is not RowState.OTHER}

# The text of change-management-api says 1-3, its examples and the servicenow.itsm collection 2-4: an instance's own
# choices tell, and these stand in where it does not show them.
RISK_VALUES: dict[Level, str] = {Level.LOW: "4", Level.MODERATE: "3", Level.HIGH: "2"}

# change-management-api says 40, the docs of other task tables 160: an instance may cut a title anywhere in between.
SHORTEST_TITLE = 40
LONGEST_TITLE = 160
LONGEST_TEXT = 4000
LONGEST_CORRELATION = 100

TEXTS = ("description", "justification", "implementation_plan", "test_plan", "backout_plan", "risk_impact_analysis")
JOURNALS = frozenset({"work_notes", "comments", "comments_and_work_notes"})
"""What is written to them is added, and read back empty."""

CHANGE_COLUMNS = (
    *("sys_id", "number", "state", "approval", "on_hold", "on_hold_reason", "type", "chg_model"),
    *("correlation_id", "correlation_display", "short_description", *TEXTS, "risk", "impact", "start_date", "end_date"),
    *("work_start", "work_end", "cmdb_ci", "assignment_group", "requested_by", "close_code", "close_notes"),
    *("sys_mod_count", "sys_created_on", "sys_updated_on", "sys_updated_by"),
)
COMPARED = ("short_description", *TEXTS, "start_date", "end_date", "cmdb_ci", "assignment_group", "requested_by")
"""Columns that must hold what we wrote; risk is not one, ServiceNow works it out again by its own rules."""

GROUP_NAME = "group.assignment_group.name"
"""An approver row's group is a sysapproval_group, which names the real one."""
ROW_COLUMNS = (
    *("sys_id", "state", "sysapproval", "approver", "approver.name", "approver.email"),
    *("approver.user_name", "group", GROUP_NAME),
    *("sys_updated_on", "sys_updated_by", "sys_mod_count"),
)
USER_COLUMNS = ("sys_id", "name", "email", "active", "locked_out", "web_service_access_only")
TYPES = ("normal", "standard", "emergency")

_BIDI = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the reading direction: with them a text can show something else than it says."""


# ------------------------------------------------------------------------------------------------------- what we write


def columns_of(plan: Plan, change: Change, *, requested_by: str, ci: str, group: str, risk: str = "") -> dict[str, str]:
    """A plan as the columns of a change request. ci, group, requested_by: sys_ids. risk: the instance's own value."""
    return {
        "short_description": title(plan.short_description),
        "description": text(plan.description),
        "justification": text(plan.justification),
        "implementation_plan": text(plan.implementation),
        "test_plan": text(plan.test),
        "backout_plan": text(plan.backout),
        "risk_impact_analysis": text(_risk_and_impact(plan)),
        "risk": risk or RISK_VALUES[plan.risk.level],
        "impact": str(plan.impact),
        "start_date": stored_time(plan.window.start),
        "end_date": stored_time(plan.window.end),
        "cmdb_ci": ci,
        "assignment_group": group,
        "requested_by": requested_by,
        "correlation_id": change.correlation_id,
        "correlation_display": cut(line(f"Cabbie: {change.title}"), LONGEST_CORRELATION),
    }


def _risk_and_impact(plan: Plan) -> str:
    """The analysis, with whatever of the reasons and of those affected it does not say itself."""
    missing = [reason for reason in plan.risk.reasons if reason not in plan.risk_impact]
    parts = [plan.risk_impact]
    if plan.affected and plan.affected not in plan.risk_impact:
        parts.append(f"Affected: {plan.affected}")
    if missing:
        parts.append(f"Risk is {plan.risk.level}: {'; '.join(missing)}.")
    return "\n\n".join(part for part in parts if part)


def extra_columns(fields: Mapping[str, str]) -> dict[str, str]:
    """Columns given by their ServiceNow names, made safe and short enough."""
    return {name: _column(name, value) for name, value in fields.items()}


def _column(name: str, value: str) -> str:
    if name in JOURNALS:
        return journal(value)
    return title(value) if name == "short_description" else text(value)


def title(value: str) -> str:
    """One line that fits a short description."""
    return cut(line(value), LONGEST_TITLE)


def text(value: str) -> str:
    """Several lines that fit a plan."""
    return cut(safe(value), LONGEST_TEXT)


def journal(value: str) -> str:
    """Text for work notes and comments, where [code] would make ServiceNow render what follows as HTML."""
    return cut(re.sub(r"\[(/?)(code)\]", r"(\1\2)", safe(value), flags=re.IGNORECASE), LONGEST_TEXT)


def line(value: str) -> str:
    return " ".join(safe(value).split())


def safe(value: str) -> str:
    """Text without control characters, turned reading directions and broken surrogates; newlines and tabs stay."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return "".join(
        c for c in lines if c in "\n\t" or (unicodedata.category(c) not in ("Cc", "Cs") and c not in _BIDI)
    ).strip()


def cut(value: str, limit: int) -> str:
    """At most ``limit`` characters as Java counts them (an emoji is two); what is cut shows it."""
    units = value.encode("utf-16-le")
    if len(units) <= 2 * limit:
        return value
    return units[: 2 * (limit - 1)].decode("utf-16-le", errors="ignore").rstrip() + "…"


def stored_time(at: datetime) -> str:
    """A time as ServiceNow stores it: UTC, to the second, without a zone.

    >>> stored_time(datetime(2026, 3, 1, 9, 30, tzinfo=UTC))
    '2026-03-01 09:30:00'
    """
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def type_of_model(model: str) -> str:
    """The type that goes with a change model: its own name for the three base models, else normal."""
    return model if model in TYPES else "normal"


# -------------------------------------------------------------------------------------------------------- what we read


def unwrap(answer: Any) -> dict[str, str]:
    """Any record of either API as plain strings: a list's first, a pair's value, -5, -5.0 and "-5" alike."""
    if isinstance(answer, list):
        answer = answer[0] if answer else {}
    if not isinstance(answer, Mapping):
        return {}
    return {name: plain(value) for name, value in answer.items() if name != "__meta"}


def plain(value: Any) -> str:
    """One value as the Table API would give it."""
    if isinstance(value, Mapping):
        return plain(value.get("value", ""))
    if value is None or isinstance(value, list):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def ignored_fields(answer: Any) -> frozenset[str]:
    """What sn_chg_rest says it did not take: it answers 200 all the same."""
    if isinstance(answer, list):
        answer = answer[0] if answer else {}
    meta = answer.get("__meta") if isinstance(answer, Mapping) else None
    names = meta.get("ignoredFields") if isinstance(meta, Mapping) else None
    return frozenset(str(name) for name in names) if isinstance(names, list) else frozenset()


def record_of(row: Mapping[str, str]) -> Record:
    """A change request row in our words. Raises: ValueError when its state is none we know."""
    return Record(
        sys_id=row.get("sys_id", ""),
        number=row.get("number", ""),
        state=state_of(row.get("state", "")),
        approval=row.get("approval", ""),
        on_hold=is_true(row.get("on_hold", "")),
        correlation_id=row.get("correlation_id", ""),
        mod_count=whole(row.get("sys_mod_count", "")),
        created_at=row.get("sys_created_on", ""),
        fields=dict(row),
    )


def state_of(value: str) -> State:
    """Raises: ValueError."""
    number = str(int(float(value)))
    if number not in STATES:
        raise ValueError(f"unknown state {value!r}")
    return STATES[number]


def known_state(value: str) -> State | None:
    """The state with this number; None for those a site added itself."""
    try:
        return state_of(value)
    except (ValueError, OverflowError):
        return None


def row_of(row: Mapping[str, str]) -> ApprovalRow:
    return ApprovalRow(
        sys_id=row.get("sys_id", ""),
        approver=row.get("approver", ""),
        approver_name=line(row.get("approver.name", "")),
        approver_email=row.get("approver.email", ""),
        state=ROW_STATES.get(row.get("state", ""), RowState.OTHER),
        group=row.get(GROUP_NAME, ""),
        updated_at=row.get("sys_updated_on", ""),
        updated_by=row.get("sys_updated_by", ""),
        mod_count=whole(row.get("sys_mod_count", "")),
        approver_user_name=row.get("approver.user_name", ""),
    )


def user_of(row: Mapping[str, str], prefix: str = "") -> User:
    """prefix: "user." for the columns of a group membership."""
    # "Web service access only": nobody signs in with it (ServiceNow, "Create a user"), so no person acts as it either.
    is_machine = is_true(row.get(f"{prefix}web_service_access_only", ""))
    return User(
        sys_id=row.get(f"{prefix}sys_id", ""),
        name=line(row.get(f"{prefix}name", "")),
        email=row.get(f"{prefix}email", ""),
        active=is_true(row.get(f"{prefix}active", "")) and not is_machine,
        locked_out=is_true(row.get(f"{prefix}locked_out", "")),
    )


def is_true(value: str) -> bool:
    return value.lower() in ("true", "1")


def whole(value: str) -> int:
    """A counter; 0 when it is missing or no number."""
    try:
        return int(float(value))
    except (ValueError, OverflowError):
        return 0


def is_kept(name: str, ours: str, theirs: str | None) -> bool:
    """Whether a column holds what we wrote. A title may have been cut: all it says is said elsewhere too."""
    if is_same_text(ours, theirs):
        return True
    cut_off = safe(theirs or "")
    is_long_enough = len(cut_off.encode("utf-16-le")) // 2 >= SHORTEST_TITLE - 1  # it may have ended in a space
    return name == "short_description" and is_long_enough and safe(ours).startswith(cut_off)


def is_same_text(ours: str, theirs: str | None) -> bool:
    """Equal but for line ends and outer space; what may not be read counts as different."""
    return theirs is not None and safe(ours) == safe(theirs)
