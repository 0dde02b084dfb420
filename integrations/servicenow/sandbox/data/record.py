"""A row, and whose name is written on it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """Whose name goes into sys_updated_by."""

    user_name: str
    sys_id: str


SYSTEM = Actor("system", "")


class Record(dict[str, str]):
    """One row, and the table it is in."""

    def __init__(self, table: str, values: Mapping[str, str], serial: int = 0) -> None:
        super().__init__(values)
        self.table = table
        self.serial = serial
        """Its place among all rows in the order they were made."""

    @property
    def sys_id(self) -> str:
        return self["sys_id"]
