"""What the doctor asks ServiceNow: each question a real call, each answer with the exact fix."""

from collections.abc import Mapping
from datetime import timedelta

from bot.ports import BadCredentials, Check, Failure, Outage
from integrations.http import date_of
from integrations.servicenow import fields
from integrations.servicenow.account_checks import (
    Account,
    Question,
    account_of,
    cannot_approve,
    may_open,
    no_admin,
    records_only,
    time_zone,
)
from integrations.servicenow.connection import Connection
from integrations.servicenow.failures import SYSTEM
from integrations.servicenow.findings import not_proven
from integrations.servicenow.instance_checks import choices, mandatory, risks
from integrations.servicenow.session import Clock

OF_CHANGE_ACCOUNT: tuple[tuple[str, Question], ...] = (
    ("may open and move changes", may_open),
    ("cannot approve", cannot_approve),
    ("is no admin", no_admin),
    ("time zone", time_zone),
    ("mandatory fields", mandatory),
    ("state values", choices("state", {value: state.value for state, value in fields.STATE_VALUES.items()})),
    ("risk values", risks),
    ("close codes", choices("close_code", {"successful": "successful", "unsuccessful": "unsuccessful"})),
)
OF_APPROVAL_ACCOUNT: tuple[tuple[str, Question], ...] = (
    ("cannot open or move changes", records_only),
    ("is no admin", no_admin),
)

SKEW_NOTICED, SKEW_TOLERATED = timedelta(seconds=30), timedelta(minutes=5)


def examine_change_account(connection: Connection, clock: Clock, variables: str) -> tuple[Check, ...]:
    return _examine(connection, clock, variables, "change_request", OF_CHANGE_ACCOUNT)


def examine_approval_account(connection: Connection, clock: Clock, variables: str) -> tuple[Check, ...]:
    return _examine(connection, clock, variables, "sysapproval_approver", OF_APPROVAL_ACCOUNT)


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
    account = account_of(connection)
    checks += [_asked(f"{name}: {about}", question, connection, account) for about, question in rest]
    return tuple(checks)


def _asked(about: str, question: Question, connection: Connection, account: Account) -> Check:
    try:
        check = question(connection, account)
    except Failure as failure:
        check = not_proven(failure.what, "Let the account read that, or ask a ServiceNow admin to look.")
    except Exception as error:  # the doctor reports whatever it meets
        check = not_proven(f"the answer could not be read ({type(error).__name__})", "Ask a ServiceNow admin to look.")
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
