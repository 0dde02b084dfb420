"""The workspace's revision: rises with every change somebody could see, so that screens can wait for the next."""

import asyncio


class Revision:
    def __init__(self) -> None:
        self.value = 1
        self._risen = asyncio.Event()

    def bump(self) -> None:
        self.value += 1
        risen, self._risen = self._risen, asyncio.Event()
        risen.set()

    async def wait(self, beyond: int, seconds: float) -> None:
        """Until the revision is above ``beyond``, or the time is up."""
        while self.value <= beyond:
            try:
                async with asyncio.timeout(seconds):
                    await self._risen.wait()
            except TimeoutError:
                return
