"""Text that either database keeps, whatever was typed: PostgreSQL takes no NUL, neither takes half a character."""

import json
from typing import Any

from sqlalchemy import Text, TypeDecorator
from sqlalchemy.engine import Dialect


class StorableText(TypeDecorator[str]):
    """What is written and what is asked for are made storable alike, so that what was written is found."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


def storable(text: str) -> str:
    """
    >>> storable("a\\0b \\ud83d c \\ud83d\\ude80") == "ab \\ufffd c \\U0001f680"
    True
    """
    whole = text.replace("\0", "")
    try:
        whole.encode()
    except UnicodeEncodeError:  # JSON may name the halves of a character one by one, or one of them alone
        return whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole


def storable_body(body: dict[str, Any]) -> dict[str, Any]:
    """The same for everything in it."""
    kept: dict[str, Any] = json.loads(storable(json.dumps(body, ensure_ascii=False)))
    return kept
