"""What the doctor asks ServiceNow: each question a real call, each answer with the exact fix."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.ports import BadCredentials, Check, Failure, Outage
from integrations.http import date_of
from integrations.servicenow import fields
from integrations.servicenow.connection import Connection, Row
from integrations.servicenow.failures import SYSTEM
from integrations.servicenow.session import Clock

GREENWICH = frozenset({"GMT", "UTC", "Etc/UTC", "Etc/GMT", "Greenwich", "Zulu", "Universal"})
SKEW_NOTICED, SKEW_TOLERATED = timedelta(seconds=30), timedelta(minutes=5)

# ServiceNow docs, installed-with-cm-itsm-roles; what each may do: change-management-api, approvals.
OPENERS = frozenset({"sn_change_write", "itil"})
CHANGE_WRITERS = OPENERS | {"change_manager", "admin"}
APPROVERS = frozenset({"approval_admin", "admin"})
ADMINS = frozenset({"admin", "security_admin"})

SENT = frozenset(
    {"short_description", *fields.TEXTS, "risk", "impact", "start_date", "end_date", "cmdb_ci", "assignment_group"}
    | {"requested_by", "correlation_id", "correlation_display", "chg_model", "type"}
)
FILLED_IN = frozenset({"number", "state", "sys_id", "approval", "priority", "urgency", "opened_by", "opened_at"})
"""What ServiceNow gives a new change by itself."""


@dataclass(frozen=True)
class Account:
    """What an account may know about itself; None where it may not."""

    sys_id: str | None
    zone: str | None
    roles: frozenset[str] | None
    groups: frozenset[str] | None


def examine_change_account(connection: Connection, clock: Clock, variables: str) -> tuple[Check, ...]:
    return _examine(connection, clock, variables, "change_request", _of_change_account)


def examine_approval_account(connection: Connection, clock: Clock, variables: str) -> tuple[Check, ...]:
    return _examine(connection, clock, variables, "sysapproval_approver", _of_approval_account)


Question = Callable[[Connection, Account], Check]


def _examine(
    connection: Connection, clock: Clock, variables: str, table: str, rest: tuple[tuple[str, Question], ...]
) -> tuple[Check, ...]:
    """variables: how the settings of this account begin. Never raises."""
    name = f"{SYSTEM}, {connection.account}"
    try:
        headers = connection.headers_of(table)
    except Exception as error:  # the doctor reports whatever it meets
        return (_unreachable(f"{name}: reachable", error, connection, variables),)
    checks = [
        Check(f"{name}: reachable", "good", f"{connection.host} answers and accepts the {connection.account}."),
        _clock_check(headers, clock),
    ]
    account = _account(connection)
    checks += [_asked(f"{name}: {about}", question, connection, account) for about, question in rest]
    return tuple(checks)


def _asked(about: str, question: Question, connection: Connection, account: Account) -> Check:
    try:
        check = question(connection, account)
    except Failure as failure:
        check = _not_proven(failure.what, "Let the account read that, or ask a ServiceNow admin to look.")
    except Exception as error:  # the doctor reports whatever it meets
        check = _not_proven(f"the answer could not be read ({type(error).__name__})", "Ask a ServiceNow admin to look.")
    return Check(about, check.verdict, check.found, check.fix)


def _unreachable(about: str, error: Exception, connection: Connection, variables: str) -> Check:
    if isinstance(error, BadCredentials):
        secrets = f"{variables}_CLIENT_ID and {variables}_CLIENT_SECRET (or _USER and _PASSWORD)"
        return Check(
            about, "wrong", f"{error}.", f"Check {secrets}, and that the account is active and not locked out."
        )
    if isinstance(error, Outage):
        fix = (
            f"Open {connection.url} in a browser: is it the right SERVICENOW_URL, awake, and reached through the proxy?"
        )
        return Check(about, "wrong", f"{error}.", fix)
    if isinstance(error, Failure):
        fix = f"Give the {connection.account} a role that reads changes and approvals (sn_change_read)."
        return Check(about, "wrong", f"{error}.", fix)
    return Check(about, "wrong", f"The answer could not be read ({type(error).__name__}).", "Check SERVICENOW_URL.")


def _clock_check(headers: Mapping[str, str], clock: Clock) -> Check:
    about = f"{SYSTEM}: clocks agree"
    theirs = date_of(headers.get("Date", headers.get("date", "")))
    if theirs is None:
        return Check(about, "warning", "Not proven: the answer carries no date.", "Compare the clocks by hand.")
    apart = abs(clock() - theirs)
    found = f"Our clocks are {int(apart.total_seconds())} seconds apart."
    if apart <= SKEW_NOTICED:
        return Check(about, "good", found)
    return Check(about, "warning" if apart <= SKEW_TOLERATED else "wrong", found, "Let NTP set this machine's clock.")


# --------------------------------------------------------------------------------------------------- about the account


def _account(connection: Connection) -> Account:
    """What the account may read about itself; nothing that fails here is lost, it reads "not proven" later."""
    me = _readable(connection, "sys_user", "sys_id=javascript:gs.getUserID()", ("sys_id", "time_zone"), limit=2)
    # More than one row means that the condition was dropped, and nobody knows who we are.
    if me is None or len(me) != 1 or not me[0].get("sys_id"):
        return Account(None, None, None, None)
    sys_id = me[0]["sys_id"]
    held = _readable(connection, "sys_user_has_role", f"user={sys_id}", ("user", "role.name"))
    member = _readable(connection, "sys_user_grmember", f"user={sys_id}", ("user", "group.name"))
    return Account(
        sys_id,
        me[0].get("time_zone"),
        _named(held, sys_id, "role.name") or None,  # an account without any role could not have come so far
        _named(member, sys_id, "group.name"),
    )


def _named(rows: Iterable[Row] | None, sys_id: str, column: str) -> frozenset[str] | None:
    return (
        None
        if rows is None
        else frozenset(row[column] for row in rows if row.get("user") == sys_id and row.get(column))
    )


def _readable(
    connection: Connection, table: str, query: str, columns: tuple[str, ...], *, limit: int = 500
) -> list[Row] | None:
    try:
        return connection.rows(table, query, columns, limit=limit)
    except Exception:  # whatever kept us from reading it is reported as "not proven"
        return None


def _may_open(_: Connection, account: Account) -> Check:
    if account.roles is None:
        return _not_proven("its roles may not be read", "Let it read sys_user_has_role, or look in its user record.")
    held = sorted(account.roles & OPENERS)
    if held:
        return Check("", "good", f"It has {' and '.join(held)}.")
    return Check("", "wrong", f"It has {_listed(account.roles)}.", "Give it the role sn_change_write (or itil).")


def _cannot_approve(_: Connection, account: Account) -> Check:
    fix = "Take that away: the account that opens and moves changes must never approve them."
    if account.groups:
        return Check("", "wrong", f"It is a member of {_listed(account.groups)}, and would be asked to approve.", fix)
    if account.roles is None or account.groups is None:
        return _not_proven(
            "its roles or groups may not be read", "Look in its user record for approval_admin and groups."
        )
    if held := account.roles & APPROVERS:
        return Check("", "wrong", f"It has {_listed(held)}.", fix)
    return Check("", "good", f"None of its roles lets it: {_listed(account.roles)}. It is in no group.")


def _no_admin(_: Connection, account: Account) -> Check:
    if account.roles is None:
        return _not_proven("its roles may not be read", "Look in its user record for the role admin.")
    if held := account.roles & ADMINS:
        return Check(
            "", "wrong", f"It has {_listed(held)}: no rule of ServiceNow binds it.", f"Take {_listed(held)} away."
        )
    if "change_manager" in account.roles:
        return Check("", "warning", "It is a change_manager, which is more than it needs.", "Take change_manager away.")
    return Check("", "good", "It is no admin.")


def _records_only(_: Connection, account: Account) -> Check:
    if account.roles is None:
        return _not_proven(
            "its roles may not be read", "Look in its user record: it must not be able to write changes."
        )
    if held := account.roles & CHANGE_WRITERS:
        return Check("", "wrong", f"It has {_listed(held)} and may write changes.", f"Take {_listed(held)} away.")
    return Check("", "good", f"None of its roles writes changes: {_listed(account.roles)}.")


def _time_zone(_: Connection, account: Account) -> Check:
    fix = "Set the time zone of the account to GMT: planned starts and ends may be read in its zone."
    if account.zone is None:
        return _not_proven("its time zone may not be read", fix)
    if account.zone in GREENWICH:
        return Check("", "good", f"It is {account.zone}.")
    return Check(
        "", "wrong" if account.zone else "warning", f"It is {account.zone or 'the zone of the instance'}.", fix
    )


# -------------------------------------------------------------------------------------------------- about the instance


def _mandatory(connection: Connection, _: Account) -> Check:
    query = "nameINtask,change_request^mandatory=true^active=true"
    rows = connection.rows("sys_dictionary", query, ("name", "element", "mandatory"), limit=500)
    names = {row.get("element", "") for row in rows if row.get("name") in ("task", "change_request")} - {""}
    if not names:
        return _not_proven(
            "sys_dictionary shows no mandatory fields of changes", "Ask which fields a new change needs."
        )
    missing = names - SENT - FILLED_IN
    if missing:
        fix = "Give them a default value in ServiceNow, or make them optional for the change account."
        return Check("", "wrong", f"A new change needs {_listed(missing)}, which Cabbie does not send.", fix)
    return Check("", "good", f"A new change needs {_listed(names)}.")


def _choices(element: str, wanted: Mapping[str, str]) -> Question:
    """wanted: value → the word we mean by it."""

    def question(connection: Connection, _: Account) -> Check:
        query = f"name=change_request^element={element}^inactive=false"
        rows = connection.rows("sys_choice", query, ("name", "element", "value", "label"), limit=200)
        there = {row.get("value", ""): row.get("label", "") for row in rows if row.get("element") == element}
        if not there:
            return _not_proven(f"sys_choice shows no values of {element}", "Compare the choice list by hand.")
        missing = [f"{word} ({value})" for value, word in wanted.items() if value not in there]
        if missing:
            return Check("", "wrong", f"It knows no {_listed(missing)}.", f"Add them to the choices of {element}.")
        return Check("", "good", f"It knows {_listed([there[value] for value in wanted])}.")

    return question


_of_change_account: tuple[tuple[str, Question], ...] = (
    ("may open and move changes", _may_open),
    ("cannot approve", _cannot_approve),
    ("is no admin", _no_admin),
    ("time zone", _time_zone),
    ("mandatory fields", _mandatory),
    ("state values", _choices("state", {value: state.value for state, value in fields.STATE_VALUES.items()})),
    ("risk values", _choices("risk", {value: level.value for level, value in fields.RISK_VALUES.items()})),
    ("close codes", _choices("close_code", {"successful": "successful", "unsuccessful": "unsuccessful"})),
)
_of_approval_account: tuple[tuple[str, Question], ...] = (
    ("cannot open or move changes", _records_only),
    ("is no admin", _no_admin),
)


def _not_proven(why: str, fix: str) -> Check:
    return Check("", "warning", f"Not proven: {why}.", fix)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
