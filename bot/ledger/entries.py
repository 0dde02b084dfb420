"""One transaction's ledger entries: collected as it goes, written when it commits."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.ledger import chain
from bot.ports import Head


def new_id() -> str:
    return uuid.uuid4().hex


class Entries:
    """What every part of a transaction stands on: the session, its time, and the way into the chain."""

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self.session = session
        self.now = now()
        self._entries: list[dict[str, Any]] = []

    def enter(self, kind: str, *, change_id: str = "", actor: str = "", **body: Any) -> None:
        """An entry at the end of the chain, written when the transaction commits.

        All writers lock the chain's head, so it comes last: rows first, head last, and nobody waits in a circle."""
        plain = {name: value for name, value in body.items() if value not in (None, "")}
        self._entries.append({"kind": kind, "change_id": change_id, "actor": actor, "body": plain})

    def head(self) -> Head:
        """The chain's end as it is now."""
        return chain.head(self.session, self.now)

    def entered_after(self, seq: int) -> datetime | None:
        """When the first entry after this one was written; None when there is none."""
        return chain.entered_after(self.session, seq)

    def write_entries(self) -> None:
        for entry in self._entries:
            chain.append(self.session, **entry, now=self.now)
        self._entries.clear()
