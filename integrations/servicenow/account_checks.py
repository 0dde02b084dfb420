"""What an account of ours may do: as much as it needs, and never what the other one does."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.ports import Check
from integrations.servicenow.connection import Connection, Row
from integrations.servicenow.findings import good, listed, not_proven, warning, wrong

GREENWICH = frozenset({"GMT", "UTC", "Etc/UTC", "Etc/GMT", "Greenwich", "Zulu", "Universal"})

# ServiceNow docs, installed-with-cm-itsm-roles; what each may do: change-management-api, approvals.
OPENERS = frozenset({"sn_change_write", "itil"})
CHANGE_WRITERS = OPENERS | {"change_manager", "admin"}
APPROVERS = frozenset({"approval_admin", "admin"})
ADMINS = frozenset({"admin", "security_admin"})


@dataclass(frozen=True)
class Account:
    """What an account may know about itself; None where it may not."""

    sys_id: str | None
    zone: str | None
    roles: frozenset[str] | None
    groups: frozenset[str] | None


Question = Callable[[Connection, Account], Check]


def account_of(connection: Connection) -> Account:
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
    if rows is None:
        return None
    return frozenset(row[column] for row in rows if row.get("user") == sys_id and row.get(column))


def _readable(
    connection: Connection, table: str, query: str, columns: tuple[str, ...], *, limit: int = 500
) -> list[Row] | None:
    try:
        return connection.rows(table, query, columns, limit=limit)
    except Exception:  # whatever kept us from reading it is reported as "not proven"
        return None


def may_open(_: Connection, account: Account) -> Check:
    if account.roles is None:
        return not_proven("its roles may not be read", "Let it read sys_user_has_role, or look in its user record.")
    if held := account.roles & OPENERS:
        return good(f"It has {listed(held)}.")
    return wrong(f"It has {listed(account.roles)}.", "Give it the role sn_change_write (or itil).")


def cannot_approve(_: Connection, account: Account) -> Check:
    fix = "Take that away: the account that opens and moves changes must never approve them."
    if account.groups:
        return wrong(f"It is a member of {listed(account.groups)}, and would be asked to approve.", fix)
    if account.roles and (held := account.roles & APPROVERS):
        return wrong(f"It has {listed(held)}.", fix)
    if account.roles is None or account.groups is None:
        return not_proven(
            "its roles or groups may not be read", "Look in its user record for approval_admin and groups."
        )
    return good(f"None of its roles lets it: {listed(account.roles)}. It is in no group.")


def no_admin(_: Connection, account: Account) -> Check:
    if account.roles is None:
        return not_proven("its roles may not be read", "Look in its user record for the role admin.")
    if held := account.roles & ADMINS:
        return wrong(f"It has {listed(held)}: no rule of ServiceNow binds it.", f"Take {listed(held)} away.")
    if "change_manager" in account.roles:
        return warning("It is a change_manager, which is more than it needs.", "Take change_manager away.")
    return good("It is no admin.")


def records_only(_: Connection, account: Account) -> Check:
    if account.roles is None:
        return not_proven("its roles may not be read", "Look in its user record: it must not be able to write changes.")
    if held := account.roles & CHANGE_WRITERS:
        return wrong(f"It has {listed(held)} and may write changes.", f"Take {listed(held)} away.")
    return good(f"None of its roles writes changes: {listed(account.roles)}.")


def time_zone(_: Connection, account: Account) -> Check:
    fix = "Set the time zone of the account to GMT: planned starts and ends may be read in its zone."
    if account.zone is None:
        return not_proven("its time zone may not be read", fix)
    if account.zone in GREENWICH:
        return good(f"It is {account.zone}.")
    return wrong(f"It is {account.zone}.", fix) if account.zone else warning("It is the zone of the instance.", fix)
