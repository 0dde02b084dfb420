"""Takes deliveries to our app, over an open socket or to its Request URL, and keeps a list of them all."""

import asyncio
import random
import time
from collections.abc import Coroutine
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from integrations.slack.sandbox import http_delivery
from integrations.slack.sandbox.errors import Json
from integrations.slack.sandbox.health import Health
from integrations.slack.sandbox.http_delivery import Answer

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

# Again at once, after a minute, after five: docs.slack.dev/apis/events-api, "Retries". Only events are sent again.
RETRY_AFTER_SECONDS = (0.0, 60.0, 300.0)
# With Delayed Events on, hourly for a day after that; with it off, what is older than two hours is dropped.
DELAYED_RETRIES_SECONDS = (3600.0,) * 24
LATEST_SECONDS = 7200.0


@dataclass
class Delivery:
    """One attempt. ``status`` and ``error`` stay empty while it is under way."""

    kind: str
    type: str
    attempt: int
    transport: str
    event_id: str = ""
    trigger_id: str = ""
    envelope: str = ""
    status: int | None = None
    error: str = ""
    seconds: float | None = None
    answer: Any = None
    """What the app acknowledged with."""
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat())


class Courier:
    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._tasks: set[asyncio.Task[Any]] = set()
        self._events: dict[str, Json] = {}
        self._health = Health(workspace.switches)
        self.url = ""
        """The app's Request URL."""
        self.log: list[Delivery] = []

    def as_json(self) -> list[Json]:
        return [asdict(delivery) for delivery in self.log]

    def background(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def send_event(self, payload: Json) -> None:
        """Deliver in the background, again and again on Slack's schedule."""
        if "event_id" in payload:
            self._events[payload["event_id"]] = payload
        self.background(self._send_event(payload))

    def redeliver(self, event_id: str) -> bool:
        """Send an event once more though it was answered, as Slack sometimes does."""
        if payload := self._events.get(event_id):
            self.background(self.deliver("events_api", payload, attempt=1, reason="http_timeout"))
        return payload is not None

    async def _send_event(self, payload: Json) -> None:
        """Order is not promised: with jitter two events may overtake one another."""
        switches = self._workspace.switches
        if switches["events_late_seconds"] > LATEST_SECONDS and not switches["delayed_events"]:
            return
        if pause := switches["event_delay_seconds"] + random.uniform(0, switches["event_jitter_seconds"]):
            await asyncio.sleep(pause)
        answer = await self._attempt(payload)
        again = RETRY_AFTER_SECONDS + (DELAYED_RETRIES_SECONDS if switches["delayed_events"] else ())
        for number, pause in enumerate(again, start=1):
            if not answer.error or not answer.may_retry:
                return
            await asyncio.sleep(pause * switches["retry_scale"])
            answer = await self._attempt(payload, number, answer.error)

    async def _attempt(self, payload: Json, attempt: int = 0, reason: str = "") -> Answer:
        answer = await self.deliver("events_api", payload, attempt=attempt, reason=reason)
        self._health.note(bool(answer.error))
        return answer

    async def deliver(
        self, kind: str, payload: Json, *, attempt: int = 0, reason: str = "", accepts_response: bool = False
    ) -> Answer:
        """One attempt, and what the app answered."""
        started = time.monotonic()
        by_socket = self._workspace.sockets.takes_deliveries
        delivery = self._note(kind, payload, attempt, by_socket)
        if by_socket:
            answer = await self._by_socket(delivery, payload, reason, accepts_response)
        else:
            answer = await self._by_http(kind, payload, attempt, reason)
        if not answer.error and self._workspace.switches["lose_acks"] > 0:
            self._workspace.switches["lose_acks"] -= 1
            answer = Answer(error="http_timeout")
        delivery.status, delivery.error, delivery.answer = answer.status, answer.error, answer.body
        delivery.seconds = round(time.monotonic() - started, 3)
        return answer

    def _note(self, kind: str, payload: Json, attempt: int, by_socket: bool) -> Delivery:
        kind_of_event = payload["event"]["type"] if "event" in payload else payload.get("type") or payload["command"]
        delivery = Delivery(kind, kind_of_event, attempt, "socket" if by_socket else "http")
        delivery.event_id = payload.get("event_id", "")
        delivery.trigger_id = payload.get("trigger_id", "")
        self.log.append(delivery)
        return delivery

    async def _by_http(self, kind: str, payload: Json, attempt: int, reason: str) -> Answer:
        if not self.url:
            return Answer(error="connection_failed")
        switches = self._workspace.switches
        headers = {"x-slack-retry-num": str(attempt), "x-slack-retry-reason": reason} if attempt else {}
        return await http_delivery.post(
            self.url, kind, payload,
            secret=self._workspace.secrets.slack_signing_secret,
            seconds=switches["ack_seconds"], age=switches["signature_age_seconds"], headers=headers,
        )  # fmt: skip

    async def _by_socket(self, delivery: Delivery, payload: Json, reason: str, accepts_response: bool) -> Answer:
        retry = {"retry_attempt": delivery.attempt, "retry_reason": "timeout"} if delivery.attempt else {}
        if delivery.kind == "events_api" and not retry:
            retry = {"retry_attempt": 0, "retry_reason": ""}
        envelope, ack = self._workspace.sockets.send(
            delivery.kind,
            payload,
            accepts_response=accepts_response,
            **(retry if delivery.kind == "events_api" else {}),
        )
        delivery.envelope = envelope
        return await ack
