"""What stands before replicas in production: each request goes to one that says it is ready, in turn."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.replicas.relay import Ends, Relay

ASK_EVERY = 0.5
ANSWERS_WITHIN = 1.0
QUESTION = b"GET /readyz HTTP/1.0\r\nHost: cabbie\r\n\r\n"


class Balancer:
    """Its port is Cabbie's address, whichever replicas there are."""

    def __init__(self) -> None:
        self._relay = Relay(self._choose)
        self._members: list[int] = []
        self._ready: list[int] = []

    @property
    def port(self) -> int:
        return self._relay.port

    @contextmanager
    def running(self) -> Iterator["Balancer"]:
        with self._relay.running():
            self._relay.do(self._begin_asking())
            try:
                yield self
            finally:
                self._asking.cancel()

    def join(self, port: int) -> None:
        self._members.append(port)

    def leave(self, port: int) -> None:
        self._members.remove(port)

    async def _begin_asking(self) -> None:
        self._asking = asyncio.get_running_loop().create_task(self._ask_all())

    async def _ask_all(self) -> None:
        while True:
            members = tuple(self._members)
            answers = await asyncio.gather(*map(_is_ready, members))
            self._ready = [port for port, is_ready in zip(members, answers, strict=True) if is_ready]
            await asyncio.sleep(ASK_EVERY)

    async def _choose(self) -> Ends | None:
        """The next in turn that takes the connection."""
        for port in tuple(self._ready):
            self._ready.append(self._ready.pop(0))
            with suppress(OSError, TimeoutError):
                return await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), ANSWERS_WITHIN)
        return None


async def _is_ready(port: int) -> bool:
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(ANSWERS_WITHIN):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(QUESTION)
            status = await reader.readline()
            writer.close()
            return b" 200 " in status
    return False
