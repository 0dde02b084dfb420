"""Commands at a steady pace, whether or not those before were answered, and how long each answer took."""

import hashlib
import hmac
import http.client
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode

HANDS = 64
"""At most so many commands under way at once."""
PATIENCE = 30.0


@dataclass(frozen=True)
class Target:
    """A door for Slack's requests."""

    port: int
    signing_secret: str


@dataclass(frozen=True)
class Answer:
    words: str
    status: int
    """0: none."""
    seconds: float
    """From the moment it was due, so that a door which falls behind is not flattered."""


def send(target: Target, commands: list[str], *, per_second: float) -> list[Answer]:
    """``/deploy`` with each of these words, evenly spread."""
    own = threading.local()
    start = time.monotonic() + 0.5
    with ThreadPoolExecutor(HANDS, thread_name_prefix="bench-load") as hands:
        futures = []
        for number, words in enumerate(commands):
            due = start + number / per_second
            time.sleep(max(0.0, due - time.monotonic()))
            futures.append(hands.submit(_say, own, target, words, due))
        return [future.result() for future in futures]


def _say(own: threading.local, target: Target, words: str, due: float) -> Answer:
    if not hasattr(own, "connection"):
        own.connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=PATIENCE)
    body = _body(words)
    try:
        own.connection.request("POST", "/slack/events", body, _headers(target, body))
        response = own.connection.getresponse()
        response.read()
        status = response.status
    except (OSError, http.client.HTTPException):
        own.connection.close()
        status = 0
    return Answer(words, status, time.monotonic() - due)


def _body(words: str) -> str:
    return urlencode(
        {
            "team_id": "T0ACME",
            "user_id": "U0LINUS",
            "user_name": "linus",
            "channel_id": "C0PLATFORM",
            "trigger_id": f"{time.time_ns()}.{words}",
            "command": "/deploy",
            "text": words,
            "api_app_id": "A0CABBIE",
        }
    )


def _headers(target: Target, body: str) -> dict[str, str]:
    stamp = str(int(time.time()))
    proof = hmac.new(target.signing_secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": f"v0={proof}",
    }
