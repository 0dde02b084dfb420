"""A worker: runs the jobs, keeps a lease, takes over from the dead.

Settings: a constant application version (a new release picks up the old one's jobs), JSON instead of pickle (nothing
secret in the engine's tables), string-only exceptions.
"""

import fcntl
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import IO

import structlog
from dbos import DBOS, DBOSConfig, WorkflowStatus
from sqlalchemy import Engine as Database

from bot.engine.queue import QUEUE, Again, JsonSerializer, Queue, Seconds
from bot.ledger.database import is_sqlite
from bot.ledger.leases import Lease

APPLICATION = "cabbie"
VERSION = "1"  # constant on purpose; an incompatible job gets a new name and the old one stays for a release
AFTER_A_BREAK = 5.0
MOST_MOVES = 200
"""A job that has made so many moves lets others have a turn."""

log = structlog.get_logger("cabbie.engine")


class AlreadyRunning(Exception):
    """A second process wants to work on the same SQLite file."""

    def __str__(self) -> str:
        return f"another Cabbie already works on {self.args[0]}: stop it, or use PostgreSQL for replicas"


@dataclass(frozen=True)
class Pace:
    """How often the engine looks, and how long it waits for the silent."""

    poll: timedelta = timedelta(seconds=0.25)
    beat: timedelta = timedelta(seconds=5)
    lease: timedelta = timedelta(seconds=20)
    """The dead's work is in other hands after this, a beat, and the engine's own second: within half a minute."""
    drain: timedelta = timedelta(seconds=20)
    workers: int = 8


