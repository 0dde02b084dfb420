"""Encoded queries that ask for what we mean and nothing else."""

import re
import unicodedata
from collections.abc import Iterable

from bot.ports import Declined, NotThere
from integrations.servicenow.failures import SYSTEM

SYS_ID = re.compile(r"[0-9A-Za-z_-]{1,32}")


def equals(column: str, value: str) -> str:
    """``column=value``. Raises: Declined when the value could mean more than itself."""
    return f"{column}={safe_value(value)}"


def among(column: str, sys_ids: Iterable[str]) -> str:
    """``columnINid,id``."""
    return f"{column}IN{','.join(checked_id(one) for one in sys_ids)}"


def all_of(*conditions: str) -> str:
    return "^".join(conditions)


def safe_value(value: str) -> str:
    """The value, when it can stand in an encoded query as it is.

    A ``^`` begins the next condition, ``javascript:`` is run by the server (docs, c_EncodedQueryStrings), and an
    empty value would ask for something else: refused rather than escaped, since nothing of ours needs them."""
    if not value or not can_be_asked(value):
        raise Declined(SYSTEM, f"“{_shown(value)}” cannot be looked up: it is empty or holds characters with a meaning")
    return value


def can_be_asked(value: str) -> bool:
    is_plain = all(c != "^" and unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp") for c in value)
    return is_plain and len(value) <= 255 and not value.strip().lower().startswith("javascript:")


def checked_id(sys_id: str) -> str:
    """The sys_id, when it looks like one: it goes into queries and paths. Raises: NotThere."""
    if not SYS_ID.fullmatch(sys_id):
        raise NotThere(SYSTEM, f"“{_shown(sys_id)}” is no sys_id")
    return sys_id


def _shown(value: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in value[:60])
