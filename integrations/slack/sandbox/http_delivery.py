"""One delivery to the app's Request URL: signed, answered within three seconds or given up."""

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import requests

from integrations.slack.sandbox.errors import Json
from integrations.slack.sandbox.signing import signature

# Threads, so that a slow app never holds the event loop; enough of them for a burst of slow ones.
_pool = ThreadPoolExecutor(max_workers=32, thread_name_prefix="slack-delivery")


@dataclass
class Answer:
    """What came back. ``error`` is empty for success, else Slack's retry reason."""

    status: int | None = None
    body: Any = None
    error: str = ""
    may_retry: bool = True


async def post(url: str, kind: str, payload: Json, *, secret: str, seconds: float, age: int, headers: Json) -> Answer:
    """``age``: how many seconds old the signature claims to be."""
    body, content_type = encode(kind, payload)
    stamp = str(int(time.time()) - age)
    signed = {
        "content-type": content_type,
        "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "accept": "application/json,*/*",
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": signature(secret, stamp, body),
        **headers,
    }
    call = asyncio.get_running_loop().run_in_executor(_pool, _post, url, body, signed, seconds)
    try:
        return await asyncio.wait_for(call, seconds)
    except TimeoutError:
        return Answer(error="http_timeout")


def encode(kind: str, payload: Json) -> tuple[bytes, str]:
    """Events are JSON, commands a form, interactions JSON inside a form."""
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


def _post(url: str, body: bytes, headers: dict[str, str], seconds: float) -> Answer:
    with requests.Session() as session:
        session.trust_env = False  # no proxy on the way to a neighbour
        session.max_redirects = 2  # a third one fails the delivery: docs.slack.dev/apis/events-api
        try:
            response = session.post(url, data=body, headers=headers, timeout=seconds)
        except requests.Timeout:
            return Answer(error="http_timeout")
        except requests.TooManyRedirects:
            return Answer(error="too_many_redirects")
        except requests.exceptions.SSLError:
            return Answer(error="ssl_error")
        except requests.ConnectionError:
            return Answer(error="connection_failed")
        except requests.RequestException:
            return Answer(error="unknown_error")
    return _answer(response)


def _answer(response: requests.Response) -> Answer:
    may_retry = response.headers.get("x-slack-no-retry") != "1"
    error = "" if 200 <= response.status_code < 300 else "http_error"
    text = response.text
    if not text.strip() or error:
        return Answer(response.status_code, text or None, error, may_retry)
    try:
        return Answer(response.status_code, json.loads(text))
    except ValueError:
        return Answer(response.status_code, text)