class Engine:
    """A worker: launched once per process, drained and destroyed at the end."""

    def __init__(self, database: Database, queue: Queue, pace: Pace | None = None) -> None:
        self._database = database
        self._queue = queue
        self._pace = pace or Pace()
        self.replica = (
            "sqlite" if is_sqlite(database) else f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        )
        self._lease = Lease(database, self.replica, VERSION, lasts=self._pace.lease)
        self._stopping, self._drained = threading.Event(), threading.Event()
        self._watches: list[threading.Thread] = []
        self._lock: IO[str] | None = None
        self._in_hand: set[str] = set()
        self._missed: dict[str, Seconds] = {}
        """Jobs that count as ours and are not in hand, and since when."""
        self.is_launched = False

    def install(self, advance: Callable[[str], Again], errands: Mapping[str, Callable[..., Again]]) -> None:
        """Hand the story to the engine. ``advance`` makes one due move of a change and says when to look again.

        An errand says whether it has to be run again, and when; neither raises."""
        _configure(self._database, self.replica)
        queue, replica = self._queue, self.replica

        def make_move(change_id: str) -> Again:
            try:
                return advance(change_id)
            except Exception:
                # Our own database is away, say: the job must not end here, or nobody looks until the next sweep.
                log.exception("engine.move_broke", change=change_id)
                return AFTER_A_BREAK

        @DBOS.workflow(name="advance")
        def advance_change(change_id: str) -> None:
            with self._holding():
                for _ in range(MOST_MOVES):
                    again = DBOS.run_step({"name": "move"}, make_move, change_id)
                    if again is None:
                        return
                    if again > 0:
                        break
                DBOS.run_step({"name": "again"}, queue.look_again, change_id, again or 0.0)

        @DBOS.workflow(name="errand")
        def run_errand(name: str, words: list[str]) -> None:
            with self._holding():
                again = DBOS.run_step({"name": name}, errands[name], *words)
                if again is not None:
                    DBOS.run_step({"name": "again"}, queue.errand_again, name, words, again)

        log.debug("engine.installed", replica=replica, jobs=[advance_change.__name__, run_errand.__name__])

    def launch(self) -> None:
        """Start working. Raises: AlreadyRunning."""
        if is_sqlite(self._database):
            self._lock_file()
        else:
            self._lease.beat()
        DBOS.launch()
        DBOS.register_queue(
            QUEUE,
            partition_concurrency=1,
            worker_concurrency=self._pace.workers,
            polling_interval_sec=self._pace.poll.total_seconds(),
        )
        if not is_sqlite(self._database):
            # Two, for the engine's calls wait for a database that is away, longer and longer; a beat never does.
            self._watch("cabbie-lease", self._lease.beat, "engine.lease_not_renewed", until=self._drained)
            self._watch("cabbie-take-over", self._look_round, "engine.no_look_round", until=self._stopping)
        self.is_launched = True

    def stop(self) -> None:
        """Take nothing new, finish what is in hand, give the lease back."""
        self._stopping.set()
        self.is_launched = False
        DBOS.destroy(workflow_completion_timeout_sec=int(self._pace.drain.total_seconds()))
        self._drained.set()  # not before: nobody takes over what is being finished here
        for watch in self._watches:
            watch.join(timeout=self._pace.beat.total_seconds())
        if self._watches:
            self._lease.give_back()
        if self._lock:
            self._lock.close()

    def lease_age(self) -> Seconds:
        """Seconds since our last heartbeat; 0 on SQLite, where we hold the file itself. Asks nobody."""
        if is_sqlite(self._database):
            return 0.0
        return self._lease.age()

    def _lock_file(self) -> None:
        name = self._database.url.database
        self._lock = open(f"{name}.engine", "w")  # noqa: SIM115  # held until the process ends
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(name) from None

    def _watch(self, name: str, look: Callable[[], None], failed: str, *, until: threading.Event) -> None:
        def keep_looking() -> None:
            while not until.wait(self._pace.beat.total_seconds()):
                try:
                    look()
                except Exception:
                    # The database is away: our lease runs out, others take over, and we go on when it is back.
                    log.exception(failed, replica=self.replica)

        thread = threading.Thread(target=keep_looking, name=name, daemon=True)
        thread.start()
        self._watches.append(thread)

    def _look_round(self) -> None:
        """Have the work of replicas without a live lease done here or by any other worker, and our own that got lost.

        What is pending is read before who is alive: whoever has a job in hand has beaten before they took it."""
        pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
        self._take_back([job.workflow_id for job in pending if job.executor_id == self.replica])
        if self._lease.may_judge:
            self._take_over(pending)

    def _take_over(self, pending: Iterable[WorkflowStatus]) -> None:
        alive = {*self._lease.living(), self.replica}
        dead = sorted({job.executor_id for job in pending if job.executor_id and job.executor_id not in alive})
        # Conditional on the owner, so two of us may do it.
        if dead and (recovered := DBOS._recover_pending_workflows(dead)):
            log.warning("engine.took_over", replica=self.replica, dead=dead, jobs=len(recovered))

    def _take_back(self, ours: list[str]) -> None:
        """Claims whose answer was lost with the connection: the database has them as ours, nobody here knows of them,
        and no other job of the change is begun meanwhile. A lease's time, for one that is just about to begin."""
        now = time.monotonic()
        self._missed = {job: self._missed.get(job, now) for job in ours if job not in self._in_hand}
        for job, since in self._missed.items():
            if now - since > self._pace.lease.total_seconds():
                DBOS.resume_workflow(job, queue_name=QUEUE)
                log.warning("engine.took_back", replica=self.replica, job=job)

    @contextmanager
    def _holding(self) -> Iterator[None]:
        job = str(DBOS.workflow_id)
        self._in_hand.add(job)
        try:
            yield
        finally:
            self._in_hand.discard(job)


def migrate(database: Database) -> None:
    """The engine's own tables."""
    _configure(database, "migration")
    DBOS.launch()
    DBOS.destroy()


def _configure(database: Database, replica: str) -> None:
    config: DBOSConfig = {
        "name": APPLICATION,
        "system_database_engine": database,
        "system_database_url": database.url.render_as_string(hide_password=False),
        "application_version": VERSION,
        "executor_id": replica,
        "serializer": JsonSerializer(),
        "max_executor_threads": 64,
        "log_level": "WARNING",
    }
    DBOS(config=config)
