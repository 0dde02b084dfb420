"""The HTTP application: Slack's requests, the pipeline's, and whether we are well."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import JSONResponse, Response

from bot.api import watching
from bot.api.limits import BodyLimit
from bot.api.schemas import Problem
from bot.api.watching import Health
from bot.change.one_line import one_line

__all__ = ["Health", "SlackAnswer", "build"]

log = structlog.get_logger("cabbie.api")
MOST_WRONG, LONGEST_NAME = 20, 60
"""Of an announcement that is not understood: fields named, and characters of each."""


class SlackAnswer(Protocol):
    """What a Slack request is answered with."""

    @property
    def status(self) -> int: ...

    @property
    def body(self) -> str: ...

    @property
    def headers(self) -> Mapping[str, Any]: ...


def build(
    *, health: Health, slack: Callable[[bytes, Mapping[str, str]], SlackAnswer] | None, routers: list[Any]
) -> FastAPI:
    """slack: handles the raw body of one request from Slack; None in Socket Mode, and where no door is."""
    app = FastAPI(title="Cabbie", version=health.version, docs_url=None, redoc_url=None)
    app.add_middleware(BodyLimit)
    for router in [watching.routes(health), *routers]:
        app.include_router(router)
    app.add_exception_handler(StarletteHTTPException, _problem)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(Exception, _broke)

    if slack is not None:
        dispatch = slack

        @app.post("/slack/events", include_in_schema=False)
        async def slack_events(request: Request) -> Response:
            """Everything Slack sends. Read raw, for the signature is over the bytes; worked on off the loop."""
            answer = await run_in_threadpool(dispatch, await request.body(), dict(request.headers))
            return _as_response(answer)

    return app


def _as_response(answer: SlackAnswer) -> Response:
    response = Response(answer.body, status_code=answer.status)
    for name, values in answer.headers.items():
        for value in [values] if isinstance(values, str) else values:
            response.headers[name] = value
    return response


def _problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)
    return _as_problem(error.status_code, str(error.detail), error.headers)


def _unreadable(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    wrong = error.errors()
    more = [f"and {len(wrong) - MOST_WRONG} more"] if len(wrong) > MOST_WRONG else []
    return _as_problem(422, "; ".join([*(_wrong(e["loc"][1:], e["msg"]) for e in wrong[:MOST_WRONG]), *more]))


def _wrong(where: Sequence[Any], what: str) -> str:
    """A field by its path, and what is wrong with it; never its value. Its name may be anybody's."""
    path = ".".join(one_line(str(part))[:LONGEST_NAME] for part in where)
    return ": ".join(part for part in (path, what.removeprefix("Value error, ")) if part)


def _broke(request: Request, error: Exception) -> Response:
    log.error("api.broke", path=request.url.path, error=type(error).__name__, exc_info=error)
    return _as_problem(500, "Something went wrong here; it is in the log. Try again: nothing counts twice.")


def _as_problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    titles = {
        400: "Not understood",
        401: "Who are you?",
        403: "Not allowed",
        404: "Not found",
        409: "Refused",
        413: "Too large",
        422: "Not understood",
        500: "Our fault",
    }
    problem = Problem(title=titles.get(status, "Refused"), status=status, detail=detail)
    return JSONResponse(
        problem.model_dump(), status_code=status, headers=headers, media_type="application/problem+json"
    )
