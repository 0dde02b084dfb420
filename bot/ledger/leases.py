"""Leases: which replicas are alive, by when each last said so, on the one clock that they share: the database's."""

import time
from datetime import timedelta

from sqlalchemy import Engine, delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bot.ledger.tables import ReplicaRow

Seconds = float


class Lease:
    """One replica's, on PostgreSQL. It is beaten before anything is taken in hand."""

    def __init__(self, database: Engine, replica: str, version: str, *, lasts: timedelta) -> None:
        self._database = database
        self._replica = replica
        self._version = version
        self._lasts = lasts.total_seconds()
        self._beaten_at: Seconds | None = None
        self._judges_from = 0.0

    def beat(self) -> None:
        began, age = time.monotonic(), self.age()
        with Session(self._database) as session, session.begin():
            at = _database_time(session)
            words = insert(ReplicaRow).values(id=self._replica, beat_at=at, version=self._version)
            session.execute(words.on_conflict_do_update(index_elements=[ReplicaRow.id], set_={"beat_at": at}))
        if self._beaten_at is not None and age > self._lasts:
            self._judges_from = began + self._lasts
        self._beaten_at = began

    def age(self) -> Seconds:
        """Since our last heartbeat. Asks nobody."""
        return time.monotonic() - self._beaten_at if self._beaten_at is not None else float("inf")

    @property
    def may_judge(self) -> bool:
        """Whether others' silence says anything. Not when we were silent ourselves: what kept us from the database may
        have kept everybody, and they are given the time to come back."""
        return self.age() <= self._lasts and time.monotonic() >= self._judges_from

    def living(self) -> set[str]:
        """Everybody whose lease has not run out; the others are forgotten."""
        with Session(self._database) as session, session.begin():
            oldest = _database_time(session) - self._lasts
            session.execute(delete(ReplicaRow).where(ReplicaRow.beat_at < oldest))
            return set(session.scalars(select(ReplicaRow.id)))

    def give_back(self) -> None:
        with Session(self._database) as session, session.begin():
            session.execute(delete(ReplicaRow).where(ReplicaRow.id == self._replica))


def _database_time(session: Session) -> Seconds:
    return float(session.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())
