"""The web server: a port that is ours before anything else starts, and an end that leaves the winding down to us."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

FINISH_WITHIN = 20
"""Seconds for requests in hand when told to stop."""


class PortTaken(Exception):
    """Somebody else listens where we should."""


class Server:
    """Holds its port from the beginning; answers from ``run`` on, until ``stop``.

    Raises:
        PortTaken: so that nothing is begun by a process that nobody could reach.
    """

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        self._socket = _bound(host, port)
        config = uvicorn.Config(
            app, log_config=None, access_log=False, timeout_graceful_shutdown=FINISH_WITHIN, server_header=False
        )
        self._server = _Uvicorn(config)

    def run(self) -> None:
        with self._socket:
            self._server.run(sockets=[self._socket])

    def stop(self) -> None:
        self._server.should_exit = True


class _Uvicorn(uvicorn.Server):
    """uvicorn without its own signal handling: it would end the process before our part is wound down."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _bound(host: str, port: int) -> socket.socket:
    held = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((host, port))
    except OSError as error:
        held.close()
        raise PortTaken(
            f"Cabbie cannot listen on {host}, port {port}: {error.strerror or error}. "
            "Set PORT to another one; for the sandbox, --port."
        ) from error
    return held
