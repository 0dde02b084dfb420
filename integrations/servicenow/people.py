"""ServiceNow's users and groups."""

from bot.ports import User
from integrations.servicenow.connection import Connection
from integrations.servicenow.fields import USER_COLUMNS, user_of
from integrations.servicenow.lookups import Names
from integrations.servicenow.query import all_of, among, can_be_asked

TABLE = "sys_user"
MEMBERS = "sys_user_grmember"
ENOUGH = 10
"""Rows asked for where two decide: some may not be what was asked."""


def users_by_email(connection: Connection, email: str) -> tuple[User, ...]:
    """Active users with this e-mail, two at most: e-mails are not unique, and two is already nobody.

    Both spellings are asked for, since whether ``=`` minds case is the database's."""
    email = email.strip()
    if not email or not can_be_asked(email):
        return ()
    query = f"email={email}^ORemail={email.lower()}^active=true^ORDERBYsys_id"
    found = [user_of(row) for row in connection.rows(TABLE, query, USER_COLUMNS, limit=ENOUGH)]
    same = [user for user in found if user.active and user.email.casefold() == email.casefold()]
    return tuple(same[:2])


def user_named(connection: Connection, user_name: str) -> User | None:
    """Whoever signs in by this name, active or not; None when there is nobody, or when it cannot be asked for."""
    if not user_name or not can_be_asked(user_name):
        return None
    columns = (*USER_COLUMNS, "user_name")
    found = connection.rows(TABLE, f"user_name={user_name}", columns, limit=ENOUGH)
    same = [row for row in found if row.get("user_name", "").casefold() == user_name.casefold()]
    return user_of(same[0]) if len(same) == 1 else None


def user(connection: Connection, sys_id: str) -> User:
    return user_of(connection.row(TABLE, sys_id, USER_COLUMNS))


def group_members(connection: Connection, names: Names, group: str) -> tuple[User, ...]:
    """Active members of the group with this name, by their ids. Raises: Declined when there is no such group."""
    sys_id = names.group(group)
    query = all_of(among("group", [sys_id]), "user.active=true")
    columns = ("sys_id", "group", *(f"user.{name}" for name in USER_COLUMNS))
    rows = [row for row in connection.all_rows(MEMBERS, query, columns) if row.get("group") == sys_id]
    members = {member.sys_id: member for member in (user_of(row, "user.") for row in rows) if member.active}
    return tuple(members[one] for one in sorted(members))
