"""How an instance says no."""


class Refused(Exception):
    """An error answer: HTTP status, message, detail."""

    def __init__(self, status: int, message: str, detail: str | None) -> None:
        super().__init__(status, message, detail)
        self.status = status
        self.message = message
        self.detail = detail


def no_record() -> Refused:
    return Refused(404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval")


def no_table(name: str) -> Refused:
    return Refused(400, f"Invalid table {name}", f"Table {name} does not exist")


def not_readable() -> Refused:
    return Refused(403, "Insufficient rights to query records", None)


def acl(operation: str) -> Refused:
    """operation: Insert, Update, Delete."""
    return Refused(403, "Operation Failed", f"ACL Exception {operation} Failed due to security constraints")


def aborted(rule: str, rule_id: str, table: str = "change_request") -> Refused:
    detail = (
        f"Operation against file '{table}' was aborted by Business Rule '{rule}^{rule_id}'. Business Rule Stack:{rule}"
    )
    return Refused(403, "Operation Failed", detail)


def mandatory(labels: list[str]) -> Refused:
    """The form's data requirements, applied to REST as well."""
    detail = f"Data Policy Exception: \n\tThe following fields are mandatory: {', '.join(labels)}"
    return Refused(403, "Operation Failed", detail)


def duplicate(table: str, column: str, value: str) -> Refused:
    """A unique index was hit: the message is in "Available system properties", its status is not documented."""
    detail = f"Error during insert of {table}: Unique Key violation detected by database"
    return Refused(403, "Operation Failed", f"{detail} (Duplicate entry '{value}' for key '{column}')")


def bad_request(message: str, detail: str | None = "") -> Refused:
    return Refused(400, message, detail)
