"""The control door: ``/_standin/…`` on a stand-in's own port, where tests and the page steer it."""

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from integrations.standin.faults import Fault

if TYPE_CHECKING:
    from integrations.standin.wire import Standin


class ControlDoor:
    """What every stand-in can be asked and told beside its vendor's wire."""

    def __init__(self, standin: "Standin") -> None:
        self._standin = standin

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/diary", self._diary, methods=["GET", "DELETE"]),
            Route("/faults", self._faults, methods=["GET", "POST", "DELETE"]),
            Route("/faults/{id:int}", self._lift, methods=["DELETE"]),
            Route("/paused", self._paused, methods=["GET"]),
            Route("/resume", self._resume, methods=["POST"]),
            Route("/clock", self._clock, methods=["GET", "POST", "DELETE"]),
            Route("/coverage", self._coverage, methods=["GET"]),
            Route("/absent", self._absent, methods=["GET"]),
            Route("/state", self._state, methods=["GET"]),
            Route("/switches", self._switches, methods=["GET", "POST"]),
        ]

    async def _diary(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._standin.diary.clear()
        return JSONResponse(self._standin.diary.as_json(whole=request.query_params.get("whole") == "1"))

    async def _faults(self, request: Request) -> Response:
        faults = self._standin.faults
        if request.method == "GET":
            return JSONResponse(faults.as_json())
        if request.method == "DELETE":
            faults.clear()
            return JSONResponse({})
        fault = faults.add(Fault(**await request.json()))
        return JSONResponse({"id": fault.id})

    async def _lift(self, request: Request) -> Response:
        is_lifted = self._standin.faults.remove(request.path_params["id"])
        return JSONResponse({"lifted": is_lifted}, status_code=200 if is_lifted else 404)

    async def _paused(self, _: Request) -> Response:
        held = self._standin.faults.paused.values()
        return JSONResponse([{"id": p.id, "call": p.call, "action": p.action} for p in held])

    async def _resume(self, request: Request) -> Response:
        body = await request.body()
        which = json.loads(body) if body else {}
        return JSONResponse({"resumed": self._standin.faults.resume(which.get("id"), drop=bool(which.get("drop")))})

    async def _clock(self, request: Request) -> Response:
        """``{"seconds": n}`` moves it by so much; DELETE puts it back to the machine's time."""
        clock = self._standin.clock
        if request.method == "DELETE":
            clock.reset()
        if request.method == "POST":
            try:
                clock.move(timedelta(seconds=float((await request.json())["seconds"])))
            except (KeyError, TypeError, ValueError, OverflowError):
                return JSONResponse({"error": "seconds is a number, and now stays in the calendar"}, status_code=400)
        return JSONResponse(clock.as_json())

    async def _coverage(self, _: Request) -> Response:
        return JSONResponse(self._standin.coverage)

    async def _absent(self, _: Request) -> Response:
        return JSONResponse(self._standin.absent)

    async def _state(self, _: Request) -> Response:
        return JSONResponse(self._standin.state())

    async def _switches(self, request: Request) -> Response:
        switches = self._standin.switches
        if request.method == "POST":
            wanted = await request.json()
            if unknown := set(wanted) - set(switches):
                return JSONResponse({"error": f"no such switch: {sorted(unknown)}"}, status_code=400)
            switches.update(wanted)
        return JSONResponse(switches)
