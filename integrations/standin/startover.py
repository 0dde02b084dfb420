"""Starting over: the systems go back to their seed, and Cabbie forgets with them."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any

from integrations.standin.pulse import Health, Pulse
from integrations.standin.systems import Systems

LOOK_SECONDS = 0.1
GONE_WITHIN = 15.0
BACK_WITHIN = 90.0


class Phase(StrEnum):
    """How far a start over has come, as the page says it."""

    NONE = ""
    STOPPING = "stopping Cabbie"
    RENEWING = "putting Slack, Jira and ServiceNow back to the beginning"
    STARTING = "starting Cabbie with an empty memory"


class StartOver:
    """Whoever started the stand-ins may look after the bot as well: then it is told when to end it, and when to begin.

    In between the bot is gone, so that nothing of the old generation reaches the new one. A bot that somebody runs by
    hand goes on, remembering changes that exist no more; that is said."""

    def __init__(self, systems: Systems, pulse: Pulse, tell: Callable[[dict[str, Any]], None] | None) -> None:
        """tell: says a thing to whoever started the stand-ins; None when nobody listens."""
        self._systems = systems
        self._pulse = pulse
        self._tell = tell
        self._task: asyncio.Task[None] | None = None
        self.phase = Phase.NONE
        self.problem = ""
        self.is_bot_stale = False
        """The bot remembers a generation that is gone."""

    @property
    def ends_the_bot(self) -> bool:
        return self._tell is not None

    def begin(self) -> bool:
        """False when one is under way."""
        if self.phase:
            return False
        self.phase, self.problem = Phase.STOPPING, ""
        self._task = asyncio.get_running_loop().create_task(self._run())
        return True

    def heard(self, health: Health) -> None:
        """A bot that went away has been started anew since, or will be."""
        if not health.is_up:
            self.is_bot_stale = False

    async def _run(self) -> None:
        try:
            if self._tell:
                await self._with_the_bot(self._tell)
            else:
                await self._systems.renew()
                self.is_bot_stale = (await self._pulse.look()).is_up
        finally:
            self._systems.is_shut = False
            self.phase = Phase.NONE

    async def _with_the_bot(self, tell: Callable[[dict[str, Any]], None]) -> None:
        self._systems.is_shut = True
        tell({"reset": "begun", "generation": self._systems.generation + 1})
        await _until(self._is_gone, GONE_WITHIN)
        self.phase = Phase.RENEWING
        await self._systems.renew()
        self._systems.is_shut = False
        self.phase = Phase.STARTING
        tell({"reset": "done", "generation": self._systems.generation})
        if not await _until(self._is_back, BACK_WITHIN):
            self.problem = "Cabbie did not come back. The terminal where the sandbox was started says why."

    async def _is_gone(self) -> bool:
        return not (await self._pulse.look()).is_up

    async def _is_back(self) -> bool:
        return (await self._pulse.look()).is_ready


async def _until(is_so: Callable[[], Awaitable[bool]], seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            while not await is_so():
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError:
        return False
    return True
