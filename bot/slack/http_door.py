"""Slack's requests over HTTP: proven genuine, fresh and new, then read and handed to Bolt.

Bolt is not given the raw body. It takes any form that holds the word "payload" for a click, so that
``/deploy payload-service 1.0.0`` would arrive empty (slack_bolt/request/internals.py); it answers 500 to a timestamp
that is no number; and it remembers nothing, so that a request could be replayed for five minutes.
"""

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import structlog
from slack_bolt import App, BoltRequest

from bot.change.model import Transport
from bot.slack.speakers import TRANSPORT

# docs.slack.dev/authentication/verifying-requests-from-slack
FRESH = timedelta(minutes=5)
TIMESTAMP, SIGNATURE, RETRY = "x-slack-request-timestamp", "x-slack-signature", "x-slack-retry-num"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Reply:
    """What goes back to Slack."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class HttpDoor:
    """``POST /slack/events`` for everything. Blocks: call it off the event loop."""

    def __init__(self, app: App, *, signing_secret: str, clock: Callable[[], datetime]) -> None:
        if not signing_secret.strip():
            raise ValueError("a signing secret is needed to tell Slack's requests from anybody else's")
        self._app = app
        self._secret = signing_secret.encode()
        self._clock = clock
        self._seen = Seen(clock)

    def dispatch(self, raw_body: bytes, headers: Mapping[str, str]) -> Reply:
        """raw_body: exactly the bytes that came; the signature is over them."""
        given = {name.lower(): value for name, value in headers.items()}
        if _is_ssl_check(raw_body):
            return Reply(200)
        if why := self._objection(raw_body, given):
            log.warning("slack.request_refused", why=why)
            return Reply(401)
        proof = (given[TIMESTAMP], given[SIGNATURE])
        if not self._seen.is_new(proof):
            # Slack's first retry follows at once, and may carry the same second and so the same signature.
            log.warning("slack.request_refused", why="sent before")
            return Reply(200) if RETRY in given else Reply(401)
        reply = self._answer(raw_body, given)
        if reply.status != 200:
            self._seen.forget(proof)
        return reply

    def _objection(self, raw_body: bytes, headers: Mapping[str, str]) -> str:
        """Why it is not Slack's, or not from now; empty when it is."""
        timestamp, signature = headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, "")
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
            return "no timestamp"
        if abs(self._clock().timestamp() - int(timestamp)) > FRESH.total_seconds():
            return "too old, or from the future"
        wanted = "v0=" + hmac.new(self._secret, f"v0:{timestamp}:".encode() + raw_body, hashlib.sha256).hexdigest()
        return "" if hmac.compare_digest(wanted.encode(), signature.encode()) else "wrong signature"

    def _answer(self, raw_body: bytes, headers: Mapping[str, str]) -> Reply:
        try:
            body = read_body(raw_body, headers.get("content-type", ""))
        except ValueError as error:
            log.warning("slack.request_unreadable", why=type(error).__name__)
            return Reply(400)
        # Bolt's name for "read and proven already" is socket_mode; what proved it is in the context.
        request = BoltRequest(
            body=body, headers=dict(headers), mode="socket_mode", context={TRANSPORT: Transport.HTTP.value}
        )
        answer = self._app.dispatch(request)
        return Reply(answer.status, answer.body, {name: str(values[0]) for name, values in answer.headers.items()})


class Seen:
    """Signatures of the last ten minutes: within them a copy would still look fresh."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._until: dict[tuple[str, str], datetime] = {}
        self._lock = threading.Lock()

    def is_new(self, proof: tuple[str, str]) -> bool:
        now = self._clock()
        with self._lock:
            while self._until and (oldest := next(iter(self._until))) and self._until[oldest] <= now:
                del self._until[oldest]
            if proof in self._until:
                return False
            self._until[proof] = now + 2 * FRESH
            return True

    def forget(self, proof: tuple[str, str]) -> None:
        """It was not done after all, and may come again."""
        with self._lock:
            self._until.pop(proof, None)


def read_body(raw_body: bytes, content_type: str) -> dict[str, Any]:
    """Events come as JSON, commands as a form, clicks as JSON in the form's field ``payload``. Raises: ValueError."""
    text = raw_body.decode("utf-8")
    if content_type.partition(";")[0].strip().lower() == "application/json" or text.startswith("{"):
        body = json.loads(text)
    else:
        fields = parse_qsl(text, keep_blank_values=True)
        form = dict(fields)
        if len(form) != len(fields):
            raise ValueError("a field twice: which of them is meant?")
        body = json.loads(form["payload"]) if "payload" in form else form
    if not isinstance(body, dict):
        raise ValueError("not an object")
    return body


def _is_ssl_check(raw_body: bytes) -> bool:
    """Slack looks at the certificate now and then, unsigned; there is nothing to do."""
    return len(raw_body) < 1000 and dict(parse_qsl(raw_body.decode("latin-1"))).get("ssl_check") == "1"
