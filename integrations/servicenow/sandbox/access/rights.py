"""Access control lists: what a session may read and write."""

from collections.abc import Iterable

from integrations.servicenow.sandbox import refusals
from integrations.servicenow.sandbox.access.accounts import Session
from integrations.servicenow.sandbox.data.schema import TABLES
from integrations.servicenow.sandbox.data.store import Record
from integrations.servicenow.sandbox.instance import Instance

ADMIN = "admin"
CHANGE_WRITERS = frozenset({"itil", "sn_change_write", "change_manager", ADMIN})
CHANGE_READERS = CHANGE_WRITERS | {"sn_change_read", "approval_admin", "x_cabbie_approval"}
CHANGE_DELETERS = frozenset({"change_manager", ADMIN})
# A custom role for a service account that records what people decided elsewhere; approval_admin is the base system's.
APPROVAL_WRITERS = frozenset({"x_cabbie_approval", "approval_admin", ADMIN})
APPROVAL_FIELDS = frozenset({"state", "comments"})
CHANGE_TABLES = frozenset({"change_request", "change_task"})
CREATABLE = CHANGE_TABLES | {"sysapproval_approver", "sys_attachment"}


def check_table(inst: Instance, session: Session, table: str) -> None:
    if table not in TABLES:
        raise refusals.no_table(table)
    if not session.roles & CHANGE_READERS and table in CHANGE_TABLES | {"task"}:
        raise refusals.not_readable()
    if table == "sys_journal_field" and not inst.switches["journals_readable"] and ADMIN not in session.roles:
        raise refusals.not_readable()


def may_see(inst: Instance, session: Session, record: Record) -> bool:
    """Whether the record's own ACL shows it."""
    if record.sys_id in inst.switches["hidden_records"]:
        return False
    if session.roles & CHANGE_READERS:
        return True
    return record.table != "sysapproval_approver" or record["approver"] == session.sys_id


def hidden_fields(inst: Instance, table: str) -> frozenset[str]:
    """Columns that are left out of every answer."""
    return frozenset(inst.switches["hidden_fields"].get(table, ()))


def check_create(session: Session, table: str) -> None:
    if ADMIN in session.roles or (table in CREATABLE and session.roles & CHANGE_WRITERS):
        return
    raise refusals.acl("Insert")


def unwritable(session: Session, record: Record, names: Iterable[str]) -> frozenset[str]:
    """Which of the named columns the session may not write; all of them is a refusal.

    Raises: Refused."""
    names, allowed = frozenset(names), _writable(session, record)
    denied = names - allowed
    if not allowed or (names and denied == names):
        raise refusals.acl("Update")
    return denied


def check_write(session: Session, record: Record) -> None:
    """Attachments need write on the record they hang on."""
    if not _writable(session, record):
        raise refusals.acl("Insert")


def check_delete(session: Session, record: Record) -> None:
    is_own_attachment = record.table == "sys_attachment" and record["sys_created_by"] == session.user_name
    is_change = record.table in CHANGE_TABLES and session.roles & CHANGE_DELETERS
    if not (ADMIN in session.roles or is_own_attachment or is_change):
        raise refusals.acl("Delete")


def _writable(session: Session, record: Record) -> frozenset[str]:
    columns = frozenset(TABLES[record.table].columns)
    if ADMIN in session.roles or (record.table in CHANGE_TABLES and session.roles & CHANGE_WRITERS):
        return columns
    if record.table != "sysapproval_approver":
        return frozenset()
    # An itil user reads every approver row and fails the write ACL on its state (KB0677278).
    is_mine = record["approver"] == session.sys_id and record["state"] == "requested"
    is_recorder = session.roles & APPROVAL_WRITERS and record["source_table"] == "change_request"
    return APPROVAL_FIELDS if is_mine or is_recorder else frozenset()
