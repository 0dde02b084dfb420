"""The one place that hands out transactions on what we remember."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.change.model import Change
from bot.ledger.changes import Changes, LastGood, Overtaken
from bot.ledger.database import is_sqlite
from bot.ledger.entries import new_id
from bot.ledger.links import Links
from bot.ledger.occasions import Occasions
from bot.ledger.posts import Posts
from bot.ledger.shown import Shown
from bot.ledger.turns import URGENT
from bot.ledger.verdicts import Verdicts

__all__ = ["LastGood", "Ledger", "Overtaken", "Transaction", "new_id"]


class Transaction(Changes, Verdicts, Links, Shown, Posts, Occasions):
    """What can be written and read together: changes, people, verdicts, links, what is shown or told, what happens
    once."""


class Ledger:
    """Reads changes; hands out transactions. Never holds one across a vendor call: the caller owns it."""

    def __init__(self, database: Engine, now: Callable[[], datetime]) -> None:
        self.database = database
        self.now = now

    @contextmanager
    def begin(self, *, is_urgent: bool = False) -> Iterator["Transaction"]:
        """One transaction: all of it, or nothing. is_urgent: somebody waits for an answer at a door."""
        with Session(self.database, expire_on_commit=False) as session, session.begin():
            if is_sqlite(self.database):
                # The write lock first: what is read below is then what is written upon.
                session.connection().exec_driver_sql(URGENT if is_urgent else "BEGIN IMMEDIATE")
            transaction = Transaction(session, self.now)
            yield transaction
            transaction.write_entries()

    @contextmanager
    def reading(self) -> Iterator["Transaction"]:
        """What stood at one moment, however much is written meanwhile: a chain and its head belong together."""
        with Session(self.database, expire_on_commit=False) as session:
            if is_sqlite(self.database):
                session.connection().exec_driver_sql("BEGIN")
            else:
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield Transaction(session, self.now)

    def change(self, change_id: str) -> Change:
        with self.reading() as tx:
            return tx.change(change_id)

    def update(
        self, change: Change, *, kind: str = "", actor: str = "", body: dict[str, Any] | None = None, **facts: Any
    ) -> Change:
        """One update in a transaction of its own, with its ledger entry when it has a kind. Raises: Overtaken."""
        with self.begin() as tx:
            tx.update(change, **facts)
            if kind:
                tx.enter(kind, change_id=change.id, actor=actor, **(body or {}))
            return tx.change(change.id)
