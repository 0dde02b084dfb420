"""What operators ask: is it alive, is it ready, how is it doing, and what is to be done about an alarm.

Neither a token nor a thread of the other requests is needed: these answer when everything else hangs."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import HTMLResponse, JSONResponse, Response

T = TypeVar("T")

THREADS = 4
"""Of our own: gates that wait for a database that hangs may hold all of Starlette's."""


def counted_figures(_: str) -> tuple[bytes, str]:
    """What was counted in this process, and nothing that has to be looked up."""
    return generate_latest(), CONTENT_TYPE_LATEST


@dataclass(frozen=True)
class Health:
    """What this process says of itself. None of it is confidential, and none of it is about a person."""

    is_ready: Callable[[], tuple[bool, str]]
    """Answers within a moment, and asks no system outside."""
    version: str
    figures: Callable[[str], tuple[bytes, str]] = counted_figures
    """What is accepted → (text, content type)."""
    runbook: Callable[[], HTMLResponse] | None = None


def routes(health: Health) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    hands = ThreadPoolExecutor(THREADS, thread_name_prefix="cabbie-watching")

    async def aside(work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(hands, work)

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz")
    async def readyz() -> Response:
        is_ready, why = await aside(health.is_ready)
        return JSONResponse({"ready": is_ready, "why": why}, status_code=200 if is_ready else 503)

    @router.get("/version")
    async def version() -> dict[str, str]:
        return {"version": health.version}

    @router.get("/metrics")
    async def metrics(request: Request) -> Response:
        text, content_type = await aside(partial(health.figures, request.headers.get("accept", "")))
        return Response(text, headers={"Content-Type": content_type})

    if health.runbook is not None:
        show = health.runbook

        @router.get("/runbook")
        async def runbook() -> Response:
            return show()

    return router
