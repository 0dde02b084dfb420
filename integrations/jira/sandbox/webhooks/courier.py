"""Brings webhooks to those who asked for them: at least once, in no order, again where it makes sense."""

import asyncio
import json
import random
import uuid
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from time import time
from typing import Any

import requests

from integrations.jira.sandbox.events import Event
from integrations.jira.sandbox.site import Site
from integrations.jira.sandbox.view import everything
from integrations.jira.sandbox.webhooks.interest import wants
from integrations.jira.sandbox.webhooks.payloads import payload_of
from integrations.jira.sandbox.webhooks.registry import Hook
from integrations.jira.sandbox.webhooks.signing import app_token, hub_signature

# developer.atlassian.com/cloud/jira/platform/webhooks: five more times, 5 to 15 minutes apart, after these alone
MOST_RETRIES = 5
PAUSE_SECONDS = (300.0, 900.0)
WORTH_RETRYING = frozenset({408, 409, 425, 429})
_pool = ThreadPoolExecutor(max_workers=16, thread_name_prefix="jira-webhook")


@dataclass
class Delivery:
    """One attempt. ``status`` stays empty where nobody answered."""

    identifier: str
    hook: int
    event: str
    issue: str
    attempt: int
    status: int | None = None
    error: str = ""


@dataclass
class Parcel:
    """One event for one webhook; each attempt brings the same bytes under the same identifier."""

    hook: Hook
    event: str
    issue: str
    url: str
    body: bytes
    identifier: str = field(default_factory=lambda: str(uuid.uuid4()))


class Courier:
    """Listens to a site and sends what its webhooks ask for."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._tasks: set[asyncio.Task[Any]] = set()
        self._parcels: dict[str, Parcel] = {}
        self.log: list[Delivery] = []
        site.listeners.append(self.hear)

    def as_json(self) -> list[dict[str, Any]]:
        return [asdict(delivery) for delivery in self.log]

    def hear(self, event: Event) -> None:
        """What is told is the issue at this moment; the sending comes after the answer."""
        if self._site.switches["private_app"]:
            owners = [hook for hook in self._site.hooks.living(self._site.store.clock.now()) if not hook.is_of_app]
        else:
            owners = self._site.hooks.living(self._site.store.clock.now())
        for hook in owners:
            if wants(self._site, hook, event):
                parcel = self._packed(hook, event)
                self._parcels[parcel.identifier] = parcel
                self._background(self._bring(parcel))

    def redeliver(self, identifier: str) -> bool:
        """Send one again though it was answered."""
        if parcel := self._parcels.get(identifier):
            self._background(self._attempt(parcel, 0))
        return parcel is not None

    def _packed(self, hook: Hook, event: Event) -> Parcel:
        view = everything(self._site)
        content = None if hook.excludes_body else payload_of(view, event)
        body = b"" if content is None else json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        issue = event.issue.key if event.issue else ""
        url = hook.url
        if event.issue:  # an address may name the issue: ${issue.key} and its like
            of = event.issue
            for name, value in (("issue.key", of.key), ("issue.id", str(of.id)), ("project.key", of.project.key)):
                url = url.replace("${" + name + "}", value)
        return Parcel(hook, event.name, issue, url, body)

    async def _bring(self, parcel: Parcel) -> None:
        for attempt in range(MOST_RETRIES + 1):
            if attempt:
                await asyncio.sleep(random.uniform(*PAUSE_SECONDS) * self._site.switches["webhook_retry_scale"])
            is_done = await self._attempt(parcel, attempt)
            if is_done or not self._site.is_cloud:  # a Data Center tries once
                break
        if self._spent("webhook_duplicates"):
            await self._attempt(parcel, 0)

    async def _attempt(self, parcel: Parcel, number: int) -> bool:
        """Whether there is nothing more to try."""
        delivery = Delivery(parcel.identifier, parcel.hook.id, parcel.event, parcel.issue, number)
        self.log.append(delivery)
        headers, seconds = self._headers(parcel, number), float(self._site.switches["webhook_seconds"])
        loop = asyncio.get_running_loop()
        delivery.status, delivery.error = await loop.run_in_executor(
            _pool, _post, parcel.url, parcel.body, headers, seconds
        )
        if delivery.status is not None and delivery.status < 400 and self._spent("webhook_lost_acks"):
            delivery.status, delivery.error = None, "the answer was lost"
        status = delivery.status
        return status is not None and status < 500 and status not in WORTH_RETRYING

    def _spent(self, switch: str) -> bool:
        left = int(self._site.switches[switch])
        self._site.switches[switch] = max(0, left - 1)
        return left > 0

    def _headers(self, parcel: Parcel, number: int) -> dict[str, str]:
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Atlassian Webhook HTTP Client"}
        is_signed = bool(parcel.hook.secret) and (self._site.is_cloud or self._site.switches["data_center_signs"])
        if is_signed:
            headers["X-Hub-Signature"] = hub_signature(parcel.hook.secret, parcel.body)
        if parcel.hook.is_of_app:
            apps = self._site.apps
            headers["Authorization"] = f"Bearer {app_token(apps.client_id, apps.client_secret, time())}"
        if not self._site.is_cloud:
            return headers
        headers |= {"X-Atlassian-Webhook-Identifier": parcel.identifier, "X-Atlassian-Webhook-Flow": "Primary"}
        return headers | ({"X-Atlassian-Webhook-Retry": str(number)} if number else {})

    def _background(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _post(url: str, body: bytes, headers: dict[str, str], seconds: float) -> tuple[int | None, str]:
    with requests.Session() as session:
        session.trust_env = False  # no proxy on the way to a neighbour
        try:
            answer = session.post(url, data=body, headers=headers, timeout=seconds, allow_redirects=False)
        except requests.RequestException as error:
            return None, type(error).__name__
    return answer.status_code, ""
