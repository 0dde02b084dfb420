"""A way between two processes that can be cut: TCP connections are carried on to wherever the relay's owner says."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from tests.stories.processes import free_port

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]
CHUNK = 65_536


class Relay:
    """Listens on a port of this machine while it is open; each connection goes to the end that ``choose`` opens."""

    def __init__(self, choose: Callable[[], Awaitable[Ends | None]]) -> None:
        """choose: None when there is no end to go to; the caller is hung up on."""
        self.port = free_port()
        self._choose = choose
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="relay", daemon=True)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._may_flow = asyncio.Event()
        self._may_flow.set()

    @contextmanager
    def running(self) -> Iterator["Relay"]:
        self._thread.start()
        self.open()
        try:
            yield self
        finally:
            self.cut()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def open(self) -> None:
        self.do(self._open())

    def cut(self) -> None:
        """Every connection is broken, and new ones are refused."""
        self.do(self._cut())

    def hush(self) -> None:
        """Connections stay, also new ones are taken, and nothing gets through: as behind a switch that went dark."""
        self._loop.call_soon_threadsafe(self._may_flow.clear)

    def speak(self) -> None:
        """What was held back since ``hush`` gets through."""
        self._loop.call_soon_threadsafe(self._may_flow.set)

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        """In the relay's own thread."""
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)

    async def _open(self) -> None:
        self._may_flow.set()
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)

    async def _cut(self) -> None:
        if self._server:
            self._server.close()
        for writer in tuple(self._writers):
            writer.transport.abort()
        self._may_flow.set()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        await self._may_flow.wait()
        ends = await self._choose()
        if ends is None:
            writer.transport.abort()
            self._writers.discard(writer)
            return
        self._writers.add(ends[1])
        await asyncio.gather(self._pump(reader, ends[1]), self._pump(ends[0], writer))
        self._writers -= {writer, ends[1]}

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while said := await source.read(CHUNK):
                await self._may_flow.wait()
                sink.write(said)
                await sink.drain()
        sink.close()
