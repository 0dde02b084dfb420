"""Where the tools' webhooks come in: proven before they are read, answered once they are written down."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog
from fastapi import APIRouter, HTTPException, Request, Security
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from bot import metrics
from bot.api.schemas import AnnouncementOut, problems
from bot.api.webhooks.argocd import ARGOCD
from bot.api.webhooks.body import payload_of
from bot.api.webhooks.cdevents import CDEVENTS
from bot.api.webhooks.delivery import Delivery, Ignored, NotUnderstood, Unproven
from bot.api.webhooks.github import GITHUB
from bot.api.webhooks.gitlab import GITLAB
from bot.api.webhooks.jenkins import JENKINS
from bot.api.webhooks.proof import Headers
from bot.api.webhooks.sender import Sender
from bot.change.announcement import Answer

SENDERS = (GITHUB, GITLAB, ARGOCD, JENKINS, CDEVENTS)
ANSWERS = ("taken", "refused", "ignored", "unproven", "not_understood")
SETTING = "CABBIE_WEBHOOK_SECRET"
DELIVERY = re.compile(r"[A-Za-z0-9-]{1,64}")

log = structlog.get_logger("cabbie.api")


class IgnoredOut(BaseModel):
    """Heard, and nothing that concerns Cabbie."""

    sentence: str


@dataclass(frozen=True)
class Door:
    """One tool's, with the secrets that it may prove itself with."""

    sender: Sender
    secrets: tuple[str, ...]
    hear: Callable[[Delivery], Answer]
    now: Callable[[], datetime]

    def answer(self, body: bytes, headers: Headers) -> Response:
        """Raises: HTTPException."""
        try:
            self.sender.prove(self.secrets, body, headers, self.now())
        except Unproven as error:
            self._say("unproven", why=str(error))
            raise HTTPException(401, str(error), {"WWW-Authenticate": "Bearer"}) from None
        name = _delivery_named(headers.get(self.sender.delivery_header, ""))
        try:
            payload = payload_of(body, headers, self.sender.bodies)
            said = self.sender.read(payload, headers, self.now())
        except NotUnderstood as error:
            self._say("not_understood", name, wrong=str(error))
            raise HTTPException(422, str(error)) from None
        if isinstance(said, Ignored):
            self._say("ignored", name, what=said.event)
            return JSONResponse(IgnoredOut(sentence=said.sentence).model_dump())
        return self._heard(replace(said, delivery=name or _delivery_named(said.delivery)))

    def _heard(self, said: Delivery) -> Response:
        answer = self.hear(said)
        self._say("refused" if answer.is_refusal else "taken", said.delivery, what=said.reading.status)
        if answer.is_refusal:
            raise HTTPException(409, answer.sentence)
        out = AnnouncementOut(sentence=answer.sentence, change=answer.change_id, number=answer.number)
        return JSONResponse(out.model_dump(), 202)

    def _say(self, answer: str, delivery: str = "", **facts: str) -> None:
        metrics.WEBHOOKS.labels(self.sender.name, answer).inc()
        level = log.warning if answer in ("unproven", "not_understood") else log.info
        level(f"webhook.{answer}", source=self.sender.name, delivery=delivery, **facts)


def _delivery_named(given: str) -> str:
    return given if DELIVERY.fullmatch(given) else ""


def routes(
    secrets: Mapping[str, Sequence[str]], hear: Callable[[Delivery], Answer], now: Callable[[], datetime]
) -> APIRouter:
    """secrets: of each sender, the newest first; a sender without one has no door.

    hear: writes it down and says what became of it, before we answer."""
    metrics.expect(metrics.WEBHOOKS, [sender.name for sender in SENDERS], ANSWERS)
    router = APIRouter(prefix="/webhooks", tags=["webhooks"])
    for sender in SENDERS:
        known = tuple(secret for secret in secrets.get(sender.name, ()) if secret.strip())
        _add(router, Door(sender, known, hear, now))
    return router


def _add(router: APIRouter, door: Door) -> None:
    sender = door.sender

    async def receive(request: Request) -> Response:
        if not door.secrets:
            raise HTTPException(404, f"{sender.title} has no secret here: add “{sender.name}” to {SETTING}.")
        return await run_in_threadpool(door.answer, await request.body(), request.headers)

    router.add_api_route(
        f"/{sender.name}",
        receive,
        methods=["POST"],
        name=f"webhook of {sender.title}",
        summary=f"Webhook of {sender.title}",
        description=f"What {sender.title} says of a deploy. Proven by what it carries, then written down.",
        status_code=202,
        response_class=JSONResponse,
        dependencies=[Security(proof) for proof in sender.proofs],
        responses=_responses(),
        openapi_extra={"requestBody": _request_body(sender)},
    )


def _responses() -> dict[int | str, dict[str, Any]]:
    no_door: dict[int | str, dict[str, Any]] = {
        404: problems(404)[404] | {"description": f"No secret of this sender is in {SETTING}."}
    }
    unproven: dict[int | str, dict[str, Any]] = {
        401: problems(401)[401] | {"description": "Nothing shows that the tool sent it."}
    }
    good: dict[int | str, dict[str, Any]] = {200: {"model": IgnoredOut}, 202: {"model": AnnouncementOut}}
    return {**good, **problems(409, 413, 422), **unproven, **no_door}


def _request_body(sender: Sender) -> dict[str, Any]:
    return {"required": True, "content": {kind: {"schema": body} for kind, body in sender.bodies.items() if body}}
