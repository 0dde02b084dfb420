"""The webhooks' door as it is put up in production, with somebody behind it who only listens."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from bot.api import app as api
from bot.api.webhooks import Delivery, routes
from bot.change.announcement import Answer
from bot.change.reading import Reading
from tests.builders import NOW

SENDERS = ("github", "gitlab", "argocd", "jenkins", "cdevents")
JSON = "application/json"


@dataclass
class Listener:
    """Writes down what it hears, as the desk does, and answers as it is told."""

    answer: Answer = field(default_factory=lambda: Answer("Heard.", change_id="c-1", number="CHG0030042"))
    heard: list[Delivery] = field(default_factory=list)

    def hear(self, delivery: Delivery) -> Answer:
        self.heard.append(delivery)
        return self.answer


class Door:
    """One secret for each sender. ``says`` sends as that sender would, proof included."""

    def __init__(self, answer: Answer | None = None) -> None:
        self.secrets = {name: secrets.token_hex(20) for name in SENDERS}
        self.listener = Listener(answer) if answer else Listener()
        self.app = application({name: [secret] for name, secret in self.secrets.items()}, self.listener)
        self.client = TestClient(self.app)

    def says(self, sender: str, payload: Any, headers: Mapping[str, str] | None = None) -> httpx.Response:
        return self.sends(sender, json.dumps(payload).encode(), headers)

    def sends(self, sender: str, body: bytes, headers: Mapping[str, str] | None = None) -> httpx.Response:
        sent = {"Content-Type": JSON} | proof(sender, self.secrets[sender], body) | dict(headers or {})
        return self.client.post(f"/webhooks/{sender}", content=body, headers=sent)

    def hears(self, sender: str, payload: Any, headers: Mapping[str, str] | None = None) -> Delivery:
        """What is made of it."""
        answer = self.says(sender, payload, headers)
        assert answer.status_code == 202, answer.text
        return self.listener.heard[-1]

    def reads(self, sender: str, payload: Any, headers: Mapping[str, str] | None = None) -> Reading:
        return self.hears(sender, payload, headers).reading

    def why_nothing(self, sender: str, payload: Any, headers: Mapping[str, str] | None = None) -> str:
        """The sentence that it is nothing to us; nothing was heard."""
        answer = self.says(sender, payload, headers)
        assert (answer.status_code, self.listener.heard) == (200, []), answer.text
        sentence: str = answer.json()["sentence"]
        return sentence

    def why_not(self, sender: str, payload: Any, headers: Mapping[str, str] | None = None) -> str:
        """The sentence that it cannot be understood; nothing was heard."""
        return self.refusal(self.says(sender, payload, headers), 422)

    def refusal(self, answer: httpx.Response, status: int) -> str:
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
        assert self.listener.heard == []
        detail: str = answer.json()["detail"]
        return detail


def application(known: Mapping[str, list[str]], listener: Listener) -> ASGIApp:
    router = routes(known, listener.hear, lambda: NOW)
    health = api.Health(is_ready=lambda: (True, ""), version="1")
    return api.build(health=health, slack=None, routers=[router])


def proof(sender: str, secret: str, body: bytes) -> dict[str, str]:
    if sender == "github":
        return {"X-Hub-Signature-256": f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"}
    if sender == "gitlab":
        return {"X-Gitlab-Token": secret}
    return {"Authorization": f"Bearer {secret}"}


def standard_signature(key: bytes, body: bytes, *, name: str = "msg-1", at: float = 0) -> dict[str, str]:
    """As GitLab signs with a signing token."""
    stamp = str(int(at or NOW.timestamp()))
    digest = hmac.new(key, b".".join([name.encode(), stamp.encode(), body]), hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": name, "webhook-timestamp": stamp, "webhook-signature": signature}
