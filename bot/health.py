"""What a process says of its health: put together from the parts that it runs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from bot.api import readiness
from bot.api.bounded import Bounded
from bot.api.figures import Figures, Sockets, Sources
from bot.api.readiness import Question, Readiness
from bot.api.runbook_page import runbook_page
from bot.api.watching import Health
from bot.change.runbook import Runbook
from bot.clock import Clock
from bot.engine import Engine
from bot.ledger.ledger import Ledger
from bot.ledger.migrate import is_behind
from bot.ledger.standing import standing
from bot.slack.socket_door import SocketDoor


@dataclass(frozen=True)
class Process:
    """What runs here; None for what another process does."""

    role: str
    version: str
    is_stopping: Callable[[], bool]
    lease: timedelta
    engine: Engine | None = None
    clock: Clock | None = None
    socket: SocketDoor | None = None


def health_of(process: Process, ledger: Ledger, runbook: Runbook) -> Health:
    is_ready = Readiness(tuple(_questions(process, ledger)))
    socket = process.socket
    sources = Sources(
        role=process.role,
        version=process.version,
        is_ready=is_ready,
        standing=Bounded(partial(standing, ledger)),
        sockets=partial(_sockets, socket) if socket else None,
        lease_age=process.engine.lease_age if process.engine else None,
    )
    return Health(is_ready, process.version, Figures(sources).page, partial(runbook_page, runbook))


def _questions(process: Process, ledger: Ledger) -> list[Question]:
    """The cheap ones first."""
    questions = [readiness.why_stopping(process.is_stopping)]
    if process.engine:
        questions.append(readiness.why_no_worker(process.engine, process.lease))
    if process.clock:
        clock = process.clock
        questions.append(readiness.why_no_clock(lambda: clock.is_running))
    if process.socket:
        questions.append(readiness.why_no_socket(process.socket))
    return [*questions, readiness.why_no_database(Bounded(partial(is_behind, ledger.database)))]


def _sockets(door: SocketDoor) -> Sockets:
    return Sockets(is_open=door.is_connected, counted=door.connections)
