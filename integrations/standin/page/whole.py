"""The sandbox as a whole: whether Cabbie is up, what time it is taken to be, and starting over."""

from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from integrations.standin.page.trouble import Trouble
from integrations.standin.pulse import Health, Pulse
from integrations.standin.startover import StartOver
from integrations.standin.systems import Systems


class Whole:
    def __init__(self, systems: Systems, pulse: Pulse, start_over: StartOver, trouble: Trouble) -> None:
        self._systems = systems
        self._pulse = pulse
        self._start_over = start_over
        self._trouble = trouble

    def routes(self) -> list[Route]:
        return [
            Route("/page/pulse", self.pulse),
            Route("/page/clock", self.clock, methods=["POST"]),
            Route("/page/startover", self.start, methods=["POST"]),
        ]

    async def pulse(self, _: Request) -> Response:
        health = await self._pulse.feel()
        self._start_over.heard(health)
        over = self._start_over
        return JSONResponse(
            {
                "generation": self._systems.generation,
                "phase": over.phase,
                "problem": over.problem,
                "restarts_cabbie": over.ends_the_bot,
                "cabbie": {"state": _state(health), "says": health.says, "is_stale": over.is_bot_stale},
                "clock": self._systems.clock.as_json(),
                "wrong": self._trouble.in_force(),
            }
        )

    async def clock(self, request: Request) -> Response:
        """``{"seconds": n}`` moves it by so much; ``{"seconds": null}`` puts it back to the machine's time."""
        told: dict[str, Any] = await request.json()
        clock = self._systems.clock
        try:
            if told["seconds"] is None:
                clock.reset()
            else:
                clock.move(timedelta(seconds=float(told["seconds"])))
        except (KeyError, TypeError, ValueError, OverflowError):
            return JSONResponse({"error": "The clock can be moved by a number of seconds."}, status_code=400)
        return JSONResponse(clock.as_json())

    async def start(self, _: Request) -> Response:
        has_begun = self._start_over.begin()
        return JSONResponse({"begun": has_begun, "generation": self._systems.generation})


def _state(health: Health) -> str:
    return "ready" if health.is_ready else "up" if health.is_up else "down"
