"""Cabbie running: the roles it was given, until told to stop."""

import importlib.metadata
import threading
from functools import partial

import structlog
from sqlalchemy import Engine as Database

from bot import engine as engines
from bot import metrics
from bot.api import app as api
from bot.clock import Clock, occasions
from bot.engine import Engine, Pace
from bot.health import Process, health_of
from bot.ledger.database import is_sqlite
from bot.ledger.migrate import migrate
from bot.server import Server
from bot.story import MOVES, advance
from bot.story.attempt import Ended
from bot.wiring.doors import Doors, doors
from bot.wiring.errands import errands
from bot.wiring.parts import Parts
from config.runbook import read_runbook

ROLES = ("all", "web", "worker", "clock")

log = structlog.get_logger("cabbie")


def migrate_all(database: Database) -> None:
    """Our tables and the engine's."""
    migrate(database, further=partial(engines.migrate, database))


class WrongRole(Exception):
    """A role that this database cannot have."""


class Service:
    """Cabbie, ready to run."""

    def __init__(self, parts: Parts, role: str) -> None:
        if role not in ROLES:
            raise WrongRole(f"there is no role {role}: one of {', '.join(ROLES)}")
        if is_sqlite(parts.database) and role != "all":
            raise WrongRole("SQLite is for one process that does all; set DATABASE_URL to PostgreSQL for roles")
        self._parts = parts
        self._role = role
        self._runbook = read_runbook()
        self._stopped = threading.Event()
        self._engine = self._make_engine() if role in ("all", "worker") else None
        self._clock = self._make_clock() if role in ("all", "clock") else None
        self._doors: Doors | None = doors(parts) if role in ("all", "web") else None
        self._socket = self._doors.socket if self._doors else None
        health = self._health()
        app = self._doors.app(health) if self._doors else api.build(health=health, slack=None, routers=[])
        self._server = Server(app, parts.settings.host, parts.settings.port)

    def _make_engine(self) -> Engine:
        settings = self._parts.settings
        metrics.expect(metrics.MOVES, [move.name for move in MOVES], Ended)
        pace = Pace(beat=settings.cabbie_beat, lease=settings.cabbie_lease)
        return Engine(self._parts.database, self._parts.queue, pace)

    def _make_clock(self) -> Clock:
        settings = self._parts.settings
        table = occasions(
            tick=settings.cabbie_tick,
            look_every=settings.cabbie_look_every,
            anchor_every=settings.cabbie_anchor_every,
        )
        return Clock(self._parts.tools, table)

    def run(self) -> None:
        """Serve until ``stop``; returns after everything in hand is finished."""
        migrate_all(self._parts.database)
        self._parts.policy.note()
        self._note_rehearsal()
        if self._engine:
            self._engine.install(partial(advance, self._parts.tools), errands(self._parts, self._runbook))
            self._engine.launch()
        if self._clock:
            self._clock.start()
        if self._socket:
            self._socket.start()
        log.info("cabbie.serving", role=self._role, port=self._parts.settings.port, version=version())
        winding_down = threading.Thread(target=self._wind_down, name="cabbie-winding-down")
        winding_down.start()
        try:
            self._server.run()
        finally:
            self._stopped.set()
            winding_down.join()
        self._close()

    def stop(self) -> None:
        """Take nothing new; ``run`` returns when what is in hand is done."""
        log.info("cabbie.stopping")
        self._stopped.set()

    def _wind_down(self) -> None:
        """Once told to stop. HTTP is answered to the end: that we stop is said there, and what Slack sends meanwhile,
        and would not send again, is still written down."""
        self._stopped.wait()
        try:
            if self._socket:
                self._socket.stop()
            if self._clock:
                self._clock.stop()
            if self._engine:
                self._engine.stop()
        finally:
            self._server.stop()

    def _close(self) -> None:
        if self._doors:
            self._doors.slack.close()
        self._parts.queue.close()
        self._parts.tools.hands.shutdown(wait=True)
        log.info("cabbie.stopped")

    def _note_rehearsal(self) -> None:
        """Whoever can move the clock can move a window: it stands in the ledger."""
        path = self._parts.settings.cabbie_rehearsal_clock
        if path is None:
            return
        log.warning("clock.rehearsal", path=str(path))
        with self._parts.ledger.begin() as tx:
            tx.enter("policy", sentence="Started with a rehearsal's clock: times may be moved")

    def _health(self) -> api.Health:
        process = Process(
            role=self._role,
            version=version(),
            is_stopping=self._stopped.is_set,
            lease=self._parts.settings.cabbie_lease,
            engine=self._engine,
            clock=self._clock,
            socket=self._socket,
        )
        return health_of(process, self._parts.ledger, self._runbook)


def version() -> str:
    return importlib.metadata.version("cabbie")
