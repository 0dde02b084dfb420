"""The way in: a job is written beside our own rows, in the caller's transaction. Needs no running engine."""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from dbos import DBOSClient, Serializer
from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session

Seconds = float
Again = Seconds | None
"""When to look at a change again: at once, after so many seconds, or not before something is heard."""

NOW: Again = 0.0
NEVER: Again = None

QUEUE = "cabbie"
LONGEST_PARTITION = 500
MUCH = 100
"""So many waiting jobs are enough."""


class JsonSerializer(Serializer):
    """Plain JSON both ways: what is not plain does not get in."""

    def serialize(self, data: Any) -> str:
        return json.dumps(data, default=_exception_as_text)

    def deserialize(cls, serialized_data: str) -> Any:  # noqa: N805  # the base class spells it so
        return json.loads(serialized_data)

    def name(self) -> str:
        return "cabbie_json"


class Queue:
    """Of all jobs: one, partitioned by change."""

    def __init__(self, database: Database) -> None:
        self._client = DBOSClient(system_database_engine=database, serializer=JsonSerializer(), lazy=True)

    def look_at(self, session: Session, change_id: str, *, after: Seconds = 0) -> None:
        """Have somebody advance this change, when the transaction commits."""
        options = self._options("advance", change_id, after)
        self._client.enqueue_in_transaction(session, options, change_id)

    def look_again(self, change_id: str, after: Seconds = 0) -> None:
        self._client.enqueue(self._options("advance", change_id, after), change_id)

    def errand(self, session: Session, name: str, *words: str) -> None:
        """Have somebody run a named errand (a digest, say) with these words."""
        options = self._options("errand", _partition_of(name, words), 0)
        self._client.enqueue_in_transaction(session, options, name, list(words))

    def errand_again(self, name: str, words: list[str], after: Seconds) -> None:
        self._client.enqueue(self._options("errand", _partition_of(name, words), after), name, words)

    def clean_up(self, *, older_than: timedelta) -> int:
        """Forget finished jobs; how many."""
        before = (datetime.now(UTC) - older_than).isoformat()
        done = self._client.list_workflows(
            status=["SUCCESS", "CANCELLED"], completed_before=before, limit=2000, load_input=False, load_output=False
        )
        if done:
            self._client.delete_workflows([job.workflow_id for job in done])
        return len(done)

    def is_behind(self) -> bool:
        """More waits than a few turns of the workers take."""
        waiting = self._client.list_queued_workflows(
            status="ENQUEUED", queue_name=QUEUE, limit=MUCH, load_input=False, load_output=False
        )
        return len(waiting) >= MUCH

    def close(self) -> None:
        self._client.destroy()

    @staticmethod
    def _options(workflow: str, partition: str, after: Seconds) -> Any:
        options = {"workflow_name": workflow, "queue_name": QUEUE, "queue_partition_key": partition}
        if after > 0:
            options["delay_seconds"] = after  # type: ignore[assignment]
        return options


def _partition_of(name: str, words: Iterable[str]) -> str:
    """The same errand is run by one worker at a time. PostgreSQL has it in an index, which takes no long entries.

    >>> _partition_of("question", ["C1", "1.2"]), len(_partition_of("word", ["x" * 5000]))
    ('errand:question:C1:1.2', 76)
    """
    said = ":".join(words)
    is_long = len(said) > LONGEST_PARTITION
    return f"errand:{name}:{hashlib.sha256(said.encode('utf-8', 'replace')).hexdigest() if is_long else said}"


def _exception_as_text(value: Any) -> Any:
    if isinstance(value, BaseException):
        return {"error": type(value).__name__}
    raise TypeError(f"{type(value).__name__} does not cross the engine")
