"""A head of the ledger as one line of JSON, the same in every place."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from bot.ports import Declined, Head

KIND = "cabbie.ledger.head"
FINGERPRINT = re.compile(r"[0-9a-f]{64}")


def line_of(head: Head, ledger: str) -> str:
    """ledger: its name; several may be anchored in one place."""
    return json.dumps({"kind": KIND, "ledger": ledger, **asdict(head)}, sort_keys=True)


def heads_in(lines: Iterable[str], ledger: str) -> Iterator[Head]:
    """This ledger's, among other lines of a log; JSON that wraps ours (``{"message": {…}}``) is looked into.

    Raises: Declined when a line says that it is a head and is none."""
    for number, line in enumerate(lines, 1):
        if KIND not in line:
            continue
        said = _ours(line)
        if said.get("ledger", ledger) == ledger:
            yield _head(said, number)


def _ours(line: str) -> dict[str, Any]:
    """The object that names our kind, however deep a log has wrapped it, or as text in a field."""
    waiting: list[object] = [line]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str) and KIND in value:
            try:
                waiting.append(json.loads(value[value.index("{") :]))
            except ValueError:
                continue
        elif isinstance(value, dict):
            if value.get("kind") == KIND:
                return value
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return {}


def _head(said: dict[str, Any], number: int) -> Head:
    seq, fingerprint = said.get("seq"), said.get("fingerprint")
    if isinstance(seq, int) and isinstance(fingerprint, str) and FINGERPRINT.fullmatch(fingerprint):
        return Head(seq, fingerprint, str(said.get("at", "")))
    raise Declined("the anchor", f"line {number} says that it is a head of the ledger, and is none")
