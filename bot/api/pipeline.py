"""The pipeline's door: announce a deploy, ask the gate, read a change."""

import asyncio
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Response, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool

from bot.api.schemas import AnnouncementIn, AnnouncementOut, ChangeOut, GateOut, Word, change_out, problems
from bot.api.tokens import Caller, Tokens
from bot.change.announcement import Heard, Speaker, names_of
from bot.change.errors import Refusal
from bot.change.gate import gate
from bot.change.model import Change, Transport
from bot.change.policy import Policy, environment_of
from bot.desk import Desk
from bot.ledger.reads import Reads

BEARER = HTTPBearer(auto_error=False, description="One of CABBIE_API_TOKENS.")
LONGEST_WAIT = 60
LOOK_EVERY = timedelta(seconds=1)


def routes(
    desk: Desk,
    reads: Reads,
    policy: Callable[[], Policy],
    tokens: Tokens,
    now: Callable[[], datetime],
    *,
    patience: timedelta,
) -> APIRouter:
    """patience: how old ServiceNow's last word may be for the gate to stay open."""
    router = APIRouter(prefix="/api/v1")

    def caller(given: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)]) -> Caller:
        if given and (found := tokens.caller(given.credentials)):
            return found
        raise HTTPException(
            401, "This needs “Authorization: Bearer” and one of CABBIE_API_TOKENS.", {"WWW-Authenticate": "Bearer"}
        )

    def check(who: Caller, service: str) -> None:
        if not who.may_speak_for(service.lower()):
            raise HTTPException(403, f"This token does not speak for {service}.")

    @router.post(
        "/announcements",
        status_code=202,
        response_model=AnnouncementOut,
        responses=problems(400, 401, 403, 409, 413, 422),
    )
    def announce(
        said: AnnouncementIn,
        response: Response,
        who: Annotated[Caller, Depends(caller)],
        idempotency_key: Annotated[Word, Header()] = "",
    ) -> AnnouncementOut:
        """Say that a deploy is asked for, has started or has ended. Written down before it is answered."""
        check(who, said.service)
        # One run has one id and says several things: asked for, started, ended.
        once = f"{said.id or idempotency_key or uuid.uuid4().hex}:{said.kind}:{said.status}"
        speaker = Speaker(transport=Transport.API, app_id=who.name)
        answer = desk.hear(Heard(by=speaker, at=now(), once=f"api:{who.name}:{once}", body=said.as_announcement()))
        if answer.is_refusal:
            raise HTTPException(409, answer.sentence)
        return AnnouncementOut(sentence=answer.sentence, change=answer.change_id, number=answer.number)

    @router.get("/changes/{number}", response_model=ChangeOut, responses=problems(401, 404, 422))
    def change(number: Word, who: Annotated[Caller, Depends(caller)]) -> ChangeOut:
        """A change as it stands, with its history."""
        found = reads.change(number)
        if found is None or not who.may_speak_for(found.service):
            raise HTTPException(404, f"There is no change {number} that this token may read.")
        return change_out(found, reads.history(number))

    @router.get("/gate", response_model=GateOut, responses=problems(401, 403, 404, 422))
    async def ask_gate(
        who: Annotated[Caller, Depends(caller)],
        service: Word,
        version: Word = "",
        sha: Word = "",
        environment: Word = "",
        wait: Annotated[int, Query(ge=0, le=LONGEST_WAIT)] = 0,
    ) -> GateOut:
        """Whether this may go now; ``wait`` seconds for it to open. Holds no thread while it waits."""
        check(who, service)
        deadline = now() + timedelta(seconds=wait)
        while True:
            answer = await run_in_threadpool(_gate, service, environment, version, sha)
            if answer.open or now() >= deadline:
                return answer
            await asyncio.sleep(LOOK_EVERY.total_seconds())

    def _gate(service: str, environment: str, version: str, sha: str) -> GateOut:
        try:
            known = policy().service(service)
            place = environment_of(known, environment)
        except Refusal as refusal:
            raise HTTPException(404, str(refusal)) from None
        found = _find(known.service, place, version, sha)
        answer = gate(found, sha=sha, now=now(), asked_at=reads.asked_at(), patience=patience)
        return GateOut(
            open=answer.is_open,
            reason=answer.reason,
            number=found.number if found else "",
            sha=found.release.sha if found and found.release else "",
            until=found.cleared_until if found else None,
        )

    def _find(service: str, environment: str, version: str, sha: str) -> Change | None:
        return reads.named(service, environment, names_of(version, sha))

    return router
