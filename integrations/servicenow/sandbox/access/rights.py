"""Access control lists: what a session may read and write."""

from collections.abc import Iterable

from integrations.servicenow.sandbox import refusals
from integrations.servicenow.sandbox.access.accounts import Session
from integrations.servicenow.sandbox.data.schema import TABLES
from integrations.servicenow.sandbox.data.store import Record
from integrations.servicenow.sandbox.engine import people
from integrations.servicenow.sandbox.instance import Instance

ADMIN = "admin"
MANAGERS = frozenset({"change_manager", ADMIN})
CHANGE_WRITERS = MANAGERS | {"itil", "sn_change_write"}
# The reference's own list for POST and PATCH of sn_chg_rest leaves sn_change_write out.
DOCUMENTED_WRITERS = MANAGERS | {"itil"}
CHANGE_READERS = CHANGE_WRITERS | {"sn_change_read", "approval_admin", "x_cabbie_approval"}
# A custom role for a service account that records what people decided elsewhere; approval_admin is the base system's.
APPROVAL_WRITERS = frozenset({"x_cabbie_approval", "approval_admin", ADMIN})
APPROVAL_FIELDS = frozenset({"state", "comments"})
INCIDENT_READERS = frozenset({"itil", "sn_incident_read", "change_manager", ADMIN})
CHANGE_TABLES = frozenset({"change_request", "change_task"})
INCIDENT_TABLES = frozenset({"incident", "problem", "cmdb_ci_outage"})
CREATABLE = CHANGE_TABLES | {"sysapproval_approver", "sys_attachment"}
ADMIN_TABLES = frozenset({"sys_rate_limit_rules", "sys_rate_limit_violations"})


def check_table(inst: Instance, session: Session, table: str) -> None:
    if table not in TABLES:
        raise refusals.no_table(table)
    if not _may_query(inst, session, table):
        raise refusals.not_readable()


def _may_query(inst: Instance, session: Session, table: str) -> bool:
    if ADMIN in session.roles:
        return True
    if table in CHANGE_TABLES | {"task"}:
        return bool(session.roles & CHANGE_READERS)
    if table in INCIDENT_TABLES:
        return bool(session.roles & INCIDENT_READERS)
    if table == "sys_journal_field":
        return bool(inst.switches["journals_readable"])
    if table == "sys_audit":
        return bool(inst.switches["audit_readable"])
    return table not in ADMIN_TABLES


def may_see(inst: Instance, session: Session, record: Record) -> bool:
    """Whether the record's own ACL shows it."""
    if record.sys_id in inst.switches["hidden_records"]:
        return False
    if record.table == "sys_attachment":  # whoever sees the record sees what hangs on it
        target = inst.store.find(record["table_name"], record["table_sys_id"])
        return target is not None and may_see(inst, session, target)
    if record.table in INCIDENT_TABLES:
        return bool(session.roles & INCIDENT_READERS)
    if session.roles & CHANGE_READERS:
        return True
    if record.table == "sysapproval_approver":
        return people.may_answer(inst, session.sys_id, record)
    return record.table not in CHANGE_TABLES


def hidden_fields(inst: Instance, session: Session, table: str) -> frozenset[str]:
    """Columns that are left out of every answer, for everybody or (``user@table``) for one account."""
    hidden = inst.switches["hidden_fields"]
    return frozenset([*hidden.get(table, ()), *hidden.get(f"{session.user_name}@{table}", ())])


def check_create(session: Session, table: str, values: Iterable[tuple[str, object]] = ()) -> None:
    """``values`` matter where people may make rows about themselves only."""
    if ADMIN in session.roles or (table in CREATABLE and session.roles & CHANGE_WRITERS):
        return
    if table in INCIDENT_TABLES and "itil" in session.roles:
        return
    if table == "sys_user_delegate" and dict(values).get("user") == session.sys_id:
        return
    raise refusals.acl("Insert")


def check_change_api(inst: Instance, session: Session) -> None:
    """Writing over sn_chg_rest: sn_change_write alone may not be enough."""
    if not inst.switches["sn_change_write_suffices"] and not session.roles & DOCUMENTED_WRITERS:
        raise refusals.acl("Update")


def unwritable(inst: Instance, session: Session, record: Record, names: Iterable[str]) -> frozenset[str]:
    """Which of the named columns the session may not write; all of them is a refusal.

    Raises: Refused."""
    names, allowed = frozenset(names), _writable(inst, session, record)
    denied = names - allowed
    if not allowed or (names and denied == names):
        raise refusals.acl("Update")
    return denied


def check_write(inst: Instance, session: Session, record: Record) -> None:
    """Attachments need write on the record they hang on."""
    if not _writable(inst, session, record):
        raise refusals.acl("Insert")


def check_schedules(session: Session) -> None:
    """CHG reference: the schedule calls want sn_change_writer; whoever writes changes has it."""
    if not session.roles & (CHANGE_WRITERS | {"sn_change_writer"}):
        raise refusals.acl("Update")


def check_delete(session: Session, record: Record) -> None:
    is_own_attachment = record.table == "sys_attachment" and record["sys_created_by"] == session.user_name
    is_own_delegation = record.table == "sys_user_delegate" and record["user"] == session.sys_id
    is_change = record.table in CHANGE_TABLES and session.roles & MANAGERS
    if not (ADMIN in session.roles or is_own_attachment or is_own_delegation or is_change):
        raise refusals.acl("Delete")


def _writable(inst: Instance, session: Session, record: Record) -> frozenset[str]:
    columns = frozenset(TABLES[record.table].columns)
    if ADMIN in session.roles or (record.table in INCIDENT_TABLES and "itil" in session.roles):
        return columns
    if record.table in CHANGE_TABLES and session.roles & CHANGE_WRITERS:
        # Only a change manager clears the box of an unauthorized change.
        is_closed_to_others = record.get("unauthorized") == "true" and not session.roles & MANAGERS
        return columns - {"unauthorized"} if is_closed_to_others else columns
    if record.table == "sys_user_delegate" and record["user"] == session.sys_id:
        return columns - {"user"}
    if record.table != "sysapproval_approver":
        return frozenset()
    # An itil user reads every approver row and fails the write ACL on its state (KB0677278).
    is_mine = people.may_answer(inst, session.sys_id, record) and record["state"] == "requested"
    is_recorder = session.roles & APPROVAL_WRITERS and record["source_table"] == "change_request"
    return APPROVAL_FIELDS if is_mine or is_recorder else frozenset()
